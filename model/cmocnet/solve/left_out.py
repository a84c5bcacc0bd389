"""What was not put in must come out: each configuration's statements left out in turn.

A downdate of the solver's own system says at once where the rest would have come to lie, and so
what the rest predicts of what was left out. That is the honest measure of coherence; agreement
with what was put in is only a residual.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.intervals import NOTHING
from cmocnet.registry.records import Review
from cmocnet.results import TOP, Part, Rows, Several, Table
from cmocnet.solve.newton import Point
from cmocnet.solve.statements import Statement
from cmocnet.typing import Array


@dataclass(frozen=True, eq=False)
class Predicted:
    """What is stated of one effect, and what everything else predicts of it.

    put_in
        the effect along the stated sign with everything put in
    rest
        the same with the configuration, and its twins, left out
    """

    statement: Statement
    put_in: float
    rest: float

    @property
    def direction(self) -> bool:
        """Does the rest predict the stated direction?"""
        return self.rest > NOTHING

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        s = self.statement
        told = {"id": s.source, "says": s.says, "least": s.low}
        return told | {"put_in": self.put_in, "rest": self.rest, "direction": self.direction}


@dataclass(frozen=True, eq=False, repr=False)
class LeftOut(Several[Predicted]):
    """Every stated effect, predicted by everything but its own configuration."""

    items: tuple[Predicted, ...]

    @property
    def share(self) -> float:
        """The share of configurations whose every direction the rest predicts."""
        held: dict[str, bool] = {}
        for p in self:
            held[p.statement.source] = held.get(p.statement.source, True) and p.direction
        return sum(held.values()) / len(held) if held else 1.0

    @property
    def finding(self) -> str:
        """How many directions come out though they were not put in."""
        right = sum(p.direction for p in self)
        told = f"{right} of {len(self)} effects have the stated direction though left out"
        return f"{told}; all of a configuration's in {self.share:.0%} of configurations"

    @property
    def caution(self) -> str:
        """What agreement with the rest is, and is not."""
        return "Whether the review's other statements lead one to expect it, not whether it is so."

    columns = ("id", "says", "least", "put_in", "rest", "direction")

    def rows(self) -> Rows:
        """One an effect."""
        return [p.record() for p in self]

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """The effects that the rest predicts least."""
        yield f"Left out in turn: {self.finding}"
        order = sorted(self, key=lambda p: p.rest)[:top]
        rows = [
            (p.statement.source, p.statement.told, f"{p.put_in:+.3f}", f"{p.rest:+.3f}")
            for p in order
        ]
        yield Table(["Id", "States", "Put in", "By the rest"], rows, ["Put in", "By the rest"])


def left_out(
    review: Review,
    stated: Sequence[Statement],
    point: Point,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> LeftOut:
    """Each configuration, or group of them, predicted by everything else.

    ``groups`` has names -> ids left out together; by default each id with its twins.
    """
    together = groups or {key: sorted(ids) for key, ids in review.twins.items()}
    found = []
    for name, ids in together.items():
        out = _of(ids, stated)
        if not out.any():
            continue
        there = point.values + point.moves @ without(point, out)
        found += [
            Predicted(s, float(point.values[i]), float(there[i]))
            for i, s in enumerate(stated)
            if s.kind == "effect" and s.source in (ids if groups is not None else (name,))
        ]
    return LeftOut(tuple(found))


def _of(ids: Collection[str], stated: Sequence[Statement]) -> NDArray[np.bool_]:
    """What is left out with these: all that they state, and whatever the same answers size."""
    answers = {_answer(s) for s in stated if s.source in ids} - {None}
    return np.array([s.source in ids or _answer(s) in answers for s in stated])


def _answer(statement: Statement) -> object:
    """Which of the experts' answers the statement is; None for the protocol's own."""
    return statement.tested.question if statement.tested and statement.heard else None


def without(point: Point, out: NDArray[np.bool_]) -> Array:
    """How the solution moves when some statements are left out: one Gauss-Newton step."""
    return replace(point, slopes=point.slopes[~out], misses=point.misses[~out]).step
