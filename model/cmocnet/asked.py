"""A question put to a network: what every analysis is a function of.

What people hold is the subclass :class:`~cmocnet.network.Question`, which offers the analyses as
methods. Most of them work on the bare program of any discrete network, too; it knows neither words
nor judgements, and is asked a :class:`~cmocnet.query.Query`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cmocnet.engine import Program, ReferenceEngine
from cmocnet.errors import CmocnetError, QueryError
from cmocnet.items import items
from cmocnet.model import DRAWS, Model
from cmocnet.query import Query, told, understood
from cmocnet.registry.records import Review, Variable
from cmocnet.results import Result
from cmocnet.typing import Array, Event, Evidence, OneOf, States


@dataclass(frozen=True)
class Asked:
    """A question and the network, or the bare program, that it is asked of.

    Two are equal when they ask the same of the same network.
    """

    network: Model | Program
    query: Query

    def __str__(self) -> str:
        return str(self.query)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.query}>"

    @property
    def text(self) -> str:
        """The question as it was put."""
        return self.query.text or str(self.query)

    @property
    def evidence(self) -> Evidence:
        """What is given."""
        return self.query.evidence

    @property
    def event(self) -> Event:
        """Target variable -> its state, or several in a tuple; QueryError where one has none."""
        for name, states in self.query.targets.items():
            if states is None:
                ways = " or ".join(f"{name}={s}" for s in self.engine.network.states[name])
                raise QueryError("a target without a state", where=name, expected=ways)
        return {name: s for name, s in self.query.targets.items() if s is not None}

    # --- what answers -------------------------------------------------------------------------

    @property
    def model(self) -> Model:
        """The review's model behind the question; CmocnetError where it is a bare program."""
        if isinstance(self.network, Program):
            raise CmocnetError("a program has no judgements", expected="a Network with its review")
        return self.network

    @property
    def review(self) -> Review | None:
        """The files behind the network; None for a bare program."""
        return None if isinstance(self.network, Program) else self.network.review

    @property
    def engine(self) -> Program | ReferenceEngine:
        """What answers the question itself."""
        return self.network if isinstance(self.network, Program) else self.network.program

    @property
    def program(self) -> Program:
        """The compiled engine, which analyses need; QueryError where another was asked for."""
        return self.network if isinstance(self.network, Program) else self.network.compiled

    def probability(self) -> float:
        """P(event | evidence) at the central judgements."""
        return self.engine.event(self.event, self.evidence)

    def samples(self, *, n: int = DRAWS, seed: int = 0) -> Array:
        """P(event | evidence) under each draw of the judgements, shape (n,)."""
        return self.model.samples(self.event, self.evidence, n=n, seed=seed)

    def rivals(self) -> dict[str, float]:
        """The probability under every rival reading by itself, then under the rival rule."""
        found = self.model.rivals
        (p,) = self.model.batches.predict_tables(found.tables, self.evidence, [self.event])
        return dict(zip(found.labels, p.tolist(), strict=True))

    def given(self, evidence: Evidence) -> Asked:
        """The same asked under other evidence."""
        return replace(self, query=Query(self.query.targets, evidence))

    # --- its words and its graph --------------------------------------------------------------

    def variable(self, name: str) -> Variable | None:
        """What the review says of the variable; None for a bare program."""
        return self.review.variables[name] if self.review is not None else None

    def label(self, name: str) -> str:
        """What a reader calls the variable; its name where there is no review."""
        found = self.variable(name)
        return found.label if found else name

    def state_label(self, name: str, state: str) -> str:
        """What a reader calls a state of the variable; its name where there is no review."""
        found = self.variable(name)
        return found.label_of(state) if found else state

    def in_words(self, name: str, states: str | States | None) -> str:
        """A variable and its states, as :meth:`cmocnet.model.Model.in_words` has them."""
        if isinstance(self.network, Program):
            return f"{name}: {told(states)}"
        return self.network.in_words(name, states)

    @property
    def caution(self) -> str:
        """What the review's numbers are, and are not; empty for a bare program."""
        return "" if isinstance(self.network, Program) else self.network.caution

    @property
    def targets_in_words(self) -> str:
        """What is asked, as "Trust: High and Synergy: High"."""
        return " and ".join(self.in_words(v, s) for v, s in self.query.targets.items())

    @property
    def items_in_words(self) -> list[str]:
        """What is given, item by item."""
        if isinstance(self.network, Program):
            return list(self.evidence.items())
        return [self.network.item_in_words(item) for item in items(self.evidence)]

    def unobserved(self) -> tuple[str, ...]:
        """Variables neither asked for nor settled; a likelihood does not settle its variable."""
        settled = {*self.query.targets, *self.evidence.settled}
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


@dataclass(frozen=True, repr=False)
class Finding(Result):
    """What an analysis found of a question."""

    asked: Asked

    @property
    def query(self) -> Query:
        """The question as understood; ``str`` of it is its canonical form."""
        return self.asked.query

    @property
    def caution(self) -> str:
        """What the review's numbers are, and are not; empty for a bare program."""
        return self.asked.caution


def ask(network: Model | Program, question: str | Query | Asked) -> Asked:
    """A question put to a network or a bare program: names are known, and no target is given.

    Raises QueryError, or EvidenceError where its items contradict each other.

    >>> from cmocnet import load
    >>> ask(load(), "P(dissolution | dissolution)")
    Traceback (most recent call last):
    cmocnet.errors.QueryError: 'dissolution': dissolution is both asked for and given
    """
    if isinstance(question, Asked):
        question = question.query
    if not isinstance(network, Program):
        return Asked(network, understood(question, network.lexicon))
    if not isinstance(question, Query):
        raise QueryError("a program knows no words", expected="a Query of names and states")
    if not question.targets:
        raise QueryError("nothing is asked", where=str(question), expected="a target, its state")
    for name, states in question.targets.items():
        network.codebook.variable(name)
        if name in question.evidence.settled:
            raise QueryError(f"{name} is both asked for and given", where=str(question))
        if states is not None:
            network.codebook.some(name, states)
    return Asked(network, question)
