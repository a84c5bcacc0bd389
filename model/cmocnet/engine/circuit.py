"""A plan with a network's numbers in it: what a run reads and writes.

The polynomial of a network, compiled for a set of variables to keep, is an arithmetic circuit
(Darwiche 2003). Its leaves are the tables, in the order of axes the plan wants. Variables named in
``sliced`` are known to be observed, so their axes are gone from the circuit and a run copies the
slice it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import numpy as np

from cmocnet.engine.plan import Ints, Plan, make_plan, offsets, strides
from cmocnet.forks import kept
from cmocnet.typing import Array, DiscreteNetwork

FORWARD, POSTERIORS, GRADIENTS = 0, 1, 2
"""How far a run goes: the value; also derivatives that posteriors need; also all derivatives."""


@dataclass(frozen=True, eq=False)
class Factors:
    """A network by numbers: the variables of each table, its own last, and all entries of all
    tables one after the other, those of table i from ``starts[i]`` on."""

    cards: tuple[int, ...]
    families: tuple[tuple[int, ...], ...]
    flat: Array
    starts: tuple[int, ...]

    @classmethod
    def of(cls, network: DiscreteNetwork) -> Factors:
        """The factors of a network."""
        index = {v: i for i, v in enumerate(network.names)}
        tables = network.tables.values()
        return cls(
            tuple(network.cardinality(v) for v in network.names),
            tuple(tuple(index[v] for v in (*t.parents, t.variable)) for t in tables),
            np.concatenate([t.values.ravel() for t in tables]),
            tuple(accumulate((t.values.size for t in tables), initial=0)),
        )


@dataclass(frozen=True, eq=False)
class Leaf:
    """One table in the arena.

    ``inside`` has, for each element of the leaf, its place among all entries of all tables, every
    axis that is ``known``, and so sliced away, at its first state; ``known`` has those axes, as
    variable and stride.
    """

    variable: int
    tensor: int
    inside: Ints
    known: tuple[tuple[int, int], ...]


@dataclass(eq=False)
class Circuit:
    """A compiled polynomial over ``keep``, packed for the kernels when they are first used."""

    plan: Plan
    leaves: tuple[Leaf, ...]
    flat: Array
    pool: list[Array] = field(default_factory=list)
    packed: Any = None

    @property
    def keep(self) -> tuple[int, ...]:
        """The variables of the result."""
        return self.plan.keep

    @property
    def ones(self) -> range:
        """The tensors that are neither tables nor results."""
        return range(len(self.leaves), self.plan.results)

    @kept
    def base(self) -> Array:
        """The arena before evidence: unsliced tables, ones, and zeros."""
        arena = np.zeros(self.plan.length)
        for leaf in self.leaves:
            if not leaf.known:
                arena[self.plan.span(leaf.tensor)] = self.flat[leaf.inside]
        for tensor in self.ones:
            arena[self.plan.span(tensor)] = 1.0
        return arena

    @kept
    def entries(self) -> dict[int, tuple[int, int, int, int]]:
        """Variable -> (tensor, before, card, after): its own axis in its own table."""
        layouts = self.plan.layouts
        return {
            leaf.variable: (leaf.tensor, *self.plan.around(leaf.tensor, leaf.variable))
            for leaf in self.leaves
            if leaf.variable in layouts[leaf.tensor]
        }

    @kept
    def spots(self) -> dict[int, tuple[int, int, int, int]]:
        """Variable -> (tensor, before, card, after): the tensor its posterior is read from.

        Any tensor that mentions the variable will do, because its values times its derivatives
        add up to the whole polynomial; the one that costs least is taken.
        """
        plan, ones = self.plan, self.ones
        price: dict[int, tuple[int, int]] = {}
        reading = {t: step.cost for step in plan.steps for t in (step.a, step.b)}
        for t, axes in enumerate(plan.layouts):
            if t not in ones:
                cost = plan.sizes[t] + (reading.get(t, 0) if t < plan.n_leaves else 0)
                for v in axes:
                    price[v] = min(price.get(v, (cost, t)), (cost, t))
        return {v: (t, *plan.around(t, v)) for v, (_, t) in sorted(price.items())}

    @kept
    def needed(self) -> tuple[tuple[int, int], ...]:
        """Step by step, how far a run must go for the derivatives of a and of b to be needed."""
        wanted = {spot[0] for spot in self.spots.values()}
        marks: list[tuple[int, int]] = []
        ones = self.ones
        for step in self.plan.steps:
            a, b = (
                GRADIENTS + 1 if t in ones else POSTERIORS if t in wanted else GRADIENTS
                for t in (step.a, step.b)
            )
            if POSTERIORS in (a, b):
                wanted.add(step.out)
            marks.append((a, b))
        return tuple(marks)


def build(
    factors: Factors,
    keep: Sequence[int] = (),
    *,
    tables: Iterable[int] | None = None,
    sliced: Iterable[int] = (),
    effort: int = 1,
) -> Circuit:
    """Compile the product of the given tables (all by default), summed over all but ``keep``."""
    chosen = range(len(factors.families)) if tables is None else list(tables)
    known = frozenset(sliced)
    scopes = [tuple(v for v in factors.families[i] if v not in known) for i in chosen]
    loose: list[tuple[int, ...]] = [(v,) for v in keep if not any(v in s for s in scopes)]
    if not scopes and not loose:
        loose = [()]  # the empty product is one
    plan = make_plan([*scopes, *loose], factors.cards, keep, effort=effort)
    leaves = []
    for tensor, i in enumerate(chosen):
        steps = strides(factors.families[i], factors.cards)
        inside = offsets([(factors.cards[v], steps[v]) for v in plan.layouts[tensor]])
        gone = tuple((v, steps[v]) for v in factors.families[i] if v in known)
        leaves.append(Leaf(i, tensor, factors.starts[i] + inside, gone))
    return Circuit(plan, tuple(leaves), factors.flat)
