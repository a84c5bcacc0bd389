"""A visitor's scenario: what is so and what would be made so. It lives in the page's address alone.

In the address an observation reads ``mandate=mandated``, an intervention ``do.pace=timely`` and the
situation begun from ``from.situation=...``; names of variables hold no dot, so none can collide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cmocnet.errors import CmocnetError, QueryError, nearest

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry import Variable

DO = "do."
SITUATION = "from.situation"
LONGEST = 60
"""Characters of a parameter that a message repeats."""


@dataclass(frozen=True)
class Scenario:
    """What is known: variable -> state observed (``given``) or brought about (``do``).

    ``situation`` names the situation begun from; it decides what the scenario is held against.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    do: Mapping[str, str] = field(default_factory=dict)
    situation: str | None = None

    @property
    def states(self) -> dict[str, str]:
        """Every variable's state, whether observed or brought about."""
        return {**self.given, **self.do}

    def turned(self, states: Mapping[str, str], without: Iterable[str] = ()) -> Scenario:
        """The same with some states changed; what was observed stays observed, what was done done.

        >>> Scenario({"pace": "slow"}, {"aims": "vague"}).turned({"aims": "clear"}).do
        {'aims': 'clear'}
        """
        left = set(without)
        observed = {**self.given, **{k: v for k, v in states.items() if k not in self.do}}
        done = {**self.do, **{k: v for k, v in states.items() if k in self.do}}
        return replace(
            self,
            given={k: v for k, v in observed.items() if k not in left},
            do={k: v for k, v in done.items() if k not in left},
        )


def askable(net: Network) -> dict[str, Variable]:
    """What a visitor is asked about: set from outside, changeable, or used by a situation."""
    named = {k for s in net.situations.values() for k in (*s.given, *s.contrast)}
    return {
        name: variable
        for name, variable in net.variables.items()
        if (variable.layer == "setting" or variable.actionable or name in named)
        and name not in net.review.about.headline
    }


def preset(net: Network, name: str) -> Scenario:
    """The scenario of a named situation."""
    if name not in net.situations:
        what = f"unknown situation {_short(name)!r}"
        raise QueryError(what, where=SITUATION, nearest=nearest(_short(name), net.situations))
    return Scenario(given=dict(net.situations[name].given), situation=name)


def to_query(scenario: Scenario) -> dict[str, str]:
    """The parameters of the address that opens this scenario.

    >>> to_query(Scenario({"mandate": "mandated"}, {"pace": "timely"}))
    {'mandate': 'mandated', 'do.pace': 'timely'}
    """
    parameters = {**scenario.given, **{DO + name: s for name, s in scenario.do.items()}}
    return parameters | ({SITUATION: scenario.situation} if scenario.situation else {})


def from_query(net: Network, parameters: Mapping[str, Sequence[str]]) -> Scenario:
    """The scenario that an address opens; a situation alone stands for its preset.

    Raises :class:`~cmocnet.errors.QueryError` at the first parameter that cannot be used.
    """
    asked = askable(net)
    given: dict[str, str] = {}
    do: dict[str, str] = {}
    situation = None
    for key, values in parameters.items():
        if len(values) != 1:
            raise QueryError("is said more than once", where=_short(key), expected="one value")
        if key == SITUATION:
            situation = preset(net, values[0])
            continue
        name = key.removeprefix(DO)
        found = do if key.startswith(DO) else given
        found[name] = _checked(asked, name, values[0], done=found is do)
    twice = sorted(given.keys() & do.keys())
    if twice:
        what = "is said to be so and to be made so"
        raise QueryError(what, where=twice[0], expected="one of them")
    if situation and not (given or do):
        return situation
    return Scenario(given, do, situation.situation if situation else None)


def _checked(asked: Mapping[str, Variable], name: str, state: str, *, done: bool) -> str:
    if name not in asked:
        what = f"unknown context {_short(name)!r}"
        raise QueryError(what, nearest=nearest(_short(name), asked))
    states = asked[name].states
    if state not in states:
        what = f"unknown state {_short(state)!r}"
        raise QueryError(what, where=name, nearest=nearest(_short(state), states))
    if done and not asked[name].actionable:
        raise QueryError("cannot be brought about", where=DO + name, expected=f"{name}={state}")
    return state


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


def readable(net: Network, parameters: Mapping[str, Sequence[str]]) -> tuple[Scenario, str | None]:
    """The scenario of an address, or an empty one and what is wrong with the address."""
    try:
        return from_query(net, parameters), None
    except CmocnetError as error:
        return Scenario(), str(error)


def chosen(net: Network, scenario: Scenario) -> str | None:
    """The situation a scenario is exactly, "" where nothing is known, None where it is neither."""
    if not scenario.states:
        return ""
    exact = (
        name
        for name, situation in net.situations.items()
        if not scenario.do and dict(scenario.given) == dict(situation.given)
    )
    return next(exact, None)
