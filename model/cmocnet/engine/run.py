"""One run of a circuit under one set of indicators, by NumPy or by the compiled kernels.

A result too small for doubles is computed again in logarithms, where nothing underflows, so zero
means impossible and evidence of probability 1e-300 is answered like any other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from cmocnet.engine import plain
from cmocnet.engine.circuit import GRADIENTS, POSTERIORS, Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.tape import Tape, arrays, pack
from cmocnet.typing import Array

TINY = 1e-200
"""Below this a run is repeated in logarithms."""


def _kernels() -> Any:
    from cmocnet.engine import kernels

    return kernels


def tape_of(circuit: Circuit) -> Tape:
    """The circuit packed for the kernels, once."""
    tape: Tape | None = circuit.packed
    if tape is None:
        tape = circuit.packed = pack(circuit)
    return tape


def arguments(circuit: Circuit, tape: Tape, arena: Array, indicators: Indicators) -> Any:
    """What every kernel run takes first."""
    hard, soft, weights = arrays(indicators)
    return (tape.code, tape.n_steps, arena, circuit.base, tape.entry, tape.slices, tape.known,
            circuit.store, tape.first, hard, soft, weights)  # fmt: skip


def borrow(circuit: Circuit, tape: Tape) -> Array:
    """An arena nobody else uses; give it back to ``circuit.pool``."""
    try:
        return circuit.pool.pop()
    except IndexError:
        return tape.arena.copy()


def value(circuit: Circuit, indicators: Indicators, *, compiled: bool) -> tuple[Array, float]:
    """P(keep, evidence) divided by P(evidence), flat, and the logarithm of P(evidence).

    Impossible evidence gives zeros and minus infinity.
    """
    if compiled:
        tape = tape_of(circuit)
        arena = borrow(circuit, tape)
        result = np.empty(int(circuit.plan.sizes[circuit.plan.root]))
        total = _kernels().value(*arguments(circuit, tape, arena, indicators), result)
        circuit.pool.append(arena)
    else:
        result = plain.forward(circuit, plain.load(circuit, indicators))
        total = float(result.sum())
    if total > TINY:
        return result / total, float(np.log(total)) + indicators.log_scale
    arena = plain.logarithm(plain.load(circuit, indicators))
    logs = plain.log_forward(circuit, arena)
    top = float(logs.max())
    if top == -np.inf:
        return np.zeros_like(logs), top
    shares = np.exp(logs - top)
    return shares / shares.sum(), top + float(np.log(shares.sum())) + indicators.log_scale


def posteriors(circuit: Circuit, indicators: Indicators, *, compiled: bool) -> tuple[Array, float]:
    """All posteriors, flat in the order of ``circuit.spots``, and the logarithm of P(evidence)."""
    if compiled:
        tape = tape_of(circuit)
        arena = borrow(circuit, tape)
        answer = np.empty(tape.width)
        total = _kernels().posteriors(
            *arguments(circuit, tape, arena, indicators), tape.spots, answer
        )
        circuit.pool.append(arena)
        if total > TINY:
            return answer, float(np.log(total)) + indicators.log_scale
    else:
        arena = plain.load(circuit, indicators)
        total = float(plain.forward(circuit, arena)[0])
        if total > TINY:
            adjoint = plain.backward(circuit, arena, np.ones(1), POSTERIORS)
            parts = plain.marginals(circuit, arena, adjoint).values()
            flat = np.concatenate([part / part.sum() for part in parts])
            return flat, float(np.log(total)) + indicators.log_scale
    return _log_posteriors(circuit, indicators)


def _log_posteriors(circuit: Circuit, indicators: Indicators) -> tuple[Array, float]:
    arena = plain.logarithm(plain.load(circuit, indicators))
    total = float(plain.log_forward(circuit, arena)[0])
    width = sum(spot[2] for spot in circuit.spots.values())
    if total == -np.inf:
        return np.zeros(width), total
    adjoint = plain.log_backward(circuit, arena, np.zeros(1))
    parts = [np.exp(p - p.max()) for p in plain.log_marginals(circuit, arena, adjoint).values()]
    return np.concatenate([p / p.sum() for p in parts]), total + indicators.log_scale


def derivatives(
    circuit: Circuit, indicators: Indicators, chosen: int, *, compiled: bool
) -> tuple[Array, Array, float, float]:
    """Every leaf's values and derivatives of P(keep = chosen | evidence), that P, and log P(e).

    With ``chosen`` negative the derivatives are of P(evidence), divided by P(evidence).
    """
    if compiled:
        tape = tape_of(circuit)
        work = borrow(circuit, tape)
        gradient = np.empty(circuit.gather.size)
        values = np.empty(circuit.gather.size)
        total, share = _kernels().derivatives(
            *arguments(circuit, tape, work, indicators), chosen, circuit.gather, values, gradient
        )
        circuit.pool.append(work)
        if total > TINY:
            return values, gradient, share, float(np.log(total)) + indicators.log_scale
    else:
        arena = plain.load(circuit, indicators)
        result = plain.forward(circuit, arena)
        total = float(result.sum())
        if total > TINY:
            share, seed = _seed(result / total, chosen)
            adjoint = plain.backward(circuit, arena, seed / total, GRADIENTS)
            at = circuit.gather
            log_total = float(np.log(total)) + indicators.log_scale
            return arena[at], adjoint[at], share, log_total
    return _log_derivatives(circuit, indicators, chosen)


def _seed(shares: Array, chosen: int) -> tuple[float, Array]:
    """P(chosen), and the derivative of chosen / sum to every entry, times the sum."""
    if chosen < 0:
        return 1.0, np.ones_like(shares)
    seed = np.full_like(shares, -shares[chosen])
    seed[chosen] += 1.0
    return float(shares[chosen]), seed


def _log_derivatives(
    circuit: Circuit, indicators: Indicators, chosen: int
) -> tuple[Array, Array, float, float]:
    arena = plain.logarithm(plain.load(circuit, indicators))
    logs = plain.log_forward(circuit, arena)
    top = float(logs.max())
    at = circuit.gather
    if top == -np.inf:
        return np.zeros(at.size), np.zeros(at.size), 0.0, top
    shares = np.exp(logs - top)
    log_total = top + float(np.log(shares.sum()))
    share, seed = _seed(shares / shares.sum(), chosen)
    gradient = np.zeros(at.size)
    for sign in (1.0, -1.0):
        part = np.maximum(sign * seed, 0.0)
        if part.any():
            logs = plain.log_backward(circuit, arena, plain.logarithm(part))
            gradient += sign * np.exp(logs[at] - log_total)
    return np.exp(arena[at]), gradient, share, log_total + indicators.log_scale
