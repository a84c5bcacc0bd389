"""The loops of a batch in NumPy, many lanes at a time: what :mod:`.kernels` compiles.

One cold question over a thousand draws is answered sooner than Numba is imported; and where Numba
is not installed, everything is answered with these. A lane's numbers are its own whatever lanes
stand beside it, so that neither threads nor chunks change a bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine.circuit import HEAD, WIDTH
from cmocnet.engine.plan import LANES
from cmocnet.typing import Array

ABREAST = 512
"""Lanes in memory at a time, so that a bundled review's tensors stay in the processor's cache."""
Index = NDArray[np.integer[Any]]


def lanes(
    code: Index, w: Array, steps: Index, inputs: Index, index: Index, heap: Array,
    out: int, size: int, first: int, last: int, answers: Array,
) -> None:  # fmt: skip
    """Run ``steps`` for lanes ``first`` to ``last``; arguments as of the compiled loop."""
    for start in range(first, last, ABREAST):
        some = slice(start, min(start + ABREAST, last))
        varied: dict[int, Array] = {}
        for i, (at, begin, length) in enumerate(inputs.tolist()):
            chosen = index[i, some]
            stop = begin + (int(chosen.max()) + 1) * length
            varied[at] = heap[begin:stop].reshape(-1, length)[chosen].T
        for s in steps.tolist():
            at, found = _step(code, HEAD + s * WIDTH, w, varied)
            if len(inputs):
                varied[at] = found
            else:  # alike in all lanes: the steps that follow read it from the arena
                w[at : at + len(found)] = found[:, 0]
        answers[some] = varied[out].T if out in varied else w[out : out + size]


def _step(code: Index, r: int, w: Array, varied: dict[int, Array]) -> tuple[int, Array]:
    """The step in row ``r`` for the lanes at hand: where its result belongs, and the result."""
    mode, p, m, n, k, v, a, b, out, outer, inner = code[r : r + 11].tolist()

    def operand(at: int, *shape: int) -> Array:
        found = varied.get(at)
        flat = w[at : at + int(np.prod(shape)), None] if found is None else found
        return flat.reshape(*shape, -1)

    if mode == LANES:
        x, y = operand(a, p, m, k, v), operand(b, p, k, n, v)
    else:  # one block a row: n is 1
        x, y = operand(a, p, m, k), operand(b, p, k, v)
    total = x[:, :, 0, None] * y[:, None, 0]
    for j in range(1, k):
        total = total + x[:, :, j, None] * y[:, None, j]
    blocks = code[outer : outer + p * m * n].astype(np.int64)
    within = code[inner : inner + v].astype(np.int64)
    result = np.empty((p * m * n * v, total.shape[-1]))
    result[blocks[:, None] + within] = total.reshape(p * m * n, v, -1)
    return out, result


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


def collect(shares: Array, entry: Index, out: Array) -> None:
    """Add up the entries of a joint, one row a lane: e goes to column entry[e], -1 to none."""
    out[:] = 0.0
    for e, column in enumerate(entry.tolist()):
        if column >= 0:
            out[:, column] += shares[:, e]
