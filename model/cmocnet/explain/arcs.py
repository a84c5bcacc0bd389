"""Which way each arc of the network works, and how strongly, as its table has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cmocnet.explain import unwritten
from cmocnet.model import Model
from cmocnet.typing import Array, Table

Way = Literal["raises", "lowers", "mixed"]
HARDLY = 0.005


@dataclass(frozen=True)
class Arc:
    """An arc, which way it works and how strongly.

    strength
        Change of the child's expected score (0 to 1 over its states) from the parent's first state
        to its last, the other parents' states counting alike.
    """

    parent: str
    child: str
    way: Way
    strength: float


def arcs(net: Model) -> tuple[Arc, ...]:
    """Every arc of a network; "mixed" where its way hangs on the other parents."""
    found = []
    for child, table in net.discrete.tables.items():
        for parent, change, mean in _changes(net, table):
            ends = net.variables[parent].direction, net.variables[child].direction
            # In words: where "more" of one noun lies at the first state, the sign turns.
            said = change if ends[0] == ends[1] else -change
            found.append(Arc(parent, child, _way(said, all(ends)), mean))
    return tuple(found)


def _changes(net: Model, table: Table) -> Iterator[tuple[str, Array, float]]:
    """Every parent, changes of the child's score from its first state to its last, their mean."""
    score = net.variables[table.variable].score
    if table.parts:
        yield from unwritten.changes(net.discrete, table, score)
        return
    scores = score(table.values)
    for axis, parent in enumerate(table.parents):
        along = np.moveaxis(scores, axis, 0)
        change = (along[-1] - along[0]).ravel()
        yield parent, change, float(change.mean())


def _way(change: Array, ordered: bool) -> Way:
    up, down = bool((change > HARDLY).any()), bool((change < -HARDLY).any())
    if not ordered or up == down:
        return "mixed"
    return "raises" if up else "lowers"
