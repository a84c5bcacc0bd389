"""One question put to a circuit: compiled, or in logarithms while that is not worth its import.

A result too small for doubles is computed again in logarithms.
"""

from __future__ import annotations

from math import log

import numpy as np

from cmocnet.engine import logs
from cmocnet.engine.circuit import ALL, SHARES, TINY, Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.loops import kernels
from cmocnet.typing import Array


def answer(
    circuit: Circuit, indicators: Indicators, read: int, *, compiled: bool
) -> tuple[list[float], float]:
    """Posteriors, and the logarithm of P(evidence): minus infinity where it is impossible.

    ``read`` is ``SHARES`` for P(keep | evidence), flat; of a circuit that keeps nothing, ``ALL``
    for the posteriors of all variables in the order of ``circuit.spots``, or one variable.
    """
    if compiled:
        tape = circuit.tape
        if read == SHARES:
            what, size = SHARES, tape.size
        elif read == ALL:
            what, size = ALL, tape.width
        else:
            what, size = tape.spot[read], circuit.plan.cards[read]
        arena = tape.borrow()
        total = kernels().answer(tape.code, arena, circuit.flat, *indicators.marks(), what)
        numbers: list[float] = arena[tape.answer : tape.answer + size].tolist()
        tape.pool.append(arena)
        if total > TINY:
            return numbers, log(total) + indicators.log_scale
    parts, log_p = logs.answer(circuit, indicators, read)
    return np.exp(np.concatenate(parts)).tolist(), log_p


def derivatives(
    circuit: Circuit, indicators: Indicators, chosen: int, *, compiled: bool, counts: bool = False
) -> tuple[Array, float]:
    """See :func:`.logs.derivatives`."""
    if compiled:
        tape, found = circuit.tape, np.zeros(circuit.flat.size)
        arena = tape.borrow()
        total = kernels().derivatives(
            tape.code, arena, circuit.flat, *indicators.marks(), chosen, counts, found
        )
        tape.pool.append(arena)
        if total > TINY:
            return found, log(total) + indicators.log_scale
    return logs.derivatives(circuit, indicators, chosen, counts=counts)
