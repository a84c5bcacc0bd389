"""Ranked nodes: a table from one weighted function of the parents and one variance.

An ordered variable with n states is read as a number in [0, 1], its states as n equal intervals.
Given the parents' numbers, the child is normal, truncated to [0, 1], around a weighted mean,
minimum or maximum of them. A parent in a state lies evenly within that state's interval, so a row
of the table is the average of the child's interval masses over that spread. As in AgenaRisk, the
average is taken over a few fixed points an interval; here they are the midpoints of equal parts,
which makes the result deterministic and, as points are added, the exact integral.

Sources: Fenton, Neil and Caballero 2007, IEEE Transactions on Knowledge and Data Engineering
19:1420 (the method and its functions); Laitila and Virtanen 2021, arXiv:2107.12747 (its
properties).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cmocnet import limits
from cmocnet.errors import ModelError
from cmocnet.typing import Array

POINTS = 10**8
"""Points at most over which one table is averaged: eight parents of two states have 10 ** 8."""

TOGETHER = 2**20
"""Points held in memory at a time."""

Function = Literal["wmean", "wmin", "wmax", "mixminmax"]


def ranked(
    scores: Sequence[ArrayLike],
    weights: ArrayLike,
    variance: ArrayLike,
    n: int,
    function: Function = "wmean",
    *,
    samples: int = 5,
) -> Array:
    """The table of a ranked node.

    Parameters
    ----------
    scores
        One array a parent, of shape (card,): each state's score in [0, 1], already turned so that 1
        pushes the child towards its highest state. Evenly spaced scores, up or down, make the
        states the equal intervals of the method; a state scored otherwise keeps the width 1 / card
        and has its middle at (score * (card - 1) + 1/2) / card.
    weights
        Shape (..., P), one a parent; for ``mixminmax`` (..., 2), that of the minimum and that of
        the maximum. For ``wmean`` and ``mixminmax`` only ratios matter.
    variance
        Variance of the normal before truncation, positive, shape (...,).
    n
        Number of states of the child, at least 2.
    function
        What the child is normal around, as in :func:`central`.
    samples
        Points an interval of each parent, S; the cost grows with S ** P.

    Returns
    -------
        Probabilities of shape (..., card of parent 1, ..., card of parent P, n); rows sum to one.

    Raises
    ------
    ModelError
        If scores leave [0, 1], a weight is negative or none is positive, the number of weights does
        not fit, the variance is not positive, n or ``samples`` is too small, or the table or the
        number of points is too large (:data:`POINTS`, :mod:`cmocnet.limits`).

    >>> ranked([[0, 0.5, 1], [0, 0.5, 1]], [2, 1], 0.01, 3)[0].round(3)
    array([[0.911, 0.089, 0.   ],
           [0.672, 0.328, 0.001],
           [0.327, 0.662, 0.011]])
    """
    if n < 2 or samples < 1:
        raise ModelError("a ranked node needs two states and a sample point")
    spread = np.asarray(variance, float)
    if not (np.all(spread > 0) and np.all(np.isfinite(spread))):
        raise ModelError("a ranked node's variance must be positive")
    points = _points(scores, samples)
    cards = [x.size // samples for x in points]
    limits.table(prod(cards) * n)
    total = prod(x.size for x in points)
    if total > POINTS:
        raise ModelError(
            f"{len(points)} parents of a ranked node make {limits.counted(total)} points",
            expected=f"at most {limits.counted(POINTS)}: fewer parents, or intermediate variables "
            "that gather some of them",
        )
    return _averaged(points, weights, spread, n, function, samples)


def _averaged(
    points: list[Array],
    weights: ArrayLike,
    spread: Array,
    n: int,
    function: Function,
    samples: int,
) -> Array:
    """The table from the sample points; while they are many, one parent's states one by one."""
    parents = len(points)
    drawn = prod(np.broadcast_shapes(spread.shape, np.shape(weights)[:-1]))
    if drawn * prod(x.size for x in points) > TOGETHER:
        for axis, x in enumerate(points):
            if x.size > samples:
                each = [
                    [*points[:axis], part, *points[axis + 1 :]]
                    for part in np.split(x, x.size // samples)
                ]
                rows = [_averaged(p, weights, spread, n, function, samples) for p in each]
                return np.concatenate(rows, axis=axis - parents - 1)
    held = 8 * 6 * drawn * prod(x.size for x in points)
    limits.fits(held, f"{drawn} draws of a ranked node", instead="fewer draws or parents")
    centre = central(points, weights, function)
    sigma = np.sqrt(spread).reshape(*spread.shape, *(1,) * parents)
    from scipy.special import ndtr  # imported where it is used, as in beta

    start, end = ndtr(-centre / sigma), ndtr((1.0 - centre) / sigma)
    lead = np.broadcast_shapes(spread.shape, centre.shape[: centre.ndim - parents])
    cells = (*lead, *(size for x in points for size in (x.size // samples, samples)))
    within = tuple(range(len(lead) + 1, len(cells), 2))
    below = [
        ((ndtr((k / n - centre) / sigma) - start) / (end - start)).reshape(cells).mean(axis=within)
        for k in range(1, n)
    ]
    return np.diff(np.stack(below, axis=-1), axis=-1, prepend=0.0, append=1.0)


def central(points: Sequence[ArrayLike], weights: ArrayLike, function: Function) -> Array:
    """The number in [0, 1] that a ranked child is centred on, given its parents' numbers.

    With m parents X_1 ... X_m and weights w_1 ... w_m (Fenton, Neil and Caballero 2007):

    ========== ==================================================================
    wmean      sum_i w_i X_i / sum_i w_i
    wmin       min_i (w_i X_i + sum over j != i of X_j) / (w_i + m - 1)
    wmax       max_i of the same
    mixminmax  (w_min min_i X_i + w_max max_i X_i) / (w_min + w_max)
    ========== ==================================================================

    Parameters
    ----------
    points
        One array a parent, in [0, 1], of shapes that broadcast to some shape (p, ...).
    weights
        Shape (..., m), or (..., 2) for ``mixminmax``; its leading axes come first in the result.

    Returns
    -------
        Shape (..., p, ...).

    Raises
    ------
    ModelError
        If the function is unknown or the weights do not fit.

    >>> round(float(central([0.5, 0.9], [3, 1], "wmean")), 3)
    0.6
    >>> round(float(central([0.5, 0.9], [3, 1], "wmin")), 3)
    0.6
    >>> round(float(central([0.5, 0.9], [1, 3], "wmax")), 3)
    0.8
    >>> round(float(central([0.5, 0.9], [3, 1], "mixminmax")), 3)
    0.6
    """
    if function not in ("wmean", "wmin", "wmax", "mixminmax"):
        raise ModelError(
            f"unknown function {function!r} of a ranked node",
            expected="wmean, wmin, wmax or mixminmax",
        )
    x = np.broadcast_arrays(*(np.asarray(p, float) for p in points))
    w = _weights(weights, 2 if function == "mixminmax" else len(x), x[0].ndim)
    if function == "wmean":
        return _average(w, x)
    if function == "mixminmax":
        return _average(w, [np.minimum.reduce(x), np.maximum.reduce(x)])
    total = np.sum(x, axis=0)
    each = [((v - 1.0) * xi + total) / (v - 1.0 + len(x)) for v, xi in zip(w, x, strict=True)]
    pick = np.minimum if function == "wmin" else np.maximum
    return np.asarray(pick.reduce(each))


def _points(scores: Sequence[ArrayLike], samples: int) -> list[Array]:
    """Each parent's sample points, all states' in turn, along an axis of its own."""
    states = [np.asarray(s, float) for s in scores]
    if not states or not all(
        s.ndim == 1 and s.size and np.all(s >= 0) and np.all(s <= 1) for s in states
    ):
        raise ModelError("a ranked node needs parents, and their states' scores in [0, 1]")
    offset = (np.arange(samples) + 0.5) / samples
    return [
        ((s[:, None] * (s.size - 1) + offset) / s.size).reshape(-1, *(1,) * (len(states) - 1 - i))
        for i, s in enumerate(states)
    ]


def _average(w: Sequence[Array], x: Sequence[Array]) -> Array:
    """Weighted mean, as shares so that it never leaves the range of the ``x``."""
    total = sum(w, start=np.zeros(()))
    return sum((v / total * xi for v, xi in zip(w, x, strict=True)), start=np.zeros(()))


def _weights(weights: ArrayLike, count: int, dimensions: int) -> list[Array]:
    """One array a weight, each with ``dimensions`` axes of length one at its end."""
    w = np.asarray(weights, float)
    if w.shape[-1:] != (count,):
        raise ModelError(f"weights of shape {w.shape}", expected=f"{count} in the last axis")
    if not (np.all(w >= 0) and np.all(w.sum(axis=-1) > 0) and np.all(np.isfinite(w))):
        raise ModelError("weights must be at least zero, and one of them more")
    axes = (*w.shape[:-1], *(1,) * dimensions)
    return [np.reshape(w[..., i], axes) for i in range(count)]
