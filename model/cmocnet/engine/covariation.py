"""From plain derivatives of the tables to derivatives with covariation."""

from __future__ import annotations

import numpy as np

from cmocnet.engine.circuit import Factors
from cmocnet.typing import Array

CERTAIN = 1e-12
"""An entry this near to 1 leaves nothing to share in proportion."""


def covaried(factors: Factors, gradient: Array) -> Array:
    """Derivatives to all table entries when the other entries of the row change in proportion.

    With entry x moving by dx, each other entry y moves by -dx y / (1 - x). Where x is 1 the
    others are all zero and proportions say nothing; they then share the change equally.
    """
    cards = np.array([factors.cards[family[-1]] for family in factors.families])
    lengths = np.repeat(cards, np.diff(factors.starts) // cards)
    starts, row = np.cumsum(lengths) - lengths, np.repeat(np.arange(len(lengths)), lengths)

    def others(numbers: Array) -> Array:
        return np.asarray(np.add.reduceat(numbers, starts)[row] - numbers)

    rest = 1.0 - factors.flat
    certain = rest < CERTAIN
    rest[certain] = 1.0
    equal = others(gradient) / np.maximum(lengths[row] - 1.0, 1.0)
    return gradient - np.where(certain, equal, others(factors.flat * gradient) / rest)
