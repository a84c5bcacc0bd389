"""The most probable explanation: the same program with a maximum in place of the sum.

Source: Dawid, A. P. (1992), Applications of a general propagation algorithm for probabilistic
expert systems, Statistics and Computing 2:25-36.
"""

from __future__ import annotations

import numpy as np

from cmocnet.engine import plain
from cmocnet.engine.circuit import Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.typing import Array


def most_probable(circuit: Circuit, indicators: Indicators) -> tuple[dict[int, int], float]:
    """Variable -> code of its state, and the logarithm of the joint probability with the evidence.

    The first of equally probable states wins. Minus infinity if the evidence is impossible.
    """
    arena, shifts = plain.log_load(circuit, indicators)
    best = float(plain.log_forward(circuit, arena, largest=True)[0])
    codes: dict[int, int] = {}
    if best == -np.inf:
        return codes, best
    layouts = circuit.plan.layouts
    for step in reversed(circuit.plan.steps):
        chosen = [v for v in layouts[step.a] if v not in layouts[step.out]]
        if chosen:
            total = _given(circuit, arena, step.a, codes, chosen)
            total = total + _given(circuit, arena, step.b, codes, chosen)
            where = np.unravel_index(int(total.argmax()), total.shape)
            codes.update((v, int(c)) for v, c in zip(chosen, where, strict=True))
    return codes, best + float(shifts.sum()) + indicators.log_scale


def _given(
    circuit: Circuit, arena: Array, tensor: int, codes: dict[int, int], free: list[int]
) -> Array:
    """The tensor at the codes chosen so far, its axes those of ``free``."""
    axes = circuit.plan.layouts[tensor]
    cards = circuit.plan.cards
    values = arena[circuit.plan.span(tensor)].reshape([cards[v] for v in axes])
    part = values[tuple(codes[v] if v in codes else slice(None) for v in axes)]
    left = [v for v in axes if v not in codes]
    return part.transpose([left.index(v) for v in free])
