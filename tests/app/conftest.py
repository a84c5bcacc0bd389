"""A served page and a browser for the tests marked ``browser``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.app import served_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.app.visits import Visit


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = served_page.chromium()
    if not found:
        remedy = "no chromium on PATH; install one (Debian: apt-get install chromium) to run this"
        if os.environ.get("CI"):
            pytest.fail(remedy)
        pytest.skip(remedy)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=found, headless=True, args=[*served_page.QUIET]
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of the page, served as the command line serves it."""
    with served_page.served() as (address, _):
        yield address


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """A visitor at a desk; the test fails on whatever went wrong in the browser."""
    from tests.app.visits import Visit

    visitor = Visit(browser, site, viewport={"width": 1280, "height": 900})
    yield visitor
    visitor.context.close()
    assert not visitor.wrong
