"""A review by others (``cmocnet app --model``) whose every text is hostile: all of it stays text."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

if not os.environ.get("CI"):  # there it is required
    pytest.importorskip("playwright", reason="playwright is missing; `make setup` installs it")

from playwright.sync_api import Browser, Page, expect

from tests.app import served_page
from tests.app.hostile_review import ELSEWHERE, HOSTILE, written
from tests.app.visits import STARTED, Visit

pytestmark = pytest.mark.browser

SCENARIO = (
    "?mandate=mandated&integration=group&do.pace=slow&likely.leadership=combative"
    "&view.with=from.situation%3Denforced_merger_prepared"
)
PAGES = {
    "": ("What to expect", "dl.answers"),
    "why": ("How sure is this?", ".spread"),
    "compare": ("Compare", "table.compare .against"),
    "evidence": ("Evidence", "[data-entry]"),
    "judgements": ("Judgements", ".stated, .judged"),
}
MADE = ", ".join((
    f'img[src*="{ELSEWHERE}"]', f'a[href*="{ELSEWHERE}"]', f'[style*="{ELSEWHERE}"]', ".katex",
    'img[alt="p"]', "b", "i:not([style])", '[data-testid="stIconMaterial"]:text-is("home")',
    'img[alt="Streamlit logo"]',
))  # fmt: skip
"""What a browser would make of the hostile text."""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_page.served(written(tmp_path_factory.mktemp("hostile"))) as (address, _):
        yield address


def shown(page: Page) -> str:
    """All text of the page, without the joiners that show as nothing."""
    return str(page.evaluate("document.body.innerText")).replace("\u2060", "")


def unfold(page: Page) -> None:
    """Open every expander and every folded part, in the sidebar too."""
    page.evaluate(
        "document.querySelectorAll('details:not([open]) > summary').forEach(s => s.click())"
    )


@pytest.mark.parametrize("place", PAGES)
def test_every_text_of_a_review_is_shown_as_text(
    place: str, browser: Browser, hostile_site: str
) -> None:
    heading, last = PAGES[place]
    visit = Visit(browser, hostile_site, viewport={"width": 1600, "height": 900})
    page = visit.open(f"{place}{SCENARIO}", heading)
    expect(page.locator(last).first).to_be_visible(timeout=STARTED)
    unfold(page)
    page.wait_for_timeout(1000)
    assert page.locator(MADE).count() == 0
    text = shown(page)
    assert HOSTILE in text
    assert "😄" not in text
    assert "a → b" not in text
    visit.context.close()
    assert not visit.wrong
