"""The most probable judgements given what a review states: Gauss-Newton, with a halved step.

The objective is half the sum of squares of the unknowns (their standard normal priors) and of what
each statement is missed by, in its own spread. Known as Bayesian melding (Poole and Raftery 2000,
Journal of the American Statistical Association 95:1244).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from cmocnet.solve.sensed import Sensed, Unknowns
from cmocnet.solve.statements import Statement
from cmocnet.typing import Array

Progress = Callable[[int, None], None]
"""Is told how many steps were taken; nobody knows of how many."""

FIRST = 4
"""Gauss-Newton steps."""
STEPS = 60
"""Steps after those."""
HALVINGS = 6
AT_REST = 1e-7
"""Largest derivative of the objective at which the search stops."""
NEAR = 1e-4
"""Largest derivative at which it counts as at rest, where rounding allows no nearer."""


@dataclass(frozen=True, eq=False)
class Point:
    """Where a solver stands.

    at
        the unknowns, (unknowns,)
    values
        what each statement's quantity comes to, (statements,)
    misses
        by how many spreads each is missed, negative below, (statements,)
    slopes
        derivatives of the misses to the unknowns, (statements, unknowns); zero where nothing is
        missed
    moves
        derivatives of the quantities themselves
    """

    at: Array
    values: Array
    misses: Array
    slopes: Array
    moves: Array

    @property
    def objective(self) -> float:
        """Half the sum of all squares."""
        return float(self.at @ self.at + self.misses @ self.misses) / 2.0

    @property
    def gradient(self) -> Array:
        """Derivatives of the objective."""
        found: Array = self.at + self.slopes.T @ self.misses
        return found

    @property
    def hessian(self) -> Array:
        """Second derivatives of the objective, without those of the quantities (Gauss-Newton)."""
        found: Array = np.eye(len(self.at)) + self.slopes.T @ self.slopes
        return found

    @property
    def step(self) -> Array:
        """The Gauss-Newton step from here."""
        return np.asarray(-np.linalg.solve(self.hessian, self.gradient))


def stand(unknowns: Unknowns, stated: Sequence[Statement], at: Array) -> Point:
    """Every statement's value, miss and slope at a point."""
    effects = Sensed(unknowns, at)
    # The engine's loops let go of the interpreter, so that settings run beside each other.
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(lambda statement: statement.quantity(effects), stated))
    values = np.array([f.value for f in found])
    moves = np.array([f.slope for f in found]).reshape(len(stated), len(at))
    missed = [s.miss(v) for s, v in zip(stated, values.tolist(), strict=True)]
    misses, rates = (np.array([m[k] for m in missed]) for k in (0, 1))
    return Point(at, values, misses, rates[:, None] * moves, moves)


def search(
    unknowns: Unknowns,
    stated: Sequence[Statement],
    start: Point,
    *,
    progress: Progress | None = None,
) -> tuple[Point, bool]:
    """The most probable point, and whether the search came to rest there.

    Gauss-Newton far away, where its steps are large; near the end, where what is missed bends the
    objective as much as what is met, its system is refined from gradients (BFGS).
    """
    from scipy import optimize

    minimize: Any = optimize.minimize
    told = progress or (lambda _steps, _total: None)
    best = start
    for number in range(FIRST):
        there = _step(unknowns, stated, best)
        if there is None:
            break
        best = there
        told(number + 1, None)
    steps = count(FIRST + 1)

    def at(unknown: Array) -> Any:
        nonlocal best
        there = stand(unknowns, stated, unknown)
        best = min(best, there, key=lambda point: point.objective)
        told(next(steps), None)
        return there.objective, there.gradient

    inverse = np.linalg.inv(best.hessian)
    options = {"hess_inv0": (inverse + inverse.T) / 2.0, "gtol": AT_REST, "maxiter": STEPS}
    minimize(at, best.at, jac=True, method="BFGS", options=options)
    return best, bool(np.abs(best.gradient).max() < NEAR)


def _step(unknowns: Unknowns, stated: Sequence[Statement], here: Point) -> Point | None:
    """A Gauss-Newton step, halved until the objective falls; None where it does not."""
    step = here.step
    for halving in range(HALVINGS):
        there = stand(unknowns, stated, here.at + step / 2.0**halving)
        if there.objective < here.objective:
            return there
    return None
