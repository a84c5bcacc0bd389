"""Answers: light mappings from states to probabilities, and the answer to one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmocnet.query import Query

Interval = tuple[float, float]


@dataclass(frozen=True)
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
        The evidence turned round, as variable -> state.
    interval
        Central credible interval of ``probability`` over draws of the judgements, if asked for.
    rivals
        reading switched on instead of the adopted one -> the probability under it.
    """

    query: Query
    probability: float | None
    distribution: Mapping[object, float]
    baseline: float | None
    opposite: float | None
    opposite_given: Mapping[str, str] = field(default_factory=dict)
    interval: Interval | None = None
    rivals: Mapping[str, float] = field(default_factory=dict)

    @property
    def contrast(self) -> float | None:
        """Probability less that of the opposite case: what the evidence makes of it."""
        if self.probability is None or self.opposite is None:
            return None
        return self.probability - self.opposite
