"""What the levers are to achieve: target states made likely, or several outcomes by utility."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from cmocnet.amounts import sized
from cmocnet.asked import Asked, ask
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.items import joined
from cmocnet.lexicon import Meaning
from cmocnet.model import Model
from cmocnet.query import Query, told
from cmocnet.typing import Array, Event, Evidence, States

if TYPE_CHECKING:
    from cmocnet.evidence import Given

Aim = Literal["raise", "lower"]
LEAST, MOST = 1e-100, 1e100
"""Sizes of a utility, if not 0: sums and shares of such are far from where doubles end."""


@dataclass(frozen=True)
class Objective:
    """A weighted sum of probabilities of events, to be raised or lowered.

    terms
        (event as variable -> state or states, weight) each; the value is the sum of weight times
        P(event).
    aim
        Which way is better.

    >>> Objective((({"fog": "thick"}, 1.0),), "lower").sign
    -1.0
    """

    terms: tuple[tuple[Event, float], ...]
    aim: Aim = "raise"

    @property
    def sign(self) -> float:
        """1 where more is better, -1 where less is."""
        return 1.0 if self.aim == "raise" else -1.0

    @property
    def scale(self) -> float:
        """The largest weight: what counts as a difference of the objective is a share of it.

        >>> Objective((({"fog": "thick"}, 1e-20), ({"heat": "yes"}, -3e-20))).scale
        3e-20
        """
        return max(abs(w) for _, w in self.terms)

    @property
    def variables(self) -> frozenset[str]:
        """Every variable of an event."""
        return frozenset(v for states, _ in self.terms for v in states)

    @property
    def events(self) -> list[dict[str, str | States]]:
        """The events alone, in order."""
        return [dict(states) for states, _ in self.terms]

    def value(self, probabilities: tuple[Array, ...]) -> Array:
        """The objective from the probabilities of its events, in order."""
        weighted = (w * p for (_, w), p in zip(self.terms, probabilities, strict=True))
        return sum(weighted, start=0.0 * probabilities[0])


Wanted = str | Query | Asked | Mapping[str, float] | Objective


def understood(
    net: Model, wanted: Wanted, given: Given, do: Given, aim: Aim | None
) -> tuple[Objective, Evidence]:
    """The objective and all that is fixed.

    Parameters
    ----------
    wanted
        A question, whose evidence is fixed besides ``given`` and ``do``; or phrases with their
        utilities ("high synergy" -> 2, "dissolution" -> -3); or an objective.
    aim
        For a question, whether its probability is to rise or to fall; by default what the targets'
        favourable states say.

    Raises
    ------
    CmocnetError
        An outcome without a state or among what is given; utilities that are none.
    """
    evidence = net.evidence(given, do)
    if isinstance(wanted, str | Query | Asked):
        asked = ask(net, wanted)
        evidence = joined(net.lexicon, asked.evidence, evidence)
        states = asked.event
        goal = Objective(((states, 1.0),), aim or favoured(net, states))
    elif isinstance(wanted, Objective):
        goal = wanted
    elif not isinstance(wanted, Mapping):
        what = f"{type(wanted).__name__} is nothing to aim at"
        raise QueryError(what, expected="a question, or phrases with their utilities")
    else:
        goal = Objective(tuple(_utilities(net, wanted)), aim or "raise")
    _weighed(goal)
    for event in goal.events:
        net.evidence(event)  # refuses what is no variable or no state
    for name in sorted(goal.variables & evidence.settled):
        raise EvidenceError(f"{name} is both an outcome sought and given")
    return goal, evidence


def favoured(net: Model, states: Event) -> Aim:
    """Lower where every target is asked for the end opposite to the favourable one; else raise."""
    bad = [_avoided(net, name, (s,) if isinstance(s, str) else s) for name, s in states.items()]
    if any(bad) and not all(bad):
        asked = ", ".join(f"{v}={told(s)}" for v, s in states.items())
        what = "some of these are to be sought and some avoided"
        raise QueryError(what, where=asked, expected="the aim stated, as raise or lower")
    return "lower" if all(bad) else "raise"


def _avoided(net: Model, name: str, states: States) -> bool:
    """Whether states hold the end opposite to the favourable one, without the favourable one."""
    variable = net.variables[name]
    return variable.unfavourable in states and variable.favourable not in states


def _utilities(net: Model, wanted: Mapping[str, float]) -> list[tuple[Event, float]]:
    if not wanted:
        raise QueryError("no outcome is sought", expected="phrases with their utilities")
    terms: dict[Meaning, float] = {}
    for phrase, weight in wanted.items():
        if not isinstance(phrase, str):
            raise QueryError(f"{phrase!r} is no phrase", expected="an outcome in words")
        _utility(weight, phrase)
        pair = net.lexicon.meaning(phrase)
        terms[pair] = terms.get(pair, 0.0) + weight
    return [
        ({name: states[0] if len(states) == 1 else states}, weight)
        for (name, states), weight in terms.items()
    ]


def _weighed(goal: Objective) -> None:
    """Refuse an objective whose weights are none, or at the edge of what a double holds."""
    if not goal.terms or not all(goal.events):
        raise QueryError("no outcome is sought", expected="events with their utilities")
    for event, weight in goal.terms:
        _utility(weight, " and ".join(f"{v}={told(s)}" for v, s in event.items()))
    if not goal.scale:
        raise QueryError("all utilities are zero", expected="one other than 0")


def _utility(weight: object, what: str) -> None:
    number: Any = weight if isinstance(weight, Real) and not isinstance(weight, bool) else math.nan
    if number != 0 and not LEAST <= abs(number) <= MOST:
        expected = f"0, or a number between {LEAST:g} and {MOST:g} in size"
        raise QueryError(f"a utility of {sized(weight)}", where=what, expected=expected)
