"""One run of a circuit under one set of indicators, by NumPy or by the compiled kernels.

A result too small for doubles is computed again in logarithms, where nothing underflows, so zero
means impossible and evidence of probability 1e-300 is answered like any other.
"""

from __future__ import annotations

from functools import cache
from math import log
from typing import Any

import numpy as np

from cmocnet.engine import plain
from cmocnet.engine.circuit import GRADIENTS, POSTERIORS, Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.tape import Tape, marks, pack
from cmocnet.typing import Array

TINY = 1e-200
"""Below this a run is repeated in logarithms."""


@cache
def _kernels() -> Any:
    from cmocnet.engine import kernels

    return kernels


def tape_of(circuit: Circuit) -> Tape:
    """The circuit packed for the kernels, once."""
    tape: Tape | None = circuit.packed
    if tape is None:
        tape = circuit.packed = pack(circuit)
    return tape


def borrow(circuit: Circuit, tape: Tape) -> Array:
    """An arena nobody else uses; give it back to ``circuit.pool``."""
    try:
        return circuit.pool.pop()
    except IndexError:
        return tape.arena.copy()


def value(circuit: Circuit, indicators: Indicators, *, compiled: bool) -> tuple[list[float], float]:
    """P(keep, evidence) divided by P(evidence), flat, and the logarithm of P(evidence).

    Impossible evidence gives zeros and minus infinity.
    """
    if compiled:
        tape = tape_of(circuit)
        arena = borrow(circuit, tape)
        given = marks(indicators)
        total = _kernels().value(tape.code, arena, tape.store, *given, tape.answer)
        shares: list[float] = arena[tape.answer : tape.answer + tape.size].tolist()
        circuit.pool.append(arena)
        if total > TINY:
            return shares, log(total) + indicators.log_scale
    else:
        result = plain.forward(circuit, plain.load(circuit, indicators))
        total = float(result.sum())
        if total > TINY:
            return (result / total).tolist(), log(total) + indicators.log_scale
    logs, log_p = log_value(circuit, indicators)
    return np.exp(logs).tolist(), log_p


def log_value(circuit: Circuit, indicators: Indicators) -> tuple[Array, float]:
    """Logarithms of P(keep | evidence), flat, and of P(evidence), where nothing underflows."""
    arena, shifts = plain.log_load(circuit, indicators)
    logs = plain.log_forward(circuit, arena).copy()
    top = float(logs.max())
    if top == -np.inf:
        return logs, top
    top += log(float(np.exp(logs - top).sum()))
    return logs - top, top + float(shifts.sum()) + indicators.log_scale


def posteriors(
    circuit: Circuit, indicators: Indicators, *, compiled: bool, only: int | None = None
) -> tuple[list[float], float]:
    """All posteriors in the order of ``circuit.spots``, or of one variable; log P(evidence)."""
    if compiled:
        tape = tape_of(circuit)
        arena = borrow(circuit, tape)
        given, end = marks(indicators), tape.answer + tape.width
        spot = -1
        if only is not None:
            spot, end = tape.spot[only], tape.answer + circuit.plan.cards[only]
        total = _kernels().posteriors(tape.code, arena, tape.store, *given, tape.answer, spot)
        numbers: list[float] = arena[tape.answer : end].tolist()
        circuit.pool.append(arena)
        if total > TINY:
            return numbers, log(total) + indicators.log_scale
    flat, log_p = _by_numpy(circuit, indicators, tiny=compiled)
    if only is not None:
        start = sum(circuit.plan.cards[v] for v in circuit.spots if v < only)
        flat = flat[start : start + circuit.plan.cards[only]]
    return flat.tolist(), log_p


def _by_numpy(circuit: Circuit, indicators: Indicators, *, tiny: bool) -> tuple[Array, float]:
    """All posteriors, in logarithms if the result is known or turns out to be too small."""
    if not tiny:
        arena = plain.load(circuit, indicators)
        total = float(plain.forward(circuit, arena)[0])
        if total > TINY:
            adjoint = plain.backward(circuit, arena, np.ones(1), POSTERIORS)
            parts = plain.marginals(circuit, arena, adjoint).values()
            flat = np.concatenate([part / part.sum() for part in parts])
            return flat, log(total) + indicators.log_scale
    return _log_posteriors(circuit, indicators)


def _log_posteriors(circuit: Circuit, indicators: Indicators) -> tuple[Array, float]:
    arena, shifts = plain.log_load(circuit, indicators)
    total = float(plain.log_forward(circuit, arena)[0])
    width = sum(spot[2] for spot in circuit.spots.values())
    if total == -np.inf:
        return np.zeros(width), total
    adjoint = plain.log_backward(circuit, arena, np.zeros(1))
    parts = [np.exp(p - p.max()) for p in plain.log_marginals(circuit, arena, adjoint).values()]
    log_p = total + float(shifts.sum()) + indicators.log_scale
    return np.concatenate([p / p.sum() for p in parts]), log_p


def compiled_derivatives(
    circuit: Circuit, indicators: Indicators, chosen: int, *, counts: bool = False
) -> tuple[Array, float] | None:
    """What ``kernels.derivatives`` finds, and log P(evidence); None if that is too small for it."""
    tape = tape_of(circuit)
    arena = borrow(circuit, tape)
    found = np.zeros(circuit.shaped.length)
    total = _kernels().derivatives(
        tape.code, arena, tape.store, *marks(indicators), chosen, counts, found
    )
    circuit.pool.append(arena)
    return (found, log(total) + indicators.log_scale) if total > TINY else None


def derivatives(
    circuit: Circuit, indicators: Indicators, chosen: int, *, counts: bool = False
) -> tuple[Array, float]:
    """Derivatives of P(keep = chosen | evidence) to all table entries, and log P(evidence).

    With ``chosen`` negative they are of log P(evidence). With ``counts`` they are multiplied by the
    entries. By NumPy, for a circuit without sliced variables.
    """
    arena = plain.load(circuit, indicators)
    result = plain.forward(circuit, arena)
    total = float(result.sum())
    if total > TINY:
        seed = _seed(result / total, chosen)
        adjoint = plain.backward(circuit, arena, seed / total, GRADIENTS)
        if counts:
            adjoint *= arena
        else:
            plain.weigh(circuit, adjoint, indicators)
        return adjoint[circuit.gather], log(total) + indicators.log_scale
    return _log_derivatives(circuit, indicators, chosen, counts=counts)


def _seed(shares: Array, chosen: int) -> Array:
    """The derivative of chosen / sum to every entry, times the sum."""
    if chosen < 0:
        return np.ones_like(shares)
    seed = np.full_like(shares, -shares[chosen])
    seed[chosen] += 1.0
    return seed


def _log_derivatives(
    circuit: Circuit, indicators: Indicators, chosen: int, *, counts: bool
) -> tuple[Array, float]:
    arena, shifts = plain.log_load(circuit, indicators)
    logs = plain.log_forward(circuit, arena)
    top = float(logs.max())
    at = circuit.gather
    gradient = np.zeros(at.size)
    if top == -np.inf:
        return gradient, top
    shares = np.exp(logs - top)
    log_total = top + float(np.log(shares.sum()))
    seed = _seed(shares / shares.sum(), chosen)
    for sign in (1.0, -1.0):
        part = np.maximum(sign * seed, 0.0)
        if part.any():
            adjoint = plain.log_backward(circuit, arena, plain.logarithm(part))
            if counts:
                adjoint += arena
            else:
                plain.log_weigh(circuit, adjoint, indicators)
                for leaf, shift in zip(circuit.leaves, shifts, strict=True):
                    adjoint[circuit.plan.span(leaf.tensor)] -= shift
            gradient += sign * np.exp(adjoint[at] - log_total)
    return gradient, log_total + float(shifts.sum()) + indicators.log_scale
