"""Tornado: the answer with each judgement, and each context, at its two ends; every bar exact.

A judgement is set to its 5th and 95th percentile and the network is evaluated anew, since neither
tables nor answers are linear in judgements. Contexts stand apart: they are what one may find out or
change about a case, judgements are what one is unsure of about all cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from cmocnet.asked import Asked, Finding
from cmocnet.elicitation.draws import everyone
from cmocnet.errors import QueryError
from cmocnet.results import TOP, Part, Several, Strip, Table
from cmocnet.sensitivity.judged import Judged, believed
from cmocnet.sensitivity.reach import if_observed, possible
from cmocnet.sensitivity.wording import in_words
from cmocnet.typing import Array

ENDS = (0.05, 0.95)
"""The percentiles at which a judgement is tried."""


@dataclass(frozen=True)
class Bar:
    """The answer with one thing at its two ends.

    address
        The judgement's address, or the context's variable.
    label
        The same in words.
    low, high
        A judgement's values at its 5th and 95th percentile, or a context's two states.
    at_low, at_high
        P(event | evidence) there, in [0, 1].
    """

    address: str
    label: str
    low: float | str
    high: float | str
    at_low: float
    at_high: float

    @property
    def width(self) -> float:
        """How far apart the two answers are."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, repr=False)
class Bars(Several[Bar], Finding):
    """Bars, the widest first, around the answer they all start from.

    kind
        What each of them moves.
    """

    items: tuple[Bar, ...]
    answer: float
    kind: Literal["judgement", "context"]

    @property
    def finding(self) -> str:
        """How many there are, and the widest."""
        told = f"{len(self)} {self.kind}s"
        if not self:
            return told
        low, high = (f"{p:.1%}" for p in (self[0].at_low, self[0].at_high))
        return f"{told}, the widest {self[0].label}: {low} to {high}"

    columns = ("address", "label", "low", "high", "at_low", "at_high", "width", "answer")

    def rows(self) -> list[dict[str, Any]]:
        """One a bar."""
        return [{**bar, "answer": self.answer} for bar in self.record()]

    def record(self) -> list[dict[str, Any]]:
        """Each bar's fields and its width."""
        return [{**asdict(b), "width": b.width} for b in self]

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """One row a bar, from one end to the other."""
        some, label = self[:top], self.asked.state_label
        rows: list[tuple[str, ...]] = []
        if self.kind == "judgement":
            yield "Judgements, each set to its 5th and its 95th percentile, the others central:"
            numbers = ["At 5th", "At 95th", "Points"]
            columns = [*numbers, "Judgement"]
        else:
            aside = "(these are about this case, not about doubt)"
            yield f"Contexts, each seen at its two ends {aside}:"
            numbers = ["Points"]
            columns = ["Context", "One end", "Other end", *numbers]
        for b in some:
            low, high, width = f"{b.at_low:.1%}", f"{b.at_high:.1%}", f"{100 * b.width:.1f}"
            if self.kind == "judgement":
                rows.append((low, high, width, b.label))
            else:
                one, other = (label(b.address, str(state)) for state in (b.low, b.high))
                rows.append((b.label, f"{one} {low}", f"{other} {high}", width))
        yield Table(columns, rows, numbers, [Strip(b.at_low, b.at_high) for b in some], self.answer)
        yield f"{min(top, len(self))} of {len(self)} {self.kind}s, the widest first"


def tornado(asked: Asked, *, top: int | None = None) -> Bars:
    """The answer with every judgement at its 5th and its 95th percentile, all others central.

    Parameters
    ----------
    asked
        Each target with a state, as "P(dissolution | mandated)".
    top
        Keep only so many bars, the widest. Every judgement is evaluated first: a derivative would
        rank one whose effect bends too low; those that cannot matter have a width of exactly 0.

    Raises
    ------
    QueryError
        The target is among the evidence, a name is unknown, or ``top`` is not positive.

    >>> from cmocnet import load
    >>> bars = tornado(load().ask("P(dissolution | mandated)"))
    >>> bars[0].width >= bars[1].width > 0
    True
    """
    if top is not None and top < 1:
        raise QueryError(f"top {top}", expected="1 or more judgements")
    judged = Judged.of(asked)
    answer = asked.probability()
    found = at_ends(judged).tolist()
    at = {j.address: pair for j, pair in zip(judged.known, found, strict=True)}
    review = asked.model.review
    bars = []
    for j in everyone(review):
        low, high = believed(j, np.array(ENDS)).tolist()
        at_low, at_high = at.get(j.address, (answer, answer))
        bars.append(Bar(j.address, in_words(j, review.variables), low, high, at_low, at_high))
    return Bars(asked, _widest(bars)[:top], answer, "judgement")


def at_ends(judged: Judged) -> Array:
    """The first question's answer with each judgement at its two ends: (judgements, 2)."""
    from scipy.special import ndtri

    k = len(judged.known)
    rows = judged.changed(np.repeat(np.arange(k), 2), np.tile(ndtri(ENDS), k))
    return np.asarray(judged.answers(rows)[0].reshape(k, 2))


def contexts(asked: Asked) -> Bars:
    """The answer with each unobserved setting variable observed at its two extreme states.

    Extremes are the first and the last state; of a variable whose states have no order, those with
    the lowest and the highest answer. States that the evidence rules out are passed over.

    >>> from cmocnet import load
    >>> contexts(load().ask("P(dissolution | mandated)"))[0].width > 0
    True
    """
    chances = {v: c for v, c in possible(asked, asked.contexts()).items() if len(c) > 1}
    bars = []
    for name, answers in if_observed(asked, chances).items():
        variable, ends = asked.variable(name), list(answers)
        if variable is not None and variable.direction is None and len(variable.states) > 2:
            ends.sort(key=answers.__getitem__)
        low, *_, high = ends
        bars.append(Bar(name, asked.label(name), low, high, answers[low], answers[high]))
    return Bars(asked, _widest(bars), asked.probability(), "context")


def _widest(bars: list[Bar]) -> tuple[Bar, ...]:
    return tuple(sorted(bars, key=lambda b: (-b.width, b.address)))
