"""A circuit packed into flat arrays, as the compiled kernels read it.

Row s of ``code``, ``WIDTH`` integers, is step s: inner loop, sizes g m n k, positions of a, b and
result in the arena, positions in ``code`` of the three lists of offsets, how far a run must go to
need the derivatives of a and of b, and whether the innermost offsets are consecutive. The arena
holds values, then derivatives at the same positions shifted by its length, then a row of scratch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine.circuit import Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.plan import LANES, Ints
from cmocnet.typing import Array

WIDTH = 14
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

    code: NDArray[np.uint64]
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
