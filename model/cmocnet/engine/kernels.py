"""The loops of a run, compiled by Numba; imported only when a circuit is asked repeatedly.

:mod:`.tape` says how a circuit is packed. Positions are unsigned, so that the compiler need not
think of negative ones and can vectorise; that alone makes large steps five times faster.
"""
# Kernels take flat arrays one by one and branch on the kind of step: Numba reads no dataclass.
# ruff: noqa: PLR0912
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from cmocnet.engine.compiled import compiled
from cmocnet.engine.plan import AXPY, DOT
from cmocnet.engine.tape import CUT, HEAD, NONE, SOFT, WIDTH

U = np.uint64
FIRST, ROW, ZERO, ONE, ABSENT = U(HEAD), U(WIDTH), U(0), U(1), U(NONE)
C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15 = (U(i) for i in range(1, WIDTH))
"""Columns of a row."""
STEPS, LENGTH, ROOT, SIZE, SLICES, SLICE, _, ENTRY, SPOTS, SPOT, FAMILIES, FAMILY = map(
    U, range(12)
)
"""Places in the head."""
ENTRY_WIDE, SLICE_WIDE, SPOT_WIDE, FAMILY_WIDE = U(4), U(5), U(7), U(6)
TINY = 1e-200
FAST = {"reassoc", "contract", "nsz"}


@compiled()
def _known(code, marks, q, count):
    """How far into a table its ``count`` observed axes, listed from ``q``, lead."""
    offset = ZERO
    for _ in range(count):
        for h in range(0, marks.size, 3):
            if U(marks[h]) == code[q]:
                offset += U(marks[h + 1]) * code[q + ONE]
        q += C2
    return offset


@compiled()
def _enter(code, w, store, marks, weights):
    """Write the evidence into the leaves of arena ``w``."""
    r = code[SLICE]
    for _ in range(code[SLICES]):
        at, start = code[r], code[r + C2] + _known(code, marks, code[r + C4], code[r + C3])
        for j in range(code[r + C1]):
            w[at + j] = store[start + j]
        r += SLICE_WIDE
    for h in range(0, marks.size, 3):
        e = code[ENTRY] + U(marks[h]) * ENTRY_WIDE
        j, state, kind = code[e], U(marks[h + 1]), marks[h + 2]
        if j == ABSENT:
            continue
        for _ in range(code[e + C1]):
            for s in range(code[e + C2]):
                x = weights[state + s] if kind & SOFT else 1.0 if s == state else 0.0
                for _ in range(code[e + C3]):
                    w[j] = x if kind & CUT else x * store[j]
                    j += ONE


@compiled()
def _leave(code, w, store, marks):
    """Put the tables that evidence touched back as they were."""
    for h in range(0, marks.size, 3):
        e = code[ENTRY] + U(marks[h]) * ENTRY_WIDE
        at = code[e]
        if at != ABSENT:
            for j in range(at, at + code[e + C1] * code[e + C2] * code[e + C3]):
                w[j] = store[j]


@compiled()
def _weigh(code, w, marks, weights):
    """A leaf is a table times weights, and so is its derivative; a table cut off has none."""
    for h in range(0, marks.size, 3):
        e = code[ENTRY] + U(marks[h]) * ENTRY_WIDE
        j, state, kind = code[e], U(marks[h + 1]), marks[h + 2]
        if j == ABSENT:
            continue
        j += code[LENGTH]
        for _ in range(code[e + C1]):
            for s in range(code[e + C2]):
                x = weights[state + s] if kind & SOFT else 1.0 if s == state else 0.0
                for _ in range(code[e + C3]):
                    w[j] *= 0.0 if kind & CUT else x
                    j += ONE


@compiled(fastmath=FAST, error_model="numpy")
def _forward(code, w):
    """Run every step on arena ``w``."""
    scratch = code[LENGTH] + code[LENGTH]
    r = FIRST - ROW
    for _ in range(code[STEPS]):
        r += ROW
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


@compiled(fastmath=FAST, error_model="numpy")
def _back(code, r, w, need_a, need_b):
    """Derivatives of the operands of the step in row ``r``, those of its result being in place."""
    length = code[LENGTH]
    scratch = length + length
    mode, G, M, N, K = code[r], code[r + C1], code[r + C2], code[r + C3], code[r + C4]
    a, b, dout = code[r + C5], code[r + C6], length + code[r + C7]
    da, db = length + a, length + b
    qg, qm, qn, together = code[r + C8], code[r + C9], code[r + C10], code[r + C13]
    if need_b and mode != AXPY:
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
        for g in range(G):
            og = dout + code[qg + g]
            for m in range(M):
                t = og + code[qm + m]
                if not together:
                    for n in range(N):
                        w[scratch + n] = w[t + code[qn + n]]
                    t = scratch
                for k in range(K):
                    bk, dk, x, total = b + k * N, db + k * N, w[a + k], 0.0
                    if need_a:
                        for n in range(N):
                            total += w[t + n] * w[bk + n]
                        w[da + k] = total
                    if need_b and m:
                        for n in range(N):
                            w[dk + n] += x * w[t + n]
                    elif need_b:
                        for n in range(N):
                            w[dk + n] = x * w[t + n]
                a += K
                da += K
            b += K * N
            db += K * N
    else:
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


@compiled()
def _backward(code, w, level):
    """Derivatives of every tensor the level needs; the result's own are already in place."""
    r = FIRST + code[STEPS] * ROW
    for _ in range(code[STEPS]):
        r -= ROW
        need_a, need_b = code[r + C11] <= U(level), code[r + C12] <= U(level)
        if need_a or need_b:
            _back(code, r, w, need_a, need_b)


@compiled()
def _backward_to(code, w, step, side):
    """Derivatives of one tensor alone: the operand ``side`` of ``step``, down from the result."""
    path = np.empty((code[STEPS], 2), dtype=np.uint64)
    depth = 0
    while step != ABSENT:
        r = FIRST + step * ROW
        path[depth, 0], path[depth, 1] = r, side
        step, side = code[r + C14], code[r + C15]
        depth += 1
    for i in range(depth - 1, -1, -1):
        _back(code, path[i, 0], w, path[i, 1] == ZERO, path[i, 1] == ONE)


@compiled()
def _read(code, w, r, to):
    """The posterior of the variable with its spot in row ``r``, by its own sum, to ``to`` on."""
    length, j = code[LENGTH], code[r]
    before, card, after, whole = code[r + C1], code[r + C2], code[r + C3], 0.0
    for s in range(card):
        w[to + s] = 0.0
    for _ in range(before):
        for s in range(card):
            total = 0.0
            for _ in range(after):
                total += w[j] * w[length + j]
                j += ONE
            w[to + s] += total
            whole += total
    for s in range(card):
        w[to + s] /= whole if whole > 0.0 else 1.0


@compiled()
def posteriors(code, w, store, marks, weights, answer, only):
    """One whole run of a circuit without ``keep``: P(evidence), posteriors into the arena.

    ``only`` is the one spot to read, at the start of the answer, or negative for all.
    """
    root, to = code[ROOT], U(answer)
    _enter(code, w, store, marks, weights)
    _forward(code, w)
    probability = w[root]
    if probability > TINY:
        w[code[LENGTH] + root] = 1.0
        if only < 0:
            _backward(code, w, 1)
            r = code[SPOT]
            for _ in range(code[SPOTS]):
                _read(code, w, r, to + code[r + C4])
                r += SPOT_WIDE
        else:
            r = code[SPOT] + U(only) * SPOT_WIDE
            _backward_to(code, w, code[r + C5], code[r + C6])
            _read(code, w, r, to)
    _leave(code, w, store, marks)
    return probability


@compiled()
def value(code, w, store, marks, weights, answer):
    """Forward run alone: the result over ``keep``, normalised, into the arena; its sum returned."""
    _enter(code, w, store, marks, weights)
    _forward(code, w)
    root, total, to = code[ROOT], 0.0, U(answer)
    for j in range(code[SIZE]):
        total += w[root + j]
    if total > TINY:
        for j in range(code[SIZE]):
            w[to + j] = w[root + j] / total
    _leave(code, w, store, marks)
    return total


@compiled()
def derivatives(code, w, store, marks, weights, chosen, counts, found):
    """A whole run: P(evidence), and derivatives of all table entries into ``found``.

    Of P(chosen | evidence), or of log P(evidence) where ``chosen`` is negative. With ``counts``
    they are multiplied by the entries. Of variables sliced away, ``found`` must be zero before.
    """
    first = code[ROOT]
    last = first + code[SIZE]
    _enter(code, w, store, marks, weights)
    _forward(code, w)
    total = 0.0
    for j in range(first, last):
        total += w[j]
    if total > TINY:
        share = -1.0 if chosen < 0 else w[first + U(chosen)] / total
        for j in range(first, last):
            w[code[LENGTH] + j] = -share / total
        if chosen >= 0:
            w[code[LENGTH] + first + U(chosen)] += 1.0 / total
        _backward(code, w, 2)
        if not counts:
            _weigh(code, w, marks, weights)
        _collect(code, w, marks, counts, found)
    _leave(code, w, store, marks)
    return total


@compiled()
def _collect(code, w, marks, counts, found):
    """Derivatives of the leaves from the arena to the order of the tables."""
    length, r = code[LENGTH], code[FAMILY]
    for _ in range(code[FAMILIES]):
        at, inside = code[r], code[r + C5]
        start = code[r + C2] + _known(code, marks, code[r + C4], code[r + C3])
        for j in range(code[r + C1]):
            x = w[length + at + j]
            found[start + code[inside + j]] = x * w[at + j] if counts else x
        r += FAMILY_WIDE
