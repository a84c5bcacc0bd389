"""The page served as the command line serves it, and the browser that looks at it.

The tests and the benchmark of the page both use this.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cmocnet_app.launch import command

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = 90
"""Seconds that a server may take to answer at all."""


def chromium() -> str | None:
    """The system's browser."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextmanager
def served(model: Path | None = None) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server of the page for the time being: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    line = command(port, headless=True, model=model)
    server = subprocess.Popen(line, stdout=subprocess.DEVNULL)
    try:
        address = f"http://localhost:{port}"
        _await(server, f"{address}/_stcore/health")
        yield address, server
    finally:
        server.terminate()
        server.wait(timeout=20)


def _await(server: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, f"the server ended with status {server.returncode}"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"no answer from {address} within {PATIENCE} s")
