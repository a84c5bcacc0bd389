"""A table of a network as rows for a CSV file: a column a parent, then one a state of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from cmocnet.typing import DiscreteNetwork, Table


def rows(network: DiscreteNetwork, table: Table) -> Iterator[list[str | float]]:
    """The head, then one row for each combination of the parents' states.

    A row holds those states and the probability of each own state, in [0, 1].

    >>> from cmocnet import load
    >>> network = load().discrete
    >>> head, first, *_ = rows(network, network.tables["trust"])
    >>> head[-1].startswith("trust="), len(head) == len(first)
    (True, True)
    """
    own = network.states[table.variable]
    yield [*table.parents, *(f"{table.variable}={state}" for state in own)]
    cases = product(*(network.states[parent] for parent in table.parents))
    shares = table.values.reshape(-1, len(own)).tolist()
    for case, row in zip(cases, shares, strict=True):
        yield [*case, *row]
