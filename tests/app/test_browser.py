"""The page in a real Chromium: a preset's story, links, the back button, and what it looks like.

Every test fails on an error in the browser's console and on a request to any other host.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

if not os.environ.get("CI"):  # there it is required
    pytest.importorskip("playwright", reason="playwright is missing; `make setup` installs it")

from playwright.sync_api import Browser, BrowserContext, Page, expect

import cmocnet
from cmocnet_app import words
from cmocnet_app.comparison import asked_state

pytestmark = pytest.mark.browser

NET = cmocnet.load()
PRESET = "enforced_merger_unprepared"
STARTED = 60_000  # milliseconds: the first visitor waits for the network to be compiled
SCREENS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}


class Visit:
    """One visitor's browser, and what went wrong in it."""

    def __init__(self, browser: Browser, site: str, **options: object) -> None:
        self.site = site
        self.context: BrowserContext = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.wrong: list[str] = []
        self.page.on("console", lambda m: m.type == "error" and self.wrong.append(m.text))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.context.on("request", lambda request: self._local(request.url))

    def _local(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(self.site).netloc:
            self.wrong.append(f"request to another host: {url}")

    def open(self, query: str = "") -> Page:
        self.page.goto(f"{self.site}/{query}")
        expect(self.page.get_by_role("heading", name="What to expect")).to_be_visible(
            timeout=STARTED
        )
        return self.page


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    visitor = Visit(browser, site, viewport={"width": 1280, "height": 900})
    yield visitor
    visitor.context.close()
    assert not visitor.wrong


def number(outcome: str, given: dict[str, str]) -> str:
    state = asked_state(NET.variables[outcome])
    return words.per_cent(NET.posteriors(given=given)[outcome][state])


def expect_number(page: Page, outcome: str, kind: str, shown: str) -> None:
    bar = page.locator(f'[data-outcome="{outcome}"] .{kind} .number')
    expect(bar).to_have_text(shown)


def choose(page: Page, preset: str) -> None:
    page.get_by_text(NET.situations[preset].label, exact=True).first.click()


def test_a_preset_shows_its_contrast_in_words_and_the_networks_numbers(visit: Visit) -> None:
    page = visit.open()
    choose(page, PRESET)
    situation = NET.situations[PRESET]
    expect(page.locator(".facts")).to_contain_text(situation.contrast_label)
    expect(page.get_by_text("The review leads one to expect")).to_be_visible()
    for outcome in NET.review.about.headline:
        expect_number(page, outcome, "here", number(outcome, situation.given))
        expect_number(page, outcome, "beside", number(outcome, situation.contrast))
        expect_number(page, outcome, "baseline", number(outcome, {}))
    assert f"from.situation={PRESET}" in page.url


def test_a_link_opens_the_same_screen_and_the_back_button_returns(visit: Visit) -> None:
    page = visit.open()
    choose(page, PRESET)
    given = NET.situations[PRESET].given
    expect_number(page, "inertia", "here", number("inertia", given))
    other = Visit(visit.context.browser, visit.site)
    expect_number(other.open("?" + page.url.split("?")[1]), "inertia", "here",
                  number("inertia", given))  # fmt: skip
    other.context.close()
    assert not other.wrong
    page.go_back()
    expect(page.locator("[data-outcome] .here")).to_have_count(0)


def test_one_visitors_choices_are_not_anothers(visit: Visit, browser: Browser) -> None:
    page = visit.open("?mandate=mandated")
    other = Visit(browser, visit.site)
    expect(other.open().locator("[data-outcome] .here")).to_have_count(0)
    expect_number(page, "trust", "here", number("trust", {"mandate": "mandated"}))
    other.context.close()
    assert not other.wrong


def test_a_wrong_address_is_answered_by_one_message(visit: Visit) -> None:
    page = visit.open("?mandate=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")
    expect(page.get_by_role("alert")).to_contain_text("unknown state")
    expect(page.get_by_text("Traceback")).to_have_count(0)
    assert page.locator('img[src="x"]').count() == 0


@pytest.mark.parametrize("screen", list(SCREENS))
def test_it_fits_the_screen(screen: str, browser: Browser, site: str, tmp_path: Path) -> None:
    visitor = Visit(browser, site, **SCREENS[screen])
    page = visitor.open(f"?from.situation={PRESET}")
    expect_number(page, "trust", "here", number("trust", NET.situations[PRESET].given))
    page.screenshot(path=tmp_path / f"{screen}.png")
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    # The page scrolls inside its frame: a frame as high as all of it shows it whole.
    height = main.evaluate("main => main.scrollHeight")
    page.set_viewport_size({**SCREENS[screen]["viewport"], "height": height})
    page.screenshot(path=tmp_path / f"{screen}-whole.png")
    visitor.context.close()
    assert not visitor.wrong
