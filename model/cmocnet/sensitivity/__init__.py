"""Floor 6: which judgement or context an answer hangs on, and how firmly a conclusion stands.

| question | module | source |
| --- | --- | --- |
| which judgement, which context moves it | :mod:`.tornado` | Howard 1988, Manage Sci 34:679 |
| how it depends on a table entry | :mod:`.functions` | van der Gaag, Renooij & Coupé 2007 |
| what to find out next | :mod:`.evidence` | Kjærulff & Madsen 2013, Bayesian networks, ch. 10-11 |
| is finding out worth it | :mod:`.decision` | Raiffa & Schlaifer 1961; Howard 1966 |
| how judgements share the uncertainty | :mod:`.globally` | Saltelli et al. 2010, CPC 181:259 |
| what would reverse a conclusion | :mod:`.robustness` | Hasofer & Lind 1974, JEMD 100:111 |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cmocnet.asked import Asked, Finding
from cmocnet.results import TOP, Part, Rows
from cmocnet.sensitivity.decision import Decision, Worth, value_of_information
from cmocnet.sensitivity.entries import Entry
from cmocnet.sensitivity.evidence import Asking, Askings, information, next_question, swings
from cmocnet.sensitivity.functions import (
    Functions,
    SensitivityFunction,
    TwoWay,
    every_function,
    sensitivity_function,
    two_way,
)
from cmocnet.sensitivity.globally import Indices, judgement_indices, sobol
from cmocnet.sensitivity.robustness import Reversal, Robustness, robustness
from cmocnet.sensitivity.tornado import Bar, Bars, contexts, tornado
from cmocnet.wording import percents

__all__ = [
    "Asking",
    "Askings",
    "Bar",
    "Bars",
    "Decision",
    "Entry",
    "Functions",
    "Indices",
    "Reversal",
    "Robustness",
    "Sensitivity",
    "SensitivityFunction",
    "TwoWay",
    "Worth",
    "analyse",
    "contexts",
    "every_function",
    "information",
    "judgement_indices",
    "next_question",
    "robustness",
    "sensitivity_function",
    "sobol",
    "swings",
    "tornado",
    "two_way",
    "value_of_information",
]


@dataclass(frozen=True, repr=False)
class Sensitivity(Finding):
    """What an answer hangs on.

    query
        The question as understood.
    tornado
        One bar a judgement, the widest first.
    contexts
        One bar an unobserved setting variable, the widest first.
    """

    tornado: Bars
    contexts: Bars

    @property
    def answer(self) -> float:
        """P(event | evidence) at the central judgements."""
        return self.tornado.answer

    @property
    def finding(self) -> str:
        """The answer, and the judgement that it hangs on most."""
        return f"{self.query} = {self.answer:.1%}; {self.tornado.finding}"

    columns = ("kind", *Bars.columns)

    def rows(self) -> Rows:
        """Both kinds of bars, first those of the judgements."""
        for bars in (self.tornado, self.contexts):
            yield from ({"kind": bars.kind, **row} for row in bars.rows())

    def record(self, *, top: int | None = None) -> dict[str, Any]:
        """Everything, or the ``top`` widest bars of each kind."""
        return {
            "query": self.query.text,
            "canonical": str(self.query),
            "answer": self.answer,
            "judgements": self.tornado.record()[:top],
            "contexts": self.contexts.record()[:top],
            "caution": self.caution,
        }

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """Both kinds of bars under the answer."""
        yield f"{self.asked.targets_in_words}: {percents([self.answer])[0]}"
        yield from ("", *self.tornado.shown(top), "")
        if self.contexts:
            yield from self.contexts.shown(top)


def analyse(asked: Asked, *, top: int | None = None) -> Sensitivity:
    """The :func:`tornado` of an answer over judgements, and the same over :func:`contexts`.

    >>> from cmocnet import load
    >>> found = analyse(load().ask("P(dissolution | mandated)"))
    >>> len(found.tornado) > len(found.contexts) > 0
    True
    """
    return Sensitivity(asked, tornado(asked, top=top), contexts(asked))
