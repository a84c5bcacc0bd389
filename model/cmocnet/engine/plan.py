"""A contraction laid out as a flat program over one arena of doubles.

Every step multiplies two contiguous tensors and sums: out[g, m, n] = sum_k a[g, m, k] b[g, k, n],
where g are the variables both have and the result keeps, m and n those only one has, and k those
summed. Each tensor is read by exactly one step, so it is stored in the order that step wants; the
step that writes it scatters through three short lists of offsets, one each for g, m and n.
Backward, the same step gives da = dout . b and db = a . dout (Darwiche 2003, J. ACM 50:280).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cmocnet import limits
from cmocnet.engine.elimination import BEYOND, bits
from cmocnet.engine.order import Contraction, search, size
from cmocnet.errors import ModelError
from cmocnet.forks import kept

Ints = NDArray[np.int64]

BYTES = 8 * 6
"""Memory of an entry: in the tables, in the arena and its derivatives, each twice, and packed."""

DOT, AXPY, LANES = 0, 1, 2
"""What the inner loop runs over: k (n is 1), n, or g (then g is stored last)."""


@dataclass(frozen=True, eq=False)
class Step:
    """One product: tensors by number, sizes of the four groups, and where results go."""

    a: int
    b: int
    out: int
    mode: int
    g: int
    m: int
    n: int
    k: int
    to_g: Ints
    to_m: Ints
    to_n: Ints

    @property
    def cost(self) -> int:
        """Multiply-adds."""
        return self.g * self.m * self.n * self.k

    @kept
    def scatter(self) -> Ints:
        """Positions in ``out`` of the step's result in the step's own order."""
        g, m, n = self.to_g, self.to_m, self.to_n
        if self.mode == LANES:
            return (m[:, None, None] + n[None, :, None] + g[None, None, :]).ravel()
        return (g[:, None, None] + m[None, :, None] + n[None, None, :]).ravel()


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
    offsets: Ints
    sizes: Ints
    steps: tuple[Step, ...]

    @property
    def length(self) -> int:
        """Doubles in the arena."""
        return int(self.offsets[-1])

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
        return slice(int(self.offsets[tensor]), int(self.offsets[tensor + 1]))

    @kept
    def constants(self) -> range:
        """The tensors of ones."""
        return range(self.n_leaves, self.steps[0].out)


def make_plan(
    scopes: Sequence[tuple[int, ...]],
    cards: Sequence[int],
    keep: Sequence[int] = (),
    *,
    effort: int = 1,
) -> Plan:
    """Search an order for factors of the given scopes and lay out its steps.

    ``keep`` are the variables of the result, in the order of its axes.

    Raises
    ------
    ModelError
        If running the best order found takes too much memory or too many multiply-adds.
    """
    masks = [sum(1 << v for v in scope) for scope in scopes]
    kept = sum(1 << v for v in keep)
    tree = search(masks, cards, kept, effort=effort)
    _feasible(tree, sum(size(mask, cards) for mask in masks), cards)
    assert tree is not None
    return lay_out(masks, cards, keep, tree)


def _feasible(tree: Contraction | None, leaves: int, cards: Sequence[int]) -> None:
    """Refuse a contraction that would not fit, while it is no more than a list of sizes."""
    instead = "fewer arcs, states or parents a variable, or a question about fewer variables"
    if tree is None:
        raise ModelError(
            f"exact answers need a table of more than {limits.counted(BEYOND)} entries",
            expected=f"a network of smaller width: {instead}",
        )
    width = tree.widest.bit_count()
    what = f"exact answers multiply tables over {width} variables at once, which"
    limits.fits(BYTES * (leaves + tree.entries), what, instead=instead)
    if tree.cost > limits.MULTIPLY_ADDS:
        raise ModelError(
            f"{what} would take {limits.counted(tree.cost)} multiply-adds",
            expected=f"at most {limits.counted(limits.MULTIPLY_ADDS)}: {instead}",
        )


def lay_out(
    masks: Sequence[int], cards: Sequence[int], keep: Sequence[int], tree: Contraction
) -> Plan:
    """Choose every tensor's order of axes, from the last step back to the first."""
    n = len(masks)
    merges = list(tree.merges)
    kept = sum(1 << v for v in keep)
    merges.append((n + len(merges) - 1, -1, kept))  # puts the result's axes in the asked order
    unary = [i for i, merge in enumerate(merges) if merge[1] < 0]
    shift = len(unary)
    ones = {i: n + j for j, i in enumerate(unary)}
    number = [*range(n), *(n + shift + i for i in range(len(merges)))]
    scope = [*masks, *([0] * shift), *(merge[2] for merge in merges)]
    layout: list[tuple[int, ...]] = [()] * len(scope)
    layout[-1] = tuple(keep)
    steps: list[Step] = []
    for i in reversed(range(len(merges))):
        left, right, result = merges[i]
        a, out = number[left], n + shift + i
        b = number[right] if right >= 0 else ones[i]
        if right < 0:
            scope[b] = scope[a] & ~result
        steps.append(_step(a, b, out, scope=scope, layout=layout, cards=cards))
    sizes = np.array([size(s, cards) for s in scope], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return Plan(tuple(cards), tuple(keep), n, tuple(layout), offsets, sizes, tuple(reversed(steps)))


def _step(
    a: int,
    b: int,
    out: int,
    *,
    scope: Sequence[int],
    layout: list[tuple[int, ...]],
    cards: Sequence[int],
) -> Step:
    """Group the axes, choose the inner loop, and fix how the two operands are stored."""
    if size(scope[a] & ~scope[b], cards) > size(scope[b] & ~scope[a], cards):
        a, b = b, a
    result = layout[out]
    place = {v: i for i, v in enumerate(result)}
    g = tuple(v for v in result if (scope[a] & scope[b]) >> v & 1)
    m = tuple(v for v in result if scope[a] >> v & 1 and v not in g)
    n = tuple(v for v in result if v not in g and v not in m)
    k = tuple(bits((scope[a] & scope[b]) & ~sum(1 << v for v in place)))
    sizes = (_product(g, cards), _product(m, cards), _product(n, cards), _product(k, cards))
    mode = _mode(*sizes)
    if mode == LANES:
        layout[a], layout[b] = (*m, *k, *g), (*k, *n, *g)
    else:
        layout[a], layout[b] = (*g, *m, *k), (*g, *k, *n)
    strides = _strides(result, cards)
    to = [_offsets(group, cards, strides) for group in (g, m, n)]
    return Step(a, b, out, mode, *sizes, to[0], to[1], to[2])


def _mode(g: int, m: int, n: int, k: int) -> int:
    if n == 1 and k >= g:
        return DOT
    if g >= 2 * n or (n == 1 and g > k):
        return LANES
    return DOT if n == 1 else AXPY


def _product(group: Sequence[int], cards: Sequence[int]) -> int:
    total = 1
    for v in group:
        total *= cards[v]
    return total


def _strides(axes: Sequence[int], cards: Sequence[int]) -> dict[int, int]:
    strides: dict[int, int] = {}
    stride = 1
    for v in reversed(axes):
        strides[v] = stride
        stride *= cards[v]
    return strides


def _offsets(group: Sequence[int], cards: Sequence[int], strides: dict[int, int]) -> Ints:
    """Offset of every configuration of the group, the last axis fastest."""
    offsets = np.zeros(1, dtype=np.int64)
    for v in group:
        steps = np.arange(cards[v], dtype=np.int64) * strides[v]
        offsets = (offsets[:, None] + steps[None, :]).ravel()
    return offsets
