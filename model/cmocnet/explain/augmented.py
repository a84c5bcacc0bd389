"""Every kind of evidence as an observation, so that all subsets of the items go in one batch.

An intervention that can be switched off is a parent added to its variable: off, the variable keeps
its table; on, it takes the state whatever its other parents say (the augmented network of Pearl
2009, *Causality*, section 3.2.2). A likelihood is a child added to its variable that was seen
(virtual evidence: Pearl 1988, *Probabilistic Reasoning in Intelligent Systems*, section 2.2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cmocnet.items import Item
from cmocnet.parts import switched
from cmocnet.typing import DiscreteNetwork, Table


@dataclass(frozen=True)
class Column:
    """How an item enters a batch: the variable observed, its code with the item and without it."""

    variable: str
    made: int
    left_out: int = -1


def augmented(
    network: DiscreteNetwork, some: Sequence[Item]
) -> tuple[DiscreteNetwork, tuple[Column, ...]]:
    """The network with a switch for each intervention and a child for each likelihood.

    An intervention on a variable without parents needs no switch: seeing its state is the same.
    The network is returned as it is where nothing had to be added.
    """
    states, tables, last = {}, dict(network.tables), {}
    columns = []
    named = [item.variable for item in some]
    for item in some:
        v, value = item.variable, item.value
        table = tables[v]
        if isinstance(value, tuple):
            column = Column(f"seen({v})", 1)
            fit = np.asarray(value, dtype=np.float64) / max(value)
            last[column.variable] = ("otherwise", "as seen")
            tables[column.variable] = Table(
                column.variable, (v,), np.stack([1.0 - fit, fit], axis=-1)
            )
        elif item.kind == "do" and (table.parents or named.count(v) > 1):
            column = Column(f"do({v})", 1, 0)
            states[column.variable] = ("no", "yes")
            tables[column.variable] = Table(column.variable, (), np.array([0.5, 0.5]))
            code = network.states[v].index(value)
            tables[v] = Table(v, *switched(table, column.variable, code))
        else:
            column = Column(v, network.states[v].index(value))
        columns.append(column)
    if not states and not last:
        return network, tuple(columns)
    order = {**states, **network.states, **last}
    return DiscreteNetwork(order, {v: tables[v] for v in order}), tuple(columns)
