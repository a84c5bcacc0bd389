"""Chan-Darwiche distance: how far a change of the model can move any answer whatever.

Chan, H. and Darwiche, A. (2005), A distance measure for bounding probabilistic belief change,
International Journal of Approximate Reasoning 38:149-174.
"""

from __future__ import annotations

from math import exp, inf, log

import numpy as np

from cmocnet.errors import CmocnetError
from cmocnet.typing import Array


def chan_darwiche(before: Array, after: Array) -> float:
    """ln max - ln min of after/before over all entries; 0/0 counts as 1, 0 in one alone: infinite.

    For two distributions over the same worlds, or two tables of one variable whose parents' states
    are all possible: the distance of the tables is then that of the networks.

    Raises
    ------
    CmocnetError
        The two have different shapes.

    >>> round(chan_darwiche(np.array([0.2, 0.8]), np.array([0.4, 0.6])), 4)
    0.9808
    """
    if before.shape != after.shape:
        raise CmocnetError(f"shapes {before.shape} and {after.shape}", expected="the same shape")
    if ((before == 0.0) != (after == 0.0)).any():
        return inf
    held = before > 0.0
    ratios = np.log(after[held]) - np.log(before[held])
    # Worlds impossible in both count as unchanged.
    if not held.all():
        ratios = np.append(ratios, 0.0)
    return float(ratios.max() - ratios.min())


def odds_distance(x: float, y: float) -> float:
    """The distance when one table entry moves from ``x`` to ``y`` and its row in proportion.

    It is |ln odds(y) - ln odds(x)|, if its parents' states are possible.

    >>> round(odds_distance(0.2, 0.4), 4)
    0.9808
    """
    if x == y:
        return 0.0
    if {x, y} & {0.0, 1.0}:
        return inf
    return abs(log(y / (1.0 - y)) - log(x / (1.0 - x)))


def bound(probability: float, distance: float) -> tuple[float, float]:
    """Where an answer must lie after a change of the model by ``distance``.

    >>> low, high = bound(0.5, 0.9808)
    >>> round(low, 3), round(high, 3)
    (0.273, 0.727)
    """
    if distance == inf:
        return (0.0, 1.0)
    shrink = exp(-distance)
    low = probability * shrink / (probability * shrink + 1.0 - probability)
    return low, probability / (probability + (1.0 - probability) * shrink)
