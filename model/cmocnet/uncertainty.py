"""How far an answer moves: over draws of the judgements, and between rival readings of the review.

The first is uncertainty of numbers and gives intervals; the second is uncertainty of structure and
is reported beside them, never hidden in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cmocnet import engine
from cmocnet.answer import Contrast, Interval, central
from cmocnet.elicitation import tables
from cmocnet.errors import QueryError
from cmocnet.query import Query, parse, stated
from cmocnet.registry import read
from cmocnet.typing import Evidence

if TYPE_CHECKING:
    from cmocnet.network import Network

RULE = "effects combined by product"


def asked(net: Network, question: str | Query) -> tuple[Query, dict[str, str]]:
    """A question as understood, and its target states.

    Raises
    ------
    QueryError
        A target names a variable but no state.
    """
    query = parse(question, net.lexicon) if isinstance(question, str) else question
    states = stated(query)
    if states is None:
        whole = next(name for name, state in query.targets.items() if state is None)
        raise QueryError(
            f"{whole} names no state",
            where=str(query),
            expected=f"one of {', '.join(net.variables[whole].states)}",
        )
    return query, states


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


def rivals(
    net: Network, targets: Mapping[str, str], evidence: Evidence
) -> Iterator[tuple[str, float]]:
    """The probability under every rival reading by itself, then under the rival rule."""
    for label, program in net.rivals:
        yield label, program.event(targets, evidence)


def programs(net: Network) -> Iterator[tuple[str, engine.Program]]:
    """A program for every rival reading switched on by itself, and one for the rival rule."""
    for key, cmoc in net.review.cmocs.items():
        for name in cmoc.readings:
            if name != net.review.readings[key]:
                chosen = {**net.review.readings, key: name}
                review = read(Path(net.review.path), priors=net.priors, readings=chosen)
                yield f"{key}={name}", engine.compile(tables.network(review))
    yield RULE, engine.compile(tables.network(net.review, rule="product"))
