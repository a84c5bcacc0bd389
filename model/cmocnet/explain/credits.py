"""Which of the configurations cited on an arc speak of a path's step in this very case.

An arc gathers citations for all cases: for every context that leads into it, every state of its
parent, every cell of a table that a moderator cuts. A path in one case goes through some of them.
A configuration is credited with a step if the arc cites it in a cell that the case allows, and one
of its tests holds here and speaks of the step:

- What it is conditional on can be so. A state between the ends is not the opposite of either.
- What it manipulates can be in one of the two states that it compares, not in a third.
- The step lies on its chain, from what it manipulates or is conditional on to a mechanism or an
  outcome; and the path came by that chain: it goes through what the test manipulates, or follows
  the configuration's own arcs from its condition on or from the path's beginning.

So a mechanism that several contexts set off is credited to the one that the path comes from. The
same contrast may be read backwards, from where it leads to where it starts. A configuration without
a test says nothing that the case could gainsay, and is credited wherever it is cited.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cmocnet.explain.flow import Arc, Carried
from cmocnet.intervals import NOTHING
from cmocnet.model import Model
from cmocnet.registry.judged import Partition, TableSpec, arcs_of
from cmocnet.registry.moment import moment
from cmocnet.registry.records import Expectation, Link
from cmocnet.typing import Array, Evidence

Possible = Mapping[str, frozenset[str]]
"""Variable -> the states that it can have in the case."""
Cited = Mapping[Arc, Sequence[str]]
Neighbours = Mapping[str, Sequence[str]]
"""Variable -> those that an arc leads to from it."""
Credited = tuple[tuple[str, ...], ...]
"""Of each step of a path, the ids of the configurations credited with it."""


@dataclass(frozen=True, eq=False)
class Chain:
    """What a test that holds in the case speaks of, as variables.

    begins
        What it manipulates; where it looks beyond a round, also what carries that over.
    aside
        What it is conditional on and does not hold alike in its contrast; of a selection, what
        selects.
    inside
        What lies downstream of either; from the latter along arcs that cite the configuration.
    leads
        Its mechanism, its outcomes, what a selection selects, and all that is upstream of them.
    """

    test: Expectation
    begins: frozenset[str]
    aside: frozenset[str]
    inside: frozenset[str]
    leads: frozenset[str]


class Case:
    """A case as the configurations see it: what can still be so in it, and which chains hold."""

    def __init__(self, net: Model, evidence: Evidence) -> None:
        self.possible = possible(net, evidence)
        self.cited: Cited = {
            (parent, child): ids
            for child, variable in net.variables.items()
            for parent, ids in cited_here(variable.table, self.possible).items()
        }
        self._variables, self._register = net.variables, net.review.cmocs
        self._carry = net.review.about.rounds.carry
        self._onward = _neighbours(self.cited)
        self._back = _neighbours((child, parent) for parent, child in self.cited)
        self._own_arcs: dict[str, list[Arc]] = {}
        for arc, ids in self.cited.items():
            for key in ids:
                self._own_arcs.setdefault(key, []).append(arc)
        self._chains: dict[str, tuple[Chain, ...]] = {}

    def credited(self, several: Iterable[Carried]) -> Iterator[Credited]:
        """Who is credited with each step, path by path; all of the paths are one item's."""
        known: dict[tuple[str, ...], tuple[str, ...]] = {}
        for found in several:
            steps = []
            for end in range(2, len(found.path) + 1):
                way = found.path[:end]
                if way not in known:
                    cited = self.cited.get((way[-2], way[-1]), ())
                    known[way] = tuple(i for i in cited if self._speaks(i, way, found.changes))
                steps.append(known[way])
            yield tuple(steps)

    def _speaks(self, key: str, way: tuple[str, ...], changes: Sequence[Array]) -> bool:
        """Does a configuration speak of the last step of this beginning of a path?"""
        if not self._register[key].tests:
            return True
        chains = [chain for chain in self.chains(key) if way[-1] in chain.leads]
        own = self._own(key, way) if chains else ()
        return any(
            self._compared(chain.test, chain.begins.intersection(way[:-1]))
            or not chain.aside.isdisjoint(own)
            or (own[0] in chain.inside and own[0] == way[0] and self._agrees(chain, way, changes))
            for chain in chains
        )

    def _own(self, key: str, way: tuple[str, ...]) -> tuple[str, ...]:
        """The variables from which arcs that all cite the configuration lead to the way's end."""
        first = len(way) - 2
        while first and key in self.cited.get((way[first - 1], way[first]), ()):
            first -= 1
        return way[first:-1]

    def _agrees(self, chain: Chain, way: tuple[str, ...], changes: Sequence[Array]) -> bool:
        """For a path that begins inside: can the context be where it moves things this way?"""
        for link in _links(chain.test):
            if link.variable in way:
                score = self._variables[link.variable].score(changes[way.index(link.variable)])
                along = bool(score > 0) == (link.sign == "+")
                state = chain.test.end if along else chain.test.start
                return any(self._can_be(name, state) for name in chain.begins)
        return True

    # --- which tests hold ---------------------------------------------------------------------

    def chains(self, key: str) -> tuple[Chain, ...]:
        """What the tests of a configuration speak of, as far as they hold in this case."""
        if key not in self._chains:
            tests = self._register[key].tests
            own = _neighbours(self._own_arcs.get(key, ()))
            selects = self._register[key].type == "selection"
            chains = [self._chain(test, own, selects) for test in tests]
            self._chains[key] = tuple(c for c in chains if self._holds(c, tests))
        return self._chains[key]

    def _chain(self, test: Expectation, own: Neighbours, selects: bool) -> Chain:
        begun, at = moment(test.manipulated)
        begins, ends = {begun}, {link.variable for link in _links(test)}
        if any(link.round > at for link in _links(test)):
            begins |= {later for later, earlier in self._carry.items() if earlier in begins}
            ends |= set(self._carry.values())
        outside = test.contrast or {}
        aside = {moment(n)[0] for n, state in test.condition.items() if outside.get(n) != state}
        if selects and test.mechanism:  # which is there first, and leads to what is compared
            aside.add(test.mechanism.variable)
            ends.add(begun)
        inside = (_reached(self._onward, begins) - begins) | (_reached(own, aside) - aside)
        leads = _reached(self._back, ends)
        return Chain(test, frozenset(begins), frozenset(aside), inside, leads)

    def _holds(self, chain: Chain, tests: Sequence[Expectation]) -> bool:
        """Can all be so that the test compares and is conditional on?

        What is held alike inside and outside its condition only keeps the comparison fair: there, a
        state in which another test of the configuration has it will do as well.
        """
        for name, state in chain.test.condition.items():
            if moment(name)[1] > 1:  # a case is known in one round
                continue
            alike = name not in chain.aside
            also = [t.condition[name] for t in tests if alike and name in t.condition]
            if not any(self._can_be(name, s) for s in (state, *also)):
                return False
        return self._compared(chain.test, chain.begins)

    def _compared(self, test: Expectation, some: Iterable[str]) -> bool:
        """Can one of some variables be in a state that the test compares?"""
        return any(not self.possible[v].isdisjoint((test.start, test.end)) for v in some)

    def _can_be(self, name: str, state: str) -> bool:
        """Can it be in the state or, where there is more and less of it, short of the opposite?"""
        variable, states = self._variables[name], self.possible[name]
        if variable.direction is None:
            return state in states
        return any(s != variable.other(state) for s in states)


def possible(net: Model, evidence: Evidence) -> Possible:
    """The states of every variable that the evidence leaves it.

    >>> import cmocnet
    >>> net = cmocnet.load()
    >>> sorted(possible(net, net.evidence(["mandated"]))["mandate"])
    ['mandated']
    """
    found = net.program.posteriors(evidence)
    return {
        name: frozenset(state for state, p in found[name].items() if p > NOTHING)
        for name in net.variables
    }


def cited_here(spec: TableSpec, states: Possible) -> dict[str, tuple[str, ...]]:
    """Parent -> the ids that claim its arc in the cells that moderators' states leave open."""
    found: dict[str, tuple[str, ...]] = {}
    for parent, cites in _open(spec, states):
        found[parent] = tuple(dict.fromkeys((*found.get(parent, ()), *cites)))
    return found


def _open(spec: TableSpec, states: Possible) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not isinstance(spec, Partition):
        yield from arcs_of(spec)
        return
    yield spec.by, spec.cites
    for state, cell in spec.cells.items():
        if state in states[spec.by]:
            yield from _open(cell, states)


def _links(test: Expectation) -> tuple[Link, ...]:
    """What the test says moves: its mechanism, then its outcomes."""
    return (*((test.mechanism,) if test.mechanism else ()), *test.outcomes)


def _neighbours(arcs: Iterable[Arc]) -> dict[str, list[str]]:
    """The arcs, from each variable onwards."""
    found: dict[str, list[str]] = {}
    for start, end in arcs:
        found.setdefault(start, []).append(end)
    return found


def _reached(neighbours: Neighbours, starts: Iterable[str]) -> frozenset[str]:
    """The variables that arcs lead to from any of some, which are among them."""
    found = set(starts)
    left = [*found]
    while left:
        new = set(neighbours.get(left.pop(), ())) - found
        found |= new
        left += new
    return frozenset(found)
