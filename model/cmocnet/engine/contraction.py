"""In which order to multiply the tables and sum the variables out.

The cost of an exact answer is decided here. Orders come from randomised greedy searches (smallest
cluster, smallest weighted fill, and mixtures; :mod:`.elimination_order`); each is turned into a
tree of pairwise products, summing a variable as soon as one factor alone mentions it, and the tree
of the fewest multiply-adds wins.

Source: Dechter, R. (1999), Artificial Intelligence 113:41 (buckets).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from math import prod
from operator import attrgetter

from cmocnet.engine.elimination_order import Graph, Scope, greedy_order
from cmocnet.forks import remembered

RESTARTS = 40
WORTH = 20_000
"""Restarts at most, and one for each so many multiply-adds: a cheap run is not worth a search."""

PLACED = 8_000
"""Variables put in order by all restarts of one search together: large networks get fewer."""

CROWD = 64
"""Factors from which those of equal scope are multiplied before any pair is weighed."""

PAIRED = 256
"""Factors up to which every pair is weighed; more are multiplied in order of size."""

KEPT, GROWN = 32, 100_000
"""Trees kept, and products that all of them have together, which take some 60 MB, at most."""

NOBODY = -1
"""Stands for the right factor where one factor is only summed."""


def search(
    scopes: Sequence[Scope], cards: Sequence[int], keep: Scope, *, effort: int = 1
) -> Contraction | None:
    """The cheapest contraction found; variables of ``keep`` are not summed.

    ``effort`` multiplies the number of restarts. The same arguments give the same tree. None if
    every order leads to a table that no machine holds. The last trees are kept: another reading of
    a review, an overlay or a draw differs in numbers, not in scopes.
    """
    return _searched(tuple(scopes), tuple(cards), keep, effort)


@remembered(count=KEPT, most=GROWN, size=lambda tree: 0 if tree is None else len(tree.merges))
def _searched(
    scopes: tuple[Scope, ...], cards: tuple[int, ...], keep: Scope, effort: int
) -> Contraction | None:
    graph, rng, cost = Graph(scopes, cards), random.Random(0), attrgetter("cost")

    def trial(fill: float, rng: random.Random | None) -> list[Contraction]:
        order = greedy_order(graph.copy(), keep, fill=fill, rng=rng)
        return [] if order is None else [Contraction(scopes, cards, keep, order)]

    found = trial(1.0, None) + trial(0.0, None)
    if not found:
        return None
    best: Contraction = min(found, key=cost)
    restarts = effort * min(RESTARTS, best.cost // WORTH, PLACED // max(1, len(graph.near)))
    for i in range(restarts):
        best = min([best, *trial((1.0, 0.5, 0.75, 0.25)[i % 4], rng)], key=cost)
    return best


class Contraction:
    """Bucket elimination in the given order as a tree of pairwise products.

    ``merges`` are (left factor, right factor or ``NOBODY``, scope of the result), and factor
    ``len(scopes) + i`` is the result of merge i. ``cost`` counts multiply-adds, ``widest`` has the
    variables of the product with the most configurations, and ``entries`` is how many numbers all
    results have together.
    """

    def __init__(
        self, scopes: Sequence[Scope], cards: Sequence[int], keep: Scope, order: Sequence[int]
    ) -> None:
        self.cards = cards
        self.keep = keep
        self.live = dict(enumerate(scopes))
        self.holders: list[set[int]] = [set() for _ in cards]
        for i, scope in self.live.items():
            for v in scope:
                self.holders[v].add(i)
        self.merges: list[tuple[int, int, Scope]] = []
        self.cost = self.entries = self._most = 0
        self.widest: Scope = frozenset()
        self._sizes: dict[Scope, int] = {}
        self._next = len(scopes)
        for v in order:
            self._eliminate(v)
        self._join([*self.live])

    def _eliminate(self, v: int) -> None:
        """Sum what a factor with v alone mentions, then multiply them all, and sum v."""
        for f in sorted(self.holders[v]):
            rest = self._left(self.live[f], {f})
            if rest != self.live[f]:
                self._replace(f, NOBODY, rest)
        self._join(sorted(self.holders[v]))

    def _join(self, factors: list[int]) -> None:
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
        groups: dict[Scope, list[int]] = {}
        for f in factors:
            groups.setdefault(self.live[f], []).append(f)
        return sorted(f for group in groups.values() for f in self._balanced(group))

    def _balanced(self, group: list[int]) -> list[int]:
        while len(group) > 1:
            pairs = zip(group[::2], group[1::2], strict=False)
            group = [self._multiply(f, g) for f, g in pairs] + group[len(group) & ~1 :]
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

    def _size(self, scope: Scope) -> int:
        """How many configurations the variables have."""
        known = self._sizes.get(scope)
        if known is None:
            known = self._sizes[scope] = prod([self.cards[v] for v in scope])
        return known

    def _multiply(self, f: int, g: int) -> int:
        return self._replace(f, g, self._left(self.live[f] | self.live[g], {f, g}))

    def _left(self, scope: Scope, factors: set[int]) -> Scope:
        """The variables of the scope that another factor mentions or somebody asked to keep."""
        holders, keep = self.holders, self.keep
        return frozenset([v for v in scope if v in keep or not holders[v] <= factors])

    def _replace(self, f: int, g: int, scope: Scope) -> int:
        union = self.live.pop(f) | self.live.pop(g, frozenset())
        for v in union:
            self.holders[v] -= {f, g}
        for v in scope:
            self.holders[v].add(self._next)
        self.merges.append((f, g, scope))
        cost = self._size(union)
        self.cost += cost
        self.entries += self._size(scope)
        if cost > self._most:
            self._most, self.widest = cost, union
        self.live[self._next] = scope
        self._next += 1
        return self._next - 1
