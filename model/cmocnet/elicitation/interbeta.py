"""InterBeta: a whole table from its worst row, its best row and one weight a parent.

The expert gives the row of the worst configuration of parents and that of the best, each read as a
Beta distribution on the child's scale (:mod:`cmocnet.elicitation.beta`), and says how much each
parent counts. Every other configuration gets an index t between 0 (worst) and 1 (best), the
weighted mean of its parents' scores, and a Beta whose alpha and beta lie at t on the straight line
between the two. Further rows given in between, *anchors*, bend that line into a chain of pieces.

Sources: Mascaro and Woodberry 2022, Risk Analysis 42:1179 (the method); Barons, Mascaro and Hanea
2022, Risk Analysis 42:1196 (its burden weighed against richer elicitation); Blomaard, Nane and
Hanea 2025, Entropy 27:579 (parent weights, the shifted geometric mean and middle rows compared: the
version with parent weights reconstructs tables best). The shifted geometric mean is taken in its
textbook form, and the line through anchors is straight between neighbours: both are this project's
own reading of those extensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from cmocnet import limits
from cmocnet.elicitation.beta import Curve, masses
from cmocnet.errors import ModelError
from cmocnet.typing import Array


def index(
    scores: Sequence[ArrayLike],
    weights: ArrayLike,
    *,
    shift: float | None = None,
    steepness: float = 0.0,
) -> Array:
    """Where every configuration of the parents stands between the worst (0) and the best (1).

    Parameters
    ----------
    scores
        One array a parent, of shape (card,) or (..., card): each state's score in [0, 1], already
        turned so that 1 pushes the child towards its highest state. Evenly spaced scores are
        the states' ranks; other scores say that steps between states differ in size.
    weights
        Shape (..., P): how much each of the P parents counts. Only their ratios matter.
    shift
        None for the weighted arithmetic mean, sum(w s) / sum(w). A number c >= 0 for the weighted
        geometric mean shifted by c, prod((s + c) ** w) - c with w summing to one: low scores then
        weigh more, the more so the smaller c; with c = 0 one parent at its worst decides alone.
    steepness
        How sharply t turns from 0 to 1 as parents add up: 0 is a straight line, k > 0 the logistic
        of k (t - 1/2), stretched so that the ends stay where they are. A row then comes near
        its end before every single parent stands that way.

    Returns
    -------
        t in [0, 1], shape (..., card of parent 1, ..., card of parent P).

    Raises
    ------
    ModelError
        If scores leave [0, 1], a weight is negative, all weights are zero, their number is not
        that of the parents, or the table would be too large (:mod:`cmocnet.limits`).

    >>> index([[0, 1], [0, 0.5, 1]], [3, 1])
    array([[0.   , 0.125, 0.25 ],
           [0.75 , 0.875, 1.   ]])
    >>> index([[0, 1], [0, 0.5, 1]], [3, 1], steepness=6).round(3)[0]
    array([0.   , 0.053, 0.149])
    """
    states = [np.asarray(s, float) for s in scores]
    share = _shares(weights, len(states))
    if not all(s.ndim and np.all(s >= 0) and np.all(s <= 1) for s in states):
        raise ModelError("a parent's scores must lie in [0, 1]")
    if shift is not None and not shift >= 0:
        raise ModelError("the shift of a geometric mean must be at least zero")
    limits.table(prod(s.shape[-1] for s in states))
    total: Array = np.zeros(share.shape[:-1])
    for i, state in enumerate(states):
        weight = share[..., i, None]
        if shift is None:
            term = weight * state
        else:  # a parent of no weight has no say, even where log(0) is minus infinity
            with np.errstate(divide="ignore", invalid="ignore"):
                term = np.where(weight > 0, weight * np.log(state + shift), 0.0)
        # The new parent's axis goes last; axes of earlier parents are there already.
        axes = (*term.shape[:-1], *(1,) * i, term.shape[-1])
        total = total[..., None] + term.reshape(axes)
    mean = np.clip(total if shift is None else np.exp(total) - shift, 0.0, 1.0)
    if steepness:
        end = np.tanh(steepness / 4.0)
        mean = 0.5 + np.tanh(steepness / 2.0 * (mean - 0.5)) / (2.0 * end)
    return np.clip(mean, 0.0, 1.0)


def interbeta(
    scores: Sequence[ArrayLike],
    weights: ArrayLike,
    worst: ArrayLike,
    best: ArrayLike,
    n: int,
    *,
    anchors: Sequence[tuple[Sequence[int], ArrayLike]] = (),
    shift: float | None = None,
    steepness: float = 0.0,
) -> Array:
    """The table whose Beta parameters run in a straight line from the worst row to the best.

    Parameters
    ----------
    scores, weights, shift, steepness
        As in :func:`index`.
    worst, best
        (alpha, beta) of the two rows, shape (..., 2); :func:`~cmocnet.elicitation.beta.fit_row`
        turns an elicited row into them.
    n
        Number of states of the child, at least 2.
    anchors
        Further rows: a configuration, one state's position a parent, and its (alpha, beta), shape
        (..., 2). The line then runs through every anchor at that configuration's own index.

    Returns
    -------
        Probabilities of shape (..., card of parent 1, ..., card of parent P, n); rows sum to one.

    Raises
    ------
    ModelError
        As :func:`index` and :func:`~cmocnet.elicitation.beta.masses`; or if an anchor is no
        configuration, or has the index of the worst row, the best row or another anchor.

    >>> table = interbeta([[0, 1], [0, 1]], [2, 1], worst=(1, 3), best=(3, 1), n=3)
    >>> table[0, 0].round(4), table[1, 0].round(4)
    (array([0.7037, 0.2593, 0.037 ]), array([0.1542, 0.4517, 0.3941]))
    """
    t = index(scores, weights, shift=shift, steepness=steepness)
    rows = [np.asarray(r, float) for r in (worst, best, *(row for _, row in anchors))]
    if any(row.shape[-1:] != (2,) for row in rows):
        raise ModelError("a row's Beta is a pair, alpha and beta")
    at = [place for place, _ in anchors]
    alpha, beta = (_through(t, len(scores), [r[..., k] for r in rows], at) for k in (0, 1))
    return masses(alpha, beta, n)


def interbeta_mean(
    scores: Sequence[ArrayLike],
    weights: ArrayLike,
    worst_mean: ArrayLike,
    best_mean: ArrayLike,
    concentration: float,
    n: int,
    *,
    anchors: Sequence[tuple[Sequence[int], ArrayLike]] = (),
    shift: float | None = None,
    steepness: float = 0.0,
) -> Array:
    """:func:`interbeta` where every row has the same concentration: the mean is linear in t.

    An expert then gives means alone, "of 100 such cases, how many?", and one number says how
    sharply a row is drawn. This is the form the bundled model uses, and the fast one.

    Parameters
    ----------
    scores, weights, shift, steepness
        As in :func:`index`.
    worst_mean, best_mean
        The child's expected score in [0, 1] in the two rows, shape (...,).
    concentration
        alpha + beta of every row, positive; plays no part if n is 2.
    n
        Number of states of the child, at least 2.
    anchors
        Further rows as (configuration, mean), mean of shape (...,).

    Returns
    -------
        Probabilities of shape (..., card of parent 1, ..., card of parent P, n); rows sum to one.

    Raises
    ------
    ModelError
        As :func:`interbeta`.

    >>> interbeta_mean([[0, 1], [0, 1]], [2, 2], 0.2, 0.8, 10.0, 2)[..., 1]
    array([[0.2, 0.5],
           [0.5, 0.8]])
    >>> interbeta_mean([[0, 1], [0, 1]], [2, 2], 0.2, 0.8, 10.0, 2, anchors=[((0, 1), 0.3)])[..., 1]
    array([[0.2, 0.3],
           [0.3, 0.8]])
    """
    t = index(scores, weights, shift=shift, steepness=steepness)
    means = [np.asarray(m, float) for m in (worst_mean, best_mean, *(m for _, m in anchors))]
    if not all(np.all(m >= 0) and np.all(m <= 1) for m in means):
        raise ModelError("a mean score lies in [0, 1]")
    mean = _through(t, len(scores), means, [place for place, _ in anchors])
    return Curve(concentration, n)(np.clip(mean, 0.0, 1.0))


def steps(
    scores: Sequence[ArrayLike], weights: ArrayLike, *, shift: float | None = None
) -> list[Array]:
    """:func:`index`, one parent after the other: chances that make it without the whole table.

    A child of two states has its upper one with a chance that is linear in the index, and the index
    is a chance itself: that of "yes" at the end of a chain in which each parent either leaves what
    those before it said or answers by its own score. That parent k speaks is as probable as its
    weight is large among the first k. The geometric mean comes about likewise, scaled at each step
    to what the first k can make at most.

    Returns
    -------
        One array a parent: chances of "yes", of shape (..., card) for the first, and for others
        (..., 2, card), given that "no" or "yes" was said so far.

    Raises
    ------
    ModelError
        If weights are negative, all zero, or not one a parent.

    >>> first, second = steps([[0, 1], [0, 0.5, 1]], [3, 1])
    >>> first
    array([0., 1.])
    >>> second
    array([[0.   , 0.125, 0.25 ],
           [0.75 , 0.875, 1.   ]])
    """
    share = _shares(weights, len(scores))
    reached, found = np.cumsum(share, axis=-1), []
    for i, score in enumerate(scores):
        own, now = share[..., i, None], reached[..., i, None]
        before = reached[..., i - 1, None] if i else np.zeros_like(now)
        state = np.asarray(score, float)
        if shift is None:
            least = own * state
            said, most = [least, before + least], now
        else:
            factor, none = (state + shift) ** own, shift**now
            said = [base**before * factor - none for base in (shift, 1.0 + shift)]
            most = (1.0 + shift) ** now - none
        both = np.stack(said if i else said[:1], axis=-2)
        whole = np.broadcast_to(most[..., None, :], both.shape)
        chance = np.divide(both, whole, out=np.zeros_like(both), where=whole > 0)
        found.append(np.clip(chance if i else chance[..., 0, :], 0.0, 1.0))
    return found


def _shares(weights: ArrayLike, parents: int) -> Array:
    """Weights scaled to sum to one over the last axis."""
    w = np.asarray(weights, float)
    if parents == 0 or w.shape[-1:] != (parents,):
        raise ModelError(
            f"weights of shape {w.shape} for {parents} parents",
            expected="at least one parent, and one weight each",
        )
    total = w.sum(axis=-1, keepdims=True)
    if not (np.all(w >= 0) and np.all(total > 0) and np.all(np.isfinite(total))):
        raise ModelError("parents' weights must be at least zero, and one of them more")
    share: Array = w / total
    return share


def _through(
    t: Array, parents: int, values: Sequence[Array], places: Sequence[Sequence[int]]
) -> Array:
    """The chain of straight pieces over t through worst, best and anchors, at every t.

    ``values`` holds worst, best and then one array a place, each of shape (...,).
    """
    shape = np.broadcast_shapes(t.shape[: t.ndim - parents], *(v.shape for v in values))
    if not places:
        worst, best = (v.reshape(*v.shape, *(1,) * parents) for v in values)
        return worst * (1.0 - t) + best * t
    knots = [np.zeros(()), np.ones(()), *(_at(t, parents, place) for place in places)]
    x = np.stack([np.broadcast_to(k, shape) for k in knots], axis=-1)
    y = np.stack([np.broadcast_to(v, shape) for v in values], axis=-1)
    order = np.argsort(x, axis=-1)
    x, y = np.take_along_axis(x, order, axis=-1), np.take_along_axis(y, order, axis=-1)
    if np.any(np.diff(x, axis=-1) <= 1e-12):
        raise ModelError("an anchor has the same index as the worst, the best or another row")
    x, y = (a.reshape(*shape, *(1,) * parents, x.shape[-1]) for a in (x, y))
    value = y[..., 0]
    for k in range(len(knots) - 1):
        width = x[..., k + 1] - x[..., k]
        run = np.clip((t - x[..., k]) / width, 0.0, 1.0)
        value = value + run * (y[..., k + 1] - y[..., k])
    return value


def _at(t: Array, parents: int, place: Sequence[int]) -> Array:
    cards = t.shape[t.ndim - parents :]
    if len(place) != parents or not all(0 <= s < c for s, c in zip(place, cards, strict=True)):
        raise ModelError(
            f"anchor at {tuple(place)} is no configuration of parents with {cards} states"
        )
    rows = t.reshape(*t.shape[: t.ndim - parents], -1)
    return np.asarray(rows[..., int(np.ravel_multi_index(tuple(place), cards))])
