"""A visitor's scenario: what is so and what would be made so.

It lives in the page's address alone; :mod:`.links` says how it reads there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from cmocnet.errors import QueryError, nearest
from cmocnet_app import words
from cmocnet_app.words import short

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry import Variable
    from cmocnet.typing import Evidence

Kind = Literal["given", "do", "likely"]
"""How something comes to be said: seen, brought about, or seen as likely."""
SITUATION = "from.situation"
"""Where an address names the situation begun from."""
ODDS = 3.0
"""A soft answer: what was seen is so many times as likely in the state named as in any other."""


@dataclass(frozen=True)
class Scenario:
    """What is known: variable -> state observed (``given``) or brought about (``do``).

    ``likely`` holds soft answers: variable -> the state it is likely in. ``situation``
    names the situation begun from; it decides what the scenario is held against.
    """

    given: Mapping[str, str] = field(default_factory=dict)
    do: Mapping[str, str] = field(default_factory=dict)
    likely: Mapping[str, str] = field(default_factory=dict)
    situation: str | None = None

    @property
    def states(self) -> dict[str, str]:
        """Every variable's state, whether observed, likely or brought about."""
        return {**self.given, **self.likely, **self.do}

    def facts(self, known: Mapping[str, Variable]) -> Iterator[str]:
        """Everything it says, item by item in words, and how each comes about."""
        for name, state in self.states.items():
            told = words.fact(known[name], state)
            if name in self.do:
                told += " (we would make it so)"
            elif name in self.likely:
                told += " (likely)"
            yield told

    def evidence(self, net: Network) -> Evidence:
        """The scenario as evidence, in the order of names: the same scenario gives the same."""
        soft = {
            name: [ODDS if own == state else 1.0 for own in net.variables[name].states]
            for name, state in sorted(self.likely.items())
        }
        given, do = dict(sorted(self.given.items())), dict(sorted(self.do.items()))
        return net.evidence(given=given, do=do, likelihood=soft)

    def turned(self, states: Mapping[str, str], without: Iterable[str] = ()) -> Scenario:
        """The same with some states changed; what was observed stays observed, what was done done.

        >>> Scenario({"pace": "slow"}, {"aims": "vague"}).turned({"aims": "clear"}).do
        {'aims': 'clear'}
        """
        left = set(without)
        kinds = {"do": dict(self.do), "likely": dict(self.likely), "given": dict(self.given)}
        for name, state in states.items():
            held = next((kind for kind, known in kinds.items() if name in known), "given")
            kinds[held][name] = state
        kept = {
            kind: {k: v for k, v in known.items() if k not in left} for kind, known in kinds.items()
        }
        return replace(self, given=kept["given"], do=kept["do"], likely=kept["likely"])

    def told(self, name: str, state: str, kind: Kind) -> Scenario:
        """The same with one thing said, or with "" left open, and all the rest as it was.

        >>> Scenario({"pace": "slow"}, {"aims": "vague"}).told("pace", "timely", "likely")
        Scenario(given={}, do={'aims': 'vague'}, likely={'pace': 'timely'}, situation=None)
        """
        said = self.turned({}, without=[name])
        if state and kind == "given":
            said = replace(said, given={**said.given, name: state})
        elif state and kind == "do":
            said = replace(said, do={**said.do, name: state})
        elif state:
            said = replace(said, likely={**said.likely, name: state})
        return said if said.states else Scenario()

    def made(self, states: Mapping[str, str]) -> Scenario:
        """The same with some states brought about instead of what was known of them.

        >>> Scenario({"pace": "slow"}).made({"pace": "timely"})
        Scenario(given={}, do={'pace': 'timely'}, likely={}, situation=None)
        """
        opened = self.turned({}, without=states)
        return replace(opened, do={**opened.do, **states})


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
        what = f"unknown situation {short(name)!r}"
        raise QueryError(what, where=SITUATION, nearest=nearest(short(name), net.situations))
    return Scenario(given=dict(net.situations[name].given), situation=name)


def chosen(net: Network, scenario: Scenario) -> str | None:
    """The situation a scenario is exactly, "" where nothing is known, None where it is neither."""
    if not scenario.states:
        return ""
    exact = (
        name
        for name, situation in net.situations.items()
        if not (scenario.do or scenario.likely) and dict(scenario.given) == dict(situation.given)
    )
    return next(exact, None)
