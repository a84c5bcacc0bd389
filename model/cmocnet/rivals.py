"""What stands beside an answer: rival readings of the review, and the rival rule of combination.

Each is read from the review's files anew, and has the numbers that were solved under it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cmocnet.elicitation import tables
from cmocnet.registry import Review
from cmocnet.registry.judged import Rule
from cmocnet.registry.solved import tell, unsolved
from cmocnet.typing import Array, DiscreteNetwork

RULE = "effects combined by product"
LABELS = "labels"
"""The key that holds the rivals' labels beside their tables."""


@dataclass(frozen=True, eq=False)
class Rivals:
    """Every rival reading switched on by itself, and the rival rule of combination, as tables.

    ``tables`` has one set for each label on its leading axis, for the variables that differ.
    """

    labels: tuple[str, ...]
    tables: Mapping[str, Array]


def reread(review: Review, priors: Path | None) -> Iterator[tuple[str, Review, Rule]]:
    """Each rival's label, its review, and the rule under which its tables are built."""
    from cmocnet.registry import read  # rivals that were kept need no reader

    ways: list[tuple[str, dict[str, str], Rule]] = [
        (f"{key}={name}", {**review.readings, key: name}, "sum")
        for key, cmoc in review.cmocs.items()
        for name in cmoc.readings
        if name != review.readings[key]
    ]
    for label, chosen, rule in (*ways, (RULE, review.readings, "product")):
        rival = read(Path(review.path), priors=priors, readings=chosen, rule=rule)
        yield label, unsolved(rival) if review.solved is None else rival, rule


def stacked(review: Review, priors: Path | None, central: DiscreteNetwork) -> dict[str, Array]:
    """The rivals' tables that differ from the central ones, stacked, and their labels."""
    labels: list[str] = []
    networks: list[DiscreteNetwork] = []
    for label, rival, rule in reread(review, priors):
        tell(rival)
        labels.append(label)
        networks.append(tables.network(rival, rule=rule))
    differing: dict[str, Any] = {
        name: np.stack([n.tables[name].values for n in networks])
        for name, table in central.tables.items()
        if any(not np.array_equal(n.tables[name].values, table.values) for n in networks)
    }
    return differing | {LABELS: np.array(labels)}
