"""How the page is run: on this machine only, with nothing sent elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cmocnet.extras import require

NEEDED = ("streamlit", "matplotlib", "fpdf")
"""What the extra ``app`` brings."""
SCRIPT = Path(__file__).with_name("main.py")
SETTINGS = {
    "browser.gatherUsageStats": "false",
    "server.address": "localhost",
    "server.fileWatcherType": "none",
    # The uploaders' own limits hold in the browser alone; what is sent past them stays in memory.
    "server.maxUploadSize": "5",
    "server.showEmailPrompt": "false",
    # A defect shows as one plain line on the page; its traceback goes to the terminal.
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "client.toolbarMode": "viewer",
    "runner.magicEnabled": "false",
    # Python finds garbage by itself; a search for it after each run holds up everyone else.
    "runner.postScriptGC": "false",
    # Both themes are set so that the page follows the reader's own light or dark.
    "theme.light.primaryColor": "#0b5cad",
    "theme.dark.primaryColor": "#6fb1f2",
}

POOLS = "MALLOC_ARENA_MAX"
"""glibc gives threads pools of memory of their own, up to eight a processor, and each keeps what
its largest run needed. Every run of the page is a thread; two pools serve as well."""


def command(port: int, headless: bool, *, model: str | Path | None = None) -> list[str]:
    """The command line that serves the page on ``localhost:port``.

    Processes started from here on share few pools of memory, unless the environment says how many.

    Parameters
    ----------
    port
        A free TCP port.
    headless
        True not to open a browser.
    model
        Folder of another review; None for the bundled one.

    Raises
    ------
    CmocnetError
        A library that the page needs is not installed; says what to install.

    >>> "--server.port=8501" in command(8501, headless=True)
    True
    """
    for library in NEEDED:
        require(library, "app")
    os.environ.setdefault(POOLS, "2")
    settings = SETTINGS | {"server.port": str(port), "server.headless": str(headless).lower()}
    flags = [f"--{name}={value}" for name, value in settings.items()]
    review = [] if model is None else ["--", "--model", str(model)]
    return [sys.executable, "-m", "streamlit", "run", str(SCRIPT), *flags, *review]
