"""Greedy elimination orders on the graph of which variables share a table.

Scores are kept up to date instead of being computed anew: an added arc changes the fill-in of its
two ends and of their common neighbours, a removed variable that of its neighbours, and nothing
else. So a cause with a thousand signs costs a thousand small changes, not a thousand sums over a
million pairs.

Sources: Kjaerulff, U. (1990), Triangulation of graphs: algorithms giving small total state space
(weighted greedy scores); Gogate, V. and Dechter, R. (2004), UAI (randomised ties).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush
from math import log, prod

BEYOND = 2**46
"""Entries of a cluster at which an order is given up: no machine holds such a table."""


Scope = frozenset[int]
"""Variables that stand in one table, or in a product of tables."""


class Graph:
    """Variables still to be eliminated, their neighbours, and what eliminating each would do.

    ``near[v]`` are the neighbours of v, ``volume[v]`` the configurations of v and its neighbours
    together, ``fill[v]`` the weight of the arcs missing between the neighbours: for each missing
    arc the product of both variables' numbers of states.
    """

    def __init__(self, scopes: Iterable[Scope], cards: Sequence[int]) -> None:
        self.cards = cards
        near: dict[int, set[int]] = {}
        for scope in set(scopes):
            for v in scope:
                near.setdefault(v, set()).update(scope)
        for v, around in near.items():
            around.discard(v)
        self.near = near
        self.weight = {v: sum(cards[u] for u in around) for v, around in near.items()}
        self.volume = {v: cards[v] * prod([cards[u] for u in near[v]]) for v in near}
        self.fill = {v: self._fill(v) for v in near}

    def copy(self) -> Graph:
        """The same graph, to be eliminated by itself."""
        other = object.__new__(Graph)
        other.cards = self.cards
        other.near = {v: set(around) for v, around in self.near.items()}
        other.weight, other.volume = dict(self.weight), dict(self.volume)
        other.fill = dict(self.fill)
        return other

    def _fill(self, v: int) -> int:
        cards, around = self.cards, self.near[v]
        missing = self.weight[v] ** 2
        for u in around:
            missing -= cards[u] * (cards[u] + sum([cards[w] for w in self.near[u] & around]))
        return missing // 2

    def remove(self, v: int) -> set[int]:
        """Join the neighbours of v with one another and take v out; those that gained an arc."""
        cards, near, fill, weight = self.cards, self.near, self.fill, self.weight
        clique = near[v]
        grown = set()
        if fill[v]:
            for x in sorted(clique):
                for y in clique - near[x]:
                    if x != y:
                        self._connect(x, y)
                        grown |= {x, y}
        inside = weight[v]
        for u in clique:
            near[u].discard(v)
            weight[u] -= cards[v]
            self.volume[u] //= cards[v]
            fill[u] -= cards[v] * (weight[u] - (inside - cards[u]))
        del near[v], weight[v], fill[v], self.volume[v]
        return grown

    def _connect(self, x: int, y: int) -> None:
        cards, near, fill, weight = self.cards, self.near, self.fill, self.weight
        common = near[x] & near[y]
        product = cards[x] * cards[y]
        for z in common:
            fill[z] -= product
        shared = sum([cards[z] for z in common])
        fill[x] += cards[y] * (weight[x] - shared)
        fill[y] += cards[x] * (weight[y] - shared)
        near[x].add(y)
        near[y].add(x)
        weight[x] += cards[y]
        weight[y] += cards[x]
        self.volume[x] *= cards[y]
        self.volume[y] *= cards[x]


def greedy_order(
    graph: Graph, keep: Scope, *, fill: float, rng: random.Random | None
) -> list[int] | None:
    """One greedy elimination order of a graph, which it uses up; None if it leads beyond bounds.

    The score of a variable is cluster size ** (1 - fill) * weighted fill-in ** fill, times random
    noise where ``rng`` is given; lowest goes first, of equals the one of lowest number.
    """
    near, missing, volume = graph.near, graph.fill, graph.volume

    def scored(v: int) -> float:
        value = (1.0 - fill) * log(volume[v]) + fill * log(1 + missing[v])
        return value + log(1.0 + 0.5 * rng.random()) if rng else value

    score = {v: scored(v) for v in sorted(near) if v not in keep}
    queue = [(s, v) for v, s in score.items()]
    heapify(queue)
    order = []
    while score:
        s, v = heappop(queue)
        if score.get(v) != s:
            continue  # scored anew since
        if volume[v] > BEYOND:
            return None
        order.append(v)
        del score[v]
        touched = set(near[v])
        grown = graph.remove(v)
        if fill:  # new arcs at u change the fill-in of its other neighbours
            touched.update(*(near[u] for u in grown))
        for u in sorted(touched):
            if u in score:
                fresh = scored(u)
                if fresh != score[u]:
                    score[u] = fresh
                    heappush(queue, (fresh, u))
    return order
