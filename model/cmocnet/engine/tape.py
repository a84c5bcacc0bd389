"""A circuit packed into flat arrays, as the compiled kernels read it.

Handing an array to a compiled function costs as much as a dozen multiply-adds do, so there are few:
``code`` (all integers of the circuit), ``store`` (its numbers) and an arena to work in; evidence
comes as ``marks`` and ``weights``.

``code`` begins with ``HEAD`` numbers: steps, arena length, position and size of the result; then
count and first row of the slices, of the entries, of the spots and of the families. Then come the
steps, ``WIDTH`` integers each: inner loop, sizes g m n k, positions of a, b and result in the
arena, positions in ``code`` of the three lists of offsets, how far a run must go to need the
derivatives of a and of b, whether the innermost offsets are consecutive, and which step reads the
result, as which operand. Further rows are

- entries, one a variable: (position, before, card, after) of it in its own table, position ``NONE``
  where the circuit has no such leaf;
- slices: (position, size, start in the store, count, first) of leaves with ``count`` known axes,
  listed from ``first`` as (variable, stride);
- spots: (position, before, card, after, position in the answer, step that reads it, operand);
- families: (position, size, start among all entries, count, first, list), known axes with strides
  in the table itself, and the place in the table of each element of the leaf.

The arena holds values, then derivatives at the same positions shifted by its length, then a row of
scratch, then the answer. ``store`` is the arena's values before evidence, then the sliced tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine.circuit import Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.plan import LANES
from cmocnet.typing import Array

HEAD, WIDTH, NONE = 16, 16, 2**62
HARD, SOFT, CUT = 0, 2, 1
"""Kinds of a mark: what it says, plus ``CUT`` for an intervention."""

NO_WEIGHTS = np.zeros(0)
Marks = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tape:
    """A circuit as the kernels read it.

    ``spot`` is the row of each variable's spot; the answer lies in the arena from ``answer``
    on, ``width`` numbers for all posteriors, ``size`` for a result over ``keep``.
    """

    code: NDArray[np.uint64]
    store: Array
    arena: Array
    answer: int
    width: int
    size: int
    spot: dict[int, int]


class _Sheet:
    """Integers being laid out one after the other."""

    def __init__(self, start: int) -> None:
        self.parts: list[int] = []
        self.start = start

    def put(self, numbers: Sequence[int]) -> int:
        """Add numbers; the position of the first."""
        at = self.start + len(self.parts)
        self.parts += numbers
        return at

    def rows(self, rows: Sequence[Sequence[int]]) -> tuple[int, int]:
        """Add rows; how many, and the position of the first."""
        return len(rows), self.put([x for row in rows for x in row])


def pack(circuit: Circuit) -> Tape:
    """Lay a circuit out for the kernels."""
    plan = circuit.plan
    sheet = _Sheet(HEAD + WIDTH * len(plan.steps))
    reader = {t: (s, side) for s, x in enumerate(plan.steps) for side, t in enumerate((x.a, x.b))}
    steps, scratch = _steps(circuit, sheet, reader)
    spots, spot, total = [], {}, 0
    for row, (v, (tensor, before, card, after)) in enumerate(circuit.spots.items()):
        at = int(plan.offsets[tensor])
        spots.append((at, before, card, after, total, *reader.get(tensor, (NONE, 0))))
        spot[v] = row
        total += card
    slices, entries, families = _leaves(circuit, sheet)
    head = [len(plan.steps), plan.length, plan.offsets[plan.root], plan.sizes[plan.root]]
    for rows in (slices, entries, spots, families):
        head += sheet.rows(rows)
    head += [0] * (HEAD - len(head))
    code = np.array([*head, *chain.from_iterable(steps), *sheet.parts], dtype=np.uint64)
    answer, size = 2 * plan.length + scratch, int(plan.sizes[plan.root])
    arena = np.concatenate([circuit.base, np.zeros(plan.length + scratch + max(total, size))])
    store = np.concatenate([circuit.base, circuit.store if slices else NO_WEIGHTS])
    return Tape(code, store, arena, answer, total, size, spot)


def _steps(
    circuit: Circuit, sheet: _Sheet, reader: dict[int, tuple[int, int]]
) -> tuple[list[tuple[int, ...]], int]:
    """The steps' rows, and how much scratch they need."""
    at, scratch, rows = circuit.plan.offsets, 1, []
    for step, need in zip(circuit.plan.steps, circuit.needed, strict=True):
        inner = step.to_g if step.mode == LANES else step.to_n
        together = int(inner[-1]) == len(inner) - 1 and bool((np.diff(inner) == 1).all())
        lists = [sheet.put(to.tolist()) for to in (step.to_g, step.to_m, step.to_n)]
        rows.append((
            step.mode, step.g, step.m, step.n, step.k, int(at[step.a]), int(at[step.b]),
            int(at[step.out]), *lists, *need, int(together), *reader.get(step.out, (NONE, 0)),
        ))  # fmt: skip
        scratch = max(scratch, len(inner))
    return rows, scratch


def _leaves(circuit: Circuit, sheet: _Sheet) -> tuple[list[tuple[int, ...]], ...]:
    """Rows of the slices, the entries and the families."""
    plan = circuit.plan
    slices: list[tuple[int, ...]] = []
    families: list[tuple[int, ...]] = []
    entries: list[tuple[int, ...]] = [(NONE, 0, 0, 0)] * circuit.n_variables
    start = 0
    for i, leaf in enumerate(circuit.leaves):
        at, size = int(plan.offsets[leaf.tensor]), int(plan.sizes[leaf.tensor])
        strides = _strides(leaf.family, plan.cards)
        if leaf.known:
            known, stride = [], size
            for v in reversed(leaf.known):
                known += [v, stride]
                stride *= plan.cards[v]
            where = plan.length + circuit.starts[i]
            slices.append((at, size, where, len(leaf.known), sheet.put(known)))
        axes = [strides[v] * np.arange(plan.cards[v]) for v in leaf.axes]
        inside = reduce(np.add.outer, axes, np.zeros((), dtype=np.int64))
        known = [x for v in leaf.known for x in (v, strides[v])]
        families.append(
            (at, size, start, len(leaf.known), sheet.put(known), sheet.put(inside.ravel().tolist()))
        )
        start += int(np.prod([plan.cards[v] for v in leaf.family]))
        if leaf.variable in leaf.axes:
            entries[leaf.variable] = (at, *circuit.around(leaf.tensor, leaf.variable))
    return slices, entries, families


def _strides(axes: Sequence[int], cards: Sequence[int]) -> dict[int, int]:
    found, stride = {}, 1
    for v in reversed(axes):
        found[v] = stride
        stride *= cards[v]
    return found


def marks(indicators: Indicators) -> tuple[Marks, Array]:
    """Evidence as the kernels read it: (variable, state or first weight, kind) each; weights."""
    hard = indicators.hard
    if not indicators.soft:
        return np.fromiter(chain.from_iterable(hard), np.int64, 3 * len(hard)), NO_WEIGHTS
    numbers = list(chain.from_iterable(hard))
    at = 0
    for i, cut, w in indicators.soft:
        numbers += [i, at, SOFT + cut]
        at += len(w)
    return np.array(numbers, dtype=np.int64), np.concatenate([w for _, _, w in indicators.soft])
