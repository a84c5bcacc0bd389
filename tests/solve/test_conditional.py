"""Draws given the statements: around the solution, narrower where something is stated, covering."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cmocnet import Network, engine
from cmocnet.check.effects import Bench
from cmocnet.errors import CmocnetError
from cmocnet.solve import Solution, statements
from cmocnet.solve.conditional import conditional
from cmocnet.solve.newton import search, stand

QUESTIONS = (
    "P(abandoned | shade)",
    "P(mood = high | sun, watering = regular)",
    "P(watering = regular | sun)",
)
REPLICATIONS = 60


def test_they_are_the_same_for_the_same_seed(solution: Solution) -> None:
    one, again, other = (solution.draws(n=20, seed=s).values for s in (1, 1, 2))
    assert set(one) == set(solution.values)
    assert all((one[a] == again[a]).all() for a in one)
    assert any((one[a] != other[a]).any() for a in one)


def test_their_scores_have_the_shape_of_the_objective(solution: Solution) -> None:
    """Mean and covariance of what is drawn, against the inverse of the objective's curvature."""
    weights = [j for j in solution.unknowns.known if j.kind == "weight"]  # scores are logarithms
    drawn = solution.draws(n=40_000, seed=3).values
    place = [solution.unknowns.known.index(j) for j in weights]
    scores = np.array([np.log(drawn[j.address] / j.value) / j.spread for j in weights])
    whole = np.linalg.inv(solution.point.hessian)
    assert scores.mean(axis=1) == pytest.approx(solution.point.at[place], abs=0.03)
    assert np.cov(scores) == pytest.approx(whole[np.ix_(place, place)], abs=0.03)


def test_worlds_agree_more_with_what_is_stated(solution: Solution, garden_net: Network) -> None:
    stated = [s for s in solution.stated if s.kind == "effect"]

    def misses(values: dict[str, float]) -> float:
        point = dict(values)
        network = solution.unknowns.placed(point)
        bench = Bench(garden_net.review, network)
        return sum(s.miss(s.quantity(bench))[0] ** 2 for s in stated)

    given, free = (
        np.mean([misses({a: float(x[k]) for a, x in d.values.items()}) for k in range(60)])
        for d in (solution.draws(n=60, seed=4), garden_net.draws(n=60, seed=4))
    )
    assert given < free


@pytest.mark.parametrize("n", [0, -1])
def test_nothing_or_too_much_is_refused(solution: Solution, n: int) -> None:
    with pytest.raises(CmocnetError, match="draws"):
        solution.draws(n=n)
    with pytest.raises(CmocnetError, match="seed"):
        solution.draws(seed=-1)


def test_ninety_per_cent_intervals_cover(solution: Solution, garden_net: Network) -> None:
    """Hidden numbers, noisy figures of what they come to, solved, drawn, and asked."""
    rng, unknowns = np.random.default_rng(0), solution.unknowns
    told = statements(garden_net.review, [])
    asked = [garden_net.ask(q) for q in QUESTIONS]
    hits = np.zeros(len(asked))
    for k in range(REPLICATIONS):
        hidden = unknowns.network(rng.standard_normal(len(unknowns)))
        bench, program = Bench(garden_net.review, hidden), engine.compile(hidden)
        seen = []
        for s in told:
            if s.kind != "case":
                x = s.quantity(bench) + s.spread * rng.standard_normal()
                seen.append(replace(s, low=x, high=x))
        point, _ = search(unknowns, seen, stand(unknowns, seen, np.zeros(len(unknowns))))
        tables = conditional(unknowns, point, n=300, seed=k).tables
        for i, q in enumerate(asked):
            (drawn,) = garden_net.program.predict_tables(tables, q.evidence, [q.event])
            low, high = np.quantile(drawn, [0.05, 0.95])
            hits[i] += low <= program.event(q.event, q.evidence) <= high
    assert (hits / REPLICATIONS > 0.78).all()
    assert hits.sum() / REPLICATIONS / len(asked) == pytest.approx(0.9, abs=0.06)
