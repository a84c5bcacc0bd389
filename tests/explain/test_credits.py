"""A step is credited to the configurations that speak of it in this case, and to no others."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

import cmocnet
from cmocnet import Network
from cmocnet.explain import trace
from tests.explain.crediting import credited, hold_up, paths

Planted = Callable[..., Network]

WATERING = "watering: {weight: 3.0, spread: 0.3, cites: [G-02]}"
"""Stands in both cells of the table of mood."""

NEW = """
G-05:
  context: Water
  mechanism: Things change
  outcome: Moods change
  type: chain
  where: Results
  statement: Water changes moods.
  hedge: shows
  evidence: case
  agreement: one
  references: [2]
  reading: water and moods.
  against: Moods that nothing moves.
  tests:
    - {manipulated: watering, from: FROM, to: TO, outcomes: [{variable: mood, sign: "+"}]}
"""


@pytest.fixture
def planted(garden: Path) -> Planted:
    """Makes the garden's network with words of its files replaced, and perhaps a G-05 more."""

    def plant(*changes: tuple[str, str, str], between: tuple[str, str] | None = None) -> Network:
        entries = garden / "cmocs" / "garden.yaml"
        if between:
            changes += (("review.yaml", "{G: 4}", "{G: 5}"),)
            more = NEW.replace("FROM", between[0]).replace("TO", between[1])
            entries.write_text(entries.read_text(encoding="utf-8") + more, encoding="utf-8")
        for name, old, new in changes:
            text = (garden / name).read_text(encoding="utf-8")
            assert old in text
            (garden / name).write_text(text.replace(old, new), encoding="utf-8")
        return cmocnet.load(garden)

    return plant


def test_every_credit_in_the_garden_holds_up(garden: Path) -> None:
    net = cmocnet.load(garden)
    facts = [(v, f"{v}={s}") for v, variable in net.variables.items() for s in variable.states]
    cases = [{v: fact} for v, fact in facts]
    cases += [{v: one, w: two} for v, one in facts for w, two in facts if v < w]
    checked = [
        hold_up(net, f"P({target} | {', '.join(case.values())})")
        for case in cases
        for target in ("mood=high", "abandoned=yes")
        if target.split("=")[0] not in case
    ]
    assert sum(checked) > 50


def test_where_nothing_gainsays_it_all_that_is_cited_is_credited(garden: Path) -> None:
    net = cmocnet.load(garden)
    way = ("sunlight", "mood_before", "watering", "mood", "abandoned")
    cited = [net.variables[c].arcs[p] for p, c in pairwise(way)]
    for given in ("sunny plot", "do(sunlight=shade)", "sunlight ~ [0.2, 0.8]"):
        assert credited(net, f"P(abandoned=yes | {given})", *way) == cited


def test_a_cell_counts_only_where_its_moderator_can_be_so(planted: Planted) -> None:
    old = f"a cell}}\n      parents:\n        {WATERING}"  # in the sun; the shade cites G-02 still
    new = old.replace("G-02", "G-05")
    net = planted(("variables/mood.yaml", old, new), between=("rare", "regular"))
    for given, expected in {
        ", sunlight=shade": ("G-02",),
        ", do(sunlight=sun)": ("G-05",),
        ", sunlight ~ [0, 1]": ("G-05",),
        "": ("G-02", "G-05"),
    }.items():
        question = f"P(mood=high | watering=regular{given})"
        assert credited(net, question, "watering", "mood") == [expected]


def test_a_test_of_later_rounds_speaks_of_the_same_steps(planted: Planted) -> None:
    """A case is known in one round, so what a test holds in another can't be gainsaid by it."""
    now = (
        '{manipulated: watering, from: rare, to: regular, outcomes: [{variable: mood, sign: "+"}]}'
    )
    later = now.replace("watering", "watering@2").replace('"+"', '"+", round: 3')
    later = later.replace("}]}", "}], condition: {mood_before@3: low, sunlight: sun}}")
    net = planted(("cmocs/garden.yaml", now, later))
    for given, expected in {", mood_before=high": ("G-02",), ", sunlight=shade": ()}.items():
        question = f"P(mood=high | watering=regular{given})"
        assert credited(net, question, "watering", "mood") == [expected]


def test_a_contrast_of_two_states_is_not_credited_with_a_third(planted: Planted) -> None:
    two = "regular: {label: Regular, words: [water every day]}}"
    three = "regular: {label: Regular}, flood: {label: Flooded}}"
    net = planted(
        ("variables/watering.yaml", two, three),
        ("variables/mood.yaml", WATERING, WATERING.replace("G-02", "G-02, G-05")),
        between=("regular", "flood"),
    )
    for state, expected in {
        "rare": ("G-02",),
        "regular": ("G-02", "G-05"),
        "flood": ("G-05",),
    }.items():
        question = f"P(mood=high | do(watering={state}))"
        assert credited(net, question, "watering", "mood") == [expected]


def test_a_condition_known_to_fail_takes_the_credit(planted: Planted) -> None:
    net = planted(("variables/mood.yaml", WATERING, WATERING.replace("G-02", "G-02, G-04")))
    for given, expected in {
        ", sunlight=shade": ("G-02",),
        ", do(sunlight=shade)": ("G-02",),
        ", sunlight=sun": ("G-02", "G-04"),
        "": ("G-02", "G-04"),
    }.items():
        question = f"P(mood=high | watering=regular{given})"
        assert credited(net, question, "watering", "mood") == [expected]


def test_a_step_stated_only_of_other_cases_says_so(garden: Path) -> None:
    net = cmocnet.load(garden)
    # In the sun water counts for more (G-04): of moods in the shade that says nothing.
    assert credited(net, "P(mood=high | sunlight=sun)", "sunlight", "mood") == [("G-04",)]
    (dark,) = (p for p in paths(net, "P(mood=high | sunlight=shade)") if len(p.steps) == 1)
    (step,) = dark.steps
    assert (step.cmocs, step.sources) == ((), ())
    assert dark.thread.bare == (0,)
    assert "mood (stated only of other cases, by G-04)" in dark.sentence


def test_nobody_is_credited_for_being_cited_on_an_arc_that_no_test_of_theirs_touches(
    garden: Path,
) -> None:
    net = cmocnet.load(garden)
    # That moods last is the coder's own; G-04, cited for it, is about water and light.
    for given in ("mood_before=high", "sunlight=sun, mood_before=high"):
        assert credited(net, f"P(mood=high | {given})", "mood_before", "mood") == [()]
    way = ("sunlight", "mood_before", "mood")
    assert credited(net, "P(mood=high | sunlight=sun)", *way) == [("G-01",), ()]


def test_a_path_that_begins_inside_a_chain_agrees_with_what_is_known_of_its_context(
    garden: Path,
) -> None:
    net = cmocnet.load(garden)
    # G-01: sun lifts the mood, and with it the watering.
    for given, expected in {
        "high": ("G-01",),
        "high, sunlight=sun": ("G-01",),
        "high, sunlight=shade": (),
        "low, sunlight=shade": ("G-01",),
        "low, sunlight=sun": (),
    }.items():
        question = f"P(watering=regular | mood_before={given})"
        assert credited(net, question, "mood_before", "watering") == [expected]


def test_where_no_path_is_credited_to_anybody_that_is_said(garden: Path) -> None:
    net = cmocnet.load(garden)
    for given, silent in {
        "sunlight=shade, mood_before=high": True,
        "mood_before=high": False,
    }.items():
        found = trace(net.ask(f"P(watering=regular | {given})"))
        told = "No configuration of the review speaks of these paths in this case."
        assert (found.carriers == ()) == silent
        assert (told in list(found.shown())) == silent


def test_a_configuration_without_a_test_is_credited_wherever_it_is_cited(planted: Planted) -> None:
    test = '\n    - {manipulated: mood, from: high, to: low, outcomes: [{variable: abandoned, sign: "+"}]}'
    net = planted(("cmocs/garden.yaml", f"tests:{test}", "tests: []"))
    assert credited(net, "P(abandoned=yes | mood=low)", "mood", "abandoned") == [("G-03",)]
