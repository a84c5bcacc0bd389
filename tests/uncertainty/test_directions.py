"""A direction is told where there is a difference, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

import cmocnet
from cmocnet import Network
from cmocnet.contrast import Contrast
from cmocnet.errors import QueryError
from cmocnet.intervals import NOTHING, way
from cmocnet.query import Query
from cmocnet.sensitivity import robustness
from cmocnet.typing import Evidence
from cmocnet.wording import points
from cmocnet_app import words
from cmocnet_app.answers import headline
from cmocnet_app.answers.headline import Outcome, asked_state
from cmocnet_app.answers.sureness import Sureness
from cmocnet_app.markup import comparison_table, outcome_cards
from cmocnet_app.screens import compare
from cmocnet_app.state.scenario import Scenario

INDEPENDENT = "P(high initial trust | slow pace)"
"""Nothing that happens under way moves how it began."""


def upstream(net: Network, name: str) -> set[str]:
    found, stack = set(), [name]
    while stack:
        one = stack.pop()
        if one not in found:
            found.add(one)
            stack += net.discrete.tables[one].parents
    return found


def test_only_what_is_connected_has_a_direction(net: Network) -> None:
    """With one thing observed and no more, two variables hang together by a common cause only."""
    settings = [v for v in net.variables.values() if v.layer == "setting"]
    apart = 0
    for seen, asked in product(settings, list(net.variables)[::3]):
        if asked == seen.name:
            continue
        event = {asked: net.variables[asked].states[-1]}
        given = [Evidence(observed={seen.name: s}) for s in (seen.states[0], seen.states[-1])]
        low, high = (net.program.event(event, e) for e in given)
        if not upstream(net, asked) & upstream(net, seen.name):
            apart += 1
            assert way(high - low) is None
        else:
            assert way(high - low) is not None or abs(high - low) <= 1e-9
    assert apart > 50


def test_shares_of_draws_add_up_and_rounding_is_none() -> None:
    samples = np.array([0.2, -0.1, 1e-12, -1e-12, 0.0, 0.3, 2e-9, -2e-9])
    found = Contrast(0.1, samples)
    assert (found.positive, found.negative, found.none) == (3 / 8, 2 / 8, 3 / 8)
    assert found.holds == found.positive
    assert Contrast(-0.1, samples).holds == found.negative
    level = Contrast(0.0, samples)
    assert (level.way, level.holds, level.depends) == (None, None, True)


@pytest.mark.parametrize("edge", [NOTHING, -NOTHING])
def test_the_largest_difference_that_is_none_goes_no_way(edge: float) -> None:
    found = Contrast(edge, np.array([edge, 0.2, -0.2, -0.3]))
    assert (found.positive, found.negative, found.none) == (1 / 4, 2 / 4, 1 / 4)
    assert found.way is None


def test_a_question_and_its_opposite_that_are_independent(net: Network) -> None:
    for found in (
        net.query(INDEPENDENT).contrast,
        net.compare(INDEPENDENT, "P(high initial trust | timely pace)"),
    ):
        assert found is not None
        assert (found.positive, found.negative, found.none) == (0.0, 0.0, 1.0)
        assert (found.way, found.holds, found.depends) == (None, None, False)


@pytest.mark.parametrize("options", [[], ["--quick"]])
def test_the_command_line_says_what_it_does_not_depend_on(
    capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    from cmocnet.cli import main

    assert main(["query", INDEPENDENT, *options]) == 0
    out = capsys.readouterr().out
    assert "does not depend on Pace of development" in out
    assert "of the draws" not in out
    assert not {"lower", "higher"} & {*out.split()}


def test_nothing_can_be_reversed_where_there_is_no_direction(net: Network) -> None:
    with pytest.raises(QueryError, match="level as it is"):
        robustness(net.ask(INDEPENDENT), net.ask("P(high initial trust | timely pace)"))


def test_rounding_has_no_sign_in_words() -> None:
    assert {points(d) for d in (1e-17, -1e-17, -0.0004)} == {"0.0"}
    assert {words.points(d) for d in (1e-17, -1e-17, 0.0)} == {"no difference"}
    assert words.likelier(-1e-17) == "just as likely"


@pytest.fixture(scope="module")
def outcome(net: Network) -> Callable[..., Outcome]:
    def made(name: str, difference: float) -> Outcome:
        variable = net.variables[name]
        return Outcome(variable, asked_state(variable), 0.5 + difference, 0.5, 0.5)

    return made


def test_a_card_without_a_difference(net: Network, outcome: Callable[..., Outcome]) -> None:
    name = net.review.about.headline[0]
    within = (0.4, 0.6)
    how = {name: Sureness(within, within, within, (0.0, 0.0), None, depends=False)}
    shown = outcome_cards.cards(net, Scenario(), None, [outcome(name, 0.0)], how)
    assert "Just as likely" in shown
    assert words.INDEPENDENT in shown
    assert "draws of the judgements" not in shown
    assert not {"▲", "▼"} & {*shown}


def test_the_focus_is_the_first_outcome_where_none_differs(
    net: Network, outcome: Callable[..., Outcome]
) -> None:
    names = net.review.about.headline
    noise = [outcome(name, 0.0) for name in names]
    tilted: list[Any] = [
        Outcome(o.variable, o.state, 0.1 + 0.2 if k else 0.3, 0.3, 0.5) for k, o in enumerate(noise)
    ]
    assert tilted[1].difference != 0
    assert headline.worst(net, tilted) == names[0]


def test_the_compare_page_draws_no_difference_where_there_is_none(net: Network) -> None:
    name = net.review.about.headline[0]
    given = dict(next(iter(net.situations.values())).given)
    row = compare._row(net, name, [Scenario(given=given), Scenario(given=given)])
    assert row.cells[1].better is None
    shown = comparison_table.table(["A", "B"], [row])
    assert "The review draws no difference here" in shown
    assert "A does better" not in shown


def test_the_compare_page_tells_shares_of_draws(net: Network) -> None:
    one, *_ = net.situations.values()
    cases = [Scenario(given=dict(one.given)), Scenario(given=dict(one.contrast))]
    for name in net.review.about.headline:
        state = asked_state(net.variables[name])
        a, b = (net.samples({name: state}, net.evidence(case.states), seed=0) for case in cases)
        row = compare._row(net, name, cases)
        better = (a > b) if net.variables[name].favourable in {None, state} else (a < b)
        assert row.cells[1].better == pytest.approx(better.mean())


def test_draws_of_many_seeds_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    own = cmocnet.load()
    monkeypatch.setattr("cmocnet.model.KEPT", 30)
    first = own.draws(n=10, seed=0)
    values = first.values
    for seed in range(1, 9):
        assert own.draws(n=10, seed=0) is first  # what is used stays
        own.draws(n=10, seed=seed)
    assert set(own._draws) == {(10, 0), (10, 7), (10, 8)}
    assert own.draws(n=31, seed=0).n == 31
    assert (31, 0) not in own._draws
    again = own.draws(n=10, seed=0).values
    assert all(np.array_equal(again[k], v) for k, v in values.items())


def test_many_draws_are_kept_within_the_bound() -> None:
    own = cmocnet.load()
    for seed in range(20):
        own.draws(n=1000, seed=seed)
    assert sum(n for n, _ in own._draws) <= 4000


def test_a_query_of_several_turned_round_is_told_in_short(
    net: Network, capsys: pytest.CaptureFixture[str]
) -> None:
    from cmocnet.cli import show

    given = {"pace": "slow", "evaluation": net.variables["evaluation"].states[0]}
    query = Query({"initial_trust": "high"}, net.evidence(given))
    show.parts(*net.query(query).shown(quick=True))
    assert "does not depend on Pace of development and" in capsys.readouterr().out


def test_the_usual_draws_are_kept(net: Network) -> None:
    assert net.draws() is net.draws()
