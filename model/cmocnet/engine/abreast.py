"""The loops of a batch in NumPy: what :mod:`.lanes` compiles, to the same bits.

One cold question over a thousand draws is answered sooner than Numba is imported; and where Numba
is not installed, everything is answered with these. Products are added up in the order of the
compiled loops, lane by lane and never by a matrix product, whose order is its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine.plan import LANES
from cmocnet.typing import Array

TILE = 16
"""Lanes by which work is divided, as in :mod:`.lanes`."""
ABREAST = 512
"""Lanes in memory at a time, so that a bundled review's tensors stay in the processor's cache."""
BLOCK = 1_000_000
"""Numbers of a temporary result at a time."""
Index = NDArray[np.integer[Any]]


def pairs(
    ia: Index, ib: Index, nb: int, seen: Index, out: Index, pair_a: Index, pair_b: Index
) -> int:
    """Number the distinct pairs of rows, in the order in which they are first met."""
    keys = ia.astype(np.int64) * nb + ib
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    met = np.argsort(first)
    number = np.empty(len(met), dtype=out.dtype)
    number[met] = np.arange(len(met), dtype=out.dtype)
    out[:] = number[inverse]
    pair_a[: len(met)], pair_b[: len(met)] = ia[first[met]], ib[first[met]]
    return len(met)


def rows(
    A: Array, B: Array, ia: Index, ib: Index, count: int, out: Array, scatter: Index,
    mode: int, G: int, M: int, N: int, K: int,
) -> None:  # fmt: skip
    """One step for ``count`` pairs: rows of A and B as stored, rows of the result as scattered."""
    length = max(1, BLOCK // max(1, out.shape[1]))
    for start in range(0, count, length):
        part = slice(start, min(start + length, count))
        a, b = A[ia[part]].T, B[ib[part]].T
        found = _product(a, b, mode, G, M, N, K)
        if mode == LANES:  # which scatters by m, n, g
            found = found.transpose(1, 2, 0, 3)
        out[part, scatter] = found.reshape(-1, found.shape[-1]).T


def collect(shares: Array, entry: Index, out: Array) -> None:
    """Add up the entries of a joint, one row a lane: e goes to column entry[e], -1 to none."""
    out[:] = 0.0
    for e, column in enumerate(entry):
        if column >= 0:
            out[:, column] += shares[:, e]


def tiles(
    steps: Index, offsets: Index, fixed: Array, inputs: Index, order: Index, index: Index,
    heap: Array, first: int, last: int, n: int, width: int, root: int, size: int, answer: Array,
) -> None:  # fmt: skip
    """Run ``steps`` for tiles ``first`` to ``last``; arguments as of the compiled loop."""
    offsets, order = offsets.astype(np.intp), order.astype(np.intp)
    for start in range(first * TILE, min(last * TILE, n), ABREAST):
        lanes = slice(start, min(start + ABREAST, last * TILE, n))
        w = np.empty((width, lanes.stop - lanes.start))
        for i, (at, begin, long, row, sort) in enumerate(inputs.tolist()):
            chosen = index[i, lanes]
            most = int(chosen.max()) + 1
            found = heap[begin : begin + most * row].reshape(most, row)[chosen].T
            w[at : at + long] = found if sort < 0 else found[order[sort : sort + long]]
        for mode, G, M, N, K, a, b, o, fixed_a, fixed_b, qg, qm, qn in steps.tolist():
            x = fixed[a : a + G * M * K, None] if fixed_a else w[a : a + G * M * K]
            y = fixed[b : b + G * K * N, None] if fixed_b else w[b : b + G * K * N]
            to_g, to_m, to_n = offsets[qg : qg + G], offsets[qm : qm + M], offsets[qn : qn + N]
            at = o + to_g[:, None, None] + to_m[:, None] + to_n
            w[at] = _product(x, y, mode, G, M, N, K)
        answer[lanes] = w[root : root + size].T


def _product(a: Array, b: Array, mode: int, G: int, M: int, N: int, K: int) -> Array:
    """[g, m, n, lane] from operands as stored, with the lane as a last axis: k by k."""
    if mode == LANES:
        x = a.reshape(M, K, G, -1).transpose(2, 0, 1, 3)
        y = b.reshape(K, N, G, -1).transpose(2, 0, 1, 3)
    else:
        x, y = a.reshape(G, M, K, -1), b.reshape(G, K, N, -1)
    total = x[:, :, 0, None] * y[:, None, 0]
    for k in range(1, K):
        total += x[:, :, k, None] * y[:, None, k]
    return np.asarray(total)
