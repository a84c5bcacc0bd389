"""The risk sheet: what it says, that it is safe to open, and that its line of code holds."""

from __future__ import annotations

import contextlib
import io
import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

import cmocnet
from cmocnet.explain import trace
from cmocnet.levers import Lever
from cmocnet_app import words
from cmocnet_app.answers import headline, single_changes
from cmocnet_app.exports import risk_sheet, risk_sheet_html, risk_sheet_pdf
from cmocnet_app.state.scenario import Scenario, preset

NET = cmocnet.load()
PLAN = preset(NET, "enforced_merger_unprepared")
SHEET = risk_sheet.compose(NET, PLAN, "Two trusts")
EVIL = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def script() -> None:
    import streamlit as st

    import cmocnet
    from cmocnet_app.sections import keep_and_share
    from cmocnet_app.state.scenario import Scenario

    net = st.cache_resource(cmocnet.load)()
    keep_and_share._risk_sheet(net, Scenario({"mandate": "mandated"}))
    keep_and_share._risk_sheet(net, Scenario())


def test_it_holds_the_networks_own_numbers() -> None:
    beside = headline.contrast(NET, PLAN)
    assert beside
    assert SHEET.contrast == beside.label
    worst = headline.posteriors(NET, risk_sheet.unprepared(NET, PLAN))
    found = headline.outcomes(NET, PLAN, beside)
    assert len(SHEET.lines) == len(NET.review.about.headline)
    for line, outcome in zip(SHEET.lines, found, strict=True):
        shares = (outcome.here, outcome.beside, worst[outcome.variable.name][outcome.state])
        assert (line.plan, line.contrast, line.unprepared) == tuple(
            words.per_cent(p) for p in shares if p is not None
        )


def test_it_names_weak_spots_changes_and_their_sources() -> None:
    assert 1 <= len(SHEET.weak) <= 3
    assert len(SHEET.changes) == 3
    told = set(SHEET.facts)
    assert all(point.head in told for point in SHEET.weak)
    assert all(point.sources and point.text for point in (*SHEET.weak, *SHEET.changes))
    assert cmocnet.__version__ in SHEET.made_by
    assert "seed 0" in SHEET.made_by


def named(net: cmocnet.Network, lever: Lever) -> set[str]:
    """Ids cited for whatever the lever acts on, whatever the case."""
    return {i for v in net.variables.values() for i in v.arcs.get(lever.variable, ())}


@pytest.mark.parametrize("name", [*NET.situations])
def test_a_change_names_what_the_explanation_of_its_case_does(name: str) -> None:
    """The slow way: every path of the changed case, and who is credited with its first step."""
    plan = preset(NET, name)
    found = headline.outcomes(NET, plan, headline.contrast(NET, plan))
    focus = headline.worst(NET, found)
    for change in single_changes.singles(NET, plan, focus)[:2]:
        lever = change.lever
        changed = plan.made({lever.variable: lever.state})
        query = headline.question(NET, changed, focus)
        state = headline.asked_state(NET.variables[focus])
        paths = trace(NET.ask(replace(query, targets={focus: state})), top=None).paths
        slow = {i for p in paths if p.item.variable == lever.variable for i in p.steps[0].cmocs}
        assert set(risk_sheet._behind(NET, plan, focus, lever)) == slow
        assert slow <= named(NET, lever)


def test_a_change_names_no_claim_that_speaks_of_another_state() -> None:
    lever = next(
        s.lever
        for s in NET.levers("P(high trust | mandated)", levers=["leadership"], k=1, n=0).ranking
    )
    assert lever.state == "collaborative"
    combative = {"T3-37", "T3-38", "TX-27", "TX-28"}
    assert combative < named(NET, lever)
    behind = risk_sheet._behind(NET, Scenario({"mandate": "mandated"}), "trust", lever)
    assert "TX-26" in behind
    assert not combative & set(behind)


@pytest.mark.parametrize(
    "scenario",
    [
        PLAN,
        Scenario({"mandate": "mandated"}, {"pace": "timely"}, {"reputation": "poor"}),
        Scenario({"planned_aims": "realistic"}),
        Scenario(do={"legal_agreements": "strong"}),
    ],
)
def test_its_line_of_code_gives_its_number(scenario: Scenario) -> None:
    sheet = risk_sheet.compose(NET, scenario)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(sheet.code, {})  # the line is what a reader would run
    lines = {line.outcome.lower(): line.plan for line in sheet.lines}
    assert words.per_cent(float(said.getvalue())) == lines[sheet.aim.lower()]


def test_everything_prepared_is_better_than_nothing() -> None:
    bare = risk_sheet.unprepared(NET, PLAN)
    assert set(PLAN.states) <= set(bare.states)
    assert bare.do["leadership"] == "combative"


def test_the_html_is_whole_and_asks_for_nothing() -> None:
    text = risk_sheet_html.html(SHEET)
    assert "default-src 'none'" in text
    assert not re.findall(r"<(?:script|link|img|iframe)|\b(?:src|href)=|@import|url\(", text)
    for part in (SHEET.caution, SHEET.scope, "Two trusts", SHEET.together):
        assert part in text
    assert text.count("<tr>") == 1 + len(SHEET.lines)


def test_html_in_a_name_stays_text() -> None:
    sheet = risk_sheet.compose(NET, PLAN, EVIL)
    text = risk_sheet_html.html(sheet)
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text


def test_a_long_name_is_cut_and_an_empty_one_has_a_stand_in() -> None:
    assert len(risk_sheet.compose(NET, PLAN, "x" * 5000).name) == risk_sheet.LONGEST
    assert risk_sheet.compose(NET, PLAN, " \n ").name == risk_sheet.UNNAMED


def pages(sheet: risk_sheet.Sheet) -> int:
    return len(re.findall(rb"/Type /Page\b", risk_sheet_pdf.pdf(sheet)))


@pytest.mark.parametrize("name", [*NET.situations])
def test_the_pdf_is_one_page(name: str) -> None:
    assert pages(risk_sheet.compose(NET, preset(NET, name))) == 1


@pytest.mark.parametrize("title", [f"Łódź 合并 {EVIL}", "W" * risk_sheet.LONGEST, ""])
def test_any_name_can_be_printed(title: str) -> None:
    drawn = risk_sheet_pdf.pdf(replace(SHEET, name=title))
    assert drawn.startswith(b"%PDF-")
    assert pages(replace(SHEET, name=title)) == 1
    assert b"/JavaScript" not in drawn
    assert b"/URI" not in drawn


def test_a_full_scenario_still_fits() -> None:
    given = {
        v.name: v.states[0]
        for v in NET.variables.values()
        if v.layer == "setting" and not v.parents
    }
    sheet = risk_sheet.compose(NET, Scenario(given), "Everything known")
    assert len(sheet.facts) == len(given)
    assert pages(sheet) == 1


def test_another_readings_line_of_code_says_so() -> None:
    other = cmocnet.load(readings={"T3-20": "improved"})
    assert "readings={'T3-20': 'improved'}" in risk_sheet.code(other, PLAN, "trust")


def test_the_section_offers_both_and_nothing_where_nothing_is_known() -> None:
    page = AppTest.from_function(script, default_timeout=60).run()
    assert not page.exception
    assert [b.label for b in page.get("download_button")] == [
        "Risk sheet as PDF",
        "Risk sheet as HTML",
    ]
    page.text_input(key="sheet:name").set_value(EVIL).run()
    assert not page.exception
