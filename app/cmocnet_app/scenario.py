"""A visitor's scenario: what is so and what would be made so. It lives in the page's address alone.

In the address an observation reads ``mandate=mandated``, a soft one ``likely.pace=slow``, an
intervention ``do.pace=timely`` and the situation begun from ``from.situation=...``; what a page
shows of it stands under ``view.``, how the review is read under ``reading.``. Names of variables
hold no dot, so none can collide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlencode

from cmocnet.errors import CmocnetError, QueryError, nearest

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry import Variable
    from cmocnet.typing import Evidence

Kind = Literal["given", "do", "likely"]
"""How something comes to be said: seen, brought about, or seen as likely."""
DO = "do."
LIKELY = "likely."
VIEW = "view."
READING = "reading."
SITUATION = "from.situation"
ODDS = 3.0
"""A soft answer: what was seen is so many times as likely in the state named as in any other."""
LONGEST = 60
"""Characters of a parameter that a message repeats."""
LONGEST_ADDRESS = 20_000


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
        rest = self.turned({}, without=[name])
        said = replace(rest, **{kind: {**getattr(rest, kind), name: state}}) if state else rest
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


def to_query(scenario: Scenario) -> dict[str, str]:
    """The parameters of the address that opens this scenario.

    >>> to_query(Scenario({"mandate": "mandated"}, {"pace": "timely"}))
    {'mandate': 'mandated', 'do.pace': 'timely'}
    """
    parameters = {
        **scenario.given,
        **{LIKELY + name: s for name, s in scenario.likely.items()},
        **{DO + name: s for name, s in scenario.do.items()},
    }
    return parameters | ({SITUATION: scenario.situation} if scenario.situation else {})


def from_query(net: Network, parameters: Mapping[str, Sequence[str]]) -> Scenario:
    """The scenario that an address opens; a situation alone stands for its preset.

    Raises :class:`~cmocnet.errors.QueryError` at the first parameter that cannot be used.
    """
    asked = askable(net)
    kinds: dict[str, dict[str, str]] = {"": {}, DO: {}, LIKELY: {}}
    situation = None
    for key, values in parameters.items():
        if key.startswith((VIEW, READING)):
            continue
        if len(values) != 1:
            raise QueryError("is said more than once", where=short(key), expected="one value")
        if key == SITUATION:
            situation = preset(net, values[0])
            continue
        kind = next((k for k in (DO, LIKELY) if key.startswith(k)), "")
        name = key.removeprefix(kind)
        kinds[kind][name] = _checked(asked, name, values[0], done=kind == DO)
    given, do, likely = kinds[""], kinds[DO], kinds[LIKELY]
    _once(given, do, likely)
    if situation and not (given or do or likely):
        return situation
    return Scenario(given, do, likely, situation.situation if situation else None)


def packed(scenario: Scenario) -> str:
    """A scenario as one value, for an address that holds several.

    >>> packed(Scenario({"mandate": "mandated"}))
    'mandate=mandated'
    """
    return urlencode(to_query(scenario))


def unpacked(net: Network, text: str) -> Scenario:
    """The scenario of such a value, or of a whole address that was copied.

    Raises :class:`~cmocnet.errors.QueryError` where it cannot be read.
    """
    if len(text) > LONGEST_ADDRESS:
        what = f"an address of {len(text):,} characters"
        raise QueryError(what, expected=f"at most {LONGEST_ADDRESS:,}")
    try:
        parameters = parse_qs(text.strip().rpartition("?")[2], max_num_fields=200)
    except ValueError:
        raise QueryError("too many items in one address", expected="at most 200") from None
    if text.strip() and not parameters:
        raise QueryError("no scenario in it", where=short(text), expected="a copied address")
    return from_query(net, parameters)


def _once(given: Iterable[str], do: Iterable[str], likely: Iterable[str]) -> None:
    observed, done, soft = set(given), set(do), set(likely)
    twice = sorted(observed & done)
    if twice:
        what = "is said to be so and to be made so"
        raise QueryError(what, where=twice[0], expected="one of them")
    unsure = sorted(soft & (observed | done))
    if unsure:
        what = "is said both for sure and as likely"
        raise QueryError(what, where=unsure[0], expected="one of them")


def _checked(asked: Mapping[str, Variable], name: str, state: str, *, done: bool) -> str:
    if name not in asked:
        what = f"unknown context {short(name)!r}"
        raise QueryError(what, nearest=nearest(short(name), asked))
    states = asked[name].states
    if state not in states:
        what = f"unknown state {short(state)!r}"
        raise QueryError(what, where=name, nearest=nearest(short(state), states))
    if done and not asked[name].actionable:
        raise QueryError("cannot be brought about", where=DO + name, expected=f"{name}={state}")
    return state


def short(text: str) -> str:
    """Text as a message may repeat it."""
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
        if not (scenario.do or scenario.likely) and dict(scenario.given) == dict(situation.given)
    )
    return next(exact, None)
