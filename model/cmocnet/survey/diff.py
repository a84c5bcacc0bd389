"""What changed between two prior sets, and how far every headline answer moves.

A headline answer is the probability of an outcome's last state in a named situation, for every
situation and every outcome that the review puts first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import msgspec

from cmocnet.elicitation.draws import everyone
from cmocnet.model import Model
from cmocnet.registry.judged import Judgement
from cmocnet.registry.records import Review

JUDGED = {"value", "strength", "weight", "spread", "row", "by", "why"}
"""Keys of a table's file that hold judged numbers and where they come from."""


@dataclass(frozen=True)
class Change:
    """One judgement that differs: value and spread before and after; None where there is none."""

    address: str
    kind: str
    before: tuple[float, float] | None
    after: tuple[float, float] | None


@dataclass(frozen=True)
class Move:
    """One headline answer: the situation, the outcome's state, its probability before and after."""

    situation: str
    variable: str
    state: str
    before: float
    after: float

    @property
    def by(self) -> float:
        """How far it moves, in probability."""
        return self.after - self.before


@dataclass(frozen=True)
class Difference:
    """Everything that differs between two prior sets over one review.

    changes
        judgements, in the order of the variables
    other
        path -> before and after, for what is in the tables or the protocol beside judgements
    moves
        every headline answer, the largest move first
    """

    changes: tuple[Change, ...]
    other: Mapping[str, tuple[str, str]]
    moves: tuple[Move, ...]


def compare(before: Model, after: Model) -> Difference:
    """What changed from one network to another of the same review.

    >>> from cmocnet import load
    >>> net = load()
    >>> same = compare(net, net)
    >>> same.changes, dict(same.other), max(abs(m.by) for m in same.moves) < 1e-12
    ((), {}, True)
    """
    moves = sorted(_moves(before, after), key=lambda m: -abs(m.by))
    return Difference(
        tuple(_changes(before.review, after.review)),
        dict(_other(before.review, after.review)),
        tuple(moves),
    )


def _changes(before: Review, after: Review) -> Iterator[Change]:
    old, new = ({j.address: j for j in everyone(review)} for review in (before, after))
    for address, either in (old | new).items():
        a, b = _numbers(old.get(address)), _numbers(new.get(address))
        if a != b:
            yield Change(address, either.kind, a, b)


def _numbers(judgement: Judgement | None) -> tuple[float, float] | None:
    return None if judgement is None else (judgement.value, judgement.spread)


def _other(before: Review, after: Review) -> Iterator[tuple[str, tuple[str, str]]]:
    """Structure and settings of the tables and the protocol, path by path."""
    old, new = dict(_flat(_settings(before), "")), dict(_flat(_settings(after), ""))
    for path in dict.fromkeys(chain(old, new)):
        if old.get(path) != new.get(path):
            yield path, (old.get(path, "nothing"), new.get(path, "nothing"))


def _settings(review: Review) -> dict[str, Any]:
    tables = {name: msgspec.to_builtins(v.table) for name, v in review.variables.items()}
    return {"protocol": msgspec.to_builtins(review.protocol), **tables}


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every leaf with its path, but for judged numbers; the protocol's own tables stay whole."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in JUDGED or path.startswith("protocol") or isinstance(item, Mapping):
                yield from _flat(item, f"{path}.{key}" if path else str(key))
            elif key == "by" and "cells" in value:  # a partition's moderator, not a basis
                yield f"{path}.by", str(item)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value, start=1):
            yield from _flat(item, f"{path}.{number}")
    else:
        yield path, str(value)


def _moves(before: Model, after: Model) -> Iterator[Move]:
    for key, situation in before.situations.items():
        if key not in after.situations:
            continue
        old, new = (net.posteriors(given=situation.given) for net in (before, after))
        for name in before.review.about.headline:
            state = before.variables[name].states[-1]
            yield Move(key, name, state, float(old[name][state]), float(new[name][state]))
