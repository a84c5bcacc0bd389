"""A contraction laid out as a flat program over one arena of doubles.

Every step multiplies two contiguous tensors and sums: out[g, m, n] = sum_k a[g, m, k] b[g, k, n],
where g are the variables both have and the result keeps, m and n those only one has, and k those
summed. Each tensor is read by exactly one step, so it is stored in the order that step wants; the
step that writes it scatters its blocks through two short lists of offsets.
Backward, the same step gives da = dout . b and db = a . dout (Darwiche 2003, J. ACM 50:280).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod

import numpy as np
from numpy.typing import NDArray

from cmocnet import limits
from cmocnet.engine.contraction import NOBODY, Contraction, search
from cmocnet.engine.elimination_order import BEYOND, Scope
from cmocnet.errors import ModelError
from cmocnet.forks import kept

Ints = NDArray[np.int64]

BYTES = 8 * 6
"""Memory of an entry: in the tables, packed, and as value, derivative and, twice, as it was before
evidence."""

DOT, AXPY, LANES = 0, 1, 2
"""What the inner loop runs over: k (m and n are 1), n, or g (then g is stored last)."""


@dataclass(frozen=True, eq=False)
class Step:
    """One product: tensors by number, sizes of the four groups, and where results go.

    Results come in blocks over the axes of the inner loop (one number for ``DOT``): ``outer`` has
    the offset of every block in ``out``, ``inner`` those within a block.
    """

    a: int
    b: int
    out: int
    mode: int
    g: int
    m: int
    n: int
    k: int
    outer: Ints
    inner: Ints

    @property
    def cost(self) -> int:
        """Multiply-adds."""
        return self.g * self.m * self.n * self.k


@dataclass(frozen=True, eq=False)
class Plan:
    """The program of one contraction.

    ``layouts[t]`` is the order of the axes of tensor t; the first ``n_leaves`` are the given
    factors, then come constant ones (for plain sums), then results, the last one over ``keep``.
    """

    cards: tuple[int, ...]
    keep: tuple[int, ...]
    n_leaves: int
    layouts: tuple[tuple[int, ...], ...]
    offsets: tuple[int, ...]
    sizes: tuple[int, ...]
    steps: tuple[Step, ...]

    @property
    def length(self) -> int:
        """Doubles in the arena."""
        return self.offsets[-1]

    @kept
    def cost(self) -> int:
        """Multiply-adds of one forward run."""
        return sum(step.cost for step in self.steps)

    @property
    def root(self) -> int:
        """The tensor of the result."""
        return self.steps[-1].out

    def span(self, tensor: int) -> slice:
        """Where a tensor lies in the arena."""
        return slice(self.offsets[tensor], self.offsets[tensor + 1])

    @property
    def results(self) -> int:
        """The first tensor that a step writes."""
        return len(self.sizes) - len(self.steps)

    def around(self, tensor: int, variable: int) -> tuple[int, int, int]:
        """Sizes before, of, and after a variable's axis in a tensor's layout."""
        axes = self.layouts[tensor]
        i = axes.index(variable)
        cards = [self.cards[v] for v in axes]
        return prod(cards[:i]), cards[i], prod(cards[i + 1 :])


def make_plan(
    scopes: Sequence[tuple[int, ...]],
    cards: Sequence[int],
    keep: Sequence[int] = (),
    *,
    effort: int = 1,
) -> Plan:
    """Search an order for factors of the given scopes and lay out its steps.

    ``keep`` are the variables of the result, in the order of its axes. A ModelError where running
    the best order found takes too much memory or too many multiply-adds.
    """
    sets = [frozenset(scope) for scope in scopes]
    tree = search(sets, cards, frozenset(keep), effort=effort)
    _feasible(tree, sum(_size(scope, cards) for scope in sets))
    assert tree is not None
    return lay_out(sets, cards, keep, tree)


def _feasible(tree: Contraction | None, leaves: int) -> None:
    """Refuse a contraction that would not fit, while it is no more than a list of sizes."""
    instead = "fewer arcs, states or parents a variable, or a question about fewer variables"
    if tree is None:
        raise ModelError(
            f"exact answers need a table of more than {limits.counted(BEYOND)} entries",
            expected=f"a network of smaller width: {instead}",
        )
    width = len(tree.widest)
    what = f"exact answers multiply tables over {width} variables at once, which"
    limits.fits(BYTES * (leaves + tree.entries), what, instead=instead)
    if tree.cost > limits.MULTIPLY_ADDS:
        raise ModelError(
            f"{what} would take {limits.counted(tree.cost)} multiply-adds",
            expected=f"at most {limits.counted(limits.MULTIPLY_ADDS)}: {instead}",
        )


def lay_out(
    scopes: Sequence[Scope], cards: Sequence[int], keep: Sequence[int], tree: Contraction
) -> Plan:
    """Choose every tensor's order of axes, from the last step back to the first."""
    n = len(scopes)
    last = n + len(tree.merges) - 1
    merges = [*tree.merges, (last, NOBODY, frozenset(keep))]  # puts the axes in the asked order
    ones = {i: n + j for j, i in enumerate(i for i, merge in enumerate(merges) if merge[1] < 0)}
    number = [*range(n), *range(n + len(ones), n + len(ones) + len(merges))]
    scope = [*scopes, *([frozenset()] * len(ones)), *(merge[2] for merge in merges)]
    layout: list[tuple[int, ...]] = [()] * len(scope)
    layout[-1] = tuple(keep)
    steps: list[Step] = []
    for i in reversed(range(len(merges))):
        left, right, result = merges[i]
        a, b = number[left], ones[i] if right == NOBODY else number[right]
        if right == NOBODY:
            scope[b] = scope[a] - result
        steps.append(_step(a, b, number[n + i], scope=scope, layout=layout, cards=cards))
    sizes = tuple(_size(s, cards) for s in scope)
    offsets = tuple(accumulate(sizes, initial=0))
    return Plan(tuple(cards), tuple(keep), n, tuple(layout), offsets, sizes, tuple(reversed(steps)))


def _step(
    a: int,
    b: int,
    out: int,
    *,
    scope: Sequence[Scope],
    layout: list[tuple[int, ...]],
    cards: Sequence[int],
) -> Step:
    """Group the axes, choose the inner loop, and fix how the two operands are stored."""
    if _size(scope[a] - scope[b], cards) > _size(scope[b] - scope[a], cards):
        a, b = b, a
    result, both = layout[out], scope[a] & scope[b]
    g = tuple(v for v in result if v in both)
    m = tuple(v for v in result if v in scope[a] and v not in both)
    n = tuple(v for v in result if v not in scope[a])
    k = tuple(sorted(both.difference(result)))
    sizes = (_size(g, cards), _size(m, cards), _size(n, cards), _size(k, cards))
    mode = _mode(*sizes)
    if mode == LANES:
        layout[a], layout[b] = (*m, *k, *g), (*k, *n, *g)
        outer, inner = (*m, *n), g
    else:
        layout[a], layout[b] = (*g, *m, *k), (*g, *k, *n)
        outer, inner = (*g, *m), n
    steps = strides(result, cards)
    blocks, within = (offsets([(cards[v], steps[v]) for v in group]) for group in (outer, inner))
    return Step(a, b, out, mode, *sizes, blocks, within)


def _size(scope: Iterable[int], cards: Sequence[int]) -> int:
    """How many configurations the variables have."""
    return prod([cards[v] for v in scope])


def _mode(g: int, m: int, n: int, k: int) -> int:
    if n == 1 and k >= g:
        return DOT
    if g >= 2 * n or (n == 1 and g > k):
        return LANES
    return DOT if n == 1 else AXPY


def strides(axes: Sequence[int], cards: Sequence[int]) -> dict[int, int]:
    """How far apart neighbours along each axis lie, the last axis being the fastest."""
    found, stride = {}, 1
    for v in reversed(axes):
        found[v] = stride
        stride *= cards[v]
    return found


def offsets(axes: Iterable[tuple[int, int]]) -> Ints:
    """Offset of every configuration of axes of (size, stride), the last axis fastest.

    >>> offsets([(2, 10), (3, 1)])
    array([ 0,  1,  2, 10, 11, 12])
    """
    found = np.zeros(1, dtype=np.int64)
    for card, stride in axes:
        found = (found[:, None] + np.arange(card) * stride).ravel()
    return found
