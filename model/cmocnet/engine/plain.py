"""Running a circuit with NumPy alone: for one cold question, where importing Numba costs more.

Two algebras: sums of products, and the same in logarithms, in which nothing underflows; the latter
also with a maximum in place of the sum, for the most probable explanation.
"""

from __future__ import annotations

import numpy as np

from cmocnet.engine.circuit import FORWARD, Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.plan import LANES, Ints, Step
from cmocnet.typing import Array

TERMS = 2**21
"""Terms of a product of logarithms held in memory at a time."""


def load(circuit: Circuit, indicators: Indicators) -> Array:
    """The arena's values with the evidence in the leaves."""
    arena = circuit.base.copy()
    plan = circuit.plan
    state = {i: c for i, c, _ in indicators.hard}
    for i, leaf in enumerate(circuit.leaves):
        if leaf.known:
            start, stride = circuit.starts[i], 1
            span = plan.span(leaf.tensor)
            size = stride = span.stop - span.start
            for v in reversed(leaf.known):
                start += state[v] * stride
                stride *= plan.cards[v]
            arena[span] = circuit.store[start : start + size]
    for i, code, cut in indicators.hard:
        weights = np.zeros(plan.cards[i])
        weights[code] = 1.0
        _weigh(circuit, arena, i, cut, weights)
    for i, cut, weights in indicators.soft:
        _weigh(circuit, arena, i, cut, weights)
    return arena


def log_load(circuit: Circuit, indicators: Indicators) -> tuple[Array, Array]:
    """The arena in logarithms with the evidence in the leaves, and what was taken off each leaf.

    The largest entry of a leaf becomes 0: so the logarithms of a thousand rare observations do not
    add up to a number that has lost its last digits.
    """
    arena = logarithm(load(circuit, Indicators(indicators.hard)))
    for i, cut, weights in indicators.soft:
        leaf = _leaf(circuit, arena, i)
        if leaf is not None:
            logs = indicators.log_weights(i, weights)[None, :, None]
            leaf[...] = logs if cut else leaf + logs
    shifts = np.zeros(len(circuit.leaves))
    for i, one in enumerate(circuit.leaves):
        values = arena[circuit.plan.span(one.tensor)]
        most = float(values.max())
        if np.isfinite(most):
            values -= most
            shifts[i] = most
    return arena, shifts


def log_weigh(circuit: Circuit, adjoint: Array, indicators: Indicators) -> None:
    """In place: a leaf is a table times weights, and so is its derivative, in logarithms."""
    for i, code, cut in indicators.hard:
        leaf = _leaf(circuit, adjoint, i)
        if leaf is not None:
            others = np.arange(leaf.shape[1]) != code
            leaf[:, others if not cut else slice(None)] = -np.inf
    for i, cut, weights in indicators.soft:
        leaf = _leaf(circuit, adjoint, i)
        if leaf is not None:
            leaf += -np.inf if cut else indicators.log_weights(i, weights)[None, :, None]


def weigh(circuit: Circuit, adjoint: Array, indicators: Indicators) -> None:
    """In place: derivatives of the leaves become those of the tables; one cut off has none."""
    hard = [(i, cut, np.arange(circuit.plan.cards[i]) == code) for i, code, cut in indicators.hard]
    for i, cut, weights in (*hard, *indicators.soft):
        leaf = _leaf(circuit, adjoint, i)
        if leaf is not None:
            leaf *= 0.0 if cut else weights[None, :, None]


def _leaf(circuit: Circuit, arena: Array, i: int) -> Array | None:
    """The leaf of variable i as (before, states, after); None if it has no axis for the states."""
    at = circuit.leaf_of.get(i)
    if at is None or i in circuit.leaves[at].known:
        return None
    tensor = circuit.leaves[at].tensor
    return arena[circuit.plan.span(tensor)].reshape(circuit.around(tensor, i))


def _weigh(circuit: Circuit, arena: Array, i: int, cut: int, weights: Array) -> None:
    leaf = _leaf(circuit, arena, i)
    if leaf is None:
        return
    if cut:
        leaf[...] = weights[None, :, None]
    else:
        leaf *= weights[None, :, None]


def operands(step: Step, circuit: Circuit, arena: Array) -> tuple[Array, Array]:
    """Both operands as [g, m, k] and [g, k, n], whichever way they are stored."""
    a, b = arena[circuit.plan.span(step.a)], arena[circuit.plan.span(step.b)]
    if step.mode == LANES:
        return (
            a.reshape(step.m, step.k, step.g).transpose(2, 0, 1),
            b.reshape(step.k, step.n, step.g).transpose(2, 0, 1),
        )
    return a.reshape(step.g, step.m, step.k), b.reshape(step.g, step.k, step.n)


def positions(step: Step) -> Ints:
    """Where result [g, m, n] lies in the tensor written."""
    return step.to_g[:, None, None] + step.to_m[None, :, None] + step.to_n[None, None, :]


def forward(circuit: Circuit, arena: Array) -> Array:
    """Fill the arena and answer the result over ``keep``."""
    for step in circuit.plan.steps:
        a, b = operands(step, circuit, arena)
        arena[circuit.plan.span(step.out)][positions(step)] = a @ b
    return arena[circuit.plan.span(circuit.plan.root)]


def backward(circuit: Circuit, arena: Array, seed: Array, level: int) -> Array:
    """Derivatives of ``seed . result`` to every tensor the level asks for, in an arena alike."""
    adjoint = np.zeros_like(arena)
    adjoint[circuit.plan.span(circuit.plan.root)] = seed
    for step, (need_a, need_b) in zip(
        reversed(circuit.plan.steps), reversed(circuit.needed), strict=True
    ):
        if level < min(need_a, need_b) or level == FORWARD:
            continue
        a, b = operands(step, circuit, arena)
        da, db = operands(step, circuit, adjoint)
        d = adjoint[circuit.plan.span(step.out)][positions(step)]
        if level >= need_a:
            da[...] = d @ b.transpose(0, 2, 1)
        if level >= need_b:
            db[...] = a.transpose(0, 2, 1) @ d
    return adjoint


def marginals(circuit: Circuit, arena: Array, adjoint: Array) -> dict[int, Array]:
    """For every variable, value times derivative summed to its states: P(state, evidence)."""
    answer = {}
    for v, (tensor, before, card, after) in circuit.spots.items():
        span = circuit.plan.span(tensor)
        joint = (arena[span] * adjoint[span]).reshape(before, card, after)
        answer[v] = joint.sum(axis=(0, 2))
    return answer


def _log_product(x: Array, y: Array, *, largest: bool = False) -> Array:
    """log(exp(x) @ exp(y)) over the last axis of x and the middle axis of y, or the maximum."""
    if x.size * y.shape[2] > TERMS and max(x.shape[0], x.shape[1], y.shape[2]) > 1:
        return _log_product_in_halves(x, y, largest=largest)
    terms = x[:, :, :, None] + y[:, None, :, :]
    top = terms.max(axis=2)
    if largest:
        return np.asarray(top)
    safe = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.exp(terms - safe[:, :, None, :]).sum(axis=2)) + safe)


def _log_product_in_halves(x: Array, y: Array, *, largest: bool) -> Array:
    """The same from two halves along the longest axis of the result, so that all terms fit."""
    (g, m, _), n = x.shape, y.shape[2]
    if g > 1:
        at, axis = g // 2, 0
        parts = [(x[:at], y[:at]), (x[at:], y[at:])]
    elif m >= n:
        at, axis = m // 2, 1
        parts = [(x[:, :at], y), (x[:, at:], y)]
    else:
        at, axis = n // 2, 2
        parts = [(x, y[:, :, :at]), (x, y[:, :, at:])]
    return np.concatenate([_log_product(a, b, largest=largest) for a, b in parts], axis=axis)


def logarithm(arena: Array) -> Array:
    """The arena in logarithms; zero becomes minus infinity."""
    with np.errstate(divide="ignore"):
        return np.log(arena)


def log_forward(circuit: Circuit, arena: Array, *, largest: bool = False) -> Array:
    """Like :func:`forward` on an arena of logarithms; ``largest`` maximises instead of summing."""
    for step in circuit.plan.steps:
        a, b = operands(step, circuit, arena)
        result = _log_product(a, b, largest=largest)
        arena[circuit.plan.span(step.out)][positions(step)] = result
    return arena[circuit.plan.span(circuit.plan.root)]


def log_backward(circuit: Circuit, arena: Array, seed: Array, *, largest: bool = False) -> Array:
    """Logarithms of the derivatives (all of them) of the result weighted by exp(seed)."""
    adjoint = np.full_like(arena, -np.inf)
    adjoint[circuit.plan.span(circuit.plan.root)] = seed
    for step in reversed(circuit.plan.steps):
        a, b = operands(step, circuit, arena)
        da, db = operands(step, circuit, adjoint)
        d = adjoint[circuit.plan.span(step.out)][positions(step)]
        da[...] = _log_product(d, b.transpose(0, 2, 1), largest=largest)
        db[...] = _log_product(a.transpose(0, 2, 1), d, largest=largest)
    return adjoint


def log_marginals(circuit: Circuit, arena: Array, adjoint: Array) -> dict[int, Array]:
    """Logarithms of P(state, evidence) for every variable."""
    answer = {}
    for v, (tensor, before, card, after) in circuit.spots.items():
        span = circuit.plan.span(tensor)
        joint = (arena[span] + adjoint[span]).reshape(1, before, card, after)
        flat = joint.transpose(0, 2, 1, 3).reshape(1, card, before * after)
        answer[v] = _log_product(flat, np.zeros((1, before * after, 1)))[0, :, 0]
    return answer
