"""Does the evidence hang together, or does some of it speak against the rest?

Jensen, F. V., Chamberlain, B., Nordahl, T. and Jensen, F. (1990), Analysis in HUGIN of data
conflict, Proceedings of UAI 6:519-528: conf(e) = log of the product of P(e_i) over P(e). Items that
come of one coherent case support each other and conf is negative; above zero, the case is stranger
than its items taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cmocnet.items import Item, gathered, items
from cmocnet.model import Model
from cmocnet.results import TOP, Part, Result, Rows
from cmocnet.typing import Evidence


@dataclass(frozen=True, repr=False)
class Conflict(Result):
    """How far the evidence conflicts, in natural logarithms.

    measure
        conf of all items seen; above 0 they conflict.
    items
        Each item with conf of it against all the others, the most at odds first.
    """

    measure: float
    items: tuple[tuple[Item, float], ...]

    @property
    def conflicting(self) -> bool:
        """Is the evidence as a whole in conflict (beyond rounding)?"""
        return self.measure > 1e-9

    @property
    def finding(self) -> str:
        """Whether the items conflict, and how far."""
        return f"{'conflict' if self.conflicting else 'no conflict'}, measure {self.measure:.2f}"

    columns = ("item", "against_rest")

    def rows(self) -> Rows:
        """One an item."""
        return [(str(item), value) for item, value in self.items]

    def record(self) -> dict[str, Any]:
        """The measure, and each item against the rest."""
        return {
            "measure": self.measure,
            "conflicting": self.conflicting,
            "items": [{"item": i.record(), "against_rest": v} for i, v in self.items],
        }

    def shown(self, top: int = TOP, words: Callable[[Item], str] = str) -> Iterator[Part]:
        """One line, where there are items that could conflict, each in ``words``."""
        if len(self.items) < 2:
            return
        if not self.conflicting:
            yield "The items do not conflict with each other."
            return
        yield (
            f"The items conflict (measure {self.measure:.2f} above 0): taken together they are "
            f"rarer than one by one. Most at odds with the rest: {words(self.items[0][0])}"
        )


def measure(net: Model, evidence: Evidence) -> Conflict:
    """Conflict among the observations and likelihoods, interventions being made.

    An intervention is no finding and cannot conflict, nor can a fixed marginal, which is a
    constraint. With fewer than two findings the measure is 0.

    >>> import cmocnet
    >>> net = cmocnet.load()
    >>> given = net.evidence({"prior_success": "successful", "starting_relationship": "good"})
    >>> measure(net, given).conflicting
    False
    """
    made = [i for i in items(evidence) if i.kind == "do"]
    seen = [i for i in items(evidence) if i.kind in {"observed", "likelihood"}]

    def log(some: list[Item]) -> float:
        return net.program.log_probability(gathered([*some, *made]))

    if len(seen) < 2:
        return Conflict(0.0, tuple((i, 0.0) for i in seen))
    whole = log(seen)
    each = {i: log([i]) for i in seen}
    against = [(i, each[i] + log([j for j in seen if j != i]) - whole) for i in seen]
    against.sort(key=lambda pair: -pair[1])
    return Conflict(sum(each.values()) - whole, tuple(against))
