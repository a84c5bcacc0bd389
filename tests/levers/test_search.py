"""The best bundle against a loop over every bundle; costs, budgets and bad input."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from cmocnet import Network, levers
from cmocnet.elicitation.draws import draw
from cmocnet.errors import CmocnetError
from cmocnet.levers import Objective
from cmocnet.levers.bundles import affordable
from cmocnet.levers.candidates import Lever
from cmocnet.query import Query
from cmocnet.typing import Evidence

QUESTION = "P(dissolution | mandated, merger)"
SOME = ("shared_vision", "information_exchange", "leadership", "legal_agreements", "pace")
COSTS = {"shared_vision": 2.0, "leadership": 3.0, "legal_agreements": 2.5, "pace": 0.5}


def asked_one_by_one(net: Network, bundle: tuple[str, ...]) -> float:
    """The same by ``net.query``, one bundle at a time."""
    done = ", ".join(f"do({v}={net.variables[v].favourable})" for v in bundle)
    answer = net.query(f"{QUESTION[:-1]}{', ' if done else ''}{done})")
    assert answer.probability is not None
    return answer.probability


def every(net: Network, k: int) -> dict[frozenset[str], float]:
    return {
        frozenset(b): asked_one_by_one(net, b)
        for size in range(k + 1)
        for b in combinations(SOME, size)
    }


def cost(bundle: frozenset[str]) -> float:
    return sum(COSTS.get(v, 1.0) for v in bundle)


def names(bundle: levers.Bundle) -> frozenset[str]:
    return frozenset(x.variable for x in bundle.levers)


@pytest.mark.parametrize(("k", "budget"), [(1, None), (3, None), (3, 4.0), (2, 5.0)])
def test_the_best_bundle_and_the_front_are_those_of_a_loop(
    net: Network, k: int, budget: float | None
) -> None:
    found = levers.best(net, QUESTION, levers=SOME, costs=COSTS, budget=budget, k=k, n=0)
    values = {b: p for b, p in every(net, k).items() if budget is None or cost(b) <= budget}
    assert found.tried == len(values)
    assert found.objective.aim == "lower"
    assert found.start == pytest.approx(values[frozenset()], abs=1e-12)
    assert names(found.best) == min(values, key=values.__getitem__)
    assert found.best.value == pytest.approx(min(values.values()), abs=1e-12)
    assert found.best.effect == pytest.approx(found.best.value - found.start, abs=1e-12)
    undominated = {
        b
        for b, p in values.items()
        if not any(cost(o) <= cost(b) and q < p - 1e-12 for o, q in values.items())
    }
    assert {names(b) for b in found.front} == undominated
    assert [b.cost for b in found.front] == sorted(b.cost for b in found.front)
    assert {names(b): b.cost for b in found.front} == {b: cost(b) for b in undominated}


def test_single_levers_are_ranked_by_what_they_do_alone(net: Network) -> None:
    found = levers.best(net, QUESTION, levers=SOME, n=0)
    effects = [s.effect for s in found.ranking]
    assert effects == sorted(effects)
    for s in found.ranking:
        assert s.value == pytest.approx(asked_one_by_one(net, (s.lever.variable,)), abs=1e-12)
    dissolution = next(s for s in found.ranking if s.lever.variable == "shared_vision")
    assert dissolution.outcomes["dissolution"] == pytest.approx(-dissolution.effect, abs=1e-12)


def test_utilities_weigh_several_outcomes(net: Network) -> None:
    wanted = {"high synergy": 1.0, "dissolution": -2.0}
    found = levers.best(net, wanted, given=["mandated"], levers=SOME, k=2, n=0)

    def utility(bundle: frozenset[str]) -> float:
        do = {v: str(net.variables[v].favourable) for v in bundle}
        after = net.posteriors(given=["mandated"], do=do)
        return after["synergy"]["high"] - 2 * after["dissolution"]["yes"]

    bundles = [frozenset(b) for size in range(3) for b in combinations(SOME, size)]
    assert names(found.best) == max(bundles, key=utility)
    assert found.best.value == pytest.approx(utility(names(found.best)), abs=1e-12)


def test_shares_of_draws_are_those_of_a_loop_over_draws(net: Network) -> None:
    found = levers.best(net, QUESTION, levers=SOME[:3], k=1, n=12, seed=5)
    tables = draw(net.review, n=12, seed=5).tables
    given = net.evidence(["mandated", "merger"])
    values = {
        v: net.program.predict_tables(
            tables,
            Evidence(observed=given.observed, do={v: str(net.variables[v].favourable)}),
            [{"dissolution": "yes"}],
        )[0]
        for v in SOME[:3]
    }
    (best,) = names(found.best)
    share = (values[best] <= np.min(list(values.values()), axis=0) + 1e-12).mean()
    assert found.best.stays_best == pytest.approx(share)
    assert found.contenders == 4
    (nothing,) = net.program.predict_tables(tables, given, [{"dissolution": "yes"}])
    for s in found.ranking:
        harms = (values[s.lever.variable] > nothing + 1e-9).mean()
        assert s.harms == pytest.approx(harms)


def test_what_harms_is_listed_only_where_it_does(net: Network) -> None:
    found = levers.best(net, QUESTION, levers=["leadership", "combative leadership"], k=1, n=20)
    assert {str(b.lever) for b in found.backfires} == {"Leadership style: Combative"}
    worst = [b.effect for b in found.backfires]
    assert worst == sorted(worst)
    assert {b.outcome for b in found.backfires} > {None, "trust", "dissolution"}


def test_only_favourable_states_of_what_is_free_and_timely_are_proposed(net: Network) -> None:
    found = levers.best(net, QUESTION, given={"pace": "slow"}, when="under_way", k=1, n=0)
    proposed = {s.lever.variable: s.lever for s in found.ranking}
    assert proposed["leadership"].state == "collaborative"
    assert not {"pace", "mandate", "legal_agreements", "org_size"} & proposed.keys()
    for v, lever in proposed.items():
        assert net.variables[v].favourable in {None, lever.state}
        assert "under_way" in lever.when


def test_what_is_actionable_can_be_overridden(net: Network) -> None:
    found = levers.best(net, "P(dissolution)", levers=["org_size=smaller", "pace"], n=0)
    assert {str(s.lever.variable) for s in found.ranking} == {"org_size", "pace"}


def test_of_equally_good_bundles_the_cheaper_goes_first(net: Network) -> None:
    # What comes after trust at the start cannot change it, so nothing is the cheapest way.
    found = levers.best(net, "P(high initial trust)", levers=["pace", "evaluation"], n=0)
    assert found.best.levers == ()
    assert [b.levers for b in found.front] == [()]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"k": 0}, "levers in a bundle: 0; expected a whole number of 1 or more"),
        ({"levers": []}, "no lever is left"),
        ({"costs": {"pace": -1.0}}, "pace: a cost of -1; expected 0 or more"),
        ({"costs": {"pace": float("nan")}}, "a cost of nan"),
        ({"costs": {"paec": 1.0}}, "nearest: pace"),
        ({"costs": {"mandate": 1.0}}, "no lever"),
        ({"costs": {"pace=warp": 1.0}}, "pace: no state 'warp'"),
        ({"budget": 0.5}, "a budget of 0.5 is below every cost; expected at least 1"),
        ({"budget": float("nan")}, "below every cost"),
        ({"when": "later"}, "no time 'later'"),
        ({"levers": ["mandate"]}, "mandate is given"),
        ({"levers": ["dissolution"]}, "both the outcome sought and a lever"),
        ({"given": {"dissolution": "yes"}}, "both an outcome sought and given"),
        ({"given": {"mandate": "voluntary"}}, "given twice"),
        ({"n": -1}, "draws: -1; expected a whole number of 0 or more"),
        ({"k": 30}, "more than 200,000 bundles"),
    ],
)
def test_bad_input_gets_one_line(net: Network, options: dict[str, object], said: str) -> None:
    with pytest.raises(CmocnetError, match=said) as caught:
        levers.best(net, QUESTION, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "no outcome is sought"),
        ({"dissolution": 0.0}, "all utilities are zero"),
        ({"dissolution": float("inf")}, "a utility of inf"),
        ({"dissolution": float("nan")}, "a utility of nan"),
        ({"dissolution": 1e-320}, "a utility of 1e-320; expected 0, or a number between 1e-100"),
        ({"dissolution": -1e308, "high trust": -1e308}, r"a utility of -1e\+308"),
        ({"dissolution": 10**400}, "dissolution: a utility of about 1e"),
        ({"dissolution": True}, "a utility of True"),
        ({"dissolution": "2"}, "a utility of '2'"),
        (Objective((({"trust": "high"}, float("nan")),)), "trust=high: a utility of nan"),
        (Objective((({"trust": "high"}, 0.0),)), "all utilities are zero"),
        (Objective(()), "no outcome is sought"),
        (Objective((({}, 1.0),)), "no outcome is sought"),
        ("P(trust=? | mandated)", "without a state"),
        ("P(high trust, dissolution | mandated)", "some of these are to be sought"),
        (Query({"fog": "thick"}), "fog"),
        (Objective((({"trust": "hihg"}, 1.0),)), "hihg"),
    ],
)
def test_a_bad_objective_gets_one_line(net: Network, wanted: object, said: str) -> None:
    with pytest.raises(CmocnetError, match=said):
        levers.best(net, wanted)  # type: ignore[arg-type]


def test_a_fixed_marginal_goes_without_draws(net: Network) -> None:
    question = "P(dissolution | mandate := [0.5, 0.5])"
    found = levers.best(net, question, levers=["pace", "shared_vision"], k=1)
    assert (found.draws, found.best.stays_best) == (0, None)
    expected = net.query("P(dissolution | mandate := [0.5, 0.5], do(present shared vision))")
    values = {s.lever.variable: s.value for s in found.ranking}
    assert values["shared_vision"] == pytest.approx(expected.probability, abs=1e-9)


def test_a_lever_may_lead_to_the_first_state_of_what_has_causes(net: Network) -> None:
    assert net.variables["inertia"].states[0] == "no"
    assert net.discrete.tables["inertia"].parents
    found = levers.best(net, "P(high performance)", levers=["inertia"], k=1, n=0)
    alone = net.query("P(high performance | do(inertia=no))")
    assert [s.value for s in found.ranking] == [pytest.approx(alone.probability, abs=1e-9)]
    assert found.ranking[0].lever.state == "no"
    assert found.ranking[0].effect > 1e-3


def test_a_lever_left_out_may_have_a_cost(net: Network) -> None:
    costs = {"shared_vision": 2.0, "pace": 3.0}
    found = levers.best(net, QUESTION, levers=["pace"], costs=costs, n=0)
    assert {s.lever.cost for s in found.ranking} == {3.0}


def test_only_bundles_that_are_asked_for_count_against_the_limit() -> None:
    many = [Lever(f"v{i}", "on", f"v{i}", "On", 1.0) for i in range(700)]  # 244,650 pairs
    assert len(list(affordable(many, 1, 2.0))) == 701


@pytest.mark.parametrize(("limit", "fits"), [(16, True), (15, False), (10, False)])
def test_the_limit_counts_bundles_of_every_size(
    monkeypatch: pytest.MonkeyPatch, limit: int, fits: bool
) -> None:
    """Of five levers there are 1 + 5 + 10 bundles of up to two."""
    monkeypatch.setattr("cmocnet.levers.bundles.LIMIT", limit)
    options = [Lever(f"v{i}", "on", f"V{i}", "On") for i in range(5)]
    if fits:
        assert len(list(affordable(options, 2, 99.0))) == 16
        return
    with pytest.raises(CmocnetError, match=f"more than {limit} bundles of up to 2 levers"):
        list(affordable(options, 2, 99.0))


@pytest.mark.parametrize(
    ("sought", "now", "by"),
    [
        ({"high synergy": 1.0}, r"\d+\.\d%", r"[+-]\d+\.\d"),
        ({"high synergy": 2.0}, r"[\d.]+", r"[+-][\d.e-]+"),
        ({"high synergy": 1.0, "dissolution": -1.0}, r"-?[\d.]+", r"[+-][\d.e-]+"),
    ],
)
def test_only_one_probability_is_told_in_per_cent(
    net: Network, sought: dict[str, float], now: str, by: str
) -> None:
    found = levers.best(net, sought, levers=["shared_vision"], k=1, n=0)
    parts = list(found.shown())
    (start,) = (p for p in parts if isinstance(p, str) and p.startswith("Now: "))
    assert re.fullmatch(f"Now: {now}", start)
    (best,) = (p for p in parts if isinstance(p, str) and p.endswith(" from now"))
    assert re.fullmatch(f"{now} with it, {by} from now", best)
