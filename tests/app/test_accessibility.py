"""Every page under axe-core: no serious violation of WCAG 2.1 AA, light and dark, desk and phone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

if not os.environ.get("CI"):  # there it is required
    pytest.importorskip("playwright", reason="playwright is missing; `make setup` installs it")

from playwright.sync_api import Browser, Page, expect

from tests.app.visits import SCREENS, STARTED, Visit

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
SERIOUS = {"serious", "critical"}
BEGUN = "from.situation=enforced_merger_unprepared"
KEPT = "view.with=from.situation%3Denforced_merger_prepared"
PAGES = {
    "nothing known": ("", "What to expect", ".outcome .within"),
    "what if": (f"?{BEGUN}&likely.pace=slow&do.key_actors=present", "In short", "dl.answers dd"),
    "why": (f"why?{BEGUN}", "How sure is this?", ".spread"),
    "compare": (f"compare?{BEGUN}&{KEPT}", "Compare", "table.compare .against"),
    "evidence": ("evidence", "Evidence", "[data-entry]"),
    "judgements": ("judgements", "Judgements", ".stated, .judged"),
}
LEFT_OUT: dict[str, str] = {}
"""Rule -> why its finding lies in Streamlit's own markup, out of reach of ours."""


@pytest.fixture(scope="module", params=list(SCREENS))
def visitor(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Visit]:
    opened = Visit(browser, site, **SCREENS[request.param])
    yield opened
    opened.context.close()


@pytest.mark.parametrize("name", list(PAGES))
def test_no_serious_violation(visitor: Visit, name: str) -> None:
    address, heading, shown = PAGES[name]
    page = visitor.open(address, heading)
    expect(page.locator(shown).first).to_be_visible(timeout=STARTED)
    assert not list(told(violations(page)))
    if name == "evidence":
        page.get_by_role("tab", name="Rival readings").click()
        expect(page.locator("[data-move]").first).to_be_visible(timeout=STARTED)
        assert not list(told(violations(page)))


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe-core finds on a page once nothing of it waits to be drawn anew, and so is pale."""
    expect(page.locator('[data-test-script-state="notRunning"]')).to_have_count(1, timeout=STARTED)
    expect(page.locator('[data-stale="true"]')).to_have_count(0, timeout=STARTED)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": TAGS, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [v for v in found["violations"] if v["id"] not in LEFT_OUT]


def told(found: list[dict[str, Any]]) -> Iterator[str]:
    """Each serious violation: its rule, what to do, and where."""
    for violation in found:
        if violation["impact"] in SERIOUS:
            places = "; ".join(" ".join(map(str, n["target"])) for n in violation["nodes"][:4])
            why = violation["nodes"][0].get("failureSummary", "")
            yield f"{violation['id']}: {violation['help']} at {places}. {why}"


FOCUSED = """
() => {
  const found = document.activeElement;
  const near = [found, found.parentElement, found.closest("[data-focus-visible], [data-rac]")];
  const ringed = near.filter(Boolean).map(element => getComputedStyle(element))
    .some(style => style.outlineStyle !== "none" || style.boxShadow !== "none");
  return [(found.getAttribute("aria-label") || found.textContent || "").trim(), ringed];
}
"""


def tab_to(page: Page, label: str) -> None:
    """Press Tab until what is called so has the focus, and shows it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        name, ringed = page.evaluate(FOCUSED)
        if name.removeprefix("keyboard_arrow_right") == label:
            assert ringed, f"{label} shows no focus"
            return
    pytest.fail(f"{label} cannot be reached by the keyboard")


def test_the_keyboard_alone_reaches_pages_presets_and_contexts(visit: Visit) -> None:
    page = visit.open()
    expect(page.locator(".outcome .within").first).to_be_visible(timeout=STARTED)
    tab_to(page, "What kind of collaboration")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stSlider").filter(has_text="Mandate")).to_be_visible()
    tab_to(page, "Mandate")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-outcome=trust] .here .number")).to_be_visible()
    tab_to(page, "Compare")
    tab_to(page, "Enforced merger, unprepared")
    page.keyboard.press("Space")
    expect(page.locator(".facts")).to_contain_text("The same merger, voluntary")
