"""Which circuit to run: the whole network's, or one pruned and sliced for a repeated question.

Pruned are tables that cannot matter: of variables that are neither asked for nor observed nor
ancestors of such (barren nodes; Shachter 1986, Operations Research 34:871), and of parts that the
observations separate from what is asked. A separated part with a zero in its tables stays, since
only it can tell whether the evidence there is impossible.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from contextlib import suppress

import numpy as np

from cmocnet.engine.circuit import Circuit, Factors, build
from cmocnet.engine.contraction import search
from cmocnet.engine.indicators import Indicators

KEPT = 128
"""Circuits remembered for repeated questions, the least recently asked forgotten first."""

CHEAP = 2_000_000
"""Multiply-adds up to which a question seldom asked runs on the whole network's circuit."""

PATIENCE, CALL = 1_000_000, 20_000
"""What a question may cost before it gets a circuit of its own, and what a run costs at least, in
multiply-adds: compiling takes as long as a few million of them."""

JOINT = 512
"""Entries up to which targets of a batch are answered from one joint."""

Signature = Hashable


class Selection:
    """The circuits of one network made so far.

    Shared between threads without a lock, which a fork in the middle would leave closed for ever
    in the child: every look-up and change is a single step of the interpreter.
    """

    def __init__(self, factors: Factors) -> None:
        self.factors = factors
        self.parents = [family[:-1] for family in factors.families]
        starts = factors.starts[:-1]
        self.positive = np.minimum.reduceat(factors.flat, starts) > 0
        self._special: OrderedDict[Signature, Circuit] = OrderedDict()
        self._asked: dict[tuple[int, ...], Counter[Signature]] = {}
        self._dear: set[tuple[int, ...]] = set()

    def whole(self, keep: tuple[int, ...]) -> Circuit:
        """All tables, evidence entering through indicators alone."""
        signature = ("whole", keep)
        return self._recall(signature) or self._made(signature, keep)

    def choose(self, keep: tuple[int, ...], indicators: Indicators) -> Circuit:
        """The circuit for P(keep, evidence), or for P(evidence) where that serves as well.

        The first questions, and those asked often, get circuits of their own. The others run on
        that of the whole network; for one variable it is that of all posteriors, which keeps
        nothing. Parts separated from ``keep`` stay where P(evidence) itself is asked.
        """
        observed = frozenset([h[0] for h in indicators.hard])
        cut = frozenset([h[0] for h in indicators.hard if h[2]])
        soft = frozenset([s[0] for s in indicators.soft])
        dead = frozenset([i for i, weights in indicators.soft if not weights.any()])
        signature = (keep, observed, cut, soft, dead)
        found = self._recall(signature)
        if found is not None:
            return found
        shared = keep if len(keep) > 1 else ()
        if shared not in self._asked and len(self._asked) >= KEPT:
            self._asked.clear()  # as many kinds of target: none is asked often
        asked = self._asked.setdefault(shared, Counter())
        if asked:
            whole = self._cheap(shared, build=len(asked) > 1)
            if whole is not None and self._early(asked, signature, whole.plan.cost):
                return whole
        asked[signature] += 1
        sliced = observed - {*keep}
        tables = self.ancestors({*keep, *observed, *soft}, cut) - (cut & sliced)
        if keep:
            zeros = {t for t in tables if not self.positive[t]}
            tables = self.connected(tables, keep, sliced) | zeros | dead
        return self._made(signature, keep, tables=tables, sliced=sliced, effort=0)

    def differentiated(self, keep: tuple[int, ...], indicators: Indicators) -> Circuit:
        """The circuit for all derivatives of P(keep | evidence), sliced if asked often."""
        sliced = frozenset([h[0] for h in indicators.hard if not h[2]]) - {*keep}
        signature = ("derivatives", keep, sliced)
        found = self._recall(signature)
        if found is not None:
            return found
        whole = self.whole(keep)
        asked = self._asked.setdefault((-1,), Counter())
        if not sliced or self._early(asked, signature, 3 * whole.plan.cost):
            return whole
        return self._made(signature, keep, sliced=sliced, effort=0)

    def _early(self, asked: Counter[Signature], signature: Signature, cost: int) -> bool:
        """Whether the question has not been asked often enough for a circuit of its own."""
        if len(asked) > KEPT * 8:
            asked.clear()
        asked[signature] += 1
        return asked[signature] * (cost + CALL) < PATIENCE

    def _cheap(self, keep: tuple[int, ...], *, build: bool) -> Circuit | None:
        """The circuit of the whole network if it is there, or may be made, and costs little."""
        whole = self._recall(("whole", keep))
        if whole is None and build and keep not in self._dear:
            scopes = [frozenset(family) for family in self.factors.families]
            found = search(scopes, self.factors.cards, frozenset(keep), effort=0)
            if found is not None and found.cost <= CHEAP:
                whole = self.whole(keep)
            elif len(self._dear) < KEPT:
                self._dear.add(keep)
        return whole if whole is not None and whole.plan.cost <= CHEAP else None

    def batch(self, keep: tuple[int, ...], touched: frozenset[int]) -> Circuit:
        """The circuit for many runs in which some of ``touched`` have evidence.

        Evidence elsewhere among the same variables and their ancestors has the same circuit.
        """
        tables = frozenset(self.ancestors({*keep, *touched}, frozenset()))
        signature = ("batch", keep, tables)
        return self._recall(signature) or self._made(signature, keep, tables=tables)

    def together(
        self, keeps: Sequence[tuple[int, ...]], touched: frozenset[int]
    ) -> list[tuple[Circuit, list[int]]]:
        """Circuits for several targets, each with the positions of the targets it answers.

        One joint of all of them, from which each is summed, often costs hardly more than any one
        by itself: the work lies in what they have in common. Where it costs more than all of them
        one by one, or would be large, each has its own.
        """
        alone = list(dict.fromkeys(keeps))
        union = tuple(sorted({i for keep in alone for i in keep}))
        states = math.prod(self.factors.cards[i] for i in union)
        if len(alone) > 1 and states <= JOINT:
            whole, one = self.batch(union, touched), self.batch(alone[0], touched)
            if whole.plan.cost <= len(alone) * one.plan.cost:
                return [(whole, list(range(len(keeps))))]
        return [(self.batch(k, touched), [i for i, o in enumerate(keeps) if o == k]) for k in alone]

    def _recall(self, signature: Signature) -> Circuit | None:
        circuit = self._special.get(signature)
        if circuit is not None:
            with suppress(KeyError):  # another thread may just have forgotten it
                self._special.move_to_end(signature)
        return circuit

    def _made(
        self,
        signature: Signature,
        keep: tuple[int, ...],
        *,
        tables: Iterable[int] | None = None,
        sliced: Iterable[int] = (),
        effort: int = 1,
    ) -> Circuit:
        """A circuit made, and remembered."""
        chosen = None if tables is None else sorted(tables)
        circuit = build(self.factors, keep, tables=chosen, sliced=sliced, effort=effort)
        self._special[signature] = circuit
        while len(self._special) > KEPT:
            with suppress(KeyError):
                self._special.popitem(last=False)
        return circuit

    def ancestors(self, start: Iterable[int], cut: frozenset[int]) -> set[int]:
        """The variables and all their ancestors, arcs into ``cut`` removed."""
        found: set[int] = set()
        stack = list(start)
        while stack:
            v = stack.pop()
            if v not in found:
                found.add(v)
                if v not in cut:
                    stack += self.parents[v]
        return found

    def connected(
        self, tables: Iterable[int], keep: Iterable[int], sliced: frozenset[int]
    ) -> set[int]:
        """Those of the tables that are linked to ``keep`` through variables not observed."""
        holders: dict[int, list[int]] = {}
        for t in tables:
            for v in {t, *self.parents[t]} - sliced:
                holders.setdefault(v, []).append(t)
        found: set[int] = set()
        seen = set(keep)
        stack = list(seen)
        while stack:
            for t in holders.get(stack.pop(), []):
                if t not in found:
                    found.add(t)
                    fresh = {t, *self.parents[t]} - sliced - seen
                    seen |= fresh
                    stack += fresh
        return found
