"""The loops of a run, compiled by Numba; imported only when a circuit is asked repeatedly.

:mod:`.circuit` says how it is packed. Positions are unsigned, so that the compiler need not
think of negative ones and can vectorise; that alone makes large steps five times faster. A step is
the same loop whoever runs it, one question or one lane of a batch.
"""
# Kernels take flat arrays one by one and branch on the kind of step: Numba reads no dataclass.
# ruff: noqa: PLR0912
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from cmocnet.engine.circuit import ALL, HEAD, NONE, SHARES, TINY, WIDTH
from cmocnet.engine.compiled import compiled
from cmocnet.engine.indicators import CUT, SOFT
from cmocnet.engine.plan import AXPY, DOT, LANES

U = np.uint64
FIRST, ROW, ZERO, ONE, THREE, ABSENT = U(HEAD), U(WIDTH), U(0), U(1), U(3), U(NONE)
C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15 = (U(i) for i in range(1, WIDTH))
"""Columns of a row."""
STEPS, LENGTH, ROOT, SIZE, ANSWER, SLICED, LEAVES, LEAF, ENTRY, SPOT, SPOTS = map(U, range(HEAD))
"""Places in the head."""
LEAF_WIDE, ENTRY_WIDE, SPOT_WIDE = U(5), U(4), U(7)
ENTER, WEIGH, LEAVE = 0, 1, 2
FAST = {"reassoc", "contract", "nsz"}


@compiled()
def _known(code, marks, r):
    """How far into its table the observed axes of the leaf in row ``r`` lead."""
    offset, q = ZERO, code[r + C3]
    for _ in range(code[r + C2]):
        for h in range(0, marks.size, 3):
            if U(marks[h]) == code[q]:
                offset += U(marks[h + 1]) * code[q + ONE]
        q += C2
    return offset


@compiled()
def _touch(code, w, marks, weights, what):
    """Go through the tables that evidence touches.

    ``ENTER`` weighs their values, ``LEAVE`` puts these back, ``WEIGH`` weighs their derivatives: a
    leaf is a table times weights, and so is its derivative; a table cut off has none.
    """
    length = code[LENGTH]
    base = length + length
    for h in range(0, marks.size, 3):
        e = code[ENTRY] + U(marks[h]) * ENTRY_WIDE
        j, state, kind = code[e], U(marks[h + 1]), marks[h + 2]
        if j == ABSENT:
            continue
        cut = kind & CUT
        for _ in range(code[e + C1]):
            for s in range(code[e + C2]):
                x = weights[state + s] if kind & SOFT else 1.0 if s == state else 0.0
                for _ in range(code[e + C3]):
                    if what == ENTER:
                        w[j] = x if cut else x * w[base + j]
                    elif what == WEIGH:
                        w[length + j] *= 0.0 if cut else x
                    else:
                        w[j] = w[base + j]
                    j += ONE


@compiled()
def enter(code, w, flat, marks, weights):
    """Write the evidence into the leaves of arena ``w``."""
    r = code[LEAF]
    for _ in range(code[SLICED]):
        at, inside, known = code[r], code[r + C4], _known(code, marks, r)
        for j in range(code[r + C1]):
            w[at + j] = flat[code[inside + j] + known]
        r += LEAF_WIDE
    _touch(code, w, marks, weights, ENTER)


@compiled(fastmath=FAST, error_model="numpy")
def _step(code, r, w):
    """Run the step in row ``r`` on arena ``w``."""
    mode, P, M = code[r], code[r + C1], code[r + C2]
    N, K, V = code[r + C3], code[r + C4], code[r + C5]
    a, b, out, q, inner = code[r + C6], code[r + C7], code[r + C8], code[r + C9], code[r + C10]
    together, scratch = code[r + C13], code[LENGTH] * THREE
    for _ in range(P):
        for _ in range(M):
            for n in range(N):
                o, bk = out + code[q], b + n * V
                q += ONE
                if mode == DOT:
                    total = 0.0
                    for k in range(K):
                        total += w[a + k] * w[b + k]
                    w[o] = total
                    continue
                t = o if together else scratch
                if mode == AXPY:
                    x = w[a]
                    for v in range(V):
                        w[t + v] = x * w[bk + v]
                    for k in range(ONE, K):
                        x = w[a + k]
                        bk += V
                        for v in range(V):
                            w[t + v] += x * w[bk + v]
                else:
                    ak = a
                    for v in range(V):
                        w[t + v] = w[ak + v] * w[bk + v]
                    for _ in range(ONE, K):
                        ak += V
                        bk += N * V
                        for v in range(V):
                            w[t + v] += w[ak + v] * w[bk + v]
                if not together:
                    for v in range(V):
                        w[o + code[inner + v]] = w[scratch + v]
            a += K * V if mode == LANES else K
        b += K * N * V


@compiled(fastmath=FAST, error_model="numpy")
def _back(code, r, w, need_a, need_b):
    """Derivatives of the operands of the step in row ``r``, those of its result being in place."""
    mode, P, M = code[r], code[r + C1], code[r + C2]
    N, K, V = code[r + C3], code[r + C4], code[r + C5]
    a, b, q, inner, length = code[r + C6], code[r + C7], code[r + C9], code[r + C10], code[LENGTH]
    together, scratch = code[r + C13], length * THREE
    if mode == LANES:
        for j in range(length + a, length + a + M * K * V):
            w[j] = 0.0
        for j in range(length + b, length + b + K * N * V):
            w[j] = 0.0
    for _ in range(P):
        for m in range(M):
            for n in range(N):
                da, db, t = length + a, length + b + n * V, length + code[r + C8] + code[q]
                ak, bk = a, b + n * V
                q += ONE
                if mode == DOT:
                    d = w[t]
                    if need_a:
                        for k in range(K):
                            w[da + k] = d * w[b + k]
                    if need_b:
                        for k in range(K):
                            w[db + k] = d * w[a + k]
                    continue
                if not together:
                    for v in range(V):
                        w[scratch + v] = w[t + code[inner + v]]
                    t = scratch
                for k in range(K):
                    if mode == AXPY:
                        x, total = w[a + k], 0.0
                        if need_a:
                            for v in range(V):
                                total += w[t + v] * w[bk + v]
                            w[da + k] = total
                        if need_b and m:
                            for v in range(V):
                                w[db + v] += x * w[t + v]
                        elif need_b:
                            for v in range(V):
                                w[db + v] = x * w[t + v]
                    else:
                        if need_a:
                            for v in range(V):
                                w[da + v] += w[t + v] * w[bk + v]
                        if need_b:
                            for v in range(V):
                                w[db + v] += w[t + v] * w[ak + v]
                        da += V
                        ak += V
                    bk += N * V
                    db += N * V
            a += K * V if mode == LANES else K
        b += K * N * V


@compiled()
def _forward(code, w):
    """Run every step on arena ``w``."""
    r = FIRST
    for _ in range(code[STEPS]):
        _step(code, r, w)
        r += ROW


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
def _total(code, w):
    """The sum of the result."""
    total = 0.0
    for j in range(code[ROOT], code[ROOT] + code[SIZE]):
        total += w[j]
    return total


@compiled()
def answer(code, w, flat, marks, weights, what):
    """One whole run of a circuit: P(evidence), and the answer into the arena.

    ``what`` is ``SHARES`` for the result over ``keep``, made to sum to 1; of a circuit that keeps
    nothing, ``ALL`` for all posteriors, or the one spot to read, at the start of the answer.
    """
    root, to, r = code[ROOT], code[ANSWER], code[SPOT]
    enter(code, w, flat, marks, weights)
    _forward(code, w)
    total = _total(code, w)
    if total > TINY:
        w[code[LENGTH] + root] = 1.0
        if what == SHARES:
            for j in range(code[SIZE]):
                w[to + j] = w[root + j] / total
        elif what == ALL:
            _backward(code, w, 1)
            for _ in range(code[SPOTS]):
                _read(code, w, r, to + code[r + C4])
                r += SPOT_WIDE
        else:
            r += U(what) * SPOT_WIDE
            _backward_to(code, w, code[r + C5], code[r + C6])
            _read(code, w, r, to)
    _touch(code, w, marks, weights, LEAVE)
    return total


@compiled()
def derivatives(code, w, flat, marks, weights, chosen, counts, found):
    """A whole run: P(evidence), and derivatives of all table entries into ``found``.

    Of P(chosen | evidence), or of log P(evidence) where ``chosen`` is negative. With ``counts``
    they are multiplied by the entries. Of variables sliced away, ``found`` must be zero before.
    """
    enter(code, w, flat, marks, weights)
    _forward(code, w)
    total, first, length = _total(code, w), code[ROOT], code[LENGTH]
    if total > TINY:
        share = -1.0 if chosen < 0 else w[first + U(chosen)] / total
        for j in range(first, first + code[SIZE]):
            w[length + j] = -share / total
        if chosen >= 0:
            w[length + first + U(chosen)] += 1.0 / total
        _backward(code, w, 2)
        if not counts:
            _touch(code, w, marks, weights, WEIGH)
        r = code[LEAF]
        for _ in range(code[LEAVES]):
            at, inside, known = code[r], code[r + C4], _known(code, marks, r)
            for j in range(code[r + C1]):
                x = w[length + at + j]
                found[code[inside + j] + known] = x * w[at + j] if counts else x
            r += LEAF_WIDE
    _touch(code, w, marks, weights, LEAVE)
    return total


@compiled()
def lanes(code, w, steps, inputs, index, heap, out, size, first, last, answers):
    """Run ``steps`` for lanes ``first`` to ``last``, and keep the tensor at ``out`` of each.

    Rows of ``inputs``: place in the arena, start in ``heap``, size; ``index`` says which row of
    that size each lane has of each.
    """
    for lane in range(first, last):
        for i in range(inputs.shape[0]):
            if lane == first or index[i, lane] != index[i, lane - 1]:
                at, length = U(inputs[i, 0]), U(inputs[i, 2])
                row = U(inputs[i, 1]) + U(index[i, lane]) * length
                for j in range(length):
                    w[at + j] = heap[row + j]
        for s in steps:
            _step(code, FIRST + s * ROW, w)
        for j in range(size):
            answers[lane, j] = w[U(out) + U(j)]


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


@compiled()
def collect(shares, entry, out):
    """Add up the entries of a joint, one row a lane: e goes to column entry[e], -1 to none."""
    for i in range(shares.shape[0]):
        out[i] = 0.0
        for e in range(entry.size):
            if entry[e] >= 0:
                out[i, entry[e]] += shares[i, e]
