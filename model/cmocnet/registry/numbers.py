"""Which numbers of a table were judged, each with its address.

What says what a word means is a definition, not a judgement: a row with a 1 in it, and whatever is
``by: definition``. Nobody is asked for it, and nothing moves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from msgspec.structs import replace

from cmocnet.registry.address import Address
from cmocnet.registry.judged import (
    Anchor,
    Cell,
    Given,
    InterBeta,
    Judgement,
    NoisyMax,
    Parent,
    Ranked,
)
from cmocnet.registry.shares import nested
from cmocnet.registry.variable import Variable

At = Callable[..., Address]
"""The address of a number of one table: its part, and which parent, state, row or share."""


def judgements(variable: Variable) -> tuple[Judgement, ...]:
    """Every elicited number of a variable's table, in file order; solved ones say so."""
    found = (j for cell in variable.cells for j in _judged(cell, variable.name))
    return tuple(
        replace(j, solved=variable.solved[j.address]) if j.address in variable.solved else j
        for j in found
        if j.by != "definition"
    )


def _judged(cell: Cell, name: str) -> Iterator[Judgement]:
    spec, at = cell.spec, partial(Address, name, cells=cell.states)
    match spec:
        case InterBeta():
            everyone = tuple(dict.fromkeys(i for p in spec.parents.values() for i in p.cites))
            yield _anchored(spec.lowest, at("lowest"), everyone)
            yield _anchored(spec.highest, at("highest"), everyone)
            yield from _weights(spec.parents, at)
        case Ranked():
            yield from _weights(spec.parents, at)
        case NoisyMax():
            yield _anchored(spec.leak, at("leak"), ())
            for parent, cause in spec.parents.items():
                for state, anchor in cause.probability.items():
                    yield _anchored(anchor, at("cause", parent=parent, state=state), cause.cites)
        case Given():
            yield from _rows(spec, at)


def _anchored(anchor: Anchor, address: Address, cites: tuple[str, ...]) -> Judgement:
    return Judgement(
        address=address,
        value=anchor.value,
        spread=anchor.strength,
        by=anchor.by,
        cites=cites,
        why=anchor.why,
    )


def _weights(parents: Mapping[str, Parent], at: At) -> Iterator[Judgement]:
    # A single parent's weight cancels out of every table: it is no judgement.
    for parent, p in parents.items() if len(parents) > 1 else ():
        yield Judgement(
            address=at("weight", parent=parent),
            value=p.weight,
            spread=p.spread,
            by=p.by,
            cites=p.cites,
            why=p.why,
        )


def _rows(spec: Given, at: At) -> Iterator[Judgement]:
    """A given row of n states is n - 1 nested shares; see :mod:`cmocnet.registry.shares`."""
    cites = tuple(dict.fromkeys(i for arc in spec.parents.values() for i in arc.cites))
    for number, row in enumerate(spec.rows, start=1):
        if max(row.row) >= 1.0:  # a definition, not a judgement
            continue
        for k, share in enumerate(nested(row.row).tolist(), start=1):
            yield Judgement(
                address=at("row", row=number, share=k),
                value=share,
                spread=row.strength,
                by=row.by,
                cites=cites,
                why=row.why,
            )
