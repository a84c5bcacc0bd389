"""Names that a format can hold, those it escapes, and those it refuses by a ModelError."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cmocnet.errors import ModelError
from cmocnet.formats.places import shown
from cmocnet.typing import DiscreteNetwork

UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
ROUND = "_round_"
"""Stands for the ``@`` of a network in time, where names hold letters, digits and underscores."""


def held(network: DiscreteNetwork, pattern: re.Pattern[str], kind: str, allowed: str) -> None:
    """Refuse to write a network of which a format cannot hold a name or a state."""
    places = [("variables", network.names)]
    places += [(f"states of {name}", states) for name, states in network.states.items()]
    for place, names in places:
        for name in names:
            if not name or not pattern.fullmatch(name):
                what = f"{kind} cannot hold the name {shown(name)}"
                raise ModelError(what, where=place, expected=allowed)


def identifiers(names: Iterable[str], pattern: re.Pattern[str], kind: str) -> dict[str, str]:
    """An identifier for every name: the name itself, ``@`` written out; no two alike.

    >>> identifiers(["trust", "trust@2"], re.compile("[a-z_0-9]+"), "XDSL")
    {'trust': 'trust', 'trust@2': 'trust_round_2'}
    """
    found = {name: name.replace("@", ROUND) for name in names}
    for name, identifier in found.items():
        if not pattern.fullmatch(identifier):
            what = f"{kind} cannot hold the name {shown(name)}"
            raise ModelError(what, expected="letters of ASCII, digits and underscores")
    for one, other, both in _shared(found):
        what = f"{shown(one)} and {shown(other)} would both be {both}"
        raise ModelError(what, expected="names that stay apart")
    return found


def labelled(names: Iterable[str], labels: Mapping[str, str], kind: str) -> dict[str, str]:
    """A label for every name, itself where it has none.

    No two are alike: programs that call variables by their labels would mix them up.
    """
    found = {name: plain(labels.get(name, name)) or name for name in names}
    for one, other, both in _shared(found):
        what = f"{shown(one)} and {shown(other)} are both labelled {shown(both)}"
        raise ModelError(what, expected="labels that differ, or labels=False")
    return found


def _shared(called: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each two names that are called the same, and what."""
    owner: dict[str, str] = {}
    for name, word in called.items():
        first = owner.setdefault(word, name)
        if first != name:
            yield first, name, word


def plain(words: str) -> str:
    """Words on one line, without control characters: a title or a label that any format holds.

    >>> plain("  in two\\n lines\\x07")
    'in two lines'
    """
    return " ".join(UNSEEN.sub(" ", words).split())
