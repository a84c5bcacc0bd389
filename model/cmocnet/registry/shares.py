"""A given row as nested shares, which stay free of each other when they are judged or drawn.

A row of n states is n - 1 shares: share k is P(state <= k | state <= k + 1), counted from the last
state. Any shares in [0, 1] make a distribution.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cmocnet.typing import Array


def nested(row: Sequence[float]) -> Array:
    """The shares of a row, (n - 1,); 0 where there is nothing to share.

    >>> nested([0.25, 0.25, 0.5]).tolist()
    [0.5, 0.5]
    """
    total = np.cumsum(row)
    shares = np.zeros(len(row) - 1)
    np.divide(total[:-1], total[1:], out=shares, where=total[1:] > 0)
    return shares


def row_of(shares: Array, decimals: int | None = None) -> Array:
    """The row that has these shares: (..., n - 1) to (..., n); rounded, it still sums to one.

    >>> row_of(np.array([0.5, 0.5])).tolist(), row_of(np.array([1 / 3]), 2).tolist()
    ([0.25, 0.25, 0.5], [0.33, 0.67])
    """
    up = np.cumprod(shares[..., ::-1], axis=-1)[..., ::-1]
    below = np.concatenate([up, np.ones((*shares.shape[:-1], 1))], axis=-1)
    if decimals is None:
        return np.diff(below, axis=-1, prepend=0.0)
    return np.diff(below.round(decimals), axis=-1, prepend=0.0).round(decimals)
