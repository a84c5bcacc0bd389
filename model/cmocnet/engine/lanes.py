"""The loops of a batch, compiled by Numba: many scenarios, or many table sets, at once.

Two loops with the same arithmetic in the same order, so that it never matters for the bits of a
result which of them made it: ``rows`` computes a step once for each distinct pair of inputs, one
row after another; ``tiles`` runs many steps for ``TILE`` lanes side by side, the lane being the last
and fastest axis of every tensor. Neither may be compiled with reassociation or contraction.
"""

from __future__ import annotations

import numpy as np
from numba import njit

TILE = 16
"""Lanes run side by side; a last tile that is not full is padded with its last lane."""


@njit(cache=True, nogil=True)
def pairs(ia, ib, nb, seen, out, pair_a, pair_b):  # type: ignore[no-untyped-def]
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


@njit(cache=True, nogil=True, error_model="numpy")
def rows(A, B, ia, ib, count, out, scatter, mode, G, M, N, K):  # type: ignore[no-untyped-def]
    """One step for ``count`` pairs: rows of A and B as stored, rows of the result as scattered."""
    t = np.empty(N if mode != 2 else G)
    for u in range(count):
        a, b, o = A[ia[u]], B[ib[u]], out[u]
        q = 0
        if mode != 2:
            for g in range(G):
                for m in range(M):
                    pa, pb = (g * M + m) * K, g * K * N
                    for n in range(N):
                        t[n] = a[pa] * b[pb + n]
                    for k in range(1, K):
                        x = a[pa + k]
                        for n in range(N):
                            t[n] += x * b[pb + k * N + n]
                    for n in range(N):
                        o[scatter[q]] = t[n]
                        q += 1
        else:
            for m in range(M):
                for n in range(N):
                    for g in range(G):
                        t[g] = a[m * K * G + g] * b[n * G + g]
                    for k in range(1, K):
                        pa, pb = (m * K + k) * G, (k * N + n) * G
                        for g in range(G):
                            t[g] += a[pa + g] * b[pb + g]
                    for g in range(G):
                        o[scatter[q]] = t[g]
                        q += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _product(w, c, a, b, o, fixed_a, fixed_b, sa, sb, K):  # type: ignore[no-untyped-def]
    """One entry of a result for a tile of lanes: the sum over k of a times b."""
    if fixed_a:
        x = c[a]
        for t in range(TILE):
            w[o + t] = x * w[b + t]
        for k in range(1, K):
            x = c[a + k * sa]
            q = b + k * sb * TILE
            for t in range(TILE):
                w[o + t] += x * w[q + t]
    elif fixed_b:
        x = c[b]
        for t in range(TILE):
            w[o + t] = w[a + t] * x
        for k in range(1, K):
            x = c[b + k * sb]
            q = a + k * sa * TILE
            for t in range(TILE):
                w[o + t] += w[q + t] * x
    else:
        for t in range(TILE):
            w[o + t] = w[a + t] * w[b + t]
        for k in range(1, K):
            p, q = a + k * sa * TILE, b + k * sb * TILE
            for t in range(TILE):
                w[o + t] += w[p + t] * w[q + t]


@njit(cache=True, nogil=True, error_model="numpy")
def tiles(  # type: ignore[no-untyped-def]
    steps, offsets, fixed, inputs, order, index, heap, first, last, n, width, root, size, answer
):
    """Run ``steps`` for tiles ``first`` to ``last``.

    Rows of ``steps``: mode g m n k, a, b, result (in lanes times TILE, or in ``fixed`` where the
    following two flags say so), and positions of the three lists in ``offsets``. Rows of
    ``inputs``: place in the tile, start in ``heap``, size, length of a row, start in ``order`` or -1.
    """
    w = np.empty(width * TILE)
    for tile in range(first, last):
        for i in range(inputs.shape[0]):
            at, start, length, pitch, sort = inputs[i]
            at *= TILE
            for t in range(TILE):
                lane = min(tile * TILE + t, n - 1)
                row = start + np.int64(index[i, lane]) * pitch
                if sort < 0:
                    for e in range(length):
                        w[at + e * TILE + t] = heap[row + e]
                else:
                    for e in range(length):
                        w[at + e * TILE + t] = heap[row + order[sort + e]]
        for s in range(steps.shape[0]):
            mode, G, M, N, K = steps[s, 0], steps[s, 1], steps[s, 2], steps[s, 3], steps[s, 4]
            fa, fb = steps[s, 8], steps[s, 9]
            a0 = steps[s, 5] if fa else steps[s, 5] * TILE
            b0 = steps[s, 6] if fb else steps[s, 6] * TILE
            o0 = steps[s, 7]
            qg, qm, qn = steps[s, 10], steps[s, 11], steps[s, 12]
            ua, ub = 1 if fa else TILE, 1 if fb else TILE
            if mode != 2:
                ga, ma, ka, gb, nb, kb = M * K, K, 1, K * N, 1, N
            else:
                ga, ma, ka, gb, nb, kb = 1, K * G, G, 1, G, N * G
            for g in range(G):
                for m in range(M):
                    a = a0 + (g * ga + m * ma) * ua
                    og = o0 + offsets[qg + g] + offsets[qm + m]
                    for j in range(N):
                        b = b0 + (g * gb + j * nb) * ub
                        o = (og + offsets[qn + j]) * TILE
                        _product(w, fixed, a, b, o, fa, fb, ka, kb, K)
        for t in range(TILE):
            lane = tile * TILE + t
            if lane < n:
                for e in range(size):
                    answer[lane, e] = w[(root + e) * TILE + t]
