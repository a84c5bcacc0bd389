"""Why an answer differs from the baseline: what each item adds, if items agree, what carries it."""

from __future__ import annotations

from dataclasses import dataclass

from cmocnet.asked import Asked
from cmocnet.errors import QueryError
from cmocnet.explain.conflict import Conflict, measure
from cmocnet.explain.contributions import Contribution, Contributions, shapley
from cmocnet.explain.pathways import Carriage, Carrier, Pathway, Pathways, trace
from cmocnet.explain.threads import Step, Stretch, Thread
from cmocnet.items import Item, items
from cmocnet.query import Query

__all__ = [
    "Carriage",
    "Carrier",
    "Conflict",
    "Contribution",
    "Contributions",
    "Explanation",
    "Item",
    "Pathway",
    "Pathways",
    "Step",
    "Stretch",
    "Thread",
    "explain",
    "measure",
    "shapley",
    "trace",
]


@dataclass(frozen=True)
class Explanation:
    """Why the answer to a question differs from the baseline.

    contributions
        What each item of the evidence adds; they sum to ``answer - baseline``.
    conflict
        Whether the items hang together.
    pathways
        Which configurations carry the move, in words with their sources.
    """

    query: Query
    contributions: Contributions
    conflict: Conflict
    pathways: Pathways

    @property
    def baseline(self) -> float:
        """The probability with nothing known; it rests on assumed prevalences."""
        return self.contributions.baseline

    @property
    def answer(self) -> float:
        """The probability with all items known."""
        return self.contributions.answer


def explain(asked: Asked, *, top: int = 10, orders: int = 500, seed: int = 0) -> Explanation:
    """Why the answer to a question differs from the baseline.

    Parameters
    ----------
    asked
        Each target needs a state.
    top
        How many pathways to put into words.
    orders, seed
        Orders sampled for the contributions where there are more than 15 items, and their seed.

    Raises
    ------
    CmocnetError
        A target has no state or is itself given, nothing is given, or the evidence is impossible.

    >>> import cmocnet
    >>> net = cmocnet.load()
    >>> why = explain(net.ask("P(dissolution | mandated, low cultural compatibility)"))
    >>> parts = sum(c.value for c in why.contributions.items)
    >>> abs(parts - (why.answer - why.baseline)) < 1e-12
    True
    """
    event, evidence = asked.event, asked.evidence
    if evidence.empty:
        raise QueryError("nothing is given", where=str(asked), expected="items after '|'")
    return Explanation(
        asked.query,
        shapley(asked.program, event, items(evidence), orders=orders, seed=seed),
        measure(asked.model, evidence),
        trace(asked, top=top),
    )
