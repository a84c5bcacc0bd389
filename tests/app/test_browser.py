"""The page in a real Chromium: a preset's story, links, the back button, and what it looks like.

Every test fails on an error in the browser's console and on a request to any other host.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

if not os.environ.get("CI"):  # there it is required
    pytest.importorskip("playwright", reason="playwright is missing; `make setup` installs it")

from playwright.sync_api import Browser, Page, expect

import cmocnet
from cmocnet_app import words
from cmocnet_app.answers.headline import asked_state
from cmocnet_app.screens.judgements import TABLES
from tests.app.visits import SCREENS, STARTED, Visit

PATIENCE = 30_000
"""Milliseconds a number may take on a machine that does other work as well; no bar of speed."""

pytestmark = pytest.mark.browser

NET = cmocnet.load()
PRESET = "enforced_merger_unprepared"


def number(outcome: str, given: dict[str, str], net: cmocnet.Network = NET) -> str:
    state = asked_state(net.variables[outcome])
    return words.per_cent(net.posteriors(given=given)[outcome][state])


def expect_number(page: Page, outcome: str, kind: str, shown: str) -> None:
    bar = page.locator(f'[data-outcome="{outcome}"] .{kind} .number')
    expect(bar).to_have_text(shown, timeout=PATIENCE)


def choose(page: Page, preset: str) -> None:
    page.get_by_text(NET.situations[preset].label, exact=True).first.click()


def drag(page: Page, label: str, share: float) -> None:
    """Drag a context's slider to a share of its length."""
    slider = page.get_by_test_id("stSlider").filter(has_text=label)
    handle = slider.get_by_test_id("stSliderThumbValue").locator("..")
    handle.hover()  # waits until nothing around it moves any more
    thumb = handle.bounding_box()
    track = slider.get_by_role("group").bounding_box()
    assert thumb
    assert track
    height = thumb["y"] + thumb["height"] / 2
    page.mouse.move(thumb["x"] + thumb["width"] / 2, height)
    page.mouse.down()
    page.mouse.move(track["x"] + share * track["width"], height, steps=8)
    page.mouse.up()


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


def test_the_whole_story(visit: Visit) -> None:
    """A preset, its contrast, a change, why, what would help, a scenario kept, the link."""
    page = visit.open()
    choose(page, PRESET)
    situation = NET.situations[PRESET]
    given = situation.given
    expect(page.locator(".facts")).to_contain_text(situation.contrast_label)
    expect(page.get_by_text("The review leads one to expect")).to_be_visible()
    for outcome in NET.review.about.headline:
        expect_number(page, outcome, "here", number(outcome, given))
        expect_number(page, outcome, "beside", number(outcome, situation.contrast))
        expect_number(page, outcome, "baseline", number(outcome, {}))
    assert f"from.situation={PRESET}" in page.url
    expect(page.locator('[data-outcome="inertia"] .sure')).to_contain_text("of 100 draws")
    page.locator("svg.picture [data-node=trust] .box").click()
    label = NET.variables["trust"].label
    expect(page.get_by_role("heading", name=label, exact=True)).to_be_visible()
    expect(page.locator("ul.claims li").first).to_be_visible()
    page.get_by_role("button", name="Keep this scenario").click()
    expect(page).to_have_url(re.compile("view[.]with="))
    drag(page, "Shared vision", 1.0)
    changed = {**given, "shared_vision": "present"}
    expect_number(page, "inertia", "here", number("inertia", changed))
    began = f"You began at {number('inertia', given)}"
    expect(page.locator('[data-outcome="inertia"] .since')).to_contain_text(began)
    page.go_back()
    expect_number(page, "inertia", "here", number("inertia", given))
    page.go_forward()
    expect_number(page, "inertia", "here", number("inertia", changed))
    expect(page.locator("dl.answers")).to_contain_text("Where will it hurt first?")
    page.get_by_role("link", name="Why, and what would help").click()
    expect(page.get_by_role("heading", name="How sure is this?")).to_be_visible(timeout=STARTED)
    assert "shared_vision=present" in page.url
    expect(page.get_by_text("instead of what you described").first).to_be_visible()
    expect(page.get_by_text("combinations tried")).to_be_visible()
    page.get_by_role("link", name="Compare").click()
    expect(page.locator("table.compare")).to_contain_text("does better in")
    other = Visit(visit.context.browser, visit.site)
    linked = other.open("?" + page.url.split("?")[1])
    expect_number(linked, "inertia", "here", number("inertia", changed))
    other.context.close()
    assert not other.wrong


def stands(page: Page, label: str, text: str) -> None:
    """A context's slider shows this stop."""
    slider = page.get_by_test_id("stSlider").filter(has=page.get_by_text(label, exact=True))
    expect(slider.get_by_test_id("stSliderThumbValue")).to_have_text(text, timeout=STARTED)


def test_every_page_and_the_back_button_show_what_was_said(visit: Visit) -> None:
    page = visit.open()
    choose(page, PRESET)
    stands(page, "Mandate", "Mandated")
    for link in ("Why, and what would help", "Compare", "What if?", "Compare", "Why, and what"):
        page.get_by_role("link", name=link).click()
        expect(page.get_by_role("heading", name=link).first).to_be_visible(timeout=STARTED)
        stands(page, "Mandate", "Mandated")
        stands(page, "Reputation and local history", "Unknown")
    drag(page, "Reputation and local history", 1.0)
    expect(page).to_have_url(re.compile("reputation=good"), timeout=STARTED)
    given = NET.situations[PRESET].given
    assert all(f"{name}={state}" in page.url for name, state in given.items())
    page.go_back()
    stands(page, "Reputation and local history", "Unknown")
    page.go_back()
    expect(page.get_by_role("heading", name="Compare").first).to_be_visible(timeout=STARTED)
    stands(page, "Mandate", "Mandated")
    drag(page, "Reputation and local history", 0.0)
    expect(page).to_have_url(re.compile("reputation=poor"), timeout=STARTED)
    assert all(f"{name}={state}" in page.url for name, state in given.items())
    stands(page, "Mandate", "Mandated")


def test_what_is_taken_away_says_what_the_page_says(visit: Visit) -> None:
    """The files that a press makes: figures, tables, the risk sheet."""
    page = visit.open(f"?from.situation={PRESET}")
    shown = number("inertia", NET.situations[PRESET].given)

    def taken(button: str) -> bytes:
        with page.expect_download(timeout=STARTED) as download:
            page.get_by_role("button", name=button).click()
        return Path(download.value.path()).read_bytes()

    assert f"This scenario: {shown}" in taken("As a figure (SVG)").decode()
    assert "data-node=" in taken("Picture (SVG)").decode()
    assert "Collaborative inertia" in taken("Outcomes (CSV)").decode("utf-8-sig")
    assert shown in taken("Risk sheet as HTML").decode()
    assert taken("Risk sheet as PDF").startswith(b"%PDF")
    assert b"<smile" in taken("The network (XDSL)")


def test_evidence_is_searched_opened_and_read_another_way(visit: Visit) -> None:
    page = visit.open("evidence", "Evidence")
    expect(page.locator("[data-entry]")).to_have_count(len(NET.cmocs), timeout=STARTED)
    page.get_by_label("Search", exact=True).fill("savings")
    page.keyboard.press("Enter")
    expect(page.locator("[data-entry=TX-55]")).to_be_visible()
    page.locator("[data-entry=TX-55] summary").click()
    expect(page.locator("[data-entry=TX-55]")).to_contain_text("Murray")
    page.get_by_role("tab", name="Rival readings").click()
    says = NET.review.cmocs["T3-20"].readings["improved"].says.split(",")[0]
    page.get_by_text(says).first.click()
    expect(page).to_have_url(re.compile("reading.T3-20=improved"), timeout=STARTED)
    page.get_by_role("link", name="What if?").click()
    page.get_by_text(NET.situations[PRESET].label, exact=True).first.click()
    other = cmocnet.load(readings={"T3-20": "improved"})
    for outcome in NET.review.about.headline:
        expect_number(page, outcome, "here", number(outcome, NET.situations[PRESET].given, other))


def test_a_judgement_changed_is_this_visitors_alone(visit: Visit, browser: Browser) -> None:
    page = visit.open("judgements", "Judgements")
    if NET.review.solved is not None:
        page.get_by_text(TABLES).click()
    # Others may be drawn before it while the page builds up: the first by name, not by place.
    thumb = page.get_by_role("slider", name=re.compile("^Share, 1 of ")).first
    thumb.focus(timeout=STARTED)
    for _ in range(8):
        thumb.press("ArrowRight")
    expect(page.get_by_text("Changed:")).to_be_visible(timeout=STARTED)
    expect(page.get_by_text("level when everything pulls it down")).to_be_visible()
    other = Visit(browser, visit.site)
    seen = other.open("judgements", "Judgements")
    expect(seen.get_by_text("Nothing is changed yet")).to_be_visible(timeout=STARTED)
    page.get_by_role("link", name="What if?").click()
    expect(page.get_by_text("judgement of your own")).to_be_visible(timeout=STARTED)
    other.context.close()
    assert not other.wrong


PAGES = {
    "": ("What to expect", "[data-outcome] .here"),
    "why": ("How sure is this?", ".spread"),
    "compare": ("Compare", "table.compare .against"),
    "evidence": ("Evidence", "[data-entry]"),
    "judgements": ("Judgements", ".stated, .judged"),
}
KEPT = "view.with=from.situation%3Denforced_merger_prepared"


@pytest.mark.parametrize("screen", list(SCREENS))
def test_it_fits_the_screen(screen: str, browser: Browser, site: str) -> None:
    visitor = Visit(browser, site, **SCREENS[screen])
    for place, (heading, shown) in PAGES.items():
        page = visitor.open(f"{place}?from.situation={PRESET}&{KEPT}", heading)
        expect(page.locator(shown).first).to_be_visible(timeout=STARTED)
        main = page.get_by_test_id("stMain")
        assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    visitor.context.close()
    assert not visitor.wrong
