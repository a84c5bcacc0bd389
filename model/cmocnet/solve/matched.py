"""The normal distribution that matches what statements leave unsure: expectation propagation.

A claim "at least so much" is silent where it is met, so at the most probable point, where many are
just met, the curvature knows nothing of them; yet together they say that effects are large. So each
statement is replaced, in turn, by the normal factor that gives its quantity the same mean and
deviation beside all others (Minka 2001, "Expectation propagation for approximate Bayesian
inference"). Quantities are linear in the unknowns, anew around each mean that is found. Statements
of figures alone are normal themselves, and the result is then the Laplace approximation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cmocnet.solve.newton import Point, stand
from cmocnet.solve.sensed import Unknowns
from cmocnet.solve.statements import Statement
from cmocnet.typing import Array

ANEW = 2
"""Times that quantities are made linear."""
SWEEPS = 200
"""Rounds over all statements at most."""
DAMPED = 0.5
"""Share of the way that a factor goes in a round: whole steps of all at once may swing."""
AT_REST = 1e-6
"""Largest change of a mean, in its deviations, at which the rounds end."""
FAR = 8.0
"""Deviations beyond which nothing is left of a normal distribution."""
NODES = np.linspace(0.0, 1.0, 401)
STILL = 1e-9
"""A quantity that nothing moves by more has no factor."""


@dataclass(frozen=True, eq=False)
class Left:
    """What is left unsure of the unknowns, as a normal distribution.

    middle
        means of the unknowns, (unknowns,)
    slopes
        (statements, unknowns): the precision is I + slopes' slopes
    """

    middle: Array
    slopes: Array


def matched(unknowns: Unknowns, stated: Sequence[Statement], point: Point) -> Left:
    """The normal distribution that matches the statements around a most probable point."""
    found = linear(stated, point)
    for _ in range(ANEW - 1):
        found = linear(stated, stand(unknowns, stated, found.middle))
    return found


def linear(stated: Sequence[Statement], point: Point) -> Left:
    """The same where quantities are linear, as they are at one point."""
    moving = np.abs(point.moves).max(axis=1, initial=0.0) > STILL
    moves = point.moves[moving]
    told = [s for s, moves_ in zip(stated, moving, strict=True) if moves_]
    fixed = point.values[moving] - moves @ point.at
    sure, pull = np.zeros((2, len(told)))
    middle = np.zeros(len(point.at))
    for _ in range(SWEEPS):
        spread = np.linalg.inv(np.eye(len(middle)) + (moves.T * sure) @ moves)
        before, middle = middle, spread @ (moves.T @ pull)
        if np.abs(middle - before).max() < AT_REST and pull.any():
            break
        narrow = 1.0 / np.einsum("ij,jk,ik->i", moves, spread, moves)
        # What all others say of each quantity: its precision, mean and deviation without its own.
        rest = np.maximum(narrow - sure, STILL)
        means = (narrow * (moves @ middle) - pull) / rest
        whole = [
            _moments(s, mean + off, deviation)
            for s, mean, off, deviation in zip(told, means, fixed, rest**-0.5, strict=True)
        ]
        mean, variance = np.array(whole).reshape(-1, 2).T
        new = np.maximum(1.0 / variance - rest, 0.0)
        sure = sure + DAMPED * (new - sure)
        pull = pull + DAMPED * ((mean - fixed) * (new + rest) - means * rest - pull)
    return Left(middle, np.sqrt(sure)[:, None] * moves)


def _moments(stated: Statement, mean: float, deviation: float) -> tuple[float, float]:
    """Mean and variance of a quantity that is normal but for one statement about it."""
    ends = [(mean - FAR * deviation, mean + FAR * deviation)]
    ends += [(stated.low - FAR * stated.spread, stated.high + FAR * stated.spread)]
    low, high = max(a for a, _ in ends), min(b for _, b in ends)
    if low >= high:  # they are at odds: what is left lies between
        low, high = min(a for a, _ in ends), max(b for _, b in ends)
    at = low + (high - low) * NODES
    logs = stated.log_likelihood(at) - ((at - mean) / deviation) ** 2 / 2.0
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    middle = float(weights @ at)
    return middle, float(weights @ (at - middle) ** 2)
