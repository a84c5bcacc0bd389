"""The loops of a run, compiled by Numba; imported only when a circuit is asked repeatedly.

:mod:`.tape` says how a circuit is packed. Positions are unsigned, so that the compiler need not
think of negative ones and can vectorise; that alone makes large steps five times faster.
"""
# Kernels take flat arrays one by one and branch on the kind of step: Numba reads no dataclass.
# ruff: noqa: PLR0912, PLR0915
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
from numba import njit

from cmocnet.engine.plan import AXPY, DOT
from cmocnet.engine.tape import WIDTH

ROW, ONE = np.uint64(WIDTH), np.uint64(1)
C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13 = (np.uint64(i) for i in range(1, WIDTH))
"""Columns of a row."""
NO_INTS = np.zeros((0, 3), dtype=np.int64)
NO_WEIGHTS = np.zeros((0, 1))


@njit(cache=True, nogil=True)
def enter(w, base, entry, slices, known, store, zeros, hard, soft, weights):
    """Write the evidence into the leaves of arena ``w``."""
    state = zeros
    if slices.shape[0]:
        state = zeros.copy()
        for h in range(hard.shape[0]):
            state[hard[h, 0]] = hard[h, 1]
    for s in range(slices.shape[0]):
        at, size, start, first, count = slices[s]
        for q in range(first, first + count):
            start += state[known[q, 0]] * known[q, 1]
        for j in range(size):
            w[at + j] = store[start + j]
    for h in range(hard.shape[0]):
        at, before, card, after = entry[hard[h, 0]]
        if at < 0:
            continue
        cut, j = hard[h, 2], at
        for _ in range(before):
            for s in range(card):
                if s != hard[h, 1]:
                    for _ in range(after):
                        w[j] = 0.0
                        j += 1
                else:
                    for _ in range(after):
                        w[j] = 1.0 if cut else base[j]
                        j += 1
    for h in range(soft.shape[0]):
        at, before, card, after = entry[soft[h, 0]]
        if at < 0:
            continue
        cut, j = soft[h, 1], at
        for _ in range(before):
            for s in range(card):
                for _ in range(after):
                    w[j] = weights[h, s] * (1.0 if cut else base[j])
                    j += 1


@njit(cache=True, nogil=True)
def leave(w, base, entry, hard, soft):
    """Put the tables that evidence touched back as they were."""
    for rows in (hard, soft):
        for h in range(rows.shape[0]):
            at, before, card, after = entry[rows[h, 0]]
            if at >= 0:
                for j in range(at, at + before * card * after):
                    w[j] = base[j]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def forward(code, n_steps, w, scratch):
    """Run every step on arena ``w``."""
    scratch = np.uint64(scratch)
    for s in range(n_steps):
        r = np.uint64(s) * ROW
        mode, G, M, N, K = code[r], code[r + C1], code[r + C2], code[r + C3], code[r + C4]
        a, b, out = code[r + C5], code[r + C6], code[r + C7]
        qg, qm, qn = code[r + C8], code[r + C9], code[r + C10]
        if mode == DOT:
            for g in range(G):
                og = out + code[qg + g]
                for m in range(M):
                    total = 0.0
                    for k in range(K):
                        total += w[a + k] * w[b + k]
                    w[og + code[qm + m]] = total
                    a += K
                b += K
        elif mode == AXPY:
            together = code[r + C13]
            for g in range(G):
                og = out + code[qg + g]
                for m in range(M):
                    t = og + code[qm + m] if together else scratch
                    x = w[a]
                    for n in range(N):
                        w[t + n] = x * w[b + n]
                    for k in range(ONE, K):
                        x = w[a + k]
                        bk = b + k * N
                        for n in range(N):
                            w[t + n] += x * w[bk + n]
                    if not together:
                        t = og + code[qm + m]
                        for n in range(N):
                            w[t + code[qn + n]] = w[scratch + n]
                    a += K
                b += K * N
        else:
            together = code[r + C13]
            for m in range(M):
                for n in range(N):
                    o = out + code[qm + m] + code[qn + n]
                    t = o if together else scratch
                    ak, bk = a + m * K * G, b + n * G
                    for g in range(G):
                        w[t + g] = w[ak + g] * w[bk + g]
                    for _ in range(ONE, K):
                        ak += G
                        bk += N * G
                        for g in range(G):
                            w[t + g] += w[ak + g] * w[bk + g]
                    if not together:
                        for g in range(G):
                            w[o + code[qg + g]] = w[scratch + g]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def backward(code, n_steps, w, length, level):
    """Derivatives of every tensor the level needs; the result's own are already in place."""
    length, level = np.uint64(length), np.uint64(level)
    scratch = length + length
    for s in range(n_steps - 1, -1, -1):
        r = np.uint64(s) * ROW
        need_a, need_b = code[r + C11] <= level, code[r + C12] <= level
        if not (need_a or need_b):
            continue
        mode, G, M, N, K = code[r], code[r + C1], code[r + C2], code[r + C3], code[r + C4]
        a, b, dout = code[r + C5], code[r + C6], length + code[r + C7]
        da, db = length + a, length + b
        qg, qm, qn = code[r + C8], code[r + C9], code[r + C10]
        if need_b:
            for j in range(db, db + G * K * N):
                w[j] = 0.0
        if mode == DOT:
            for g in range(G):
                og = dout + code[qg + g]
                for m in range(M):
                    d = w[og + code[qm + m]]
                    if need_a:
                        for k in range(K):
                            w[da + k] = d * w[b + k]
                    if need_b:
                        for k in range(K):
                            w[db + k] += d * w[a + k]
                    a += K
                    da += K
                b += K
                db += K
        elif mode == AXPY:
            together = code[r + C13]
            for g in range(G):
                og = dout + code[qg + g]
                for m in range(M):
                    t = og + code[qm + m]
                    if not together:
                        for n in range(N):
                            w[scratch + n] = w[t + code[qn + n]]
                        t = scratch
                    if need_a:
                        for k in range(K):
                            bk = b + k * N
                            total = 0.0
                            for n in range(N):
                                total += w[t + n] * w[bk + n]
                            w[da + k] = total
                    if need_b:
                        for k in range(K):
                            x = w[a + k]
                            bk = db + k * N
                            for n in range(N):
                                w[bk + n] += x * w[t + n]
                    a += K
                    da += K
                b += K * N
                db += K * N
        else:
            together = code[r + C13]
            if need_a:
                for j in range(da, da + M * K * G):
                    w[j] = 0.0
            for m in range(M):
                for n in range(N):
                    t = dout + code[qm + m] + code[qn + n]
                    if not together:
                        for g in range(G):
                            w[scratch + g] = w[t + code[qg + g]]
                        t = scratch
                    for k in range(K):
                        ak, bk = (m * K + k) * G, (k * N + n) * G
                        if need_a:
                            for g in range(G):
                                w[da + ak + g] += w[t + g] * w[b + bk + g]
                        if need_b:
                            for g in range(G):
                                w[db + bk + g] += w[t + g] * w[a + ak + g]


@njit(cache=True, nogil=True)
def read(w, length, spots, answer):
    """Posteriors of all variables, each normalised by its own sum, into ``answer``."""
    for v in range(spots.shape[0]):
        at, before, card, after, to = spots[v]
        for s in range(card):
            answer[to + s] = 0.0
        j, total = at, 0.0
        for _ in range(before):
            for s in range(card):
                for _ in range(after):
                    x = w[j] * w[length + j]
                    answer[to + s] += x
                    total += x
                    j += 1
        for s in range(card):
            answer[to + s] /= total if total > 0.0 else 1.0


@njit(cache=True, nogil=True)
def posteriors(
    code, n_steps, w, base, entry, slices, known, store, zeros, hard, soft, weights, spots, answer
):
    """One whole run of a circuit without ``keep``: P(evidence), posteriors into ``answer``."""
    length = base.size
    enter(w, base, entry, slices, known, store, zeros, hard, soft, weights)
    forward(code, n_steps, w, 2 * length)
    root = np.int64(code[(n_steps - 1) * WIDTH + 7])
    probability = w[root]
    if probability > 1e-200:
        w[length + root] = 1.0
        backward(code, n_steps, w, length, 1)
        read(w, length, spots, answer)
    leave(w, base, entry, hard, soft)
    return probability


@njit(cache=True, nogil=True)
def value(code, n_steps, w, base, entry, slices, known, store, zeros, hard, soft, weights, answer):
    """Forward run alone: the result over ``keep`` into ``answer``, its sum returned."""
    enter(w, base, entry, slices, known, store, zeros, hard, soft, weights)
    forward(code, n_steps, w, 2 * base.size)
    root, total = np.int64(code[(n_steps - 1) * WIDTH + 7]), 0.0
    for j in range(answer.size):
        answer[j] = w[root + j]
        total += answer[j]
    leave(w, base, entry, hard, soft)
    return total


@njit(cache=True, nogil=True)
def derivatives(
    code, n_steps, w, base, entry, slices, known, store, zeros, hard, soft, weights,
    chosen, gather, values, gradient,
):  # fmt: skip
    """A whole run: P(evidence), P(chosen | evidence), leaves and their derivatives gathered."""
    length = base.size
    enter(w, base, entry, slices, known, store, zeros, hard, soft, weights)
    forward(code, n_steps, w, 2 * length)
    r = (n_steps - 1) * WIDTH
    root, size = np.int64(code[r + 7]), np.int64(code[r + 1] * code[r + 2] * code[r + 3])
    total = 0.0
    for j in range(root, root + size):
        total += w[j]
    share = 1.0
    if total > 1e-200:
        if chosen >= 0:
            share = w[root + chosen] / total
        for j in range(size):
            w[length + root + j] = 1.0 / total if chosen < 0 else -share / total
        if chosen >= 0:
            w[length + root + chosen] += 1.0 / total
        backward(code, n_steps, w, length, 2)
        for j in range(gather.size):
            values[j] = w[gather[j]]
            gradient[j] = w[length + gather[j]]
    leave(w, base, entry, hard, soft)
    return total, share


@njit(cache=True, nogil=True)
def covary(values, gradient, lengths):
    """In place: derivatives when the rest of a row moves in proportion; see ``RowsOfTables``."""
    start = 0
    for length in lengths:
        weighted, plain = 0.0, 0.0
        for j in range(start, start + length):
            weighted += values[j] * gradient[j]
            plain += gradient[j]
        for j in range(start, start + length):
            rest = 1.0 - values[j]
            if rest >= 1e-12:
                share = (weighted - values[j] * gradient[j]) / rest
            else:
                share = (plain - gradient[j]) / max(length - 1, 1)
            gradient[j] -= share
        start += length
