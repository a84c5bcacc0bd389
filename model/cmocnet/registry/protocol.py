"""The coding protocol as a function: what the register says of a claim -> numbers.

The protocol's own tables are in ``protocol.yaml`` of the review and its reasons in ``PROTOCOL.md``;
this module only applies them. A number that they give may be left out of a variable's file
(:mod:`cmocnet.registry.filling`); one that they do not give is the coder's own, and its file says
so and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import get_args

from msgspec.structs import replace

from cmocnet.registry.codes import Agreement, ByCode, Evidence, Hedge, Protocol
from cmocnet.registry.records import Cmoc


@dataclass(frozen=True)
class Coded:
    """What the protocol makes of a claim.

    weight
        how much the parent counts beside the others (any positive scale)
    spread
        log standard deviation of that weight
    strength
        equivalent sample size of a probability resting on this claim
    lowest, highest
        expected score of the affected variable when everything pulls it down, or up
    cause
        probability that the cause alone brings the effect about
    """

    weight: float
    spread: float
    strength: float
    lowest: float
    highest: float
    cause: float


def code(cmoc: Cmoc, protocol: Protocol) -> Coded:
    """The protocol applied to one configuration's hedge, evidence and agreement."""
    spreads, strengths = _of(cmoc, protocol.spread), _of(cmoc, protocol.strength)
    if not cmoc.references:  # whatever else is said of it, nothing cited is least sure
        spreads.append(protocol.spread.agreement["none"])
        strengths.append(protocol.strength.agreement["none"])
    return Coded(
        weight=round(prod(_of(cmoc, protocol.weight)), 2),
        spread=max(spreads),
        strength=min(strengths),
        lowest=protocol.lowest[cmoc.hedge],
        highest=protocol.highest[cmoc.hedge],
        cause=protocol.cause[cmoc.hedge],
    )


def _of(cmoc: Cmoc, table: ByCode) -> list[float]:
    """The three numbers of a table for a configuration's three codes."""
    return [
        table.hedge[cmoc.hedge],
        table.evidence[cmoc.evidence],
        table.agreement[cmoc.agreement],
    ]


def govern(ids: Iterable[str], cmocs: Mapping[str, Cmoc], protocol: Protocol) -> Coded:
    """The strongest claim among ``ids`` governs: largest weight, then smallest spread."""
    coded = [code(cmocs[key], protocol) for key in ids]
    return min(coded, key=lambda c: (-c.weight, c.spread))


def completed(protocol: Protocol) -> Protocol:
    """The protocol with a number for every code, so that one that lacks spoils no other."""
    codes = {"hedge": Hedge, "evidence": Evidence, "agreement": Agreement}

    def whole(table: ByCode) -> ByCode:
        found = {c: dict.fromkeys(get_args(k), 1.0) | getattr(table, c) for c, k in codes.items()}
        return ByCode(**found)

    by_code = {name: whole(getattr(protocol, name)) for name in ("weight", "spread", "strength")}
    by_hedge = {
        name: dict.fromkeys(get_args(Hedge), number) | getattr(protocol, name)
        for name, number in (("lowest", 0.0), ("highest", 1.0), ("cause", 0.5))
    }
    return replace(protocol, **by_code, **by_hedge)
