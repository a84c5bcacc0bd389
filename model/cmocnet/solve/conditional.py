"""Draws given the statements: worlds in which what the review states is not false.

The unconditional draws take each judgement by itself, so that many of their worlds contradict the
review. These are drawn around the most probable point, by the shape of the objective there (a
Laplace approximation, in the scores of the judgements, so that no probability leaves 0 to 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cmocnet.amounts import affordable
from cmocnet.amounts import seed as seeded
from cmocnet.elicitation.draws import Draws, at_scores, size
from cmocnet.forks import kept
from cmocnet.solve.newton import Point
from cmocnet.solve.sensed import Unknowns
from cmocnet.typing import Array


@dataclass(frozen=True, eq=False)
class Conditional(Draws):
    """Draws of every judgement given the statements, around a solver's most probable point."""

    unknowns: Unknowns = field(kw_only=True)
    point: Point = field(kw_only=True)

    @kept
    def values(self) -> Mapping[str, Array]:
        """Address -> one number a draw, shape (n,), read-only."""
        from scipy.linalg import cholesky, solve_triangular

        generator = np.random.default_rng(self.seed)
        around = generator.standard_normal((len(self.unknowns), self.n))
        factor = cholesky(self.point.hessian)
        points = self.point.at[:, None] + solve_triangular(factor, around)
        found = at_scores(self.unknowns.known, self.unknowns.scores(points))
        found.setflags(write=False)
        return {j.address: x for j, x in zip(self.unknowns.known, found, strict=True)}


def conditional(unknowns: Unknowns, point: Point, *, n: int, seed: int) -> Conditional:
    """``n`` draws of all judgements given the statements.

    Raises
    ------
    CmocnetError
        ``n`` is not positive or takes too much memory, or ``seed`` is negative.
    """
    seeded(seed)
    affordable(n, "draws", size(unknowns.review))
    return Conditional(unknowns.review, n, seed, unknowns=unknowns, point=point)
