"""A plan with a network's numbers in it: what a run reads and writes.

The polynomial of a network, compiled for a set of variables to keep, is an arithmetic circuit
(Darwiche 2003). Its leaves are the tables, in the order of axes the plan wants. Variables named in
``sliced`` are known to be observed, so their axes are gone from the circuit and a run copies the
slice it needs; ``cut`` are those of them set by intervention, whose tables are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine.answers import Shapes
from cmocnet.engine.plan import Plan, make_plan
from cmocnet.forks import kept
from cmocnet.typing import Array, DiscreteNetwork

Ints = NDArray[np.int64]

FORWARD, POSTERIORS, GRADIENTS = 0, 1, 2
"""How far a run goes: the value; also derivatives that posteriors need; also all derivatives."""


@dataclass(frozen=True)
class Leaf:
    """One table in the arena: ``axes`` of its layout, ``known`` axes sliced away before them;
    ``family`` is the table's own order, parents first."""

    variable: int
    tensor: int
    axes: tuple[int, ...]
    known: tuple[int, ...]
    family: tuple[int, ...]


@dataclass(eq=False)
class Circuit:
    """A compiled polynomial over ``keep``, packed for the kernels when they are first used."""

    plan: Plan
    leaves: tuple[Leaf, ...]
    store: Array
    starts: tuple[int, ...]
    n_variables: int
    shapes: tuple[tuple[str, tuple[int, ...]], ...]
    pool: list[Array] = field(default_factory=list)
    packed: Any = None

    @property
    def keep(self) -> tuple[int, ...]:
        """The variables of the result."""
        return self.plan.keep

    @kept
    def leaf_of(self) -> dict[int, int]:
        """Variable -> position of its table among the leaves."""
        return {leaf.variable: i for i, leaf in enumerate(self.leaves)}

    @kept
    def base(self) -> Array:
        """The arena before evidence: unsliced tables, ones, and zeros."""
        arena = np.zeros(self.plan.length)
        for i, leaf in enumerate(self.leaves):
            if not leaf.known:
                span = self.plan.span(leaf.tensor)
                arena[span] = self.store[self.starts[i] : self.starts[i] + span.stop - span.start]
        for ones in self.plan.constants:
            arena[self.plan.span(ones)] = 1.0
        return arena

    @kept
    def gather(self) -> Ints:
        """Where every table entry lies in the arena, tables one after the other in their own order.

        Only for a circuit without sliced variables.
        """
        parts = []
        for leaf in self.leaves:
            span = self.plan.span(leaf.tensor)
            stored = np.arange(span.start, span.stop).reshape(
                [self.plan.cards[v] for v in leaf.axes]
            )
            parts.append(stored.transpose([leaf.axes.index(v) for v in leaf.family]).ravel())
        return np.concatenate(parts)

    @kept
    def shaped(self) -> Shapes:
        """Place in a gathered array, and shape, of every table."""
        return Shapes(dict(self.shapes))

    @kept
    def spots(self) -> dict[int, tuple[int, int, int, int]]:
        """Variable -> (tensor, before, card, after): the tensor its posterior is read from.

        Any tensor that mentions the variable will do, because its values times its derivatives
        add up to the whole polynomial; the one that costs least is taken.
        """
        price: dict[int, tuple[int, int]] = {}
        step_cost = {s.a: s.cost for s in self.plan.steps} | {s.b: s.cost for s in self.plan.steps}
        constants = self.plan.constants
        for t, axes in enumerate(self.plan.layouts):
            if t in constants:
                continue
            extra = step_cost.get(t, 0) if t < self.plan.n_leaves else 0
            cost = int(self.plan.sizes[t]) + extra
            for v in axes:
                if v not in price or cost < price[v][0]:
                    price[v] = (cost, t)
        return {v: (t, *self.around(t, v)) for v, (_, t) in sorted(price.items())}

    def around(self, tensor: int, variable: int) -> tuple[int, int, int]:
        """Sizes before, of, and after a variable's axis in a tensor's layout."""
        axes = self.plan.layouts[tensor]
        i = axes.index(variable)
        cards = [self.plan.cards[v] for v in axes]
        return int(np.prod(cards[:i])), cards[i], int(np.prod(cards[i + 1 :]))

    @kept
    def needed(self) -> tuple[tuple[int, int], ...]:
        """Step by step, how far a run must go for the derivatives of a and of b to be needed."""
        wanted = {spot[0] for spot in self.spots.values()}
        marks: list[tuple[int, int]] = []
        constants = self.plan.constants
        for step in self.plan.steps:
            level = [
                GRADIENTS + 1 if t in constants else POSTERIORS if t in wanted else GRADIENTS
                for t in (step.a, step.b)
            ]
            if POSTERIORS in level:
                wanted.add(step.out)
            marks.append((level[0], level[1]))
        return tuple(marks)


def build(
    network: DiscreteNetwork,
    keep: Sequence[int] = (),
    *,
    tables: Iterable[int] | None = None,
    sliced: Sequence[int] = (),
    effort: int = 1,
) -> Circuit:
    """Compile the product of the given tables (all by default), summed over all but ``keep``."""
    names = network.names
    index = {v: i for i, v in enumerate(names)}
    cards = [network.cardinality(v) for v in names]
    chosen = list(range(len(names))) if tables is None else list(tables)
    known = frozenset(sliced)
    scopes, families = [], []
    for i in chosen:
        table = network.tables[names[i]]
        family = tuple(index[v] for v in (*table.parents, table.variable))
        families.append(family)
        scopes.append(tuple(v for v in family if v not in known))
    loose: list[tuple[int, ...]] = [(v,) for v in keep if not any(v in s for s in scopes)]
    if not scopes and not loose:
        loose = [()]  # the empty product is one
    plan = make_plan([*scopes, *loose], cards, keep, effort=effort)
    leaves, pieces, starts, total = [], [], [], 0
    for t, (i, family) in enumerate(zip(chosen, families, strict=True)):
        axes = plan.layouts[t]
        gone = tuple(v for v in family if v in known)
        order = [family.index(v) for v in (*gone, *axes)]
        values = np.ascontiguousarray(network.tables[names[i]].values.transpose(order)).ravel()
        leaves.append(Leaf(i, t, axes, gone, family))
        pieces.append(values)
        starts.append(total)
        total += values.size
    store = np.concatenate(pieces) if pieces else np.zeros(0)
    shapes = tuple((names[i], network.tables[names[i]].values.shape) for i in chosen)
    circuit = Circuit(plan, tuple(leaves), store, tuple(starts), len(names), shapes)
    for j, _ in enumerate(loose):
        circuit.base[plan.span(len(chosen) + j)] = 1.0
    return circuit
