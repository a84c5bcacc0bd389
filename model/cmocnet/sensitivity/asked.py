"""What a sensitivity analysis is about: a network, an event, and the evidence it is asked under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cmocnet.engine import Program
from cmocnet.errors import CmocnetError, EvidenceError, QueryError, nearest
from cmocnet.query import Query, understood
from cmocnet.typing import Event, Evidence, OneOf, States

if TYPE_CHECKING:
    from cmocnet.network import Network
    from cmocnet.registry.records import Review, Variable

Question = str | Query


@dataclass(frozen=True, eq=False)
class Asked:
    """A question put to a network, or to the bare program of any discrete network.

    program
        The compiled network.
    query
        The question as understood.
    event
        Target variable -> its state, or several in a tuple; every target has some.
    review
        The files behind the network; None for a bare program, which has no judgements.
    """

    program: Program
    query: Query
    event: Event
    review: Review | None

    @property
    def evidence(self) -> Evidence:
        """What is given."""
        return self.query.evidence

    @property
    def judged(self) -> Review:
        """The review whose judgements can be varied.

        Raises
        ------
        CmocnetError
            The question was put to a bare program.
        """
        if self.review is None:
            raise CmocnetError("a program has no judgements", expected="a Network with its review")
        return self.review

    def probability(self) -> float:
        """P(event | evidence) at the central judgements."""
        return self.program.event(self.event, self.evidence)

    def variable(self, name: str) -> Variable | None:
        """What the review says of the variable; None for a bare program."""
        return self.review.variables[name] if self.review is not None else None

    def label(self, name: str) -> str:
        """What a reader calls the variable; its name where there is no review."""
        found = self.variable(name)
        return found.label if found else name

    def state_label(self, name: str, state: str) -> str:
        """What a reader calls the state."""
        found = self.variable(name)
        return found.state_labels[state] if found else state

    def unobserved(self) -> tuple[str, ...]:
        """Variables neither asked for nor settled; a likelihood does not settle its variable."""
        e = self.evidence
        settled = {*self.event, *e.observed, *e.do, *e.marginal}
        return tuple(v for v in self.program.network.names if v not in settled)

    def contexts(self) -> tuple[str, ...]:
        """Unobserved setting variables; of a bare program, unobserved variables without parents."""
        open_ = self.unobserved()
        if self.review is not None:
            return tuple(v for v in open_ if self.review.variables[v].layer == "setting")
        return tuple(v for v in open_ if not self.program.network.tables[v].parents)

    def among(self, names: Sequence[str] | None) -> tuple[str, ...]:
        """The variables named, checked to be open; by default the contexts."""
        if names is None:
            return self.contexts()
        open_ = self.unobserved()
        for name in names:
            self.program.codebook.variable(name)
            if name not in open_:
                raise QueryError(f"{name} is asked for or given already", where="among")
        return tuple(dict.fromkeys(names))

    def observing(self, event: Event) -> Evidence:
        """The evidence, and that an event holds."""
        observed, weights = dict(self.evidence.observed), dict(self.evidence.likelihood)
        for name, states in event.items():
            if isinstance(states, str):
                observed[name] = states
                continue
            some = OneOf(self.program.network.states[name], states)
            before = weights.get(name, some)
            weights[name] = tuple(a * b for a, b in zip(some, before, strict=True))
        return replace(self.evidence, observed=observed, likelihood=weights)


def ask(net: Network | Program, question: Question) -> Asked:
    """The question checked: names are known, each target has a state and none is given.

    Raises
    ------
    QueryError
        What is wrong with the question.
    EvidenceError
        The evidence is impossible, or cannot be met.

    >>> from cmocnet import load
    >>> ask(load(), "P(dissolution | dissolution)")
    Traceback (most recent call last):
    cmocnet.errors.QueryError: 'dissolution': dissolution is both asked for and given
    """
    if isinstance(net, Program):
        program, review = net, None
        if not isinstance(question, Query):
            raise QueryError("a program knows no words", expected="a Query of names and states")
        query = question
    else:
        review = net.review
        found = net.program
        if not isinstance(found, Program):
            raise CmocnetError(
                "no sensitivity on the reference engine", expected="the compiled one"
            )
        program = found
        query = understood(question, net.lexicon)
    asked = Asked(program, query, _event(program, query), review)
    asked.probability()  # raises here if the evidence is impossible, naming the items
    return asked


def _event(program: Program, query: Query) -> dict[str, str | States]:
    if not query.targets:
        raise QueryError("nothing is asked", where=str(query), expected="a target with its state")
    event: dict[str, str | States] = {}
    given = query.evidence
    for name, state in query.targets.items():
        program.codebook.variable(name)
        if name in {*given.observed, *given.do, *given.marginal}:
            raise QueryError(f"{name} is both asked for and given", where=str(query))
        if state is None:
            states = program.network.states[name]
            raise QueryError(
                "no state is asked for", where=name, expected=f"one of {', '.join(states)}"
            )
        program.codebook.some(name, state)
        event[name] = state
    return event


def relevant(asked: Asked) -> frozenset[str]:
    """Variables whose tables can move the answer: those that the graph does not separate from it.

    Tables of barren variables, of those set by intervention, and of parts cut off by what is
    observed do not matter, whatever their numbers (Shachter 1998, Bayes-Ball, UAI 14:480).

    >>> from cmocnet import load
    >>> found = relevant(ask(load(), "P(trust high | experience = good)"))
    >>> "experience" in found, "performance" in found
    (True, False)
    """
    e, tables = asked.evidence, asked.program.network.tables
    fixed = {*e.observed, *e.do}
    held: set[str] = set()
    stack = [*asked.event, *e.observed, *e.likelihood, *e.marginal, *e.do]
    while stack:
        v = stack.pop()
        if v not in held:
            held.add(v)
            stack += () if v in e.do else tables[v].parents
    touching: dict[str, list[str]] = {}
    for v in held - set(e.do):
        for u in {v, *tables[v].parents} - fixed:
            touching.setdefault(u, []).append(v)
    found: set[str] = set()
    reached = set(asked.event)
    stack = list(asked.event)
    while stack:
        for v in touching.get(stack.pop(), ()):
            found.add(v)
            fresh = {v, *tables[v].parents} - fixed - reached
            reached |= fresh
            stack += fresh
    return frozenset(found)


def named(word: str, candidates: Sequence[str], what: str) -> str:
    """``word`` if it is a candidate; otherwise a QueryError with the nearest ones."""
    if word not in candidates:
        raise QueryError(f"unknown {what} {word!r}", nearest=nearest(word, candidates))
    return word


def possible(asked: Asked, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The states of each variable that the evidence leaves possible."""
    found = asked.program.posteriors(asked.evidence)
    return {v: tuple(s for s, p in found[v].items() if p > 0.0) for v in names}


def if_observed(asked: Asked, states: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """P(event | evidence, variable = state) for each variable's states, one at a time."""
    import numpy as np

    variables = list(states)
    pairs = [(j, v, s) for j, v in enumerate(variables) for s in states[v]]
    rows = np.full((len(pairs), len(variables)), -1, dtype=np.int64)
    for row, (j, v, s) in zip(rows, pairs, strict=True):
        row[j] = asked.program.codebook.code(v, s)
    try:
        (answers,) = asked.program.predict(rows, variables, [asked.event], asked.evidence)
    except EvidenceError as error:
        raise EvidenceError(error.what, expected=error.expected) from error
    found: dict[str, dict[str, float]] = {v: {} for v in variables}
    for (_, v, s), p in zip(pairs, answers, strict=True):
        found[v][s] = float(p)
    return found
