"""How each method's free numbers are searched for, so that its table comes nearest to a given one.

Used by :mod:`cmocnet.elicitation.reconstruct`, which compares the three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Literal

import numpy as np
from scipy.optimize import least_squares

from cmocnet.elicitation.beta import fit_row
from cmocnet.elicitation.interbeta import interbeta
from cmocnet.elicitation.noisy_max import noisy_max
from cmocnet.elicitation.ranked import Function, ranked
from cmocnet.typing import Array

Method = Literal["interbeta", "ranked", "noisy_max"]
FUNCTIONS: tuple[Function, ...] = ("wmean", "wmin", "wmax", "mixminmax")
POINTS = 20_000
"""Sample points of a ranked node's parents at most; a table with more gets fewer an interval."""

NO_SLOPE = 1e-6
MOST_WAYS = 8

Make = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Rebuilt:
    """A table as one method reproduces it.

    method
        ``interbeta``, ``ranked`` or ``noisy_max``
    residual
        root mean square difference over all probabilities of the table
    worst
        the largest single difference
    free
        how many numbers the method was free to choose
    parameters
        what it chose: ``worst`` and ``best`` (alpha, beta), ``weights`` (summing to one, or for
        minimum and maximum their own size), ``effects`` ("+" or "-" a parent), ``function`` and
        ``variance``; for noisy-MAX ``links``, ``leak`` and whether the child was ``turned`` upside
        down
    values
        the table it makes, of the original's shape
    """

    method: Method
    residual: float
    worst: float
    free: int
    values: Array
    parameters: Mapping[str, object] = field(default_factory=dict)


# --- searching ----------------------------------------------------------------------------------


def _search(make: Make, table: Array, starts: Sequence[Array], limit: float = 9.0) -> Array:
    """The free numbers, from the best of several starts, whose table misses least."""

    def miss(x: Array) -> Array:
        return (make(x) - table).ravel()

    fits = [
        least_squares(
            miss,
            np.clip(start, -limit, limit),
            bounds=(-limit, limit),
            xtol=1e-11,
            ftol=1e-11,
            gtol=1e-11,
            max_nfev=60,
        )
        for start in starts
    ]
    best = min(fits, key=lambda f: float(f.cost))
    return np.asarray(best.x, dtype=np.float64)


def _rebuilt(
    method: Method, table: Array, values: Array, free: int, parameters: Mapping[str, object]
) -> Rebuilt:
    off = values - table
    residual, worst = float(np.sqrt(np.mean(off**2))), float(np.abs(off).max())
    return Rebuilt(method, residual, worst, free, values, parameters)


def _scores(cards: Sequence[int], up: Sequence[bool]) -> list[Array]:
    """Evenly spaced scores, turned for parents that push down."""
    rising = [np.linspace(0.0, 1.0, card) for card in cards]
    return [s if rises else s[::-1] for s, rises in zip(rising, up, strict=True)]


def _means(table: Array) -> Array:
    """The child's expected score in every row."""
    return np.asarray(table @ np.linspace(0.0, 1.0, table.shape[-1]))


def _directions(table: Array) -> tuple[list[tuple[bool, ...]], Array]:
    """Which parents push up on the whole, and how far each moves the child.

    A parent that on the whole pushes neither way, to the printed digits, is tried both ways: for
    want of that, a table off by 1e-8 would be rebuilt as quite another one.
    """
    mean, ways, size = _means(table), [], []
    for axis, card in enumerate(mean.shape):
        others = tuple(a for a in range(mean.ndim) if a != axis)
        along = mean.mean(axis=others)
        slope = float(np.polyfit(np.linspace(0.0, 1.0, card), along, 1)[0])
        ways.append((True, False) if abs(slope) < NO_SLOPE else (slope > 0,))
        size.append(abs(slope) + 1e-3)
    return list(islice(product(*ways), MOST_WAYS)), np.array(size)


def _shares(x: Array) -> Array:
    """Weights that sum to one, from one number fewer than there are weights."""
    w = np.exp(np.concatenate([[0.0], x]))
    return np.asarray(w / w.sum())


def _logs(weights: Array) -> Array:
    """What :func:`_shares` turns into these weights."""
    return np.asarray(np.log(weights[1:] / weights[0]))


def _signs(up: Sequence[bool]) -> tuple[str, ...]:
    return tuple("+" if rises else "-" for rises in up)


# --- the three methods --------------------------------------------------------------------------


def as_interbeta(table: Array) -> Rebuilt:
    """Worst and best row as Betas, a weight a parent."""
    ways, size = _directions(table)
    return min((_interbeta_along(table, up, size) for up in ways), key=lambda r: r.residual)


def _interbeta_along(table: Array, up: Sequence[bool], size: Array) -> Rebuilt:
    n, cards = table.shape[-1], table.shape[:-1]
    scores = _scores(cards, up)
    corner = [
        tuple(0 if (u == low) else c - 1 for u, c in zip(up, cards, strict=True))
        for low in (True, False)
    ]
    ends = np.log(np.clip([_soft_row(table[place]) for place in corner], 0.02, 200.0)).ravel()

    def make(x: Array) -> Array:
        worst, best = np.exp(x[:2]), np.exp(x[2:4])
        return interbeta(scores, _shares(x[4:]), worst, best, n)

    starts = [np.concatenate([e, _logs(size)]) for e in (ends, np.log([1.0, 4.0, 4.0, 1.0]))]
    x = _search(make, table, starts)
    worst, best = np.exp(x[:2]), np.exp(x[2:4])
    chosen = {
        "worst": tuple(map(float, worst)),
        "best": tuple(map(float, best)),
        "weights": tuple(map(float, _shares(x[4:]))),
        "effects": _signs(up),
    }
    # Of a two-state child only the ratio alpha : beta shows, and one common scale is free.
    return _rebuilt("interbeta", table, make(x), x.size - (n == 2), chosen)


def _soft_row(row: Array) -> tuple[float, float]:
    """The Beta nearest to a row, kept off the edges where it has none."""
    inner = np.clip(row, 1e-3, None)
    return fit_row(inner / inner.sum())


def as_ranked(table: Array) -> Rebuilt:
    """The best of the four functions."""
    ways, size = _directions(table)
    tries = product(FUNCTIONS, ways)
    return min((_ranked_by(table, f, up, size) for f, up in tries), key=lambda r: r.residual)


def _ranked_by(table: Array, function: Function, up: Sequence[bool], size: Array) -> Rebuilt:
    n, cards = table.shape[-1], table.shape[:-1]
    scores = _scores(cards, up)
    samples = max(1, min(5, int((POINTS / np.prod(cards)) ** (1.0 / len(cards)))))
    relative = function in ("wmean", "mixminmax")

    def weights(x: Array) -> Array:
        return _shares(x[1:]) if relative else np.exp(x[1:])

    def make(x: Array) -> Array:
        return ranked(scores, weights(x), float(np.exp(x[0])), n, function, samples=samples)

    first = {"wmean": _logs(size), "mixminmax": np.zeros(1)}.get(function, np.ones(len(cards)))
    starts = [np.concatenate([[np.log(v)], first]) for v in (0.01, 0.15)]
    x = _search(make, table, starts)
    chosen = {
        "function": function,
        "variance": float(np.exp(x[0])),
        "weights": tuple(map(float, weights(x))),
        "effects": _signs(up),
    }
    return _rebuilt("ranked", table, make(x), x.size, chosen)


def as_noisy_max(table: Array) -> Rebuilt:
    """Links and leak, with the child as it stands or upside down."""
    upright, turned = _noisy(table), _noisy(table[..., ::-1])
    if upright.residual <= turned.residual:
        return upright
    parameters = {**turned.parameters, "turned": True}
    return _rebuilt("noisy_max", table, turned.values[..., ::-1], turned.free, parameters)


def _noisy(table: Array) -> Rebuilt:
    n, cards = table.shape[-1], table.shape[:-1]
    absent, start = _additive(table)

    def parts(x: Array) -> tuple[list[Array], Array]:
        rows = _simplex(x.reshape(-1, n - 1))
        nothing, at, links = np.eye(n)[0], 1, []
        for card, idle in zip(cards, absent, strict=True):
            links.append(np.insert(rows[at : at + card - 1], idle, nothing, axis=0))
            at += card - 1
        return links, rows[0]

    def make(x: Array) -> Array:
        links, leak = parts(x)
        return noisy_max(links, leak)

    x = _search(make, table, [start, np.zeros_like(start)], limit=16.0)
    links, leak = parts(x)
    chosen = {
        "links": tuple(tuple(map(tuple, link.tolist())) for link in links),
        "leak": tuple(leak.tolist()),
        "turned": False,
    }
    return _rebuilt("noisy_max", table, make(x), x.size, chosen)


def _simplex(x: Array) -> Array:
    """Rows of n - 1 free numbers as distributions over n states."""
    full = np.concatenate([np.zeros((len(x), 1)), x], axis=1)
    weights = np.exp(full - full.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _additive(table: Array) -> tuple[list[int], Array]:
    """Every parent's idle state, and a start: log P(child <= y) is a sum over parents and the leak.

    A parent's idle state is the one in which the child is lowest on the whole.
    """
    cards = table.shape[:-1]
    logs = np.log(np.clip(np.cumsum(table, axis=-1), 1e-4, 1.0))
    axes = range(len(cards))
    along = [logs.mean(axis=tuple(a for a in axes if a != axis)) for axis in axes]
    absent = [int(np.argmax(part.sum(axis=-1))) for part in along]
    leak = np.exp(logs[tuple(absent)])
    rows = [
        leak,
        *(
            np.exp(np.minimum(part[s] - part[idle], 0.0))
            for part, idle in zip(along, absent, strict=True)
            for s in range(len(part))
            if s != idle
        ),
    ]
    masses = np.clip(np.diff(np.maximum.accumulate(rows, axis=-1), axis=-1, prepend=0.0), 1e-5, 1.0)
    return absent, np.asarray(np.log(masses[:, 1:] / masses[:, :1]).ravel())
