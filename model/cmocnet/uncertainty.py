"""How far an answer moves: over draws of the judgements, and between rival readings of the review.

The first is uncertainty of numbers and gives intervals; the second is uncertainty of structure and
is reported beside them, never hidden in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from cmocnet import shelf
from cmocnet.amounts import seed as seeded
from cmocnet.amounts import whole
from cmocnet.answer import Contrast, Interval, central
from cmocnet.elicitation import tables
from cmocnet.elicitation.draws import Draws, draw
from cmocnet.errors import QueryError
from cmocnet.forks import reopened
from cmocnet.query import Query, stated, understood
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence, States

if TYPE_CHECKING:
    from cmocnet.network import Network

DRAWS = 1000
"""Draws of the judgements behind an interval."""
KEPT = 4 * DRAWS
"""Draws that a network keeps for next time, all seeds together."""
_keeping = reopened(Lock())
RULE = "effects combined by product"
LABELS = "labels"


def asked(net: Network, question: str | Query) -> tuple[Query, dict[str, str | States]]:
    """A question as understood, and its target states.

    Raises
    ------
    QueryError
        A target names a variable but no state.
    """
    query = understood(question, net.lexicon)
    states = stated(query)
    if states is None:
        whole = next(name for name, state in query.targets.items() if state is None)
        raise QueryError(
            f"{whole} names no state",
            where=str(query),
            expected=f"one of {', '.join(net.variables[whole].states)}",
        )
    return query, states


def samples(
    net: Network,
    events: Sequence[Event],
    evidence: Evidence,
    *,
    n: int = DRAWS,
    seed: int = 0,
) -> tuple[Array, ...]:
    """P(event | evidence) under each draw of the judgements, one array of shape (n,) an event.

    Several events of one network take little longer than one.

    >>> from cmocnet import load
    >>> net = load()
    >>> trust, _ = samples(net, [{"trust": "high"}, {"faith": "high"}], net.evidence(["mandated"]))
    >>> trust.shape
    (1000,)
    """
    tables = net.draws(n, seed).tables
    return net.batches.predict_tables(tables, evidence, list(events))


def compare(net: Network, one: str | Query, other: str | Query, *, seed: int = 0) -> Contrast:
    """P(one) - P(other), with both computed under the same draws."""
    (first, a), (second, b) = asked(net, one), asked(net, other)
    difference = net.program.event(a, first.evidence) - net.program.event(b, second.evidence)
    left = net.samples(a, first.evidence, seed=seed)
    return Contrast(difference, left - net.samples(b, second.evidence, seed=seed))


def intervals(
    net: Network, evidence: Evidence, *, level: float, seed: int
) -> dict[str, dict[str, Interval]]:
    """Central credible intervals of every posterior."""
    names = list(net.variables)
    found = net.batches.predict_tables(net.draws(seed=seed).tables, evidence, names)
    return {
        name: {
            state: central(samples[:, k], level)
            for k, state in enumerate(net.variables[name].states)
        }
        for name, samples in zip(names, found, strict=True)
    }


@dataclass(frozen=True, eq=False)
class Rivals:
    """Every rival reading switched on by itself, and the rival rule of combination, as tables.

    ``tables`` has one set for each label on its leading axis, for the variables that differ.
    """

    labels: tuple[str, ...]
    tables: Mapping[str, Array]


def rivals(net: Network, targets: Event, evidence: Evidence) -> dict[str, float]:
    """The probability under every rival reading by itself, then under the rival rule."""
    found = net.rivals
    (p,) = net.batches.predict_tables(found.tables, evidence, [targets])
    return dict(zip(found.labels, p.tolist(), strict=True))


def rivals_of(net: Network) -> Rivals:
    """The rivals of a network, kept for next time."""
    found = shelf.arrays(net.kept, "rivals", lambda: gather(net))
    return Rivals(tuple(map(str, found.pop(LABELS))), found)


def drawn(net: Network, n: int, seed: int) -> Draws:
    """Draws of every judgement; the tables of the usual ones are kept for next time."""
    found = draw(net.review, n=n, seed=seed)
    if (n, seed) != (DRAWS, 0):
        return found
    ready = shelf.arrays(net.kept, "draws", lambda: found.tables)
    return draw(net.review, n=n, seed=seed, ready=ready)


def recent(kept: dict[tuple[int, int], Draws], net: Network, n: int, seed: int) -> Draws:
    """Draws from among those ``kept``, or drawn and kept; what was not used for longest goes.

    A set of 1,000 takes about 17 MB for the bundled review, so that ``KEPT`` draws are some 70 MB.
    One that is larger by itself is drawn anew each time.
    """
    n, seed = whole(n, "draws", least=1), seeded(seed)
    with _keeping:
        found = kept.pop((n, seed), None)
        if found is not None:
            kept[n, seed] = found
            return found
    found = drawn(net, n, seed)
    with _keeping:
        kept[n, seed] = found
        while sum(size for size, _ in kept) > KEPT:
            del kept[next(iter(kept))]
    return found


def gather(net: Network) -> dict[str, Array]:
    """The rivals of a network, each read from its files anew: stacked tables, and their labels."""
    from cmocnet.registry import read

    labels: list[str] = []
    networks: list[DiscreteNetwork] = []
    for key, cmoc in net.review.cmocs.items():
        for name in cmoc.readings:
            if name != net.review.readings[key]:
                chosen = {**net.review.readings, key: name}
                review = read(Path(net.review.path), priors=net.priors, readings=chosen)
                labels.append(f"{key}={name}")
                networks.append(tables.network(review))
    labels.append(RULE)
    networks.append(tables.network(net.review, rule="product"))
    stacked: dict[str, Any] = {
        name: np.stack([n.tables[name].values for n in networks])
        for name, table in net.discrete.tables.items()
        if any(not np.array_equal(n.tables[name].values, table.values) for n in networks)
    }
    return stacked | {LABELS: np.array(labels)}
