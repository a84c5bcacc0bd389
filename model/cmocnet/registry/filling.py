"""Numbers that follow from the register's codes, put in where a variable's file leaves them out.

What is given is what :func:`cmocnet.registry.protocol.govern` makes of the ids that are cited, so
that a file which leaves its numbers out says the same as one which has the protocol's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isnan
from typing import Literal

from msgspec.structs import replace

from cmocnet.registry.codes import Protocol
from cmocnet.registry.faults import Spot
from cmocnet.registry.judged import (
    CONCENTRATION,
    TOGETHER,
    Anchor,
    Basis,
    Cause,
    Given,
    InterBeta,
    NoisyMax,
    Parent,
    Partition,
    Ranked,
    Row,
    TableSpec,
)
from cmocnet.registry.protocol import Coded, completed, govern
from cmocnet.registry.records import Cmoc

Number = Callable[[], float]
UNKNOWN = Coded(weight=1.0, spread=1.0, strength=1.0, lowest=0.0, highest=1.0, cause=0.5)
"""Of ids that are not in the register, which is a fault by itself."""


class Codes:
    """What the protocol makes of any ids of a register, and its defaults."""

    def __init__(self, cmocs: Mapping[str, Cmoc], protocol: Protocol) -> None:
        self.cmocs, self.protocol = cmocs, completed(protocol)
        self._found: dict[tuple[str, ...], Coded] = {}

    def of(self, cites: Iterable[str]) -> Coded:
        """The strongest claim among these ids."""
        known = tuple(key for key in cites if key in self.cmocs)
        if known not in self._found:
            coded = govern(known, self.cmocs, self.protocol) if known else UNKNOWN
            self._found[known] = coded
        return self._found[known]


def filled(spec: TableSpec, codes: Codes, spot: Spot) -> TableSpec:
    """A table with every number that it leaves out.

    A fault is told where the protocol has none either, and where somebody is said to have judged a
    number that is not there.
    """
    match spec:
        case Partition():
            inside = {s: filled(c, codes, spot / "cells" / s) for s, c in spec.cells.items()}
            return replace(spec, cells=inside)
        case InterBeta():
            ids = [i for p in spec.parents.values() for i in p.cites]
            return replace(
                _shaped(spec, codes),
                lowest=_anchor(spec.lowest, "lowest", ids, codes, spot / "lowest"),
                highest=_anchor(spec.highest, "highest", ids, codes, spot / "highest"),
                parents=_parents(spec.parents, codes, spot / "parents"),
            )
        case Ranked():
            return replace(spec, parents=_parents(spec.parents, codes, spot / "parents"))
        case NoisyMax():
            causes = {n: _cause(c, codes, spot / "parents" / n) for n, c in spec.parents.items()}
            return replace(spec, leak=_leak(spec.leak, codes, spot / "leak"), parents=causes)
        case Given():
            ids = [i for arc in spec.parents.values() for i in arc.cites]
            rows = enumerate(spec.rows)
            return replace(
                spec, rows=tuple(_row(r, ids, codes, spot / "rows" / n) for n, r in rows)
            )


def _shaped(spec: InterBeta, codes: Codes) -> InterBeta:
    """How the rows run between the ends, where the file does not say."""
    shape = codes.protocol.shape
    defined = {spec.lowest.by, spec.highest.by} == {"definition"}
    adds = shape is not None and len(spec.parents) > 1 and not spec.together
    drawn = CONCENTRATION if shape is None else shape.construct if defined else shape.concentration
    shift = TOGETHER if shape is None else shape.together
    return replace(
        spec,
        concentration=_or(spec.concentration, lambda: drawn),
        steepness=_or(spec.steepness, lambda: shape.steepness if shape and adds else 0.0),
        shift=shift if spec.together and spec.shift is None else spec.shift,
    )


def even(states: int, codes: Codes, spot: Spot) -> Given:
    """The table of a setting that leaves it out: every state as often as any other."""
    share = 1.0 / max(states, 1)
    row = Row(row=(share,) * states, by="protocol")
    return Given(rows=(_row(row, (), codes, spot),))


def _or(written: float, coded: Number) -> float:
    return coded() if isnan(written) else written


def _judged(by: Basis, numbers: Iterable[float], spot: Spot) -> None:
    """Who is said to have judged something has judged something."""
    if by != "protocol" and all(map(isnan, numbers)):
        spot.wrong(f"by: {by}, and no number", expected="the number, or the protocol's without by")


def _anchor(
    anchor: Anchor,
    table: Literal["lowest", "highest", "cause"],
    ids: Iterable[str],
    codes: Codes,
    spot: Spot,
) -> Anchor:
    """``table`` is the protocol's that gives its value."""
    _judged(anchor.by, (anchor.value, anchor.strength), spot)
    value: float = _or(anchor.value, lambda: getattr(codes.of(ids), table))
    return replace(
        anchor, value=value, strength=_or(anchor.strength, lambda: codes.of(ids).strength)
    )


def _parents(parents: Mapping[str, Parent], codes: Codes, spot: Spot) -> dict[str, Parent]:
    return {name: _parent(p, codes, spot / name) for name, p in parents.items()}


def _parent(parent: Parent, codes: Codes, spot: Spot) -> Parent:
    _judged(parent.by, (parent.weight, parent.spread), spot)
    return replace(
        parent,
        weight=_or(parent.weight, lambda: codes.of(parent.cites).weight),
        spread=_or(parent.spread, lambda: codes.of(parent.cites).spread),
    )


def _cause(cause: Cause, codes: Codes, spot: Spot) -> Cause:
    ids, states = cause.cites, cause.probability.items()
    inside = {s: _anchor(a, "cause", ids, codes, spot / "probability" / s) for s, a in states}
    return replace(cause, probability=inside)


def _leak(leak: Anchor, codes: Codes, spot: Spot) -> Anchor:
    _judged(leak.by, (leak.value, leak.strength), spot)
    default = codes.protocol.leak
    if default is None and (isnan(leak.value) or isnan(leak.strength)):
        _lacks("leak", spot)
    return replace(
        leak,
        value=_or(leak.value, lambda: default.value if default else 0.0),
        strength=_or(leak.strength, lambda: default.strength if default else 1.0),
    )


def _row(row: Row, ids: Iterable[str], codes: Codes, spot: Spot) -> Row:
    if not isnan(row.strength):
        return row
    certain = row.by == "definition" or max(row.row, default=0.0) >= 1.0
    if ids or certain:
        return replace(row, strength=codes.of(ids).strength)
    if codes.protocol.prevalence is None:
        _lacks("prevalence", spot)
    return replace(row, strength=codes.protocol.prevalence or 1.0)


def _lacks(key: str, spot: Spot) -> None:
    what = f"left out here, and the protocol has no {key}"
    spot.wrong(what, expected=f"the number here, or the key {key!r} in protocol.yaml")
