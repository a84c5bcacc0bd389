"""A network while it is read: what is declared and defined so far, every name with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from math import prod

import numpy as np

from cmocnet.formats.numbers import Rows, scaled
from cmocnet.formats.places import Source, Word, fail, shown
from cmocnet.typing import DiscreteNetwork, Table

MOST_NUMBERS = 20_000_000
"""Probabilities of a whole network: 160 MB. Only a default row can ask for more than it prints."""
MOST_VARIABLES = 100_000
MOST_PARENTS = 60
"""Arrays have one axis a parent, and no more than 64."""
LISTED = 3
"""Rows that a note names before it counts."""


class Draft:
    """States and tables in the order of the file, checked as they come.

    Raises
    ------
    FileError
        From every method: what is wrong with the file, and the place where it is.
    """

    def __init__(self, source: Source) -> None:
        self.source, self.place = source, source.place
        self.states: dict[str, tuple[str, ...]] = {}
        self.tables: dict[str, Table] = {}
        self.rescaled: list[str] = []
        self.notes: list[str] = []
        self._declared: dict[str, int] = {}
        self._defined: dict[str, int] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._size = 0

    def declare(self, name: Word, states: Sequence[Word]) -> None:
        """A variable, which may not stand twice, and its states in order, each once."""
        if name.text in self.states:
            first = self.near(self._declared[name.text])
            fail(f"variable {shown(name.text)} stands twice (first: {first})", self.place(name.at))
        if not states:
            fail(f"variable {shown(name.text)} has no states", self.place(name.at))
        if len(self.states) == MOST_VARIABLES:
            fail("too many variables", self.place(name.at), f"at most {MOST_VARIABLES:,}")
        seen: set[str] = set()
        for state in states:
            if state.text in seen:
                what = f"{shown(name.text)} has the state {shown(state.text)} twice"
                fail(what, self.place(state.at))
            seen.add(state.text)
        if not name.text or "" in seen:
            fail("an empty name", self.place(name.at))
        self.states[name.text] = tuple(state.text for state in states)
        self._declared[name.text] = name.at

    def near(self, at: int) -> str:
        """The line and column of a position, where the file has been named."""
        return self.place(at).removeprefix(f"{self.source.name}, ")

    def known(
        self, name: Word, among: Mapping[str, object] | None = None, kind: str = "variable"
    ) -> str:
        """A name that is declared, or ``among`` these; any other is refused with the nearest."""
        right = self.states if among is None else among
        if name.text not in right:
            what = f"unknown {kind} {shown(name.text)}"
            fail(what, self.place(name.at), like=(name.text, right))
        return name.text

    def state(self, variable: str, state: Word) -> int:
        """The number of a state; one that the variable has not is refused with the nearest."""
        numbers = self._numbers.get(variable)
        if numbers is None:
            numbers = {name: number for number, name in enumerate(self.states[variable])}
            self._numbers[variable] = numbers
        if state.text not in numbers:
            what = f"{shown(variable)} has no state {shown(state.text)}"
            fail(what, self.place(state.at), like=(state.text, numbers))
        return numbers[state.text]

    def head(self, child: Word, parents: Sequence[Word]) -> tuple[int, ...]:
        """The shape of a table about to be defined: a number a parent, then the child's own.

        Names are known and stand once, the child has no table yet, and the whole network holds at
        most :data:`MOST_NUMBERS` probabilities.
        """
        name = self.known(child)
        if name in self._defined:
            first = self.near(self._defined[name])
            fail(f"{shown(name)} has a second table (first: {first})", self.place(child.at))
        seen = {name}
        for parent in parents:
            if self.known(parent) in seen:
                what = f"{shown(parent.text)} stands twice in the table of {shown(name)}"
                fail(what, self.place(parent.at))
            seen.add(parent.text)
        if len(parents) > MOST_PARENTS:
            what = f"{shown(name)} has {len(parents)} parents"
            fail(what, self.place(child.at), f"at most {MOST_PARENTS}")
        shape = tuple(len(self.states[v.text]) for v in (*parents, child))
        self._defined[name] = child.at
        self._size += prod(shape)
        if self._size > MOST_NUMBERS:
            what = f"the table of {shown(name)} brings the network to {self._size:,} probabilities"
            fail(what, self.place(child.at), f"at most {MOST_NUMBERS:,}")
        return shape

    def define(self, child: Word, parents: Sequence[Word], rows: Rows) -> None:
        """The table of a variable whose ``head`` was checked; no row is off but by its rounding."""
        values, changed, wrong = scaled(rows)
        names = tuple(parent.text for parent in parents)
        if wrong is not None:
            total = rows.values[wrong].sum()
            what = f"{self._row(child.text, names, wrong)} sums to {total:.10g}"
            fail(what, self.place(int(rows.spots[wrong])), "1, to the digits printed")
        for row in changed:
            where = self.near(int(rows.spots[row]))
            self.rescaled.append(f"{self._row(child.text, names, row)} ({where})")
        shape = tuple(len(self.states[v]) for v in (*names, child.text))
        self.tables[child.text] = Table(child.text, names, values.reshape(shape))

    def count(self, child: Word, shape: Sequence[int], numbers: int, at: int) -> None:
        """Refuse a whole table with too few or too many numbers."""
        if numbers != prod(shape):
            sides = " x ".join(map(str, shape))
            expected = f"{prod(shape)} ({sides})" if len(shape) > 1 else str(shape[0])
            what = f"{numbers} numbers in the table of {shown(child.text)}"
            fail(what, self.place(at), expected)

    def configuration(self, parents: Sequence[str], row: int) -> str:
        """The parents' states of a row, the last parent running fastest."""
        states = [self.states[parent] for parent in parents]
        codes = np.unravel_index(row, tuple(map(len, states)))
        return ", ".join(f"{p}={s[c]}" for p, s, c in zip(parents, states, codes, strict=True))

    def network(self) -> DiscreteNetwork:
        """The whole network: in the file's order where parents come first, else a topological one.

        There are variables, each has a table, and the arcs form no cycle.
        """
        if not self.states:
            fail("no variables", self.place(0))
        for name, at in self._declared.items():
            if name not in self.tables:
                fail(f"variable {shown(name)} has no table", self.place(at))
        arcs = {name: self.tables[name].parents for name in self.states}
        try:
            order = tuple(TopologicalSorter(arcs).static_order())
        except CycleError as error:
            circle = error.args[1]
            where = self.place(self._defined[circle[0]])
            more = [f"and {len(circle) - LISTED} more"] if len(circle) > 2 * LISTED else []
            named = circle[:LISTED] + more if more else circle
            fail("the arcs form a cycle: " + " -> ".join(named), where)
        position = {name: number for number, name in enumerate(self.states)}
        if all(position[p] < position[name] for name, ps in arcs.items() for p in ps):
            order = tuple(self.states)
        tables = {name: self.tables[name] for name in order}
        return DiscreteNetwork({name: self.states[name] for name in order}, tables)

    def told(self) -> str | None:
        """What its reader has changed or decided, in one line; None where nothing was."""
        notes = list(self.notes)
        if self.rescaled:
            rows = len(self.rescaled)
            named = "; ".join(self.rescaled[:LISTED])
            more = f"; and {rows - LISTED} more" if rows > LISTED else ""
            told = "1 row" if rows == 1 else f"{rows} rows"
            notes.append(f"{told} off by no more than printed digits, rescaled: {named}{more}")
        return "; ".join(notes) or None

    def _row(self, child: str, parents: Sequence[str], row: int) -> str:
        given = f" given {self.configuration(parents, row)}" if parents else ""
        return f"row of {child}{given}"
