"""A served page and a browser for the tests marked ``browser``."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from cmocnet_app.launch import command

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.app.visits import Visit

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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not found:
        remedy = "no chromium on PATH; install one (Debian: apt-get install chromium) to run this"
        if os.environ.get("CI"):
            pytest.fail(remedy)
        pytest.skip(remedy)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, headless=True, args=[*QUIET])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the page, served as the command line serves it."""
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(command(port, headless=True), stdout=subprocess.DEVNULL)
    try:
        address = f"http://localhost:{port}"
        _await(server, f"{address}/_stcore/health")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """A visitor at a desk; the test fails on whatever went wrong in the browser."""
    from tests.app.visits import Visit

    visitor = Visit(browser, site, viewport={"width": 1280, "height": 900})
    yield visitor
    visitor.context.close()
    assert not visitor.wrong


def _await(server: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None, f"the server ended with status {server.returncode}"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"no answer from {address} within {PATIENCE} s")
