"""A circuit packed into flat arrays, as the compiled kernels read it.

Handing an array to a compiled function costs as much as a dozen multiply-adds do, so there are few:
``code`` (all integers of the circuit), an arena to work in, and ``flat`` (all entries of all
tables); evidence comes as ``marks`` and ``weights``.

``code`` begins with ``HEAD`` numbers: steps, arena length, position and size of the result,
position of the answer, sliced leaves, all leaves, first rows of leaves, entries and spots, and how
many spots. Then come the steps, ``WIDTH`` integers each: inner loop; how many blocks, as
p x m x n; terms of each and their length; positions of a, b and result in the arena; positions in
``code`` of the offsets of blocks and within a block; how far a run must go to need the derivatives
of a and of b; whether the offsets within a block are consecutive; and which step reads the result,
as which operand. Further rows are

- leaves, sliced ones first: (position, size, known axes, their list, list of ``inside``), the first
  list being (variable, stride) of each;
- entries, one a variable: (position, before, card, after) of it in its own table, position ``NONE``
  where the circuit has no such leaf;
- spots: (position, before, card, after, position in the answer, step that reads it, operand).

The arena holds values, then derivatives at the same positions shifted by its length, then the
values before evidence shifted by twice that, then a row of scratch, then the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine.circuit import Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.plan import LANES, Step
from cmocnet.typing import Array

HEAD, WIDTH, NONE = 11, 16, 2**62
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

    def rows(self, rows: Sequence[Sequence[int]]) -> int:
        """Add rows; the position of the first."""
        return self.put(list(chain.from_iterable(rows)))


def pack(circuit: Circuit) -> Tape:
    """Lay a circuit out for the kernels."""
    plan = circuit.plan
    at = plan.offsets
    sheet = _Sheet(HEAD + WIDTH * len(plan.steps))
    reader = {t: (s, side) for s, x in enumerate(plan.steps) for side, t in enumerate((x.a, x.b))}
    steps = []
    for step, need in zip(plan.steps, circuit.needed, strict=True):
        lists = [sheet.put(to.tolist()) for to in (step.outer, step.inner)]
        together = bool((step.inner == np.arange(len(step.inner))).all())
        where = (at[step.a], at[step.b], at[step.out])
        read = reader.get(step.out, (NONE, 0))
        steps.append((step.mode, *_blocks(step), *where, *lists, *need, together, *read))
    spots, width = [], 0
    for tensor, before, card, after in circuit.spots.values():
        spots.append((at[tensor], before, card, after, width, *reader.get(tensor, (NONE, 0))))
        width += card
    entries = [(NONE, 0, 0, 0)] * len(plan.cards)
    for v, (tensor, *axis) in circuit.entries.items():
        entries[v] = (at[tensor], *axis)
    leaves = _leaves(circuit, sheet)
    sliced = sum(bool(leaf.known) for leaf in circuit.leaves)
    scratch = max(len(step.inner) for step in plan.steps)
    answer, size = 3 * plan.length + scratch, plan.sizes[plan.root]
    head = (len(steps), plan.length, at[plan.root], size, answer, sliced, len(leaves))
    rows = (sheet.rows(leaves), sheet.rows(entries), sheet.rows(spots))
    everything = (*head, *rows, len(spots), *chain.from_iterable(steps), *sheet.parts)
    code = np.array(everything, dtype=np.uint64)
    parts = (
        circuit.base,
        np.zeros(plan.length),
        circuit.base,
        np.zeros(scratch + max(width, size)),
    )
    return Tape(
        code,
        np.concatenate(parts),
        answer,
        width,
        size,
        {v: r for r, v in enumerate(circuit.spots)},
    )


def _blocks(step: Step) -> tuple[int, int, int, int, int]:
    """Blocks as p x m x n, terms of each, and their length."""
    if step.mode == LANES:
        return 1, step.m, step.n, step.k, step.g
    return step.g, step.m, 1, step.k, step.n


def _leaves(circuit: Circuit, sheet: _Sheet) -> list[tuple[int, ...]]:
    """Rows of the leaves, sliced ones first."""
    rows = []
    for leaf in sorted(circuit.leaves, key=lambda leaf: not leaf.known):
        lists = (sheet.put(list(chain(*leaf.known))), sheet.put(leaf.inside.tolist()))
        at = circuit.plan.offsets[leaf.tensor]
        rows.append((at, len(leaf.inside), len(leaf.known), *lists))
    return rows


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
