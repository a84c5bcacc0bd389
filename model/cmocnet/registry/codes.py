"""The codes of a claim, and the protocol's tables by which they become numbers, as frozen records.

What is made of them is in :mod:`cmocnet.registry.protocol`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from cmocnet.registry.judged import Probability, Record, Strength

Hedge = Literal["shows", "suggests", "posits", "may"]
Evidence = Literal["case", "review", "theory", "inference"]
Agreement = Literal["several", "one", "contested", "none"]
Positive = Annotated[float, Meta(gt=0, le=1000)]


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
    road
        the same where the review names it as the road
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
    road: Probability = 0.5


class Leak(Record, frozen=True):
    """How often an effect comes about when no named cause acts, and how sure that is."""

    value: Probability
    strength: Strength


class Shape(Record, frozen=True):
    """How the rows of a table lie between its lowest and its highest, where its file does not say.

    concentration
        how sharply a row is drawn around its mean
    construct
        the same where both ends are definitions: a construct of our own that loses nothing
    steepness
        how sharply a table turns from one end to the other as several parents add up
    together
        the shift of the geometric mean of parents that are needed together
    """

    concentration: Annotated[float, Meta(gt=0, le=1000)]
    construct: Annotated[float, Meta(gt=0, le=1000)]
    steepness: Annotated[float, Meta(ge=0, le=50)]
    together: Annotated[float, Meta(gt=0, le=10)]


class Protocol(Record, frozen=True):
    """The coding protocol's tables: how the register's fields become numbers.

    leak, prevalence
        what a noisy-max table has for its leak, and how sure the even prevalence of a setting is,
        where a file leaves them out
    shape
        how its tables run between their ends, likewise
    """

    weight: ByCode
    spread: ByCode
    strength: ByCode
    lowest: dict[Hedge, Probability]
    highest: dict[Hedge, Probability]
    cause: dict[Hedge, Probability]
    shared: Probability
    leak: Leak | None = None
    prevalence: Strength | None = None
    shape: Shape | None = None
    sizes: Sizes | None = None
