"""Many runs of one circuit at once: scenarios that differ in evidence, or draws of the tables.

A step depends only on the evidence below it, so over ten thousand scenarios most steps have few
distinct inputs. They are run once for each distinct pair of inputs ("shared"); only where nearly
every scenario differs do the remaining steps run for each of them. Both are the steps of a single
question, run by the same loop, and every lane has its own, so results are the same bits whatever
the chunk size and the number of threads.
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
from cmocnet.engine.indicators import Indicators
from cmocnet.typing import Array

Index = NDArray[np.int32]

SHARE = 4
"""A step is shared while its distinct inputs are at most one in this many lanes."""

HEAP = 32_000_000
"""Doubles that shared rows of one step may take."""


@dataclass(frozen=True, eq=False)
class Rows:
    """The distinct values of one tensor, a row each, and which of them each lane has."""

    values: Array
    index: Index


def evaluate(
    circuit: Circuit, common: Indicators, leaves: Mapping[int, Rows], n: int, *, threads: int
) -> Array:
    """The result over ``keep`` for ``n`` lanes, unnormalised, shape (n, size of the result).

    ``leaves`` are the tables, by tensor, that are not alike in all lanes, their evidence in them;
    ``common`` is the evidence on the others.
    """
    plan = circuit.plan
    module = loops.of_batch(n * plan.cost)
    arena = _entered(circuit, common)
    varied, alike, unlike = set(leaves), [], []
    for number, step in enumerate(plan.steps):
        if varied.isdisjoint((step.a, step.b)):
            alike.append(number)
        else:
            unlike.append(number)
            varied.add(step.out)
    if alike:
        _run(module, circuit, arena, alike, {}, 1)
    known, late = dict(leaves), []
    for number in unlike:
        step = plan.steps[number]
        inputs = [t for t in (step.a, step.b) if t in varied]
        shared = None
        if all(t in known for t in inputs):
            shared = _shared(module, [known[t] for t in inputs], n, plan.sizes[step.out])
        if shared is None:
            late.append(number)
            continue
        index, picks = shared
        rows = {t: Rows(known[t].values, pick) for t, pick in zip(inputs, picks, strict=True)}
        known[step.out] = Rows(_run(module, circuit, arena, [number], rows, len(picks[0])), index)
    if late:
        used = [t for s in late for t in (plan.steps[s].a, plan.steps[s].b)]
        return _run(
            module, circuit, arena, late, {t: known[t] for t in used if t in known}, n, threads
        )
    if unlike:
        root = known[plan.root]
        return root.values[root.index]
    return np.tile(arena[plan.span(plan.root)], (n, 1))


def _entered(circuit: Circuit, common: Indicators) -> Array:
    """An arena with the evidence that all lanes have in its leaves, of which none is sliced."""
    arena = circuit.tape.arena()
    for i, cut, weights in common.each(circuit.plan.cards):
        if i in circuit.entries:
            tensor, *shape = circuit.entries[i]
            leaf = arena[circuit.plan.span(tensor)].reshape(shape)
            leaf[...] = (1.0 if cut else leaf) * weights[:, None]
    return arena


def _shared(
    module: Any, inputs: Sequence[Rows], n: int, size: int
) -> tuple[Index, list[Index]] | None:
    """Which distinct pair of inputs each lane has, and the rows of each; None if too many."""
    lengths = [len(rows.values) for rows in inputs]
    if max(lengths) * SHARE > n:
        return None
    if len(inputs) == 1:
        return inputs[0].index, [np.arange(lengths[0], dtype=np.int32)]
    possible = lengths[0] * lengths[1]
    if possible > 64 * n:
        return None
    index = np.empty(n, dtype=np.int32)
    picks = [np.empty(min(n, possible), np.int32) for _ in inputs]
    seen = np.full(possible, -1, dtype=np.int32)
    count = module.pairs(inputs[0].index, inputs[1].index, lengths[1], seen, index, *picks)
    if count * SHARE > n or count * size > HEAP:
        return None
    return index, [pick[:count] for pick in picks]


def _run(
    module: Any,
    circuit: Circuit,
    arena: Array,
    steps: Sequence[int],
    inputs: Mapping[int, Rows],
    n: int,
    threads: int = 1,
) -> Array:
    """What the last of the steps finds in ``n`` lanes, on so many threads."""
    code, plan, table, start = circuit.tape.code, circuit.plan, [], 0
    for tensor, rows in inputs.items():
        table.append((plan.offsets[tensor], start, plan.sizes[tensor]))
        start += rows.values.size
    out = plan.steps[steps[-1]].out
    answers = np.empty((n, plan.sizes[out]))
    packed = (
        np.array(steps, dtype=np.uint64),
        np.array(table, dtype=np.int64).reshape(-1, 3),
        np.array([rows.index for rows in inputs.values()], dtype=np.int32).reshape(-1, n),
        np.concatenate([np.zeros(0), *(rows.values.ravel() for rows in inputs.values())]),
        plan.offsets[out],
        plan.sizes[out],
    )

    def work(w: Array, first: int, last: int) -> None:
        module.lanes(code, w, *packed, first, last, answers)

    if threads == 1 or n < 32 * threads:
        work(arena, 0, n)
        return answers
    cuts = [n * i // threads for i in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        arenas = [arena.copy() for _ in range(threads)]
        list(pool.map(work, arenas, cuts[:-1], cuts[1:]))
    return answers
