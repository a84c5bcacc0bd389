"""Levers by the outcome after several rounds: against every change made in the unrolled network."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
import yaml

import cmocnet
from cmocnet import Network, engine, levers
from cmocnet.errors import CmocnetError
from cmocnet.results import Table as Shown
from cmocnet.rounds import hazard, survival_draws, unroll
from cmocnet.typing import DiscreteNetwork, Evidence, Table

QUESTION = "P(dissolution | mandated, merger)"
GIVEN = {"mandate": "mandated", "integration": "merger_or_acquisition"}
SOME = ("shared_vision", "early_wins", "leadership", "legal_agreements", "resolution")


def made(net: Network, bundle: tuple[str, ...]) -> dict[str, str]:
    return {v: str(net.variables[v].favourable) for v in bundle}


@pytest.fixture(scope="module")
def three(net: Network) -> engine.Program:
    """Three rounds of the bundled review, unrolled."""
    return engine.compile(net.unroll(3))


def test_the_search_is_that_of_the_unrolled_network(net: Network, three: engine.Program) -> None:
    found = levers.best(net, QUESTION, levers=SOME, k=2, n=0, rounds=3)
    values = {
        b: three.event({"gone@3": "yes"}, Evidence(observed=GIVEN, do=made(net, b)))
        for size in range(3)
        for b in combinations(SOME, size)
    }
    assert (found.rounds, found.tried) == (3, len(values))
    assert found.start == pytest.approx(values[()], abs=1e-12)
    assert {s.lever.variable: s.value for s in found.ranking} == pytest.approx(
        {b[0]: p for b, p in values.items() if len(b) == 1}, abs=1e-12
    )
    assert [s.value for s in found.ranking] == sorted(s.value for s in found.ranking)
    best = min(values, key=values.__getitem__)
    assert {x.variable for x in found.best.levers} == {*best}
    assert found.best.value == pytest.approx(values[best], abs=1e-12)
    assert found.front[-1].value == pytest.approx(values[best], abs=1e-12)


def test_what_comes_of_the_other_outcomes_is_of_the_last_round(
    net: Network, three: engine.Program
) -> None:
    found = levers.best(net, QUESTION, levers=["leadership", "resolution"], k=1, n=0, rounds=3)

    def scores(do: dict[str, str]) -> dict[str, float]:
        after = three.posteriors(Evidence(observed=GIVEN, do=do))
        told = {}
        for name in net.review.about.headline:
            lasting = name == "dissolution"
            x = float(net.variables[name].score(after["gone@3" if lasting else f"{name}@3"].array))
            told[name] = x if net.variables[name].better > 0 else 1.0 - x
        return told

    before = scores({})
    for s in found.ranking:
        after = scores({s.lever.variable: s.lever.state})
        assert s.outcomes == pytest.approx({v: after[v] - before[v] for v in before}, abs=1e-9)


def test_both_rankings_are_told_and_what_changes_place(net: Network) -> None:
    once = levers.best(net, QUESTION, k=1, n=0)
    found = levers.best(net, QUESTION, k=1, n=0, rounds=3)
    assert found.once == once.ranking
    assert (once.once, once.places, once.rounds) == ((), {}, 1)
    for s in found.ranking:
        before = [x.lever for x in once.ranking].index(s.lever) + 1
        now = [x.lever for x in found.ranking].index(s.lever) + 1
        assert found.places[s.lever] == (before, now)
    wins = next(x for x in found.places if x.variable == "early_wins")
    before, now = found.places[wins]
    assert now > before, "wins in the first round are not met again"
    parts = list(found.shown(99))
    (table,) = (p for p in parts if isinstance(p, Shown) and "Place there" in p.columns)
    (row,) = (row for row in table.rows if row[0] == str(wins))
    told = dict(zip(table.columns, row, strict=True))
    effect = next(s.effect for s in once.ranking if s.lever == wins)
    assert (told["Place there"], told["After one round"]) == (f"{before}", f"{100 * effect:+.1f}")
    (moves,) = (p for p in parts if isinstance(p, str) and p.startswith("What changes place"))
    told_moves = {
        m: abs(int(m[1]) - int(m[2])) for m in re.findall(r"([^;]+) from (\d+) to (\d+)", moves)
    }
    assert len(told_moves) == 5
    lengths = sorted((abs(a - b) for a, b in found.places.values()), reverse=True)
    assert [*told_moves.values()] == lengths[:5]
    assert "at the end of round 3" in moves
    assert not any("round" in p for p in once.shown() if isinstance(p, str))


def test_rows_and_record_hold_both(net: Network) -> None:
    found = levers.best(net, QUESTION, levers=SOME, k=1, n=0, rounds=2)
    record = found.record()
    assert record["rounds"] == 2
    assert [s["effect"] for s in record["once"]] == [s.effect for s in found.once]
    frame = found.frame()
    assert (frame["part"] == "ranking").sum() == (frame["part"] == "once").sum() == len(SOME)
    assert levers.best(net, QUESTION, levers=SOME, k=1, n=0).record()["once"] == []


# --- the garden: small enough to work through by hand ------------------------------------------


def followed(static: DiscreteNetwork, rounds: int, do: dict[str, str]) -> dict[str, float]:
    """P(given up by the end of the last round), and P(high mood then), state by state.

    ``do`` holds sunlight in every round, and watering in the first.
    """
    tables = {name: t.values for name, t in static.tables.items()}
    axes = static.tables["mood"].parents
    end = {"gone": 0.0, "mood": 0.0}
    for sun, water_before in product(range(2), range(2)):
        if "sunlight" in do:
            start = float(static.states["sunlight"][sun] == do["sunlight"])
        else:
            start = tables["sunlight"][sun]
        held = {(water_before, 0): start * tables["mood_before"][sun, water_before]}
        for r in range(rounds):
            then = dict.fromkeys(product(range(2), range(2)), 0.0)
            for (before, gone), p in held.items():
                for water, mood in product(range(2), range(2)):
                    q = tables["watering"][before, water]
                    if r == 0 and "watering" in do:
                        q = float(static.states["watering"][water] == do["watering"])
                    at = {"sunlight": sun, "watering": water, "mood_before": before}
                    q *= tables["mood"][(*(at[a] for a in axes), mood)]
                    h = 1.0 if gone else float(hazard(tables["abandoned"][mood, 1], 4))
                    then[mood, 1] += p * q * h
                    then[mood, 0] += p * q * (1.0 - h)
            held = then
        end["gone"] += held[0, 1] + held[1, 1]
        end["mood"] += held[1, 0] + held[1, 1]
    return end


@pytest.mark.parametrize("rounds", [2, 3, 4, "horizon"])
def test_the_garden_is_followed_state_by_state(garden_net: Network, rounds: object) -> None:
    options = {"levers": ["sunlight", "watering"], "k": 2, "n": 0, "rounds": rounds}
    number = 4 if rounds == "horizon" else int(str(rounds))
    for sought, end in (("abandoned", "gone"), ("happy gardeners", "mood")):
        found = levers.best(garden_net, f"P({sought})", **options)  # type: ignore[arg-type]
        told = {
            frozenset({x.variable: x.state for x in b.levers}.items()): b.value
            for b in (*found.front, found.best)
        }
        told |= {frozenset({(s.lever.variable, s.lever.state)}): s.value for s in found.ranking}
        assert len(told) > 2
        for bundle, value in told.items():
            slow = followed(garden_net.discrete, number, dict(bundle))[end]
            assert value == pytest.approx(slow, abs=1e-12)


def test_draws_are_those_of_a_loop_over_draws(garden_net: Network) -> None:
    options = {"levers": ["sunlight", "watering"], "k": 1, "n": 12, "seed": 3, "rounds": 4}
    found = levers.best(garden_net, "P(abandoned)", **options)  # type: ignore[arg-type]
    drawn = garden_net.draws(n=12, seed=3).tables
    made = {"sunlight": "sun", "watering": "regular"}
    values: dict[str, list[float]] = {"": [], **{v: [] for v in made}}
    for i in range(12):
        tables = {
            name: Table(name, t.parents, drawn[name][i])
            for name, t in garden_net.discrete.tables.items()
        }
        one = DiscreteNetwork(garden_net.discrete.states, tables)
        for v, found_for in values.items():
            found_for.append(followed(one, 4, {v: made[v]} if v else {})["gone"])
    for s in found.ranking:
        harmed = np.array(values[s.lever.variable]) > np.array(values[""]) + 1e-9
        assert s.harms == pytest.approx(harmed.mean())
    best = found.best.levers[0].variable
    top = np.array(values[best]) <= np.min(list(values.values()), axis=0) + 1e-12
    assert found.best.stays_best == pytest.approx(top.mean())


def test_drawn_chains_are_those_of_networks_drawn_one_by_one(net: Network) -> None:
    drawn = net.draws(n=3, seed=1).tables
    chains = survival_draws(net.review, net.discrete, drawn, 3)
    assert set(chains) == {"gone@1", "gone@2", "gone@3"}
    for i in range(3):
        tables = {
            name: Table(name, t.parents, drawn[name][i]) if name in drawn else t
            for name, t in net.discrete.tables.items()
        }
        slow = unroll(net.review, DiscreteNetwork(net.discrete.states, tables), 3)
        for name, chain in chains.items():
            np.testing.assert_array_equal(chain[i], slow.tables[name].values)


def test_that_it_has_not_come_about_is_its_opposite(garden_net: Network) -> None:
    kept, lost = (
        levers.best(garden_net, q, levers=["sunlight"], k=1, n=0, rounds=3)
        for q in ("P(abandoned=no)", "P(abandoned=yes)")
    )
    assert (kept.objective.aim, lost.objective.aim) == ("raise", "lower")
    assert kept.start == pytest.approx(1.0 - lost.start)
    assert kept.ranking[0].effect == pytest.approx(-lost.ranking[0].effect)


def test_utilities_and_fixed_marginals_hold_over_rounds(garden_net: Network) -> None:
    wanted = {"happy gardeners": 1.0, "given up": -2.0}
    found = levers.best(
        garden_net, wanted, given="sunlight := [0.3, 0.7]", levers=["watering"], k=1, rounds=3
    )
    slow = engine.compile(garden_net.unroll(3))

    def utility(do: dict[str, str]) -> float:
        after = slow.posteriors(Evidence(marginal={"sunlight": (0.3, 0.7)}, do=do))
        return after["mood@3"]["high"] - 2.0 * after["gone@3"]["yes"]

    assert found.draws == 0
    assert found.start == pytest.approx(utility({}), abs=1e-9)
    assert found.ranking[0].value == pytest.approx(utility({"watering": "regular"}), abs=1e-9)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rounds": 0}, "rounds: 0; expected a whole number of 1 or more, up to 4"),
        ({"rounds": 5}, "rounds: 5; expected a whole number of 1 or more, up to 4"),
        ({"rounds": True}, "rounds: True; expected a whole number"),
        ({"rounds": 2.0}, "rounds: 2.0; expected a whole number"),
        ({"rounds": "end"}, "'end' is no number of rounds; expected 1 to 4, or horizon"),
        ({"rounds": 2, "given": {"abandoned": "no"}}, "abandoned is what 2 rounds lead to"),
        ({"rounds": 2, "levers": ["abandoned"]}, "abandoned is what 2 rounds lead to"),
        ({"rounds": 2, "given": "abandoned ~ [0.2, 0.8]"}, "abandoned is what 2 rounds lead to"),
    ],
)
def test_bad_input_gets_one_line(
    garden_net: Network, options: dict[str, object], said: str
) -> None:
    with pytest.raises(CmocnetError, match=re.escape(said)) as caught:
        levers.best(garden_net, "P(happy gardeners)", **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def changed(garden: Path, file: str, change: Callable[[dict], None]) -> Network:  # type: ignore[type-arg]
    path = garden / file
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(held)
    path.write_text(yaml.safe_dump(held), encoding="utf-8")
    return cmocnet.load(garden)


def test_a_review_whose_rounds_hand_nothing_over_has_one(garden: Path) -> None:
    small = changed(garden, "review.yaml", lambda about: about["rounds"].update(carry={}))
    assert levers.best(small, "P(abandoned)", levers=["sunlight"], k=1, n=0).best.levers
    said = "rounds: nothing is handed over from one round to the next; expected carry in review"
    for rounds in (2, "horizon"):
        with pytest.raises(CmocnetError, match=said):
            levers.best(small, "P(abandoned)", levers=["sunlight"], rounds=rounds)  # type: ignore[arg-type]


def test_a_horizon_of_one_round_is_that_round(garden: Path) -> None:
    small = changed(
        garden, "review.yaml", lambda about: about["rounds"]["horizon"].update(rounds=1)
    )
    plain = levers.best(small, "P(abandoned)", levers=["sunlight"], k=1, n=0)
    assert (
        levers.best(small, "P(abandoned)", levers=["sunlight"], k=1, n=0, rounds="horizon") == plain
    )


def thirds(file: dict) -> None:  # type: ignore[type-arg]
    """The garden may be given up in part."""
    file["states"] = {"no": {"label": "No"}, "partly": {"label": "Partly"}, "yes": {"label": "Yes"}}
    ends = {"strength": 8, "by": "coder", "why": "bad luck"}
    file["table"] = {
        "method": "interbeta",
        "lowest": {"value": 0.1, **ends},
        "highest": {"value": 0.9, **ends},
        "parents": {"mood": {"weight": 2.0, "spread": 0.4, "effect": "-", "cites": ["G-03"]}},
    }


def test_only_the_state_with_a_hazard_is_followed(garden: Path) -> None:
    small = changed(garden, "variables/abandoned.yaml", thirds)
    options = {"levers": ["sunlight"], "k": 1, "n": 0, "rounds": 2}
    lost = levers.best(small, "P(abandoned=yes)", **options)  # type: ignore[arg-type]
    kept = levers.best(small, "P(abandoned=no or partly)", aim="raise", **options)  # type: ignore[arg-type]
    assert kept.start == pytest.approx(1.0 - lost.start)
    assert set(lost.ranking[0].outcomes) == {"mood"}, "its score is not followed"
    said = "abandoned=partly is not followed over rounds; expected abandoned=yes"
    with pytest.raises(CmocnetError, match=said):
        levers.best(small, "P(abandoned=partly)", aim="raise", **options)  # type: ignore[arg-type]


def test_draws_are_made_over_several_rounds_where_asked_for(garden_net: Network) -> None:
    options = {"levers": ["sunlight"], "k": 1}
    for more, draws in (({}, 200), ({"rounds": 2}, 0), ({"rounds": 2, "n": 7}, 7), ({"n": 0}, 0)):
        found = levers.best(garden_net, "P(abandoned)", **options, **more)  # type: ignore[arg-type]
        assert found.draws == draws
        assert (found.ranking[0].harms is None) == (draws == 0)


def test_the_program_of_several_rounds_is_kept(garden_net: Network) -> None:
    first = garden_net.over(3)
    assert garden_net.over(3) is first
    assert garden_net.over(2) is not first
