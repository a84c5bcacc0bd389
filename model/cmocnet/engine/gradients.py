"""From derivatives of the leaves to derivatives of the tables, plain or with covariation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cmocnet.engine.indicators import Codebook, Indicators
from cmocnet.typing import Array, DiscreteNetwork


def with_weights(
    tables: dict[str, Array], indicators: Indicators, codebook: Codebook
) -> dict[str, Array]:
    """A leaf is a table times its variable's weights; so is its derivative. A cut table has none."""
    for i, code, cut in indicators.hard:
        table = tables[codebook.names[i]]
        kept = table[..., code].copy()
        table[...] = 0.0
        if not cut:
            table[..., code] = kept
    for i, cut, weights in indicators.soft:
        tables[codebook.names[i]] *= 0.0 if cut else weights
    return tables


def covary(tables: Mapping[str, Array], network: DiscreteNetwork) -> dict[str, Array]:
    """Derivatives when the other entries of the row change in proportion.

    With entry x moving by dx, each other entry y moves by -dx y / (1 - x). Where x is 1 the others
    are all zero and proportions say nothing; they then share the change equally.
    """
    answer = {}
    for name, gradient in tables.items():
        values = network.tables[name].values
        rest = 1.0 - values
        others = (values * gradient).sum(axis=-1, keepdims=True) - values * gradient
        certain = rest < 1e-12
        share = np.divide(others, rest, out=np.zeros_like(others), where=~certain)
        if certain.any() and values.shape[-1] > 1:
            equal = (gradient.sum(axis=-1, keepdims=True) - gradient) / (values.shape[-1] - 1)
            share = np.where(certain, equal, share)
        answer[name] = gradient - share
    return answer
