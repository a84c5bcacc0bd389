"""The coding protocol as a function: what the register says of a claim -> numbers.

The protocol's own tables are in ``protocol.yaml`` of the review and its reasons in ``PROTOCOL.md``;
this module only applies them. A number that these functions do not give is the coder's own, and its
file says so and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cmocnet.registry.records import Cmoc, Protocol


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
    fields = {"hedge": cmoc.hedge, "evidence": cmoc.evidence, "agreement": cmoc.agreement}
    weight = 1.0
    for name, value in fields.items():
        weight *= protocol.weight[name][value]
    return Coded(
        weight=round(weight, 2),
        spread=max(protocol.spread[name][value] for name, value in fields.items()),
        strength=min(protocol.strength[name][value] for name, value in fields.items()),
        lowest=protocol.lowest[cmoc.hedge],
        highest=protocol.highest[cmoc.hedge],
        cause=protocol.cause[cmoc.hedge],
    )


def govern(ids: Iterable[str], cmocs: Mapping[str, Cmoc], protocol: Protocol) -> Coded:
    """The strongest claim among ``ids`` governs: largest weight, then smallest spread."""
    coded = [code(cmocs[key], protocol) for key in ids]
    return min(coded, key=lambda c: (-c.weight, c.spread))
