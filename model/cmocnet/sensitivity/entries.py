"""Table entries: named by the states of a family, and moved with their rows in proportion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cmocnet.engine.circuit import CERTAIN
from cmocnet.errors import QueryError, nearest
from cmocnet.parts import written
from cmocnet.typing import Array, DiscreteNetwork, Table


@dataclass(frozen=True)
class Entry:
    """One table entry: P(variable = state | parents in the states given)."""

    variable: str
    state: str
    given: Mapping[str, str]

    @property
    def conditions(self) -> str:
        """The parents' states, as ``a=low, b=high``."""
        return ", ".join(f"{p}={s}" for p, s in self.given.items())

    def __str__(self) -> str:
        given = f" | {self.conditions}" if self.given else ""
        return f"P({self.variable}={self.state}{given})"


def named(word: str, candidates: Sequence[str], what: str) -> str:
    """``word`` if it is a candidate; otherwise a QueryError with the nearest ones."""
    if word not in candidates:
        raise QueryError(f"unknown {what} {word!r}", nearest=nearest(word, candidates))
    return word


def checked(network: DiscreteNetwork, entry: Entry) -> tuple[Entry, tuple[int, ...]]:
    """The entry with its parents in the table's order, and its index."""
    name = named(entry.variable, network.names, "variable")
    written(network.tables[name], "a single entry")
    parents = network.tables[name].parents
    missing = [p for p in parents if p not in entry.given]
    if missing or len(entry.given) != len(parents):
        expected = f"a state for each of {', '.join(parents)}" if parents else "none: it has none"
        raise QueryError("parents that are not the table's", where=str(entry), expected=expected)
    given = {p: named(entry.given[p], network.states[p], f"state of {p}") for p in parents}
    state = named(entry.state, network.states[name], f"state of {name}")
    family = {**given, name: state}
    index = tuple(network.states[v].index(s) for v, s in family.items())
    return Entry(name, state, given), index


def entry_at(network: DiscreteNetwork, table: Table, index: tuple[int, ...]) -> Entry:
    """The entry at an index of a table."""
    states = [
        network.states[v][i] for v, i in zip((*table.parents, table.variable), index, strict=True)
    ]
    return Entry(table.variable, states[-1], dict(zip(table.parents, states, strict=False)))


def moved(row: Array, at: int, x: float) -> Array:
    """The row with one entry at ``x`` and the others in their proportions.

    >>> moved(np.array([0.2, 0.2, 0.6]), 2, 0.2).tolist()
    [0.4, 0.4, 0.2]
    """
    rest = float(np.delete(row, at).sum())  # 1 - row[at] would be all rounding beside 1
    others = row / rest if rest > CERTAIN else np.full(len(row), 1.0 / (len(row) - 1))
    changed = np.asarray(others * (1.0 - x))
    changed[at] = x
    return changed


def with_entries(
    network: DiscreteNetwork, entries: Sequence[Entry], numbers: Sequence[float]
) -> DiscreteNetwork:
    """The network with each entry at a number, its row in proportion."""
    tables = dict(network.tables)
    for entry, x in zip(entries, numbers, strict=True):
        _, index = checked(network, entry)
        values = tables[entry.variable].values.copy()
        values[index[:-1]] = moved(values[index[:-1]], index[-1], x)
        tables[entry.variable] = replace(tables[entry.variable], values=values)
    return replace(network, tables=tables)
