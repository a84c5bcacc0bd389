"""Noisy-MAX: causes that act on their own, each able to raise the effect to some degree.

Every parent, in whatever state it is, produces the child to a degree that is drawn from its own
distribution, independently of the other parents; unmodelled causes do the same through the leak;
the child takes the highest degree produced. So P(child <= y) is the product over parents of what
each leaves at or below y. With two states this is the leaky noisy-OR.

Sources: Diez 1993, Uncertainty in Artificial Intelligence 9:99 (the graded model, in which each
parameter is what a cause does alone, leak excluded); Henrion 1989 (the leak); Pearl 1988,
Probabilistic Reasoning in Intelligent Systems, section 4.3 (the binary gate).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from cmocnet import limits
from cmocnet.errors import ModelError
from cmocnet.typing import Array


def noisy_max(links: Sequence[ArrayLike], leak: ArrayLike | None = None) -> Array:
    """The table of a graded child under independent causes.

    Parameters
    ----------
    links
        One array a parent, of shape (..., card, n): row x is the distribution over the child's n
        states, lowest first, that this parent produces on its own in state x. The lowest state is
        "nothing produced", so a parent that is absent has the row (1, 0, ..., 0).
    leak
        What the causes outside the model produce, shape (..., n); None for nothing.

    Returns
    -------
        Probabilities of shape (..., card of parent 1, ..., card of parent P, n); rows sum to one.

    Raises
    ------
    ModelError
        If there is nothing to combine, a row is not a distribution, numbers of states differ, or
        the table would be too large (:mod:`cmocnet.limits`).

    >>> fever = [[1, 0, 0], [0.5, 0.3, 0.2]]
    >>> noisy_max([fever, fever], leak=[0.9, 0.1, 0]).round(3)[1]
    array([[0.45 , 0.35 , 0.2  ],
           [0.225, 0.415, 0.36 ]])
    """
    rows = [np.asarray(link, float) for link in links]
    if leak is not None:
        rows.append(np.asarray(leak, float)[..., None, :])
    if not rows:
        raise ModelError("a noisy-MAX needs at least one parent or a leak")
    if any(r.ndim < 2 for r in rows) or len({r.shape[-1] for r in rows}) != 1:
        raise ModelError("every link and the leak need one probability a state of the child")
    limits.table(prod(r.shape[-2] for r in rows) * rows[0].shape[-1])
    # Each parent's axis goes just before the child's, after those of earlier parents.
    total: Array = np.ones(())
    for i, row in enumerate(rows):
        below = _cumulative(row)
        axes = (*below.shape[:-2], *(1,) * i, below.shape[-2], below.shape[-1])
        total = below.reshape(axes) * (total[..., None, :] if i else 1.0)
    if leak is not None:
        total = total[..., 0, :]
    return np.diff(total, axis=-1, prepend=0.0)


def noisy_or(probabilities: Sequence[ArrayLike], leak: ArrayLike = 0.0) -> Array:
    """:func:`noisy_max` for a child of two states: is anything produced at all?

    Parameters
    ----------
    probabilities
        One array a parent, of shape (..., card): the probability that this parent alone, in each of
        its states, puts the child in its upper state.
    leak
        The probability that causes outside the model do, shape (...,).

    Returns
    -------
        Probabilities of shape (..., card of parent 1, ..., card of parent P, 2).

    Raises
    ------
    ModelError
        If a probability lies outside [0, 1].

    >>> noisy_or([[0, 0.8], [0, 0.5]], leak=0.1)[..., 1].round(2)
    array([[0.1 , 0.55],
           [0.82, 0.91]])
    """
    upper = [np.asarray(p, float) for p in (*probabilities, leak)]
    pairs = [np.stack([1.0 - p, p], axis=-1) for p in upper]
    return noisy_max(pairs[:-1], pairs[-1])


def _cumulative(row: Array) -> Array:
    """P(at or below each state), with the last exactly one so that every product's is too."""
    if not (np.all(row >= 0) and np.allclose(row.sum(axis=-1), 1.0, rtol=0, atol=1e-9)):
        raise ModelError("a link's or leak's row must be non-negative and sum to one")
    below = np.minimum(np.cumsum(row, axis=-1), 1.0)
    below[..., -1] = 1.0
    return below
