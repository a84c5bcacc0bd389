"""What a table that is not written out says of its arcs: the engine is asked, not its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import islice, product

import numpy as np

from cmocnet import engine
from cmocnet.explain.flow import Arc
from cmocnet.parts import mapped
from cmocnet.typing import Array, DiscreteNetwork, Evidence, Scope, Table

CASES = 4096
"""Settings of a moderator and the like in which the way of an arc is looked for, at most."""


def matrices(
    network: DiscreteNetwork, settings: Sequence[Evidence], within: Set[str]
) -> dict[Arc, Array]:
    """The matrices of :func:`.flow.matrices` for arcs into such tables.

    Beside the child stands a twin that nobody sees, with its table and with copies of its parents.
    A copy can be made to take a state, while the others follow their parents in the setting: so P(c
    | p) is averaged over the joint distribution of the others.
    """
    found = {}
    for child, table in network.tables.items():
        wanted = [p for p in table.parents if {p, child} <= within]
        if not (table.parts and wanted):
            continue
        program = engine.compile(_twinned(network, table))
        for parent in wanted:
            rows = []
            for state in network.states[parent]:
                made = [replace(e, do={**e.do, _twin(parent): state}) for e in settings]
                rows.append(np.mean([program.joint([_twin(child)], e) for e in made], axis=0))
            found[parent, child] = np.array(rows)
    return found


def _twin(name: str) -> str:
    return f"twin({name})"


def _twinned(network: DiscreteNetwork, table: Table) -> DiscreteNetwork:
    def renamed(parents: Scope, values: Array) -> tuple[Scope, Array]:
        return tuple(_twin(p) if isinstance(p, str) else p for p in parents), values

    child, states, tables = _twin(table.variable), dict(network.states), dict(network.tables)
    for p in table.parents:
        states[_twin(p)] = states[p]
        tables[_twin(p)] = Table(_twin(p), (p,), np.eye(len(states[p])))
    states[child] = states[table.variable]
    tables[child] = Table(child, *mapped(table, renamed))
    return DiscreteNetwork(states, tables)


def changes(
    network: DiscreteNetwork, table: Table, score: Callable[[Array], Array]
) -> Iterator[tuple[str, Array, float]]:
    """Every parent, changes of the child's score from its first state to its last, and their mean.

    The mean counts all the other parents' states alike. The changes are those where causes that act
    by themselves leave most to be done, whatever the parents beside them; of a parent beside them,
    also those where one of the causes acts.
    """
    parents, name = table.parents, table.variable
    cards = [network.cardinality(p) for p in parents]
    alone = {p: Table(p, (), np.full(n, 1.0 / n)) for p, n in zip(parents, cards, strict=True)}
    states = {v: network.states[v] for v in (*parents, name)}
    program = engine.compile(DiscreteNetwork(states, {**alone, name: table}))

    def between(codes: Array, i: int, *ends: int) -> list[Array]:
        """Scores with the parents at these codes (-1 for any), and one of them at each end."""
        rows = np.repeat(codes.astype(int)[None], len(ends), axis=0)
        rows[..., i] = np.array(ends)[:, None]
        (found,) = program.predict(rows.reshape(-1, len(parents)), parents, [name])
        return [*score(found).reshape(len(ends), -1)]

    any_, first = np.full((1, len(parents)), -1), np.zeros((1, len(parents)))
    least = [int(np.argmin(between(first, i, *range(n)))) for i, n in enumerate(cards)]
    acting = np.repeat([least], sum(cards), axis=0)
    acting[np.arange(sum(cards)), np.repeat(np.arange(len(cards)), cards)] = np.concatenate(
        [np.arange(n) for n in cards]
    )
    beside = [parents.index(p) for p in table.parts[-1].parents if isinstance(p, str)]
    for i, parent in enumerate(parents):
        free = [j for j in beside if j != i]
        cases = [*islice(product(*(range(cards[j]) for j in free)), CASES)]
        codes = np.tile(least, (len(cases), 1))
        codes[:, free] = cases
        codes = np.vstack([codes, acting]) if i in beside else codes
        start, end = between(codes, i, 0, cards[i] - 1)
        ((low,), (high,)) = between(any_, i, 0, cards[i] - 1)
        yield parent, end - start, float(high - low)
