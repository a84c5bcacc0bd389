"""Running a circuit with NumPy in logarithms: where Numba is not worth importing, or not enough.

Nothing underflows, so minus infinity means impossible and evidence of probability 1e-300 is
answered like any other. It serves the first questions of a cold start, whatever turns out to be too
small for doubles, and, with a maximum in place of the sum, the most probable explanation (Dawid
1992, Statistics and Computing 2:25).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cmocnet.engine.circuit import ALL, SHARES, Circuit, Leaf
from cmocnet.engine.indicators import Indicators, logarithms
from cmocnet.engine.plan import LANES, Ints, Step
from cmocnet.typing import Array

TERMS = 2**21
"""Terms of a product of logarithms held in memory at a time."""


def answer(circuit: Circuit, indicators: Indicators, read: int) -> tuple[Sequence[Array], float]:
    """Logarithms of what :func:`.run.answer` answers, in parts, and of P(evidence)."""
    arena, shifts = _load(circuit, indicators)
    shares, total = _shares(_forward(circuit, arena))
    log_p = total + float(shifts.sum()) + indicators.log_scale
    if read == SHARES:
        return [shares], log_p
    spots = circuit.spots if read == ALL else {read: circuit.spots[read]}
    if total == -np.inf:
        return [np.full(spot[2], -np.inf) for spot in spots.values()], log_p
    joint = arena + _backward(circuit, arena, np.zeros(1))
    found = []
    for tensor, before, card, after in spots.values():
        each = joint[circuit.plan.span(tensor)].reshape(before, card, after)
        flat = each.transpose(1, 0, 2).reshape(card, before * after)
        found.append(_shares(_sum(flat, axis=1))[0])
    return found, log_p


def derivatives(
    circuit: Circuit, indicators: Indicators, chosen: int, *, counts: bool
) -> tuple[Array, float]:
    """Derivatives of P(keep = chosen | evidence) to all table entries, and log P(evidence).

    With ``chosen`` negative they are of log P(evidence). With ``counts`` they are multiplied by the
    entries.
    """
    arena, shifts = _load(circuit, indicators)
    logs, total = _shares(_forward(circuit, arena))
    found = np.zeros(circuit.flat.size)
    if total == -np.inf:
        return found, total
    shares = np.exp(logs)
    seed = np.ones(len(shares))
    if chosen >= 0:  # of chosen / sum, times the sum
        seed = -shares[chosen] * seed
        seed[chosen] += 1.0
    state = _states(indicators)
    for sign in (1.0, -1.0):
        part = np.maximum(sign * seed, 0.0)
        if part.any():
            adjoint = _backward(circuit, arena, logarithms(part))
            if counts:
                adjoint += arena
            else:
                _weigh(circuit, adjoint, indicators, derivative=True)
            for leaf, shift in zip(circuit.leaves, shifts, strict=True):
                own = adjoint[circuit.plan.span(leaf.tensor)] - total - (0.0 if counts else shift)
                found[_places(leaf, state)] += sign * np.exp(own)
    return found, total + float(shifts.sum()) + indicators.log_scale


def most_probable(circuit: Circuit, indicators: Indicators) -> tuple[dict[int, int], float]:
    """Variable -> code of its state, and the logarithm of the joint probability with the evidence.

    The first of equally probable states wins. Minus infinity if the evidence is impossible.
    """
    arena, shifts = _load(circuit, indicators)
    best = float(_forward(circuit, arena, largest=True)[0])
    codes: dict[int, int] = {}
    if best == -np.inf:
        return codes, best
    layouts = circuit.plan.layouts
    for step in reversed(circuit.plan.steps):
        chosen = [v for v in layouts[step.a] if v not in layouts[step.out]]
        if chosen:
            pair = [_given(circuit, arena, tensor, codes, chosen) for tensor in (step.a, step.b)]
            total = pair[0] + pair[1]
            where = np.unravel_index(int(total.argmax()), total.shape)
            codes.update((v, int(c)) for v, c in zip(chosen, where, strict=True))
    return codes, best + float(shifts.sum()) + indicators.log_scale


def _given(
    circuit: Circuit, arena: Array, tensor: int, codes: dict[int, int], free: list[int]
) -> Array:
    """The tensor at the codes chosen so far, its axes those of ``free``."""
    axes = circuit.plan.layouts[tensor]
    values = arena[circuit.plan.span(tensor)].reshape([circuit.plan.cards[v] for v in axes])
    part = values[tuple(codes.get(v, slice(None)) for v in axes)]
    left = [v for v in axes if v not in codes]
    return part.transpose([left.index(v) for v in free])


def _load(circuit: Circuit, indicators: Indicators) -> tuple[Array, Array]:
    """The arena with the evidence in the leaves, and what was taken off each leaf.

    The largest entry of a leaf becomes 0: so the logarithms of a thousand rare observations do not
    add up to a number that has lost its last digits.
    """
    values, state = circuit.base.copy(), _states(indicators)
    for leaf in circuit.leaves:
        if leaf.known:
            values[circuit.plan.span(leaf.tensor)] = circuit.flat[_places(leaf, state)]
    arena = logarithms(values)
    _weigh(circuit, arena, indicators)
    shifts = np.zeros(len(circuit.leaves))
    for i, leaf in enumerate(circuit.leaves):
        logs = arena[circuit.plan.span(leaf.tensor)]
        most = float(logs.max())
        if most > -np.inf:
            logs -= most
            shifts[i] = most
    return arena, shifts


def _states(indicators: Indicators) -> dict[int, int]:
    return {i: code for i, code, _ in indicators.hard}


def _places(leaf: Leaf, state: dict[int, int]) -> Ints:
    """Where the elements of a leaf stand among all entries of all tables."""
    return leaf.inside + sum(state[v] * stride for v, stride in leaf.known)


def _weigh(
    circuit: Circuit, arena: Array, indicators: Indicators, *, derivative: bool = False
) -> None:
    """In place: a leaf is a table times weights, and so is its derivative; one cut off is none."""
    for i, cut, weights in indicators.each(circuit.plan.cards):
        if i in circuit.entries:
            tensor, *axis = circuit.entries[i]
            leaf = arena[circuit.plan.span(tensor)].reshape(axis)
            logs = indicators.log_weights(i, weights)[None, :, None]
            if cut:
                leaf[...] = -np.inf if derivative else logs
            else:
                leaf += logs


def _operands(step: Step, circuit: Circuit, arena: Array) -> tuple[Array, Array]:
    """Both operands as [g, m, k] and [g, k, n], whichever way they are stored."""
    a, b = arena[circuit.plan.span(step.a)], arena[circuit.plan.span(step.b)]
    if step.mode == LANES:
        return (
            a.reshape(step.m, step.k, step.g).transpose(2, 0, 1),
            b.reshape(step.k, step.n, step.g).transpose(2, 0, 1),
        )
    return a.reshape(step.g, step.m, step.k), b.reshape(step.g, step.k, step.n)


def _positions(step: Step) -> Ints:
    """Where the result, as [g, m, n], lies in the tensor written."""
    at = step.outer[:, None] + step.inner
    if step.mode == LANES:
        return at.reshape(step.m, step.n, step.g).transpose(2, 0, 1)
    return at.reshape(step.g, step.m, step.n)


def _forward(circuit: Circuit, arena: Array, *, largest: bool = False) -> Array:
    """Fill the arena and answer the result; ``largest`` maximises instead of summing."""
    for step in circuit.plan.steps:
        a, b = _operands(step, circuit, arena)
        result = _product(a, b, largest=largest)
        arena[circuit.plan.span(step.out)][_positions(step)] = result
    return arena[circuit.plan.span(circuit.plan.root)]


def _backward(circuit: Circuit, arena: Array, seed: Array) -> Array:
    """The derivatives of the result weighted by exp(seed) to every tensor, in an arena alike."""
    adjoint = np.full_like(arena, -np.inf)
    adjoint[circuit.plan.span(circuit.plan.root)] = seed
    for step in reversed(circuit.plan.steps):
        a, b = _operands(step, circuit, arena)
        da, db = _operands(step, circuit, adjoint)
        d = adjoint[circuit.plan.span(step.out)][_positions(step)]
        da[...] = _product(d, b.transpose(0, 2, 1))
        db[...] = _product(a.transpose(0, 2, 1), d)
    return adjoint


def _product(x: Array, y: Array, *, largest: bool = False) -> Array:
    """log(exp(x) @ exp(y)), or its largest terms, in parts whose terms fit."""
    (g, m, k), n = x.shape, y.shape[2]
    if g * m * k * n > TERMS and max(g, m, n) > 1:
        longest = int(np.argmax((g, m, n)))
        xs = np.array_split(x, 2, axis=longest) if longest < 2 else [x, x]
        ys = np.array_split(y, 2, axis=longest) if longest != 1 else [y, y]
        parts = [_product(a, b, largest=largest) for a, b in zip(xs, ys, strict=True)]
        return np.concatenate(parts, axis=longest)
    terms = x[:, :, :, None] + y[:, None, :, :]
    return np.asarray(terms.max(axis=2)) if largest else _sum(terms, axis=2)


def _sum(logs: Array, *, axis: int) -> Array:
    """Logarithms of sums."""
    top = logs.max(axis=axis, keepdims=True)
    top[top == -np.inf] = 0.0
    return np.asarray(logarithms(np.exp(logs - top).sum(axis=axis)) + top.squeeze(axis))


def _shares(logs: Array) -> tuple[Array, float]:
    """Logarithms made those of shares of a whole, and the logarithm of the whole."""
    total = float(_sum(logs, axis=0))
    return (logs - total if total > -np.inf else logs.copy()), total
