"""What is known, as frozen records: one type for each kind of entry in a review's files.

Variables are in :mod:`cmocnet.registry.variable`, tables in :mod:`cmocnet.registry.judged`.
``priors/schema.json`` is generated from these types.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta
from msgspec.structs import replace

from cmocnet.registry.judged import Probability, Record, Sign
from cmocnet.registry.moment import LATEST
from cmocnet.registry.variable import Layer as Layer  # noqa: PLC0414  found here as the others are
from cmocnet.registry.variable import Variable as Variable  # noqa: PLC0414  likewise

# --- configurations ---------------------------------------------------------------------------

Hedge = Literal["shows", "suggests", "posits", "may"]
Evidence = Literal["case", "review", "theory", "inference"]
Agreement = Literal["several", "one", "contested", "none"]
Positive = Annotated[float, Meta(gt=0, le=1000)]

CmocType = Literal[
    "chain", "conditional", "requirement", "loop", "selection", "moderation", "mixed"
]


InRounds = Annotated[int, Meta(ge=1, le=LATEST)]


class Link(Record, frozen=True):
    """A variable in a round, and the direction in which it is expected to move.

    ``than_round`` is an earlier round: the variable is expected to move further than in that one.
    """

    variable: str
    sign: Sign
    round: InRounds = 1
    than_round: InRounds | None = None

    @property
    def way(self) -> float:
        """1 or -1: which way the expected score is to move."""
        return 1.0 if self.sign == "+" else -1.0

    @property
    def earlier(self) -> Link | None:
        """The same in the round it is held against."""
        if self.than_round is None:
            return None
        return replace(self, round=self.than_round, than_round=None)

    @property
    def when(self) -> str:
        """In which round, in words; nothing for the first.

        >>> Link(variable="fog", sign="+", round=3, than_round=1).when
        ' more in round 3 than in round 1'
        """
        if self.than_round is not None:
            return f" more in round {self.round} than in round {self.than_round}"
        return f" in round {self.round}" if self.round > 1 else ""


class Expectation(Record, frozen=True, rename={"start": "from", "end": "to"}):
    """What must come out when ``manipulated`` is set from one state to another.

    ``condition`` (and ``contrast``, the setting outside the condition) are held by intervention.
    ``possible`` names states that must remain at least this probable after the manipulation.
    A name of any of them may be that of a later round, as ``achievement@2``.
    """

    manipulated: str
    start: str
    end: str
    outcomes: Annotated[tuple[Link, ...], Meta(min_length=1)]
    mechanism: Link | None = None
    condition: dict[str, str] = {}
    contrast: dict[str, str] | None = None
    possible: dict[str, Probability] = {}
    note: str | None = None


class Reading(Record, frozen=True):
    """One way to read a contested configuration: what it says, and what it changes in the files."""

    says: str
    changes: dict[str, dict[str, object]] = {}


class Cmoc(Record, frozen=True):
    """One context-mechanism-outcome configuration, as the review states it and as read here."""

    id: str
    context: str
    mechanism: str
    outcome: str
    type: CmocType
    where: str
    statement: str
    hedge: Hedge
    evidence: Evidence
    agreement: Agreement
    references: tuple[int, ...]
    reading: str
    against: str
    tests: tuple[Expectation, ...]
    references_note: str | None = None
    in_sample: bool = False
    same_as: str | None = None
    contradicts: tuple[str, ...] = ()
    relies_on: tuple[str, ...] = ()
    readings: dict[str, Reading] = {}
    adopted: str | None = None
    note: str | None = None
    weak_because: str | None = None
    sources: tuple[str, ...] = ()


class Source(Record, frozen=True):
    """A work that the review or the coder cites: its key, its number in the review, its fields."""

    key: str
    kind: str
    fields: dict[str, str]

    @property
    def number(self) -> int | None:
        """The number in the review's own list of references, if it is in it."""
        written = self.fields.get("number")
        return int(written) if written else None

    @property
    def short(self) -> str:
        """Author and year, as a reader cites it."""
        authors = self.fields.get("author", self.key).split(" and ")
        names = [a.split(",")[0].strip("{} ") for a in authors if a.strip() != "others"]
        more = len(names) > 2 or authors[-1].strip() == "others"
        who = f"{names[0]} et al." if more else " and ".join(names)
        return f"{who} {self.fields.get('year', 'n.d.')}"


# --- the review as a whole --------------------------------------------------------------------


class Horizon(Record, frozen=True):
    """An outcome judged over a number of rounds, if what was reached were to last."""

    variable: str
    state: str
    rounds: Annotated[int, Meta(ge=1, le=1000)]


class Rounds(Record, frozen=True):
    """How one round hands over to the next, and over how many rounds the horizon is judged.

    ``carry`` says of a variable what it is as of the round before. One that is as it was itself
    stands until it is set anew, and so can be set in any round.
    """

    length: str
    carry: dict[str, str]
    horizon: Horizon


class ByCode(Record, frozen=True):
    """A positive number for each code of hedge, evidence and agreement."""

    hedge: dict[Hedge, Positive]
    evidence: dict[Evidence, Positive]
    agreement: dict[Agreement, Positive]


class Within(Record, frozen=True):
    """Between what a number shall lie, and how far outside counts as one deviation."""

    low: Probability
    high: Probability
    spread: Positive


class Wider(Record, frozen=True):
    """How many times as wide a statement's spread is for its evidence and agreement."""

    evidence: dict[Evidence, Positive]
    agreement: dict[Agreement, Positive]


class Sizes(Record, frozen=True):
    """How a configuration's codes become statements of size, which :mod:`cmocnet.solve` meets.

    mechanism, outcome
        the least effect on the expected score of each, by hedge
    spread
        a statement's spread as a share of its least size, before it is widened
    differs
        the share of the outcome's least size by which the effect inside a condition is larger
    mediated
        the share of an effect that runs through the mechanism the review names
    explained
        the share of each headline outcome's variance that the contexts explain: an assumption
    figures
        the spread of an outside base rate
    """

    mechanism: dict[Hedge, Probability]
    outcome: dict[Hedge, Probability]
    spread: Positive
    wider: Wider
    differs: Probability
    mediated: Within
    explained: Within
    figures: Positive


class Protocol(Record, frozen=True):
    """The coding protocol's tables: how the register's fields become numbers."""

    weight: ByCode
    spread: ByCode
    strength: ByCode
    lowest: dict[Hedge, Probability]
    highest: dict[Hedge, Probability]
    cause: dict[Hedge, Probability]
    shared: Probability
    sizes: Sizes | None = None


class BaseRate(Record, frozen=True):
    """An outside figure an answer can be held beside: how often an outcome was seen, and where.

    ``rounds`` is after how many it was seen, if that is not the horizon.
    """

    variable: str
    state: str
    low: Probability
    high: Probability
    says: str
    source: str
    rounds: Annotated[int, Meta(ge=1, le=1000)] | None = None


class StandIn(Record, frozen=True):
    """A question whether one variable can stand in for another, each from end to end."""

    asks: str
    variable: str
    instead_of: str


class About(Record, frozen=True):
    """``review.yaml``: which review this is, how its rounds run, and which outcomes come first."""

    title: str
    citation: str
    doi: str
    licence: str
    version: str
    caution: str
    scope: str
    rounds: Rounds
    headline: tuple[str, ...]
    unit: str = "case"
    layers: dict[Layer, str] = {}
    questions: tuple[str, ...] = ()
    ids: dict[str, Annotated[int, Meta(ge=0, le=100_000)]] = {}
    groups: dict[str, tuple[str, ...]] = {}
    base_rates: tuple[BaseRate, ...] = ()
    stand_in: StandIn | None = None


class Situation(Record, frozen=True):
    """A named situation and what it is held against; ``seen`` is how a case that is told ended."""

    label: str
    given: dict[str, str]
    contrast: dict[str, str]
    contrast_label: str
    summary: str
    expects: dict[str, Sign] = {}
    cites: tuple[str, ...] = ()
    in_sample: bool = False
    seen: dict[str, str] = {}


class Restores(Record, frozen=True, rename={"start": "from", "end": "to"}):
    """A package that shall win back at least ``share`` of what a change took from an outcome."""

    manipulated: str
    start: str
    end: str
    outcome: str
    package: dict[str, str]
    condition: dict[str, str]
    share: Probability


class Paths(Record, frozen=True, rename={"start": "from", "end": "to"}):
    """A total effect to be reported beside what is left of it when each mediator is held."""

    manipulated: str
    start: str
    end: str
    outcome: str
    mediators: tuple[str, ...]


class Claim(Record, frozen=True):
    """Something the review's discussion says must come out, beyond the single configurations."""

    says: str
    where: str
    tests: tuple[Expectation, ...] = ()
    restores: Restores | None = None
    paths: Paths | None = None


class Words(Record, frozen=True, kw_only=False, rename={"negation": "not"}):
    """The language of comparison, what is not known, and which words mean the same or nothing.

    >>> Words(("more",), ("less",), ("no",), ("some",), ("the",)).negation
    ('no',)
    """

    more: tuple[str, ...]
    less: tuple[str, ...]
    negation: tuple[str, ...]
    middle: tuple[str, ...]
    filler: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    same: tuple[Annotated[tuple[str, ...], Meta(min_length=2)], ...] = ()
    optional: tuple[str, ...] = ()


class Review(Record, frozen=True):
    """Everything a review's files say, checked: variables in topological order, and the rest."""

    path: str
    about: About
    protocol: Protocol
    variables: dict[str, Variable]
    cmocs: dict[str, Cmoc]
    sources: dict[str, Source]
    words: Words
    situations: dict[str, Situation]
    claims: dict[str, Claim]
    readings: dict[str, str]

    def repeats(self, name: str) -> bool:
        """Does a variable have one copy a round, or one for all?"""
        carried = name in self.about.rounds.carry
        return carried or self.variables[name].layer in {"loop", "outcome"}

    @property
    def groups(self) -> Mapping[str, tuple[str, ...]]:
        """Heading -> contexts asked for under it."""
        return self.about.groups

    @property
    def states(self) -> dict[str, tuple[str, ...]]:
        """Variable -> its states."""
        return {name: variable.states for name, variable in self.variables.items()}

    @property
    def twins(self) -> dict[str, set[str]]:
        """Id -> all ids, its own among them, under which the same configuration is stated."""
        found = {key: {key} for key in self.cmocs}
        for key, cmoc in self.cmocs.items():
            if cmoc.same_as in found:
                found[key].add(cmoc.same_as)
                found[cmoc.same_as].add(key)
        return found
