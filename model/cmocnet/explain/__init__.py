"""Why an answer differs from the baseline: what each item adds, if items agree, what carries it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cmocnet.asked import Asked, Finding
from cmocnet.errors import QueryError
from cmocnet.explain.conflict import Conflict, measure
from cmocnet.explain.contributions import Contribution, Contributions, shapley
from cmocnet.explain.pathways import Carriage, Carrier, Pathway, Pathways, trace
from cmocnet.explain.threads import Step, Stretch, Thread
from cmocnet.items import Item, items
from cmocnet.results import TOP, Part, Rows

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


@dataclass(frozen=True, repr=False)
class Explanation(Finding):
    """Why the answer to a question differs from the baseline.

    contributions
        What each item of the evidence adds; they sum to ``answer - baseline``.
    conflict
        Whether the items hang together.
    pathways
        Which configurations carry the move, in words with their sources.
    """

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

    @property
    def finding(self) -> str:
        """The move from the baseline, and the item that adds most."""
        return f"{self.query}, {self.contributions.finding}"

    columns = (*Contributions.columns, "against_rest")

    def rows(self) -> Rows:
        """One an item: what it adds, and how far it conflicts with the rest."""
        against = {str(item): value for item, value in self.conflict.items}
        for row in self.contributions.rows():
            yield {**row, "against_rest": against.get(row["item"])}

    def record(self) -> dict[str, Any]:
        """The whole explanation as plain data."""
        return {
            "query": self.query.text,
            "canonical": str(self.query),
            "baseline": self.baseline,
            "answer": self.answer,
            **self.contributions.record(),
            "conflict": self.conflict.record(),
            **self.pathways.record(),
            "caution": self.caution,
        }

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """What each item adds, whether they conflict, and which paths carry the move."""
        words = self.asked.model.item_in_words
        yield from (self.asked.targets_in_words, "")
        yield from self.contributions.shown(top, words)
        conflict = list(self.conflict.shown(top, words))
        yield from ("", *conflict) if conflict else ()
        yield from ("", *self.pathways.shown(top))


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
        asked,
        shapley(asked.program, event, items(evidence), orders=orders, seed=seed),
        measure(asked.model, evidence),
        trace(asked, top=top),
    )
