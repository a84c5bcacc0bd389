"""Where experts say how large an effect is: what they say, what the protocol says, and what comes.

The experts' number stands in the protocol's place, so the two are never weighed against each other;
where they are far apart a reader should know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cmocnet.errors import CmocnetError, nearest
from cmocnet.results import Part, Table
from cmocnet.solve.statements import Heard, Statement

APART = 2.0
"""Spreads below the protocol's least size from which experts disagree with it."""


@dataclass(frozen=True, eq=False)
class Sized:
    """A statement that experts sized.

    least, heard
        what the protocol says of the effect, and what experts say
    value
        what it comes to when solved

    The protocol says how large an effect is at least, so experts who say more agree with it.
    """

    statement: Statement
    least: float
    heard: Heard
    value: float

    @property
    def short(self) -> float:
        """How far the experts' size is below the protocol's, in the experts' spreads; 0 or more."""
        return max(0.0, (self.least - self.statement.low) / self.heard.spread)

    @property
    def disagrees(self) -> bool:
        """Is that more than two?"""
        return self.short > APART

    def record(self) -> dict[str, Any]:
        """All of it as plain data; effects along the stated sign."""
        s = self.statement
        assert s.tested is not None
        return {
            "address": s.tested.address,
            "says": s.says,
            "protocol": self.least,
            "experts": s.low,
            "spread": self.heard.spread,
            "names": list(self.heard.experts),
            "value": self.value,
            "disagrees": self.disagrees,
        }


def sized(stated: Sequence[Statement], values: Sequence[float]) -> tuple[Sized, ...]:
    """Every statement that experts sized, those farthest below the protocol's size first."""
    found = [
        Sized(s, s.least, s.heard, v)
        for s, v in zip(stated, values, strict=True)
        if s.heard is not None and s.least is not None
    ]
    return tuple(sorted(found, key=lambda one: -one.short))


def known(heard: Mapping[str, Heard], stated: Sequence[Statement]) -> None:
    """Refuse what was heard of effects that the review does not state, and what is no size.

    Raises
    ------
    CmocnetError
        An address that no statement has, or a difference or spread out of range.
    """
    addresses = {s.tested.address for s in stated if s.tested}
    for address, said in heard.items():
        if address not in addresses:
            raise CmocnetError(
                f"no effect {str(address)[:80]!r} is stated",
                where="answers",
                nearest=nearest(str(address)[:80], addresses),
            )
        if not (-1.0 <= said.difference <= 1.0 and 0.0 < said.spread < float("inf")):
            raise CmocnetError(
                f"difference {said.difference:g}, spread {said.spread:g}",
                where=f"answers, {address}",
                expected="a difference from -1 to 1 and a spread above 0",
            )


def shown(found: Sequence[Sized], effects: int, top: int) -> Iterator[Part]:
    """How many of all ``effects`` experts sized, and where they disagree with the protocol."""
    if not found:
        return
    apart = [one for one in found if one.disagrees]
    yield f"Experts sized {len(found)} of {effects} effects, in the protocol's place."
    if not apart:
        return
    yield "They say less than the protocol does, by more than two of their spreads:"
    rows = [
        (
            one.statement.source,
            one.statement.says,
            f"{one.least:.2f}",
            f"{one.statement.low:+.2f}",
            f"{one.heard.spread:.2f}",
            f"{one.value:+.3f}",
        )
        for one in apart[:top]
    ]
    columns = ["Source", "States", "Protocol, at least", "Experts", "Spread", "Comes to"]
    yield Table(columns, rows, columns[2:])
    yield f"{min(top, len(apart))} of {len(apart)}"
