"""Evidence sensitivity: which unobserved context would move the answer, and what to ask next.

Mutual information and the swing are the usual rankings of observations (Kjærulff, U. B. and Madsen,
A. L. (2013), Bayesian Networks and Influence Diagrams, ch. 10-11; Cover & Thomas 2006, ch. 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cmocnet.asked import Asked, Finding
from cmocnet.errors import QueryError
from cmocnet.results import TOP, Part, Rows, Several, Strip, Table
from cmocnet.sensitivity.decision import Decision, worths
from cmocnet.sensitivity.reach import if_observed, possible
from cmocnet.typing import Array

NUMBERS = ("swing", "information", "worth")


@dataclass(frozen=True)
class Asking:
    """What would be learnt from observing one variable.

    chances
        state -> P(state | evidence): what one may be told.
    answers
        state -> P(event | evidence, state): what the answer would then be.
    information
        Mutual information between the event and the variable given the evidence, in bits.
    worth
        Value of information for a decision, in its units of utility; None without one.
    question
        What to ask, in words, where the review has them.
    """

    variable: str
    label: str
    chances: Mapping[str, float]
    answers: Mapping[str, float]
    information: float
    worth: float | None = None
    question: str = ""

    @property
    def swing(self) -> float:
        """The highest less the lowest answer that may come of it."""
        return max(self.answers.values()) - min(self.answers.values())

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {**asdict(self), "swing": self.swing}


@dataclass(frozen=True, repr=False)
class Askings(Several[Asking], Finding):
    """What would be learnt from each open variable, the largest swing first."""

    items: tuple[Asking, ...]

    @property
    def best(self) -> Asking | None:
        """The one to ask about next, as it tells most; see :func:`next_question`."""
        return max(self, key=_worthy, default=None)

    @property
    def finding(self) -> str:
        """How many may be asked about, and which next."""
        told = f"{len(self)} to ask about"
        return f"{told}, next: {self.best.label}" if self.best else told

    columns = ("variable", "label", "state", "chance", "answer", *NUMBERS)

    def rows(self) -> Rows:
        """One a variable and state: its chance, and the answer if it is observed."""
        for a in self:
            numbers = [getattr(a, name) for name in NUMBERS]
            for s, p in a.chances.items():
                yield (a.variable, a.label, s, p, a.answers[s], *numbers)

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """One row a variable: how far it may move the answer, and to what."""
        yield "What one would learn by finding out, the largest swing first:"
        label = self.asked.state_label
        numbers = ["Swing, points", "Millibits"]
        rows = []
        for a in self[:top]:
            told = ", ".join(f"{label(a.variable, s)} {p:.1%}" for s, p in a.answers.items())
            rows.append((a.label, f"{100 * a.swing:.1f}", f"{1000 * a.information:.2f}", told))
        ends = [Strip(min(p), max(p)) for a in self[:top] for p in [a.answers.values()]]
        answer = self.asked.probability()
        yield Table(["Context", *numbers, "Answer if seen"], rows, numbers, ends, answer)
        if self.best:
            yield f"Ask next, as it tells most: {self.best.label}"


def swings(asked: Asked, *, among: Sequence[str] | None = None) -> Askings:
    """What each unobserved context would tell, the largest swing first.

    Parameters
    ----------
    asked
        Each target with a state.
    among
        Variables to consider; by default every unobserved setting variable (of a bare program,
        every unobserved one without parents).

    >>> from cmocnet import load
    >>> found = swings(load().ask("P(dissolution | mandated)"))
    >>> found[0].swing >= found[-1].swing
    True
    """
    found = sorted(_askings(asked, among), key=lambda a: (-a.swing, a.variable))
    return Askings(asked, tuple(found))


def information(asked: Asked, *, among: Sequence[str] | None = None) -> dict[str, float]:
    """Mutual information with the event given the evidence, in bits, the largest first.

    By default of every variable neither asked for nor settled, mechanisms and outcomes included.

    >>> from cmocnet import load
    >>> found = information(load().ask("P(trust high | mandated)"))
    >>> found["trust_breach"] > found["pace"] > 0
    True
    """
    names = asked.unobserved() if among is None else asked.among(among)
    found = _information(asked, names)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def next_question(
    asked: Asked,
    *,
    decision: Decision | None = None,
    among: Sequence[str] | None = None,
) -> Asking:
    """The variable most worth asking about next: for the decision if there is one, else to know.

    Ties in worth, as where no answer would change the decision, go to the more informative.

    Raises
    ------
    QueryError
        Nothing is left to ask.

    >>> from cmocnet import load
    >>> next_question(load().ask("P(dissolution | mandated)")).information > 0
    True
    """
    found = _askings(asked, among, decision)
    if not found:
        raise QueryError("nothing is left to ask", where=str(asked.query))
    return max(found, key=_worthy)


def _worthy(asking: Asking) -> tuple[float, float]:
    return asking.worth or 0.0, asking.information


def _askings(
    asked: Asked, among: Sequence[str] | None, decision: Decision | None = None
) -> list[Asking]:
    names = asked.among(among)
    chances = possible(asked, names)
    answers = if_observed(asked, chances)
    bits = _information(asked, names)
    worth = {w.variable: w.gain for w in worths(asked, decision, names)} if decision else {}
    found = []
    for name in names:
        variable = asked.variable(name)
        found.append(
            Asking(
                variable=name,
                label=asked.label(name),
                chances=chances[name],
                answers=answers[name],
                information=bits[name],
                worth=worth.get(name, 0.0) if decision else None,
                question=variable.question if variable else "",
            )
        )
    return found


def _information(asked: Asked, names: Sequence[str]) -> dict[str, float]:
    """I(event; variable | evidence) from two runs: with the event observed, and without."""
    p = asked.probability()
    if p in (0.0, 1.0):
        return dict.fromkeys(names, 0.0)
    if asked.evidence.marginal:
        return {v: _bits(_joint(asked, v)) for v in names}
    plain = asked.program.posteriors(asked.evidence)
    happened = asked.program.posteriors(asked.observing(asked.event))
    found = {}
    for v in names:
        both = p * happened[v].array
        found[v] = _bits(np.stack([both, np.maximum(plain[v].array - both, 0.0)]))
    return found


def _joint(asked: Asked, name: str) -> Array:
    """P(event or not, variable | evidence); an observation would undo the fit of the marginals."""
    whole = asked.program.joint([*asked.event, name], asked.evidence)
    axes = tuple(range(len(asked.event)))
    some = asked.program.codebook.event(asked.event).values()
    hit = whole[np.ix_(*some, range(whole.shape[-1]))].sum(axis=axes)
    total = whole.sum(axis=axes)
    return np.stack([hit, np.maximum(total - hit, 0.0)])


def _bits(joint: Array) -> float:
    """Mutual information of two variables from their joint distribution, in bits.

    >>> _bits(np.array([[0.5, 0.0], [0.0, 0.5]]))
    1.0
    """
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    held = joint > 0.0
    return max(0.0, float((joint[held] * np.log2(joint[held] / apart[held])).sum()))
