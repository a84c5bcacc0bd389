"""One question put to a circuit: compiled, or in logarithms while that is not worth its import.

A result too small for doubles is computed again in logarithms.
"""

from __future__ import annotations

from functools import cache
from math import log
from typing import Any

import numpy as np

from cmocnet.engine import logs
from cmocnet.engine.circuit import Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.tape import Tape, marks, pack
from cmocnet.typing import Array

TINY = 1e-200
"""Below this a run is repeated in logarithms."""


@cache
def kernels() -> Any:
    """The compiled loops, imported when first wanted."""
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
        kernel, tape = kernels(), tape_of(circuit)
        shares, total = _answer(circuit, indicators, tape, kernel.SHARES, tape.size)
        if total > TINY:
            return shares, log(total) + indicators.log_scale
    found, log_p = logs.value(circuit, indicators)
    return np.exp(found).tolist(), log_p


def posteriors(
    circuit: Circuit, indicators: Indicators, *, compiled: bool, only: int | None = None
) -> tuple[list[float], float]:
    """All posteriors in the order of ``circuit.spots``, or of one variable; log P(evidence)."""
    if compiled:
        kernel, tape = kernels(), tape_of(circuit)
        what, size = kernel.ALL, tape.width
        if only is not None:
            what, size = tape.spot[only], circuit.plan.cards[only]
        numbers, total = _answer(circuit, indicators, tape, what, size)
        if total > TINY:
            return numbers, log(total) + indicators.log_scale
    parts, log_p = logs.posteriors(circuit, indicators)
    if only is not None:
        return parts[list(circuit.spots).index(only)].tolist(), log_p
    return np.concatenate(parts).tolist(), log_p


def _answer(
    circuit: Circuit, indicators: Indicators, tape: Tape, what: int, size: int
) -> tuple[list[float], float]:
    """So many numbers of the answer of a compiled run, and P(evidence)."""
    arena = borrow(circuit, tape)
    total = kernels().answer(tape.code, arena, circuit.flat, *marks(indicators), what)
    numbers: list[float] = arena[tape.answer : tape.answer + size].tolist()
    circuit.pool.append(arena)
    return numbers, total


def derivatives(
    circuit: Circuit, indicators: Indicators, chosen: int, *, compiled: bool, counts: bool = False
) -> tuple[Array, float]:
    """See :func:`.logs.derivatives`."""
    if compiled:
        tape = tape_of(circuit)
        arena = borrow(circuit, tape)
        found = np.zeros(circuit.flat.size)
        total = kernels().derivatives(
            tape.code, arena, circuit.flat, *marks(indicators), chosen, counts, found
        )
        circuit.pool.append(arena)
        if total > TINY:
            return found, log(total) + indicators.log_scale
    return logs.derivatives(circuit, indicators, chosen, counts=counts)
