"""The coding protocol as a function: what the register says of a claim -> numbers.

The protocol's own tables are in ``protocol.yaml`` of the review and its reasons in ``PROTOCOL.md``;
this module only applies them. A number that these functions do not give is the coder's own, and its
file says so and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from cmocnet.registry.records import ByCode, Cmoc, Protocol


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
