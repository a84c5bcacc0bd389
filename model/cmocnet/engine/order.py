"""In which order to multiply the tables and sum the variables out.

The cost of an exact answer is decided here. Elimination orders come from randomised greedy searches
(smallest cluster, smallest weighted fill, and mixtures; :mod:`.elimination`); each is turned into a
tree of pairwise products, summing a variable as soon as one factor alone mentions it, and the tree
of the fewest multiply-adds wins. Sets of variables are Python integers used as bit masks.

Source: Dechter, R. (1999), Artificial Intelligence 113:41 (buckets).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from math import prod

from cmocnet.engine.elimination import Graph, bits, greedy_order

RESTARTS = 40
WORTH = 20_000
"""Restarts at most, and one for each so many multiply-adds: a cheap run is not worth a search."""

PLACED = 8_000
"""Variables put in order by all restarts of one search together: large networks get fewer."""

CROWD = 64
"""Factors from which those of equal scope are multiplied before any pair is weighed."""

PAIRED = 256
"""Factors up to which every pair is weighed; more are multiplied in order of size."""

Merge = tuple[int, int, int]
"""(left factor, right factor or -1 for a plain sum, scope of the result)."""


@dataclass(frozen=True)
class Contraction:
    """A tree of pairwise products; factor ``len(scopes) + i`` is the result of merge ``i``.

    ``widest`` has the variables of the product with the most configurations, and ``entries`` is
    how many numbers all results have together.
    """

    merges: tuple[Merge, ...]
    cost: int
    entries: int
    widest: int


def size(mask: int, cards: Sequence[int]) -> int:
    """How many configurations the variables in the mask have.

    >>> size(0b101, [2, 3, 4])
    8
    """
    return prod([cards[v] for v in bits(mask)])


def search(
    scopes: Sequence[int], cards: Sequence[int], keep: int = 0, *, effort: int = 1, seed: int = 0
) -> Contraction | None:
    """The cheapest contraction found; ``keep`` is the set of variables that must not be summed.

    ``effort`` multiplies the number of restarts. The same arguments give the same tree. None if
    every order leads to a table that no machine holds.
    """
    graph = Graph(scopes, cards)
    best: Contraction | None = None
    for fill in (1.0, 0.0):
        best = _better(
            best, scopes, cards, keep, greedy_order(graph.copy(), keep, fill=fill, rng=None)
        )
    if best is None:
        return None
    rng = random.Random(seed)
    restarts = effort * min(RESTARTS, best.cost // WORTH, PLACED // max(1, len(graph.near)))
    for i in range(restarts):
        order = greedy_order(graph.copy(), keep, fill=(1.0, 0.5, 0.75, 0.25)[i % 4], rng=rng)
        best = _better(best, scopes, cards, keep, order)
    return best


def _better(
    best: Contraction | None,
    scopes: Sequence[int],
    cards: Sequence[int],
    keep: int,
    order: Sequence[int] | None,
) -> Contraction | None:
    if order is None:
        return best
    found = contract(scopes, order, cards, keep)
    return found if best is None or found.cost < best.cost else best


def contract(
    scopes: Sequence[int], order: Sequence[int], cards: Sequence[int], keep: int
) -> Contraction:
    """Bucket elimination in the given order as a tree of pairwise products."""
    tree = _Tree(scopes, cards, keep)
    for v in order:
        tree.eliminate(v)
    tree.join(list(tree.live))
    return Contraction(tuple(tree.merges), tree.cost, tree.entries, tree.widest)


class _Tree:
    """The factors still live while a contraction is built."""

    def __init__(self, scopes: Sequence[int], cards: Sequence[int], keep: int) -> None:
        self.cards = cards
        self.keep = keep
        self.live = dict(enumerate(scopes))
        self.holders: list[set[int]] = [set() for _ in cards]
        for i, scope in self.live.items():
            for v in bits(scope):
                self.holders[v].add(i)
        self.merges: list[Merge] = []
        self.cost = self.entries = 0
        self.widest, self.most = 0, 0
        self.sizes: dict[int, int] = {}
        self.next = len(scopes)

    def eliminate(self, v: int) -> None:
        factors = sorted(self.holders[v])
        if not factors:
            return
        for f in factors:
            if len(factors) > 1:
                alone = self._alone(self.live[f], {f})
                if alone:
                    self._replace(f, -1, self.live[f] & ~alone)
        factors = sorted(self.holders[v])
        if len(factors) == 1:
            f = factors[0]
            self._replace(f, -1, self.live[f] & ~self._alone(self.live[f], {f}))
        else:
            self.join(factors)

    def join(self, factors: list[int]) -> None:
        """Multiply the factors pairwise, smallest union first."""
        if len(factors) > CROWD:
            factors = self._alike(factors)
        if len(factors) > PAIRED:
            factors = [self._in_turn(factors)]
        left = set(factors)
        queue = [self._pair(f, g) for i, f in enumerate(factors) for g in factors[i + 1 :]]
        heapify(queue)
        while len(left) > 1:
            _, _, f, g = heappop(queue)
            if f in left and g in left:
                left -= {f, g}
                merged = self._multiply(f, g)
                for h in left:
                    heappush(queue, self._pair(h, merged))
                left.add(merged)

    def _alike(self, factors: Sequence[int]) -> list[int]:
        """Multiply those of equal scope, two and two."""
        groups: dict[int, list[int]] = {}
        for f in factors:
            groups.setdefault(self.live[f], []).append(f)
        return sorted(f for group in groups.values() for f in self._balanced(group))

    def _balanced(self, group: list[int]) -> list[int]:
        while len(group) > 1:
            pairs = zip(group[::2], group[1::2], strict=False)
            odd = group[len(group) & ~1 :]
            group = [self._multiply(f, g) for f, g in pairs] + odd
        return group

    def _in_turn(self, factors: Sequence[int]) -> int:
        """Multiply all in order of size."""
        first, *others = sorted(factors, key=lambda f: (self._size(self.live[f]), f))
        for f in others:
            first = self._multiply(first, f)
        return first

    def _pair(self, f: int, g: int) -> tuple[int, int, int, int]:
        """What multiplying two factors costs, the most in common first, then the oldest."""
        a, b = self.live[f], self.live[g]
        return self._size(a | b), -self._size(a & b), f, g

    def _size(self, mask: int) -> int:
        known = self.sizes.get(mask)
        if known is None:
            known = self.sizes[mask] = size(mask, self.cards)
        return known

    def _multiply(self, f: int, g: int) -> int:
        union = self.live[f] | self.live[g]
        return self._replace(f, g, union & ~self._alone(union, {f, g}))

    def _alone(self, scope: int, factors: set[int]) -> int:
        """The variables of the scope that no other factor mentions and nobody asked to keep."""
        alone = 0
        for v in bits(scope & ~self.keep):
            if self.holders[v] <= factors:
                alone |= 1 << v
        return alone

    def _replace(self, f: int, g: int, scope: int) -> int:
        union = self.live.pop(f) | (self.live.pop(g) if g >= 0 else 0)
        for v in bits(union):
            self.holders[v] -= {f, g}
            if scope >> v & 1:
                self.holders[v].add(self.next)
        self.merges.append((f, g, scope))
        cost = self._size(union)
        self.cost += cost
        self.entries += self._size(scope)
        if cost > self.most:
            self.most, self.widest = cost, union
        self.live[self.next] = scope
        self.next += 1
        return self.next - 1
