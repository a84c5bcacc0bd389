"""In which order to multiply the tables and sum the variables out.

The cost of an exact answer is decided here. Elimination orders come from randomised greedy searches
(smallest cluster, smallest weighted fill, and mixtures); each is turned into a tree of pairwise
products, summing a variable as soon as one factor alone mentions it, and the tree of the fewest
multiply-adds wins. Sets of variables are Python integers used as bit masks.

Sources: Kjaerulff, U. (1990), Triangulation of graphs: algorithms giving small total state space
(weighted greedy scores); Gogate, V. and Dechter, R. (2004), UAI (randomised ties);
Dechter, R. (1999), Artificial Intelligence 113:41 (buckets).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

RESTARTS = 40
WORTH = 20_000
"""Restarts at most, and one for each so many multiply-adds: a cheap run is not worth a search."""

Merge = tuple[int, int, int]
"""(left factor, right factor or -1 for a plain sum, scope of the result)."""


@dataclass(frozen=True)
class Contraction:
    """A tree of pairwise products; factor ``len(scopes) + i`` is the result of merge ``i``."""

    merges: tuple[Merge, ...]
    cost: int


def bits(mask: int) -> Iterator[int]:
    """The positions of the bits set, lowest first.

    >>> list(bits(0b1010))
    [1, 3]
    """
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def size(mask: int, cards: Sequence[int]) -> int:
    """How many configurations the variables in the mask have.

    >>> size(0b101, [2, 3, 4])
    8
    """
    return prod(cards[v] for v in bits(mask))


def search(
    scopes: Sequence[int], cards: Sequence[int], keep: int = 0, *, effort: int = 1, seed: int = 0
) -> Contraction:
    """The cheapest contraction found; ``keep`` is the set of variables that must not be summed.

    ``effort`` multiplies the number of restarts. The same arguments give the same tree.
    """
    best: Contraction | None = None
    for fill in (1.0, 0.0):
        order = greedy_order(scopes, cards, keep, fill=fill, rng=None)
        found = contract(scopes, order, cards, keep)
        if best is None or found.cost < best.cost:
            best = found
    assert best is not None
    rng = random.Random(seed)
    for i in range(effort * min(RESTARTS, best.cost // WORTH)):
        fill = (1.0, 0.5, 0.75, 0.25)[i % 4]
        found = contract(scopes, greedy_order(scopes, cards, keep, fill=fill, rng=rng), cards, keep)
        if found.cost < best.cost:
            best = found
    return best


def greedy_order(
    scopes: Sequence[int],
    cards: Sequence[int],
    keep: int,
    *,
    fill: float,
    rng: random.Random | None,
) -> list[int]:
    """One greedy elimination order.

    The score of a variable is cluster size ** (1 - fill) * weighted fill-in ** fill, times random
    noise where ``rng`` is given; lowest goes first.
    """
    near = _neighbours(scopes, len(cards))
    present = 0
    for scope in scopes:
        present |= scope
    todo = set(bits(present & ~keep))
    score = {v: _score(v, near, cards, fill, rng) for v in sorted(todo)}
    order = []
    while todo:
        v = min(score, key=score.__getitem__)
        order.append(v)
        todo.discard(v)
        del score[v]
        clique = near[v]
        touched = clique
        for u in bits(clique):
            if fill and clique & ~near[u] & ~(1 << u):
                touched |= near[u]  # new arcs at u change the fill-in of its other neighbours
            near[u] = (near[u] | clique) & ~(1 << u) & ~(1 << v)
        for u in bits(touched & ~(1 << v)):
            if u in score:
                score[u] = _score(u, near, cards, fill, rng)
    return order


def _neighbours(scopes: Sequence[int], n: int) -> list[int]:
    near = [0] * n
    for scope in scopes:
        for v in bits(scope):
            near[v] |= scope
    return [mask & ~(1 << v) for v, mask in enumerate(near)]


def _score(
    v: int, near: Sequence[int], cards: Sequence[int], fill: float, rng: random.Random | None
) -> float:
    value = 1.0
    if fill < 1.0:
        value *= float(size(near[v], cards) * cards[v]) ** (1.0 - fill)
    if fill > 0.0:
        value *= (1.0 + _weighted_fill(near[v], near, cards)) ** fill
    return value * (1.0 + 0.5 * rng.random()) if rng else value


def _weighted_fill(clique: int, near: Sequence[int], cards: Sequence[int]) -> float:
    total = 0
    rest = clique
    for u in bits(clique):
        rest &= rest - 1
        total += cards[u] * sum(cards[w] for w in bits(rest & ~near[u]))
    return float(total)


def contract(
    scopes: Sequence[int], order: Sequence[int], cards: Sequence[int], keep: int
) -> Contraction:
    """Bucket elimination in the given order as a tree of pairwise products."""
    tree = _Tree(scopes, cards, keep)
    for v in order:
        tree.eliminate(v)
    tree.join(list(tree.live))
    return Contraction(tuple(tree.merges), tree.cost)


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
        self.cost = 0
        self.next = len(scopes)

    def eliminate(self, v: int) -> None:
        factors = sorted(self.holders[v])
        if not factors:
            return
        for f in factors:
            if len(factors) > 1:
                alone = self._alone(self.live[f], {f})
                if alone:
                    self.holders[v].discard(f)
                    self.holders[v].add(self._replace(f, -1, self.live[f] & ~alone))
        factors = sorted(self.holders[v])
        if len(factors) == 1:
            f = factors[0]
            self._replace(f, -1, self.live[f] & ~self._alone(self.live[f], {f}))
        else:
            self.join(factors)

    def join(self, factors: list[int]) -> None:
        """Multiply the factors pairwise, smallest union first."""
        while len(factors) > 1:
            pairs = [(f, g) for i, f in enumerate(factors) for g in factors[i + 1 :]]
            f, g = min(pairs, key=self._pair_cost)
            union = self.live[f] | self.live[g]
            merged = self._replace(f, g, union & ~self._alone(union, {f, g}))
            factors = [h for h in factors if h not in (f, g)] + [merged]

    def _pair_cost(self, pair: tuple[int, int]) -> tuple[int, int]:
        a, b = self.live[pair[0]], self.live[pair[1]]
        return size(a | b, self.cards), -size(a & b, self.cards)

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
        self.cost += size(union, self.cards)
        self.live[self.next] = scope
        self.next += 1
        return self.next - 1
