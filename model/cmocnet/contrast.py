"""The difference of two probabilities over paired draws of the judgements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from cmocnet.asked import Asked
from cmocnet.intervals import LEVEL, NOTHING, Interval, Way, central, way
from cmocnet.model import DRAWS
from cmocnet.results import TOP, Part, Result, Rows, chances
from cmocnet.typing import Array
from cmocnet.wording import points


@dataclass(frozen=True, eq=False, repr=False)
class Contrast(Result):
    """The difference of two probabilities: its central value, its draws (paired), its direction.

    A difference within ``NOTHING`` is none: where a question is independent of what was changed,
    what is left is rounding, and rounding has no direction. ``one`` and ``other`` are the questions
    compared, where they are known.

    >>> c = Contrast(0.1, np.array([0.05, 0.1, 0.2, -0.01]))
    >>> c
    <Contrast: 10.0 points higher, 90% interval -0.1 to +18.5>
    >>> c.positive, c.negative, c.none
    (0.75, 0.25, 0.0)
    >>> c.way, c.holds
    ('higher', 0.75)
    >>> same = Contrast(-1e-16, np.array([1e-16, -1e-16, 0.0]))
    >>> same.way, same.holds, same.none, same.depends
    (None, None, 1.0, False)
    """

    difference: float
    samples: Array
    one: Asked | None = None
    other: Asked | None = None

    @property
    def interval(self) -> Interval:
        """Central 90 per cent interval of the difference."""
        return central(self.samples)

    @property
    def positive(self) -> float:
        """Share of draws in which the difference is above zero: P(contrast > 0)."""
        return float((self.samples > NOTHING).mean())

    @property
    def negative(self) -> float:
        """Share of draws in which the difference is below zero."""
        return float((self.samples < -NOTHING).mean())

    @property
    def none(self) -> float:
        """Share of draws in which there is no difference."""
        return float((np.abs(self.samples) <= NOTHING).mean())

    @property
    def way(self) -> Way | None:
        """Which way it goes at the central judgements; None where there is no difference."""
        return way(self.difference)

    @property
    def holds(self) -> float | None:
        """Share of draws in which it goes the way it goes centrally; None where it goes none."""
        if self.way is None:
            return None
        return self.positive if self.way == "higher" else self.negative

    @property
    def depends(self) -> bool:
        """Is there a difference, centrally or in any draw?"""
        return self.way is not None or self.none < 1.0

    # --- as a result --------------------------------------------------------------------------

    @property
    def finding(self) -> str:
        """The difference in points with its interval."""
        told = f"{100 * abs(self.difference):.1f} points {self.way}" if self.way else "level"
        low, high = map(points, self.interval)
        return f"{told}, {LEVEL:.0%} interval {low} to {high}" if self.depends else "no difference"

    @property
    def caution(self) -> str:
        """That of the questions compared."""
        return self.one.caution if self.one else ""

    columns = ("difference", "low", "high", "positive", "negative", "none")

    def rows(self) -> Rows:
        """One: what :meth:`record` has, and the ends of the interval."""
        low, high = self.interval
        return [{**self.record(), "low": low, "high": high}]

    def record(self) -> dict[str, Any]:
        """The difference, its interval, and the shares of draws by direction."""
        names = ("difference", "interval", "positive", "negative", "none")
        return {name: getattr(self, name) for name in names}

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """Both probabilities side by side, their difference, and how firm its direction is."""
        yield self.finding
        if self.one is not None and self.other is not None:
            sides = (self.one, self.other)
            yield chances([""], [(_case(s),) for s in sides], [s.probability() for s in sides])
        yield from self.direction("the other")

    def direction(self, other: str) -> Iterator[str]:
        """In how many draws it goes the way that it goes at the central judgements."""
        if self.holds is not None:
            yield f"{self.way} than {other} in {self.holds:.0%} of the draws of the judgements"
        elif self.depends:  # level at the central judgements only
            above, below = f"{self.positive:.0%}", f"{self.negative:.0%}"
            yield f"level at the central judgements; higher in {above}, lower in {below} of draws"


def _case(asked: Asked) -> str:
    given = ", ".join(asked.items_in_words)
    return f"{asked.targets_in_words}{', given ' if given else ''}{given}"


def contrast(one: Asked, other: Asked, *, n: int = DRAWS, seed: int = 0) -> Contrast:
    """P(one) - P(other), over paired draws of the judgements."""
    difference = one.probability() - other.probability()
    samples = one.samples(n=n, seed=seed) - other.samples(n=n, seed=seed)
    return Contrast(difference, samples, one, other)
