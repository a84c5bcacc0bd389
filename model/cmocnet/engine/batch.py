"""Many runs of one circuit at once: scenarios that differ in evidence, or draws of the tables.

A step depends only on the evidence below it, so over ten thousand scenarios most steps have few
distinct inputs. They are computed once for each distinct pair of inputs ("shared"); only where
nearly every scenario differs do the remaining steps run for all of them, in tiles of a fixed number
of lanes that stay in the cache. Both have the same arithmetic, and every lane its own, so results
are the same bits whatever the chunk size and the number of threads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine import loops
from cmocnet.engine.circuit import Circuit
from cmocnet.engine.plan import Plan, Step
from cmocnet.typing import Array

Index = NDArray[np.int32]
Ints = NDArray[np.int64]

SHARE = 4
"""A step is shared while its distinct inputs are at most one in this many lanes."""

HEAP = 32_000_000
"""Doubles that shared rows of one step may take."""


@dataclass(eq=False)
class Rows:
    """The distinct values of one tensor, and which of them each lane has (None: all the first).

    ``order`` gives the position in a row of every element of the tensor, where not the same.
    """

    values: Array
    index: Index | None = None
    order: Ints | None = None

    @property
    def fixed(self) -> bool:
        """Whether every lane has the same values."""
        return self.index is None

    def stored(self) -> Rows:
        """The same with rows in the tensor's own order."""
        if self.order is None:
            return self
        return Rows(np.ascontiguousarray(self.values[:, self.order]), self.index)


def evaluate(circuit: Circuit, leaves: Sequence[Rows], n: int, *, threads: int) -> Array:
    """The result over ``keep`` for ``n`` lanes, unnormalised, shape (n, size of the result)."""
    plan = circuit.plan
    lanes = loops.of_batch(n * plan.cost)
    known: dict[int, Rows] = dict(enumerate(leaves))
    for t in (*range(len(leaves), plan.n_leaves), *plan.constants):
        known[t] = Rows(circuit.base[plan.span(t)][None, :])
    apart: list[Step] = []
    for step in plan.steps:
        shared = None
        if step.a in known and step.b in known:
            shared = _share(lanes, step, (known[step.a], known[step.b]), n, plan)
        if shared is None:
            apart.append(step)
        else:
            known[step.out] = shared
            del known[step.a], known[step.b]
    if not apart:
        root = known[plan.root]
        return np.asarray(root.values[np.zeros(n, dtype=np.int32) if root.fixed else root.index])
    return _run_lanes(lanes, circuit, apart, (known, n), threads)


def _share(lanes: Any, step: Step, given: tuple[Rows, Rows], n: int, plan: Plan) -> Rows | None:
    """The step for each distinct pair of inputs, or None if there are too many."""
    (a, b), size = given, int(plan.sizes[step.out])
    if a.index is None or b.index is None:
        index = b.index if a.index is None else a.index
        count = len(a.values) * len(b.values)
        if index is not None and count * SHARE > n:
            return None
        each = np.arange(count, dtype=np.int32)
        ia = each if a.index is not None else np.zeros(count, dtype=np.int32)
        ib = each if b.index is not None else np.zeros(count, dtype=np.int32)
    else:
        possible = len(a.values) * len(b.values)
        if possible > 64 * n or max(len(a.values), len(b.values)) * SHARE > n:
            return None
        index = np.empty(n, dtype=np.int32)
        ia, ib = np.empty(min(n, possible), np.int32), np.empty(min(n, possible), np.int32)
        seen = np.full(possible, -1, dtype=np.int32)
        count = lanes.pairs(a.index, b.index, len(b.values), seen, index, ia, ib)
        if count * SHARE > n or count * size > HEAP:
            return None
    out = np.empty((count, size))
    a, b = a.stored(), b.stored()
    lanes.rows(
        a.values, b.values, ia, ib, count, out, step.scatter.astype(np.uint64),
        step.mode, step.g, step.m, step.n, step.k,
    )  # fmt: skip
    return Rows(out, index)


def _run_lanes(
    lanes: Any,
    circuit: Circuit,
    steps: Sequence[Step],
    given: tuple[Mapping[int, Rows], int],
    threads: int,
) -> Array:
    """The steps that differ from lane to lane, in tiles, on so many threads."""
    plan, (known, n) = circuit.plan, given
    used = [t for s in steps for t in (s.a, s.b) if t in known]
    fixed = {t: known[t].stored() for t in used if known[t].fixed}
    varied = {t: known[t] for t in used if not known[t].fixed}
    places, width = _places(plan.sizes, steps, varied)
    heap, starts = _pile([r.values for r in varied.values()])
    constants, where = _pile([r.values for r in fixed.values()])
    at_fixed = dict(zip(fixed, where, strict=True))
    order, inputs = [], []
    index: Index = np.zeros((len(varied), n), dtype=np.int32)
    total = 0
    for i, (t, r) in enumerate(varied.items()):
        inputs.append(
            (places[t], starts[i], int(plan.sizes[t]), r.values.shape[1],
             -1 if r.order is None else total)
        )  # fmt: skip
        if r.order is not None:
            order.append(r.order)
            total += len(r.order)
        if r.index is not None:
            index[i] = r.index
    table, lists, at = [], [], 0
    for s in steps:
        a, b = at_fixed.get(s.a, places.get(s.a)), at_fixed.get(s.b, places.get(s.b))
        marks = (s.a in fixed, s.b in fixed)
        ends = (at, at + s.g, at + s.g + s.m)
        table.append((s.mode, s.g, s.m, s.n, s.k, a, b, places[s.out], *marks, *ends))
        lists += [s.to_g, s.to_m, s.to_n]
        at += s.g + s.m + s.n
    size = int(plan.sizes[plan.root])
    answer = np.empty((n, size))
    packed = (
        np.array(table, dtype=np.uint64),
        np.concatenate(lists).astype(np.uint64),
        constants,
        np.array(inputs, dtype=np.int64).reshape(-1, 5),
        np.concatenate(order or [np.zeros(0, dtype=np.int64)]).astype(np.uint64), index, heap,
    )  # fmt: skip
    last = -(-n // lanes.TILE)
    cuts = [last * i // threads for i in range(threads + 1)]

    def work(first: int, stop: int) -> None:
        lanes.tiles(*packed, first, stop, n, width, places[plan.root], size, answer)

    if threads == 1 or last < 2 * threads:
        work(0, last)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, cuts[:-1], cuts[1:]))
    return answer


def _places(
    sizes: Ints, steps: Sequence[Step], varied: Mapping[int, Rows]
) -> tuple[dict[int, int], int]:
    """Where each tensor lies in a tile, space being used again once a tensor has been read."""
    places: dict[int, int] = {}
    width = 0
    for t in varied:
        places[t], width = width, width + int(sizes[t])
    for step in steps:
        places[step.out], width = width, width + int(sizes[step.out])
    return places, width


def _pile(parts: Sequence[Array]) -> tuple[Array, list[int]]:
    """Arrays one after the other, and where each starts."""
    starts = np.concatenate([[0], np.cumsum([p.size for p in parts])]).astype(int).tolist()
    if len(parts) == 1:
        return np.ascontiguousarray(parts[0]).ravel(), starts[:-1]
    whole = np.concatenate([p.ravel() for p in parts]) if parts else np.zeros(1)
    return whole, starts[:-1]


def scenario_leaves(
    circuit: Circuit, arena: Array, columns: Mapping[int, NDArray[np.integer]]
) -> list[Rows]:
    """Leaves for scenarios: ``columns[v]`` has the code of variable v in every lane, -1 if unknown.

    Row 0 of an observed variable's leaf is its table, row 1 + s keeps state s alone.
    """
    found = []
    for leaf in circuit.leaves:
        values = arena[circuit.plan.span(leaf.tensor)]
        if leaf.variable not in columns:
            found.append(Rows(values[None, :]))
            continue
        before, card, after = circuit.around(leaf.tensor, leaf.variable)
        only = np.zeros((card + 1, before, card, after))
        only[0] = values.reshape(before, card, after)
        for s in range(card):
            only[s + 1, :, s] = only[0, :, s]
        index = (columns[leaf.variable] + 1).astype(np.int32)
        found.append(Rows(only.reshape(card + 1, -1), index))
    return found


def table_leaves(
    circuit: Circuit, arena: Array, tables: Mapping[int, Array], weights: Mapping[int, Array]
) -> list[Rows]:
    """Leaves for draws: ``tables[v]`` has a leading axis of draws; ``weights`` is the evidence."""
    found = []
    for leaf in circuit.leaves:
        drawn = tables.get(leaf.variable)
        if drawn is None:
            found.append(Rows(arena[circuit.plan.span(leaf.tensor)][None, :]))
            continue
        if leaf.variable in weights:
            drawn = drawn * weights[leaf.variable]
        cards = drawn.shape[1:]
        stored = np.arange(int(np.prod(cards))).reshape(cards)
        order = stored.transpose([leaf.family.index(v) for v in leaf.axes]).ravel()
        index = np.arange(len(drawn), dtype=np.int32)
        flat = np.ascontiguousarray(drawn, dtype=np.float64).reshape(len(drawn), -1)
        found.append(Rows(flat, index, order))
    return found
