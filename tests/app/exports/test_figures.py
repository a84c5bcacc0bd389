"""The bars of the page as figures to take away."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from cmocnet_app import main, words
from cmocnet_app.answers.headline import contrast, outcomes, question
from cmocnet_app.exports import figures
from cmocnet_app.exports.figures import Bar
from cmocnet_app.sections import keep_and_share, reasons
from cmocnet_app.state.scenario import preset

NET = main.network(None)  # the one that the pages show, loaded once
PRESET = "enforced_merger_unprepared"


def texts(drawn: bytes) -> str:
    """All that a figure says, folded lines joined again."""
    root = ElementTree.fromstring(drawn)
    said = (t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text"))
    return " ".join(" ".join(said).split())


def test_the_outcomes_as_a_figure_say_what_the_page_says() -> None:
    scenario = preset(NET, PRESET)
    beside = contrast(NET, scenario)
    found = outcomes(NET, scenario, beside)
    bars = keep_and_share._bars(NET, scenario, beside, found)
    said = texts(figures.svg("What to expect", bars, NET.review.about.caution))
    assert beside
    for outcome in found:
        assert words.event(outcome.variable, outcome.state) in said
        assert f"This scenario: {words.per_cent(outcome.here or 0)}" in said
        assert f"{beside.label}: {words.per_cent(outcome.beside or 0)}" in said
    assert NET.review.about.caution in said
    intervals = [bar.within for bar in bars if isinstance(bar, Bar)]
    assert all(low < high for low, high in intervals if intervals)


def test_contributions_add_up_to_what_the_scenario_changes() -> None:
    scenario = preset(NET, PRESET)
    query = question(NET, scenario, "trust")
    found = NET.explain(query).contributions
    bars = reasons._bars(NET, scenario, found, 1.0)
    state = query.targets["trust"]
    moved = NET.query(query).probability - NET.posteriors()["trust"][state]
    assert sum(bar.end for bar in bars) == pytest.approx(moved)
    assert {bar.kind for bar in bars} <= {"worse", "same"}
    said = texts(figures.svg("Why", bars, "", differences=True, mark=0))
    assert all(f"{bar.label}: {bar.told}" in said for bar in bars)
    assert words.MINUS in said


def test_hostile_labels_are_drawn_as_they_stand() -> None:
    label = "<script>alert(1)</script> $x^$ --> &amp; \\frac"
    drawn = figures.svg(label, [label, Bar(label, 0.0, 0.5, within=(0.4, 0.6))], label)
    assert b"<script" not in drawn
    assert texts(drawn).count("<script>alert(1)</script> $x^$ --> &amp; \\frac") == 4
    assert b"http://" not in drawn.replace(b"http://www.w3.org/", b"").replace(
        b"http://purl.org/", b""
    ).replace(b"http://creativecommons.org/", b"")


def test_nothing_to_draw_is_a_figure_still() -> None:
    assert "Empty" in texts(figures.svg("Empty", [], "foot"))
