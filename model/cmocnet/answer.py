"""Answers: the probability asked for, what it is held against, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from cmocnet.errors import CmocnetError
from cmocnet.forks import kept
from cmocnet.typing import Array

if TYPE_CHECKING:
    from cmocnet.query import Query

Interval = tuple[float, float]
LEVEL = 0.9
"""Mass of the central credible interval that is reported unless another is asked for."""
NOTHING = 1e-9
"""Differences of probabilities or expected scores within this are rounding: none, either way."""

Way = Literal["higher", "lower"]


def way(difference: float) -> Way | None:
    """Which way a difference goes; None where it is none. Every direction that is told comes of it.

    >>> way(0.1), way(-0.1), way(-1e-16)
    ('higher', 'lower', None)
    """
    if abs(difference) <= NOTHING:
        return None
    return "higher" if difference > 0 else "lower"


def central(samples: Array, level: float = LEVEL) -> Interval:
    """The central credible interval of draws: equal tails outside.

    Raises
    ------
    CmocnetError
        ``level`` is not strictly between 0 and 1.

    >>> central(np.arange(5.0), 0.5)
    (1.0, 3.0)
    """
    if not 0 < level < 1:
        raise CmocnetError(f"level {level:g}", expected="a number between 0 and 1")
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, eq=False)
class Contrast:
    """The difference of two probabilities: its central value, its draws (paired), its direction.

    A difference within ``NOTHING`` is none: where a question is independent of what was changed,
    what is left is rounding, and rounding has no direction.

    >>> c = Contrast(0.1, np.array([0.05, 0.1, 0.2, -0.01]))
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


@dataclass(frozen=True, eq=False)
class Answer:
    """What the network says to one question.

    query
        The question as understood; ``str(query)`` is its canonical form.
    probability
        P(target states | evidence), in [0, 1]; None where the target names no state.
    distribution
        Posterior of the target variable(s): state -> probability for one variable, tuple of states
        -> probability for several.
    baseline
        The same probability with nothing known; it rests on assumed prevalences.
    opposite
        The same probability with every item of the evidence turned to its other end, or None where
        no item has an other end.
    opposite_given
        The items turned round, as variable -> state.

    ``interval``, ``contrast`` and ``rivals`` are worked out when first asked for.
    """

    query: Query
    probability: float | None
    distribution: Mapping[object, float]
    baseline: float | None
    opposite: float | None
    opposite_given: Mapping[str, str] = field(default_factory=dict)
    draw: Callable[[], Array] | None = field(default=None, repr=False)
    draw_opposite: Callable[[], Array] | None = field(default=None, repr=False)
    reread: Callable[[], Mapping[str, float]] | None = field(default=None, repr=False)

    @kept
    def samples(self) -> Array | None:
        """The probability under each draw of the judgements, shape (draws,)."""
        return self.draw() if self.draw is not None else None

    @property
    def interval(self) -> Interval | None:
        """Central 90 per cent credible interval of ``probability`` over the judgements."""
        return None if self.samples is None else central(self.samples)

    @kept
    def contrast(self) -> Contrast | None:
        """Probability less that of the opposite case, over paired draws."""
        if self.probability is None or self.opposite is None or self.draw_opposite is None:
            return None
        if self.samples is None:
            return None
        difference = self.probability - self.opposite
        return Contrast(difference, self.samples - self.draw_opposite())

    @kept
    def rivals(self) -> Mapping[str, float]:
        """Reading of the review, or rule of combination, used instead -> the probability under it.

        The judgements' interval knows nothing of these: they are uncertainty of structure.
        """
        return self.reread() if self.reread is not None else {}
