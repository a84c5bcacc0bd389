"""Scenarios as links: how a scenario reads in an address, and what an address says of one.

An observation reads ``mandate=mandated``, a soft one ``likely.pace=slow``, an intervention
``do.pace=timely`` and the situation begun from ``from.situation=...``; what a page shows of it
stands under ``view.``, how the review is read under ``reading.``. Names of variables hold no dot,
so none can collide.

Links go through mailing lists, which add parameters of their own, and are mistyped. Whatever can be
read is taken; the rest is left out and said.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from cmocnet.errors import QueryError, nearest
from cmocnet_app.state.scenario import SITUATION, Scenario, askable, preset
from cmocnet_app.words import short

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry import Variable

DO = "do."
LIKELY = "likely."
VIEW = "view."
READING = "reading."
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
    said = read(net, parameters)
    if said.wrong:
        raise said.wrong[0]
    return said.scenario


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
    said = read(net, parameters)
    if not said.wrong and text.strip() and len(said.foreign) == len(parameters):
        raise QueryError("no scenario in it", where=short(text), expected="a copied address")
    from_query(net, parameters)  # a scenario that lacks something is not compared
    return said


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
    errors = []
    given, done, soft = said[""], said[DO], said[LIKELY]
    for name in sorted(given.keys() & done.keys()):
        what = "is said to be so and to be made so"
        errors.append(QueryError(what, where=name, expected="one of them"))
    for name in sorted(soft.keys() & (given.keys() | done.keys())):
        what = "is said both for sure and as likely"
        errors.append(QueryError(what, where=name, expected="one of them"))
    for error in errors:
        for kind in said.values():
            kind.pop(error.where or "", None)
    return errors


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
