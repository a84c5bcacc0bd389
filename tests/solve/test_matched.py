"""What is left unsure, against exact answers where quantities are linear in the unknowns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cmocnet.solve.matched import linear
from cmocnet.solve.newton import Point
from cmocnet.solve.statements import Kind, Statement
from cmocnet.typing import Array

TILT = 0.2
"""Share of each quantity's variance that is common to all."""
GRID = np.linspace(-8.0, 8.0, 1601)


def states(low: float, high: float, spread: float, kind: Kind = "effect") -> Statement:
    def unasked(on: Any) -> Any:
        raise AssertionError(on)

    return Statement("x", kind, "says", unasked, low, high, spread)


def tilted(count: int) -> Array:
    """Each quantity is a part of its own, and one common to all."""
    return np.hstack([np.sqrt(1 - TILT) * np.eye(count), np.full((count, 1), np.sqrt(TILT))])


def at_rest(moves: Array) -> Point:
    """A point at which every quantity is 0 and nothing is missed."""
    count, unknowns = moves.shape
    nothing = np.zeros(count)
    return Point(np.zeros(unknowns), nothing, nothing, 0.0 * moves, moves)


def deviations(slopes: Array) -> Array:
    inverse = np.linalg.inv(np.eye(slopes.shape[1]) + slopes.T @ slopes)
    return np.sqrt(np.diag(inverse))


def exact(told: list[Statement]) -> tuple[float, float]:
    """Mean and deviation of the common part: given it, the others are independent."""
    logs = -(GRID**2) / 2.0
    quantity = np.sqrt(TILT) * GRID[:, None] + np.sqrt(1 - TILT) * GRID
    for s in told:
        weights = np.exp(s.log_likelihood(quantity) - GRID**2 / 2.0)
        logs = logs + np.log(weights.sum(axis=1))
    p = np.exp(logs - logs.max())
    p /= p.sum()
    mean = float(p @ GRID)
    return mean, float(np.sqrt(p @ (GRID - mean) ** 2))


@pytest.mark.parametrize(
    "told",
    [
        [states(0.0, 9.0, 0.5)] * 30,
        [states(low, 9.0, 0.3) for low in np.linspace(-2.0, 1.0, 20)],
        [states(0.0, 9.0, 0.5)] * 10 + [states(-9.0, 0.5, 0.5)] * 10,
        [states(-0.4, 0.4, 0.2)] * 8,
        [states(1.0, 1.0, 0.01), states(0.0, 9.0, 0.5), states(3.0, 9.0, 0.1)],
    ],
    ids=["just met", "bold and modest", "at odds", "ranges", "sharp"],
)
def test_what_many_claims_say_together(told: list[Statement]) -> None:
    """All are met at 0, or nearly: a curvature there would see little of them or nothing."""
    found = linear(told, at_rest(tilted(len(told))))
    mean, deviation = exact(told)
    assert found.middle[-1] == pytest.approx(mean, abs=0.03)
    assert deviations(found.slopes)[-1] == pytest.approx(deviation, rel=0.05)


def test_figures_alone_are_the_curvature() -> None:
    moves = np.random.default_rng(1).normal(size=(6, 9))
    told = [states(x, x, 0.3) for x in (0.5, -0.2, 1.0, 0.0, 2.0, 0.1)]
    whole = np.eye(9) + moves.T @ moves / 0.09
    found = linear(told, at_rest(moves))
    sizes = np.array([s.low for s in told])
    assert found.middle == pytest.approx(np.linalg.solve(whole, moves.T @ sizes / 0.09), abs=1e-4)
    assert np.eye(9) + found.slopes.T @ found.slopes == pytest.approx(whole, rel=1e-3, abs=1e-3)


def test_the_point_at_which_it_is_linear_is_nothing() -> None:
    moves = tilted(4)
    told = [states(x, 9.0, 0.4) for x in (0.3, 0.0, 0.8, -0.5)]
    at = np.array([0.5, -0.3, 1.0, 0.2, 0.7])
    here = Point(at, moves @ at, np.zeros(4), 0.0 * moves, moves)
    assert linear(told, here).middle == pytest.approx(linear(told, at_rest(moves)).middle, abs=1e-4)


def test_a_case_is_one_observation() -> None:
    """P(x) = 0.5 + 0.1 z, seen: the mean of z is 0.1 x 1 / 0.5."""
    here = Point(np.zeros(1), np.array([0.5]), np.zeros(1), np.zeros((1, 1)), np.array([[0.1]]))
    found = linear([states(1.0, 1.0, 1.0, "case")], here)
    assert found.middle[0] == pytest.approx(0.2, abs=0.005)
    assert deviations(found.slopes)[0] == pytest.approx(np.sqrt(1.0 - 0.04), abs=0.005)


def test_what_nothing_moves_says_nothing() -> None:
    moves = np.vstack([tilted(3), np.zeros(4)])
    told = [states(0.0, 9.0, 0.5)] * 4
    found = linear(told, at_rest(moves))
    assert found.middle == pytest.approx(linear(told[:3], at_rest(moves[:3])).middle)
    alone = linear(told[3:], at_rest(moves[3:]))
    assert not alone.middle.any()
    assert not alone.slopes.any()
