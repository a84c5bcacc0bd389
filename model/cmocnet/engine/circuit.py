"""A plan with a network's numbers in it, and packed into flat arrays for the compiled kernels.

The polynomial of a network, compiled for a set of variables to keep, is an arithmetic circuit
(Darwiche 2003). Its leaves are the tables, in the order of axes the plan wants. Variables named in
``sliced`` are known to be observed, so their axes are gone from the circuit and a run copies the
slice it needs.

Handing an array to a compiled function costs as much as a dozen multiply-adds do, so there are few:
``code`` (all integers of the circuit), an arena to work in, and ``flat`` (all entries of all
tables); evidence comes as marks and weights (:meth:`.Indicators.marks`).

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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine.plan import LANES, Ints, Plan, Step, make_plan, offsets, strides
from cmocnet.forks import kept
from cmocnet.parts import whole
from cmocnet.typing import Array, DiscreteNetwork

FORWARD, POSTERIORS, GRADIENTS = 0, 1, 2
"""How far a run goes: the value; also derivatives that posteriors need; also all derivatives."""

SHARES, ALL = -2, -1
"""What a run reads: the result over ``keep``, or all posteriors; if neither, one variable's."""

CERTAIN = 1e-12
"""An entry this near to 1 leaves its row nothing to share in proportion: it is shared equally."""

TINY = 1e-200
"""Below this a run is repeated in logarithms."""

HEAD, WIDTH, NONE = 11, 16, 2**62


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
        """The factors of a network, hidden variables in it."""
        network = whole(network)
        index = {v: i for i, v in enumerate(network.names)}
        tables = network.tables.values()
        return cls(
            tuple(network.cardinality(v) for v in network.names),
            tuple(tuple(index[v] for v in (*t.parents, t.variable)) for t in tables),
            np.concatenate([t.values.ravel() for t in tables]),
            tuple(accumulate((t.values.size for t in tables), initial=0)),
        )

    def covaried(self, gradient: Array) -> Array:
        """Derivatives to all entries when the other entries of the row change in proportion.

        With entry x moving by dx, each other entry y moves by -dx y / (1 - x). Where x is 1 the
        others are all zero and proportions say nothing; they then share the change equally.
        """
        cards = np.array([self.cards[family[-1]] for family in self.families])
        lengths = np.repeat(cards, np.diff(self.starts) // cards)
        row = np.repeat(np.arange(len(lengths)), lengths)

        def others(numbers: Array) -> Array:
            """Of each entry the sum of the others in its row; the row's sum less it would round."""
            found = np.empty_like(numbers)
            for card in {*cards.tolist()}:
                of = lengths[row] == card
                found[of] = (numbers[of].reshape(-1, card) @ (1.0 - np.eye(card))).ravel()
            return found

        rest = others(self.flat)
        certain = rest < CERTAIN
        rest[certain] = 1.0
        equal = others(gradient) / np.maximum(lengths[row] - 1.0, 1.0)
        return gradient - np.where(certain, equal, others(self.flat * gradient) / rest)


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


@dataclass(frozen=True, eq=False)
class Tape:
    """A circuit as the kernels read it.

    ``rest`` is the room for scratch and answer, which begins at ``answer``: ``width`` numbers for
    all posteriors, ``size`` for a result over ``keep``. ``spot`` is the row of each variable's
    spot, and ``pool`` has arenas that nobody uses.
    """

    code: NDArray[np.uint64]
    base: Array
    rest: int
    answer: int
    width: int
    size: int
    spot: dict[int, int]
    pool: list[Array] = field(default_factory=list)

    def arena(self) -> Array:
        """An arena to work in."""
        return np.concatenate([self.base, np.zeros_like(self.base), self.base, np.zeros(self.rest)])

    def borrow(self) -> Array:
        """An arena nobody else uses; give it back to ``pool``."""
        try:
            return self.pool.pop()
        except IndexError:
            return self.arena()


@dataclass(eq=False)
class Circuit:
    """A compiled polynomial over ``keep``."""

    plan: Plan
    leaves: tuple[Leaf, ...]
    flat: Array

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

    @kept
    def tape(self) -> Tape:
        """The circuit packed for the kernels."""
        return _pack(self)


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


def _pack(circuit: Circuit) -> Tape:
    """Lay a circuit out for the kernels."""
    plan, at = circuit.plan, circuit.plan.offsets
    sheet: list[int] = []
    first = HEAD + WIDTH * len(plan.steps)

    def put(numbers: Sequence[int]) -> int:
        """Add numbers to the sheet; the position of the first."""
        sheet.extend(numbers)
        return first + len(sheet) - len(numbers)

    reader = {t: (s, side) for s, x in enumerate(plan.steps) for side, t in enumerate((x.a, x.b))}
    steps = []
    for step, need in zip(plan.steps, circuit.needed, strict=True):
        together = bool((step.inner == np.arange(len(step.inner))).all())
        where = (at[step.a], at[step.b], at[step.out])
        lists = (put(step.outer.tolist()), put(step.inner.tolist()))
        read = reader.get(step.out, (NONE, 0))
        steps.append((step.mode, *_blocks(step), *where, *lists, *need, together, *read))
    leaves: list[tuple[int, ...]] = []
    for leaf in sorted(circuit.leaves, key=lambda leaf: not leaf.known):
        known, inside = put([*chain(*leaf.known)]), put(leaf.inside.tolist())
        leaves.append((at[leaf.tensor], len(leaf.inside), len(leaf.known), known, inside))
    entries = [(NONE, 0, 0, 0)] * len(plan.cards)
    for v, (tensor, before, card, after) in circuit.entries.items():
        entries[v] = (at[tensor], before, card, after)
    spots, width = [], 0
    for tensor, before, card, after in circuit.spots.values():
        spots.append((at[tensor], before, card, after, width, *reader.get(tensor, (NONE, 0))))
        width += card
    rows = [put([*chain(*some)]) for some in (leaves, entries, spots)]
    scratch = max(len(step.inner) for step in plan.steps)
    answer, size = 3 * plan.length + scratch, plan.sizes[plan.root]
    sliced = sum(bool(leaf.known) for leaf in circuit.leaves)
    head = (len(steps), plan.length, at[plan.root], size, answer, sliced, len(leaves))
    code = np.array([*head, *rows, len(spots), *chain(*steps), *sheet], dtype=np.uint64)
    spot = {v: row for row, v in enumerate(circuit.spots)}
    rest = scratch + max(width, size)
    return Tape(code, circuit.base, rest, answer, width, size, spot)


def _blocks(step: Step) -> tuple[int, int, int, int, int]:
    """Blocks as p x m x n, terms of each, and their length."""
    if step.mode == LANES:
        return 1, step.m, step.n, step.k, step.g
    return step.g, step.m, 1, step.k, step.n
