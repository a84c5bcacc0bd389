"""A visitor's scenario: what is so and what would be made so. It lives in the page's address alone.

In the address an observation reads ``mandate=mandated``, a soft one ``likely.pace=slow``, an
intervention ``do.pace=timely`` and the situation begun from ``from.situation=...``; what a page
shows of it stands under ``view.``, how the review is read under ``reading.``. Names of variables
hold no dot, so none can collide.

Links go through mailing lists, which add parameters of their own, and are mistyped. Whatever can be
read is taken; the rest is left out and said.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlencode

from cmocnet.errors import QueryError, nearest

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
VIEWS = frozenset(
    VIEW + name
    for name in ("about", "against", "kind", "outcome", "part", "search", "verdict", "with")
)
"""Every parameter that says what a page shows."""
ALIKE = 0.8
"""A key this much like one of ours, from 0 to 1, is ours mistyped."""
MOST = 200
"""Parameters that an address may hold beside one for each variable."""
LONGEST_ADDRESS = 20_000
Parameters = Mapping[str, Sequence[str]]
"""Key -> every value it has in an address."""


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


@dataclass(frozen=True)
class Read:
    """What an address says.

    wrong
        What is meant for us and can't be used; it is left out of ``scenario``.
    foreign
        Keys that are not ours, as a message may repeat them.
    """

    scenario: Scenario
    wrong: tuple[QueryError, ...] = ()
    foreign: tuple[str, ...] = ()


def read(net: Network, parameters: Parameters) -> Read:
    """The scenario that an address opens; a situation alone stands for its preset."""
    if len(parameters) > _most(net):
        return Read(Scenario(), (_too_many(net),))
    asked = askable(net)
    ours, foreign, wrong = _sorted(net, asked, parameters)
    said: dict[str, dict[str, str]] = {"": {}, DO: {}, LIKELY: {}}
    begun = None
    for key, values in ours.items():
        try:
            value = _single(key, values)
            if key == SITUATION:
                begun = preset(net, value)
                continue
            kind = next((k for k in (DO, LIKELY) if key.startswith(k)), "")
            name = key.removeprefix(kind)
            said[kind][name] = _checked(asked, name, value, done=kind == DO)
        except QueryError as error:
            wrong.append(error)
    wrong += _twice(said)
    scenario = Scenario(said[""], said[DO], said[LIKELY], begun.situation if begun else None)
    return Read(begun if begun and not scenario.states else scenario, tuple(wrong), tuple(foreign))


def from_query(net: Network, parameters: Parameters) -> Scenario:
    """The scenario that an address opens; what isn't ours is passed over.

    Raises :class:`~cmocnet.errors.QueryError` at the first parameter of ours that can't be used.
    """
    found = read(net, parameters)
    if found.wrong:
        raise found.wrong[0]
    return found.scenario


def packed(scenario: Scenario) -> str:
    """A scenario as one value, for an address that holds several.

    >>> packed(Scenario({"mandate": "mandated"}))
    'mandate=mandated'
    """
    return urlencode(to_query(scenario))


def unpacked(net: Network, text: str) -> Scenario:
    """The scenario of a packed value, or of a whole address that was copied.

    Raises :class:`~cmocnet.errors.QueryError` where it cannot be read.
    """
    return copied(net, text).scenario


def copied(net: Network, text: str) -> Read:
    """The same, and what of it is foreign; none of it is wrong."""
    if len(text) > LONGEST_ADDRESS:
        what = f"an address of {len(text):,} characters"
        raise QueryError(what, expected=f"at most {LONGEST_ADDRESS:,}")
    try:
        parameters = parse_qs(text.strip().rpartition("?")[2], max_num_fields=_most(net))
    except ValueError:
        raise _too_many(net) from None
    found = read(net, parameters)
    if not found.wrong and text.strip() and len(found.foreign) == len(parameters):
        raise QueryError("no scenario in it", where=short(text), expected="a copied address")
    from_query(net, parameters)  # a scenario that lacks something is not compared
    return found


def _most(net: Network) -> int:
    return MOST + len(net.variables)


def _too_many(net: Network) -> QueryError:
    return QueryError("too many items in one address", expected=f"at most {_most(net)}")


def _sorted(
    net: Network, asked: Mapping[str, Variable], parameters: Parameters
) -> tuple[dict[str, Sequence[str]], list[str], list[QueryError]]:
    """The parameters of a scenario, the keys that are not ours, and our keys mistyped."""
    ours: dict[str, Sequence[str]] = {}
    foreign: list[str] = []
    wrong: list[QueryError] = []
    known = {*net.variables, *VIEWS, SITUATION}
    for key, values in parameters.items():
        if key in VIEWS or key.startswith(READING):
            continue
        if key in known or key.startswith((DO, LIKELY)):
            ours[key] = values
        elif _mistyped(key, known):
            wrong.append(_unknown(key, asked))
        else:
            foreign.append(short(key))
    return ours, foreign, wrong


def _mistyped(key: str, known: Collection[str]) -> bool:
    word = short(key).casefold()
    return bool(difflib.get_close_matches(word, known, n=1, cutoff=ALIKE))


def _unknown(key: str, asked: Iterable[str]) -> QueryError:
    kind = "part of a page" if key.startswith(VIEW) else "context"
    near = nearest(short(key), {*asked, *VIEWS, SITUATION})
    return QueryError(f"unknown {kind} {short(key)!r}", nearest=near)


def _single(key: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise QueryError("is said more than once", where=short(key), expected="one value")
    return values[0]


def _twice(said: Mapping[str, dict[str, str]]) -> list[QueryError]:
    """What is said in two ways, which is neither; it is taken out."""
    found = []
    given, done, soft = said[""], said[DO], said[LIKELY]
    for name in sorted(given.keys() & done.keys()):
        what = "is said to be so and to be made so"
        found.append(QueryError(what, where=name, expected="one of them"))
    for name in sorted(soft.keys() & (given.keys() | done.keys())):
        what = "is said both for sure and as likely"
        found.append(QueryError(what, where=name, expected="one of them"))
    for error in found:
        for kind in said.values():
            kind.pop(error.where or "", None)
    return found


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


def readable(net: Network, parameters: Parameters) -> tuple[Scenario, str | None]:
    """The scenario of an address as far as it can be read, and the first that is wrong in it."""
    found = read(net, parameters)
    return found.scenario, str(found.wrong[0]) if found.wrong else None


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
