"""The loops of a run, compiled by Numba; imported only when a circuit is asked repeatedly.

A circuit is packed into one tape of integers. Row s, ``WIDTH`` integers, is step s: inner loop, sizes
g m n k, positions of a, b and result in the arena, positions on the tape of the three lists of
offsets, how far a run must go to need the derivatives of a and of b, and whether the innermost
offsets are consecutive. The arena holds values, then derivatives at the same positions after
``length`` doubles, then one row of scratch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cmocnet.engine.circuit import Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.plan import AXPY, DOT, LANES
from cmocnet.typing import Array

Ints = NDArray[np.int64]

WIDTH = 14
ROW, ONE = np.uint64(WIDTH), np.uint64(1)
C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13 = (np.uint64(i) for i in range(1, WIDTH))
"""Columns of a row. Positions are unsigned, so that the compiler need not think of negative ones."""
NO_INTS = np.zeros((0, 3), dtype=np.int64)
NO_WEIGHTS = np.zeros((0, 1))


@dataclass(frozen=True, eq=False)
class Tape:
    """A circuit as the kernels read it.

    ``entry[v]`` is (position, before, card, after) of variable v in its own table, position -1
    where the circuit has no such leaf. ``slices`` are rows (position, size, start, first, count):
    leaves with ``count`` known axes, listed in ``known`` from ``first`` as (variable, stride).
    ``spots`` are rows (position, before, card, after, position in the answer).
    """

    code: Ints
    n_steps: int
    entry: Ints
    slices: Ints
    known: Ints
    spots: Ints
    first: Ints
    arena: Array
    width: int


def pack(circuit: Circuit) -> Tape:
    """Lay a circuit out for the kernels."""
    plan = circuit.plan
    steps = plan.steps
    rows = np.zeros((len(steps), WIDTH), dtype=np.int64)
    lists, at, scratch = [], rows.size, 1
    at0 = plan.offsets
    for row, step, need in zip(rows, steps, circuit.needed, strict=True):
        spots = [at, at + step.g, at + step.g + step.m]
        inner = step.to_g if step.mode == LANES else step.to_n
        together = int(np.array_equal(inner, np.arange(len(inner))))
        row[:] = (
            *(step.mode, step.g, step.m, step.n, step.k),
            *(at0[step.a], at0[step.b], at0[step.out], *spots, *need, together),
        )
        lists += [step.to_g, step.to_m, step.to_n]
        at += step.g + step.m + step.n
        scratch = max(scratch, step.g if step.mode == LANES else step.n)
    entry = np.full((circuit.n_variables, 4), -1, dtype=np.int64)
    slices: list[tuple[int, ...]] = []
    known: list[tuple[int, int]] = []
    for i, leaf in enumerate(circuit.leaves):
        if leaf.known:
            stride = int(plan.sizes[leaf.tensor])
            slices.append(
                (at0[leaf.tensor], stride, circuit.starts[i], len(known), len(leaf.known))
            )
            for v in reversed(leaf.known):
                known.append((v, stride))
                stride *= plan.cards[v]
        if leaf.variable in leaf.axes:
            entry[leaf.variable] = (at0[leaf.tensor], *circuit.around(leaf.tensor, leaf.variable))
    total, spots_rows = 0, []
    for tensor, before, card, after in circuit.spots.values():
        spots_rows.append((at0[tensor], before, card, after, total))
        total += card
    length = plan.length
    arena = np.concatenate([circuit.base, np.zeros(length + scratch)])
    return Tape(
        np.concatenate([rows.ravel(), *lists]).astype(np.uint64),
        len(steps),
        entry,
        np.array(slices, dtype=np.int64).reshape(-1, 5),
        np.array(known, dtype=np.int64).reshape(-1, 2),
        np.array(spots_rows, dtype=np.int64).reshape(-1, 5),
        np.zeros(circuit.n_variables, dtype=np.int64),
        arena,
        total,
    )


def arrays(indicators: Indicators) -> tuple[Ints, Ints, Array]:
    """Evidence as the kernels read it: rows of hard evidence, rows of soft, weights of the soft."""
    hard = np.array(indicators.hard, dtype=np.int64) if indicators.hard else NO_INTS
    if not indicators.soft:
        return hard, NO_INTS, NO_WEIGHTS
    widest = max(len(w) for _, _, w in indicators.soft)
    weights = np.zeros((len(indicators.soft), widest))
    for row, (_, _, w) in zip(weights, indicators.soft, strict=True):
        row[: len(w)] = w
    soft = np.array([(i, cut, 0) for i, cut, _ in indicators.soft], dtype=np.int64)
    return hard, soft, weights


@njit(cache=True, nogil=True)
def enter(w, base, entry, slices, known, store, zeros, hard, soft, weights):  # type: ignore[no-untyped-def]
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
def leave(w, base, entry, hard, soft):  # type: ignore[no-untyped-def]
    """Put the tables that evidence touched back as they were."""
    for rows in (hard, soft):
        for h in range(rows.shape[0]):
            at, before, card, after = entry[rows[h, 0]]
            if at >= 0:
                for j in range(at, at + before * card * after):
                    w[j] = base[j]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def forward(code, n_steps, w, scratch):  # type: ignore[no-untyped-def]
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
                    for k in range(ONE, K):
                        ak += G
                        bk += N * G
                        for g in range(G):
                            w[t + g] += w[ak + g] * w[bk + g]
                    if not together:
                        for g in range(G):
                            w[o + code[qg + g]] = w[scratch + g]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")
def backward(code, n_steps, w, length, level):  # type: ignore[no-untyped-def]
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
def read(w, length, spots, answer):  # type: ignore[no-untyped-def]
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
def posteriors(  # type: ignore[no-untyped-def]
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
def value(  # type: ignore[no-untyped-def]
    code, n_steps, w, base, entry, slices, known, store, zeros, hard, soft, weights, answer
):
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
def derivatives(  # type: ignore[no-untyped-def]
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
