"""A step is credited to the configurations that speak of it in this case, and to no others."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

import cmocnet
from cmocnet import Network
from cmocnet.explain import Pathway, trace
from cmocnet.registry.judged import Partition, TableSpec
from cmocnet.registry.moment import moment
from cmocnet.registry.records import Expectation

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


def paths(net: Network, question: str) -> tuple[Pathway, ...]:
    return trace(net.ask(question), top=None).paths


def credited(net: Network, question: str, *variables: str) -> list[tuple[str, ...]]:
    """The ids credited with each step of the path through these variables."""
    (found,) = (p for p in paths(net, question) if p.variables == variables)
    return [step.cmocs for step in found.steps]


# --- an independent check -------------------------------------------------------------------------


def cites(spec: TableSpec, parent: str, known: dict[str, str]) -> set[str]:
    """Who claims an arc, outside the cells of moderators known to be in another state."""
    if not isinstance(spec, Partition):
        return set(spec.parents[parent].cites) if parent in spec.parents else set()
    cells = [cell for s, cell in spec.cells.items() if known.get(spec.by, s) == s]
    found = {i for cell in cells for i in cites(cell, parent, known)}
    return found | set(spec.cites if spec.by == parent else ())


def may_hold(net: Network, test: Expectation, known: dict[str, str]) -> bool:
    """Does nothing known gainsay the test? What is held alike in the contrast is left open."""
    if known.get(moment(test.manipulated)[0], test.end) not in (test.start, test.end):
        return False
    for name, state in test.condition.items():  # what is held later is not known of any case
        if name not in known or (test.contrast or {}).get(name) == state:
            continue
        ends = {net.variables[name].states[0], net.variables[name].states[-1]}
        if net.variables[name].direction is None:
            ends = {state, known[name]}
        if state != known[name] and {state, known[name]} == ends:
            return False
    return True


def lead(net: Network, starts: set[str], ends: set[str]) -> bool:
    """Is there a directed path from any of the starts to any of the ends?"""
    return not starts.isdisjoint(ends) or any(
        lead(net, starts, set(net.variables[end].parents)) for end in ends
    )


def on_its_chain(
    net: Network, test: Expectation, path: tuple[str, ...], at: int, selects: bool
) -> bool:
    """Does the path come from what the test speaks of, and lead to what it says moves?"""
    links = [*test.outcomes, *([test.mechanism] if test.mechanism else [])]
    start, at_first = moment(test.manipulated)
    contexts = {start, *(moment(name)[0] for name in test.condition)}
    ends = {link.variable for link in links}
    if selects and test.mechanism:
        contexts, ends = {*contexts, test.mechanism.variable}, {*ends, start}
    if any(link.round > at_first for link in links):
        carry = net.review.about.rounds.carry
        contexts |= {later for later, earlier in carry.items() if earlier == start}
        ends |= set(carry.values())
    comes = not contexts.isdisjoint(path[: at + 1]) or lead(net, contexts, {path[0]})
    return comes and lead(net, {path[at + 1]}, ends)


def hold_up(net: Network, question: str) -> int:
    """Check the steps of the leading paths by themselves; answer how many credits there were."""
    asked = net.ask(question)
    known = {**asked.evidence.observed, **asked.evidence.do}
    count = 0
    for path in trace(asked, top=60).paths:
        for at, step in enumerate(path.steps):
            assert set(step.cmocs) <= cites(net.variables[step.child].table, step.parent, known)
            for key in step.cmocs:
                cmoc = net.review.cmocs[key]
                selects = cmoc.type == "selection"
                assert any(
                    may_hold(net, test, known)
                    and on_its_chain(net, test, path.variables, at, selects)
                    for test in cmoc.tests
                ), (question, path.variables, key)
                count += 1
    return count


@pytest.mark.parametrize("target", ["dissolution=yes", "synergy=high", "trust=low"])
@pytest.mark.parametrize(
    "given",
    [
        "mandate=mandated, integration=merger_or_acquisition, legal_agreements=weak",
        "mandate=voluntary, leadership=combative, cultural_compatibility=low",
        "do(resolution=destructive), conflict=high, prior_success=successful",
        "planned_aims=modest, initial_trust=medium, leadership=conventional, pace=slow",
    ],
)
def test_every_credit_in_the_bundled_review_holds_up(net: Network, given: str, target: str) -> None:
    assert hold_up(net, f"P({target} | {given})") > 20


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


# --- case by case ---------------------------------------------------------------------------------


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


# --- the bundled review ---------------------------------------------------------------------------


def test_a_mandated_merger_is_not_put_down_to_culture(net: Network) -> None:
    """TX-49 is of cultures that clash; other roads lead to a breach of trust, too."""
    merger = "P(dissolution=yes | mandated, merger, legal_agreements=weak{})"
    carriers = {c.cmoc for c in trace(net.ask(merger.format(""))).carriers}
    assert "T3-30" in carriers
    assert "TX-49" not in carriers
    unlike = paths(net, merger.format(", cultural_compatibility=low"))
    credited_from = {p.item.variable for p in unlike for s in p.steps if "TX-49" in s.cmocs}
    assert credited_from == {"cultural_compatibility"}


def test_a_mechanism_of_many_contexts_is_credited_to_the_one_the_path_comes_from(
    net: Network,
) -> None:
    for given, expected in {
        "pace=slow": ("T3-14",),
        "pace=timely": ("T3-14",),
        "cessation=improper": ("T3-17",),
        "aims_alignment=conflicting": ("TX-65",),
    }.items():
        way = (given.split("=")[0], "working_friction", "conflict_ground", "conflict")
        assert credited(net, f"P(conflict=high | {given})", *way)[-1] == expected


def test_what_a_moderation_holds_alike_may_be_as_another_of_its_tests_has_it(net: Network) -> None:
    """TX-48 is of mandates among buddies, and of mergers among volunteers."""
    ours, nobody = ("TX-48",), ()
    for given, mandate, integration in (
        ("mandated, merger", ours, ours),
        ("mandated, buddying", ours, nobody),
        ("voluntary, merger", nobody, ours),
        ("voluntary, buddying", nobody, nobody),
    ):
        question = f"P(driver=contract_led | {given})"
        assert credited(net, question, "mandate", "driver") == [mandate]
        assert credited(net, question, "integration", "driver") == [integration]


def test_a_selection_leads_from_what_selects_to_what_is_selected(net: Network) -> None:
    """TX-40: who got on well before comes by another road; the road itself does nothing."""
    way = ("prior_success", "entry_point", "mandate")
    found = credited(net, "P(mandate=mandated | prior_success=successful)", *way)
    assert found[0] == ("TX-40",)
    assert "TX-40" not in found[1]


def test_a_later_round_begins_with_what_an_earlier_one_left(net: Network) -> None:
    """T3-23 is of trust at the end of a round, and of the threshold for risk in the next."""
    way = ("initial_trust", "risk_threshold")
    assert "T3-23" in credited(net, "P(risk_threshold=high | initial_trust=low)", *way)[0]


def test_shares_are_of_all_paths_effects(net: Network) -> None:
    found = trace(net.ask("P(trust=low | mandated, leadership=combative)"), top=None)
    whole = sum(abs(p.effect) for p in found.paths)
    for carrier in found.carriers:
        mine = [p.effect for p in found.paths if any(carrier.cmoc in s.cmocs for s in p.steps)]
        assert carrier.effect == pytest.approx(sum(mine), abs=1e-12)
        assert carrier.share == pytest.approx(sum(map(abs, mine)) / whole, abs=1e-12)
