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

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.asked import Asked
from cmocnet.query import Query
from cmocnet.sensitivity.decision import Decision, Worth, value_of_information
from cmocnet.sensitivity.entries import Entry
from cmocnet.sensitivity.evidence import Asking, information, next_question, swings
from cmocnet.sensitivity.functions import (
    SensitivityFunction,
    TwoWay,
    every_function,
    sensitivity_function,
    two_way,
)
from cmocnet.sensitivity.globally import Indices, judgement_indices, sobol
from cmocnet.sensitivity.robustness import Reversal, Robustness, robustness
from cmocnet.sensitivity.tornado import Bar, Bars, context_bars, contexts, judgement_bars, tornado

if TYPE_CHECKING:
    import pandas as pd


__all__ = [
    "Asking",
    "Bar",
    "Bars",
    "Decision",
    "Entry",
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


@dataclass(frozen=True)
class Sensitivity:
    """What an answer hangs on.

    query
        The question as understood.
    answer
        P(event | evidence) at the central judgements.
    tornado
        One bar a judgement, the widest first.
    contexts
        One bar an unobserved setting variable, the widest first.
    """

    query: Query
    answer: float
    tornado: Bars
    contexts: Bars

    def frame(self) -> pd.DataFrame:
        """Both in one table; the first column says which: judgement or context."""
        import pandas as pd

        parts = {"judgement": self.tornado.frame(), "context": self.contexts.frame()}
        for kind, part in parts.items():
            part.insert(0, "kind", kind)
        return pd.concat([p for p in parts.values() if len(p)], ignore_index=True)


def analyse(asked: Asked, *, top: int | None = None) -> Sensitivity:
    """The tornado of an answer over judgements, and the same over contexts.

    Raises
    ------
    QueryError
        The target is among the evidence, has no state, or a name is unknown.

    >>> from cmocnet import load
    >>> found = analyse(load().ask("P(dissolution | mandated)"))
    >>> len(found.tornado) > len(found.contexts) > 0
    True
    """
    bars = judgement_bars(asked, top=top)
    return Sensitivity(asked.query, bars.answer, bars, context_bars(asked))
