"""``cmocnet app``: the what-if page, served on this machine by Streamlit.

The page is no part of the library. Whoever has one announces it as an entry point ``page`` of
:data:`FACES`, which makes the command that serves it.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import entry_points

from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.errors import CmocnetError
from cmocnet.extras import missing

HELP = "the what-if page in a browser"
WITHOUT = dict.fromkeys(
    ("--priors", "--reading", "--unsolved", "--engine"),
    "the page shows a review as its files stand",
)
FACES = "cmocnet.faces"
FIRST_PORT = 8501
"""Streamlit's own; without --port the first free one from here on is taken."""
TRIED = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("--port", metavar="N", type=int, help="serve on this port of localhost")


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    command = _face()
    port = _port(args.port)
    serving = command(port, headless(), model=args.model)
    network(args)  # so that a review that cannot be read is an error here, not on the page
    url = f"http://localhost:{port}"
    if args.json:
        show.as_json({"url": url})
    else:
        show.lines(f"The page is at {url}; Ctrl-C ends it.")
    sys.stdout.flush()
    return _serve(serving)


def _face() -> Callable[..., list[str]]:
    """What makes the command that serves the page."""
    for page in entry_points(group=FACES, name="page"):
        face: Callable[..., list[str]] = page.load()
        return face
    raise missing("the page is not installed", "app")


def _serve(command: list[str]) -> int:
    """Become Streamlit, so that a signal to us reaches it; on Windows, wait for it."""
    if sys.platform == "win32":
        return subprocess.call(command)
    os.execv(command[0], command)


def headless() -> bool:
    """Whether nobody would see a browser open: under CI, or on Linux without a display."""
    if os.environ.get("CI"):
        return True
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform.startswith("linux") and not display


def _port(wanted: int | None) -> int:
    """A port nobody listens on."""
    if wanted is None:
        tried = range(FIRST_PORT, FIRST_PORT + TRIED)
        wanted = next((port for port in tried if _free(port)), None)
        if wanted is None:
            raise CmocnetError(f"no free port from {FIRST_PORT} on", expected="--port N")
    elif not 1 <= wanted <= 65535:
        raise CmocnetError(f"port {wanted}", where="--port", expected="1 to 65535")
    elif not _free(wanted):
        raise CmocnetError(f"port {wanted} is taken or not allowed", where="--port")
    return wanted


def _free(port: int) -> bool:
    with suppress(OSError), socket.create_server(("localhost", port)):
        return True
    return False
