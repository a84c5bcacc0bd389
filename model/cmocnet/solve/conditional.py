"""What a solver leaves unsure: its most probable point and the shape around it, as a record.

Draws from the record are given the statements (:mod:`cmocnet.elicitation.draws`): worlds in which
what the review states is not false.
"""

from __future__ import annotations

import numpy as np

from cmocnet.elicitation.draws import Draws, draw
from cmocnet.registry.judged import Found
from cmocnet.registry.solution import HALF, Solved
from cmocnet.registry.solved import applied, changed
from cmocnet.solve.newton import Point
from cmocnet.solve.sensed import Unknowns
from cmocnet.typing import Array

UNMOVED = 0.99
"""A direction along which more than this of a standard deviation is left is as good as free."""


def found(unknowns: Unknowns, point: Point) -> Solved:
    """The solution as it is kept: numbers, scores, and the directions that the statements narrow.

    The inverse of the objective's curvature, I + slopes' slopes, is 1 / (1 + s^2) along the slopes'
    singular directions, and 1 along all in which no statement changes.
    """
    _, sizes, rows = np.linalg.svd(point.slopes, full_matrices=False)
    left = 1.0 / np.sqrt(1.0 + sizes**2)
    axes, left = rows[left < UNMOVED], left[left < UNMOVED]
    review, scores = unknowns.review, unknowns.scores(point.at[:, None])[:, 0]
    sure = _left(unknowns, axes, left)
    values = unknowns.values(point.at)
    numbers = {
        str(j.address): Found(
            value=float(f"{values[j.address]:.9g}"),
            score=round(float(score), 6),
            left=round(float(own), 6),
            was=j.value,
            spread=j.spread,
            by=j.by,
        )
        for j, score, own in zip(unknowns.known, scores, sure, strict=True)
    }
    return Solved(
        readings=changed(review.cmocs, review.readings),
        rule=unknowns.rule,
        numbers=numbers,
        directions=tuple(axis.astype(HALF).tobytes() for axis in axes),
        left=tuple(round(float(x), 6) for x in left),
    )


def _left(unknowns: Unknowns, axes: Array, left: Array) -> Array:
    """The standard deviation that is left of each judgement's score, (judgements,)."""
    along = unknowns.mix() @ axes.T
    return np.asarray(np.sqrt(1.0 - along**2 @ (1.0 - left**2)))


def conditional(unknowns: Unknowns, point: Point, *, n: int, seed: int) -> Draws:
    """``n`` draws of all judgements given the statements.

    Raises
    ------
    CmocnetError
        ``n`` is not positive or takes too much memory, or ``seed`` is negative.
    """
    return draw(applied(unknowns.review, found(unknowns, point)), n=n, seed=seed)
