"""The loops of a batch, compiled by Numba: many scenarios, or many table sets, at once.

Two loops with the same arithmetic in the same order, so that it never matters for the bits of a
result which of them made it: ``rows`` computes a step once for each distinct pair of inputs, one
row after another; ``tiles`` runs many steps for ``TILE`` lanes side by side, the lane being the
last and fastest axis of every tensor. Neither may be compiled with reassociation or contraction.
"""
# Numba reads no dataclass, so kernels take flat arrays one by one.
# ruff: noqa: PLR0912
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from cmocnet.engine.compiled import compiled
from cmocnet.engine.plan import LANES

TILE = 16
"""Lanes run side by side; a last tile that is not full is padded with its last lane."""

ZERO, ONE, WIDE = np.uint64(0), np.uint64(1), np.uint64(TILE)
C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12 = (np.uint64(i) for i in range(1, 13))
"""Unsigned, so that the compiler need not think of negative positions and can vectorise."""


@compiled()
def pairs(ia, ib, nb, seen, out, pair_a, pair_b):
    """Number the distinct pairs of rows; ``seen`` is scratch of -1, one entry a possible pair."""
    count = 0
    for i in range(ia.size):
        key = np.int64(ia[i]) * nb + ib[i]
        at = seen[key]
        if at < 0:
            at = count
            seen[key] = at
            pair_a[at], pair_b[at] = ia[i], ib[i]
            count += 1
        out[i] = at
    return count


@compiled(error_model="numpy")
def rows(A, B, ia, ib, count, out, scatter, mode, G, M, N, K):
    """One step for ``count`` pairs: rows of A and B as stored, rows of the result as scattered."""
    t = np.empty(G if mode == LANES else N)
    G, M, N, K = np.uint64(G), np.uint64(M), np.uint64(N), np.uint64(K)
    for u in range(count):
        a, b, o = A[ia[u]], B[ib[u]], out[u]
        q = ZERO
        if mode != LANES:
            for g in range(G):
                for m in range(M):
                    pa, pb = (g * M + m) * K, g * K * N
                    for n in range(N):
                        t[n] = a[pa] * b[pb + n]
                    for k in range(ONE, K):
                        x = a[pa + k]
                        for n in range(N):
                            t[n] += x * b[pb + k * N + n]
                    for n in range(N):
                        o[scatter[q]] = t[n]
                        q += ONE
        else:
            for m in range(M):
                for n in range(N):
                    for g in range(G):
                        t[g] = a[m * K * G + g] * b[n * G + g]
                    for k in range(ONE, K):
                        pa, pb = (m * K + k) * G, (k * N + n) * G
                        for g in range(G):
                            t[g] += a[pa + g] * b[pb + g]
                    for g in range(G):
                        o[scatter[q]] = t[g]
                        q += ONE


@compiled()
def collect(shares, entry, out):
    """Add up the entries of a joint, one row a lane: e goes to column entry[e], -1 to none."""
    for i in range(shares.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = 0.0
        for e in range(entry.size):
            if entry[e] >= 0:
                out[i, entry[e]] += shares[i, e]


@compiled(error_model="numpy")
def _product(w, c, a, b, o, fixed_a, fixed_b, sa, sb, K):
    """One entry of a result for a tile of lanes: the sum over k of a times b."""
    if fixed_a:
        x = c[a]
        for t in range(WIDE):
            w[o + t] = x * w[b + t]
        for k in range(ONE, K):
            x = c[a + k * sa]
            q = b + k * sb * WIDE
            for t in range(WIDE):
                w[o + t] += x * w[q + t]
    elif fixed_b:
        x = c[b]
        for t in range(WIDE):
            w[o + t] = w[a + t] * x
        for k in range(ONE, K):
            x = c[b + k * sb]
            q = a + k * sa * WIDE
            for t in range(WIDE):
                w[o + t] += w[q + t] * x
    else:
        for t in range(WIDE):
            w[o + t] = w[a + t] * w[b + t]
        for k in range(ONE, K):
            p, q = a + k * sa * WIDE, b + k * sb * WIDE
            for t in range(WIDE):
                w[o + t] += w[p + t] * w[q + t]


@compiled(error_model="numpy")
def tiles(
    steps, offsets, fixed, inputs, order, index, heap, first, last, n, width, root, size, answer
):
    """Run ``steps`` for tiles ``first`` to ``last``.

    Rows of ``steps``: mode g m n k, a, b, result (in lanes times TILE, or in ``fixed`` where the
    following two flags say so), and positions of the three lists in ``offsets``. Rows of
    ``inputs``: place in the tile, start in ``heap``, size, row length, start in ``order`` or -1.
    """
    w = np.empty(width * TILE)
    root, n_inputs = np.uint64(root), inputs.shape[0]
    for tile in range(first, last):
        for i in range(n_inputs):
            at, length = np.uint64(inputs[i, 0]) * WIDE, np.uint64(inputs[i, 2])
            for t in range(TILE):
                lane = min(tile * TILE + t, n - 1)
                row = np.uint64(inputs[i, 1] + np.int64(index[i, lane]) * inputs[i, 3])
                to = at + np.uint64(t)
                if inputs[i, 4] < 0:
                    for e in range(length):
                        w[to + e * WIDE] = heap[row + e]
                else:
                    sort = np.uint64(inputs[i, 4])
                    for e in range(length):
                        w[to + e * WIDE] = heap[row + order[sort + e]]
        for s in range(steps.shape[0]):
            mode, G, M, N, K = (
                steps[s, ZERO],
                steps[s, C1],
                steps[s, C2],
                steps[s, C3],
                steps[s, C4],
            )
            fa, fb = steps[s, C8], steps[s, C9]
            a0 = steps[s, C5] if fa else steps[s, C5] * WIDE
            b0 = steps[s, C6] if fb else steps[s, C6] * WIDE
            o0 = steps[s, C7]
            qg, qm, qn = steps[s, C10], steps[s, C11], steps[s, C12]
            ua, ub = ONE if fa else WIDE, ONE if fb else WIDE
            if mode != LANES:
                ga, ma, ka, gb, nb, kb = M * K, K, ONE, K * N, ONE, N
            else:
                ga, ma, ka, gb, nb, kb = ONE, K * G, G, ONE, G, N * G
            for g in range(G):
                for m in range(M):
                    a = a0 + (g * ga + m * ma) * ua
                    og = o0 + offsets[qg + g] + offsets[qm + m]
                    for j in range(N):
                        b = b0 + (g * gb + j * nb) * ub
                        o = (og + offsets[qn + j]) * WIDE
                        _product(w, fixed, a, b, o, fa, fb, ka, kb, K)
        for t in range(TILE):
            lane = tile * TILE + t
            if lane < n:
                for e in range(size):
                    answer[lane, e] = w[(root + np.uint64(e)) * WIDE + np.uint64(t)]
