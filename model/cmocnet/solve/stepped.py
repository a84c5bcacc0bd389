"""A first step: how all solved numbers move when some effects are sized anew, without a search.

Around the solved point every answer is taken to change in proportion to the judgements' normal
scores. The most probable point under the new sizes then needs no engine: it is that of a normal
belief, conditioned on what is stated. Where answers are in proportion this is the exact solution;
elsewhere it is a first, Gauss-Newton, step of the search that :func:`~cmocnet.solve.solved` ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cmocnet.elicitation.draws import by_address, everyone
from cmocnet.errors import CmocnetError
from cmocnet.model import Model
from cmocnet.registry.solution import Solved
from cmocnet.sensitivity.judged import varies
from cmocnet.solve.conditional import found
from cmocnet.solve.experts import known
from cmocnet.solve.newton import HALVINGS, Point, stand
from cmocnet.solve.sensed import Unknowns
from cmocnet.solve.solution import contexts
from cmocnet.solve.statements import Heard, Statement, needs_sizes, statements
from cmocnet.typing import Array

STEPS = 30
"""Of a search without the engine, which takes a handful."""
SMALL = 1e-9
"""A derivative of the objective, in proportion, at which it ends."""
MOVED = 0.02
"""Largest derivative at a point that was solved: scores are kept to six digits."""


@dataclass(frozen=True, eq=False)
class Standing:
    """A solved review: everything that it states, and what that comes to at the solved point."""

    unknowns: Unknowns
    contexts: Sequence[dict[str, str]]
    stated: tuple[Statement, ...]
    point: Point


def standing(model: Model) -> Standing:
    """Where a review stands whose numbers were solved; takes as long as one step of the search.

    Raises
    ------
    CmocnetError
        Nothing was solved; the protocol has no sizes; or other numbers, readings or statements
        hold than those that were solved.
    """
    solution, judged = model.review.solved, model.unsolved
    if solution is None:
        raise CmocnetError("no number was solved", expected="cmocnet solve --write")
    needs_sizes(judged.review)
    movable = tuple(j for j in everyone(judged.review) if varies(j))
    held = by_address(model.review)
    for j in movable:
        if held[j.address].solved is None:
            raise _other(j.address)
    unknowns = Unknowns(judged.review, movable, solution.rule)
    scores = np.array([solution.numbers[j.address].score for j in movable])
    # Statements speak of scores alone, so that of all points with these the nearest was solved.
    at = np.linalg.lstsq(unknowns.mix().toarray(), scores, rcond=None)[0]
    random = contexts(judged)
    stated = statements(judged.review, random)
    point = stand(unknowns, stated, at)
    if np.abs(point.gradient).max() > MOVED:
        raise _other(model.review.path)
    return Standing(unknowns, random, stated, point)


def _other(where: str) -> CmocnetError:
    what = "not what the solved numbers were solved from"
    return CmocnetError(what, where=where, expected="the files as they were, or to solve anew")


def stepped(standing: Standing, heard: Mapping[str, Heard]) -> Solved:
    """The solution to a first step, with some effects as large as was heard.

    Lay it over the review with :func:`cmocnet.registry.solved.applied`; draws are then given the
    new sizes too. Heard nothing, it is the solution as it was.

    Raises
    ------
    CmocnetError
        Something was heard of an effect that is not stated, or is no size.
    """
    known(heard, standing.stated)
    now = statements(standing.unknowns.review, standing.contexts, heard)
    return found(standing.unknowns, moved(standing.point, now))


def moved(here: Point, now: Sequence[Statement]) -> Point:
    """Where a point at rest comes to lie under other statements of the same quantities.

    A statement of at least so much pulls only where it is missed, there and on the way: so the
    objective is searched for its least, by Newton's method, halving steps that go too far.

    >>> here = Point(np.zeros(1), np.zeros(1), np.zeros(1), np.zeros((1, 1)), np.ones((1, 1)))
    >>> said = Statement("A-1", "effect", "y +", lambda on: 0.0, low=0.5, high=0.5, spread=1.0)
    >>> float(moved(here, [said]).at[0])
    0.25
    """
    at = _proportional(here, here.at, now)
    rest = here.gradient  # what rounding leaves of it is no reason to move

    def objective(point: Point) -> float:
        return point.objective - float(rest @ point.at)

    for _ in range(STEPS):
        gradient = at.gradient - rest
        if np.abs(gradient).max() < SMALL:
            break
        step = -np.linalg.solve(at.hessian, gradient)
        tried = (_proportional(here, at.at + step / 2.0**k, now) for k in range(HALVINGS))
        further = next((there for there in tried if objective(there) < objective(at)), None)
        if further is None:
            break
        at = further
    return at


def _proportional(here: Point, at: Array, now: Sequence[Statement]) -> Point:
    """Another point, if every quantity goes on as it does here."""
    values = here.values + here.moves @ (at - here.at)
    missed = [s.miss(v) for s, v in zip(now, values.tolist(), strict=True)]
    misses, rates = (np.array([m[k] for m in missed]) for k in (0, 1))
    return replace(here, at=at, values=values, misses=misses, slopes=rates[:, None] * here.moves)
