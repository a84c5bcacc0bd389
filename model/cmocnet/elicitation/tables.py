"""Judgements -> tables: one function that builds any variable's table by the method its file names.

``judgements(variable)`` lists the elicited numbers with their addresses; ``build`` puts numbers at
those addresses (the central ones, or draws with leading axes) and returns the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Literal

import numpy as np

from cmocnet import limits
from cmocnet.elicitation.interbeta import interbeta_mean
from cmocnet.elicitation.noisy_max import noisy_or
from cmocnet.elicitation.ranked import ranked
from cmocnet.elicitation.shares import nested, row_of
from cmocnet.registry.address import Address
from cmocnet.registry.judged import (
    Anchor,
    Cause,
    Cell,
    Given,
    InterBeta,
    Judgement,
    NoisyMax,
    Parent,
    Partition,
    Ranked,
    Row,
    TableSpec,
)
from cmocnet.registry.records import Review
from cmocnet.registry.variable import Variable
from cmocnet.parts import Family, family
from cmocnet.typing import Array, DiscreteNetwork, Part, Scope, Table

Values = Mapping[str, Array]
Rule = Literal["sum", "product"]
"""How parents combine: weighted arithmetic mean, or the rival, a shifted geometric mean."""

BYTES = 8 * 4
"""Memory of an entry while tables are built: the result and what it is made from."""

_SHIFT = {"sum": None, "product": 1.0}
States = Mapping[str, tuple[str, ...]]
Hidden = list[tuple[tuple[str, ...], Scope, Array]]
"""The parts of hidden variables in a table too large to be written out: states, parents, values."""
WEIGHED = ", and a weighted mean does not come apart into small tables as causes of noisy_max do"
SAME = np.array([0.0, 1.0])
"""As a cause: the largest so far is handed on as it is."""
At = Callable[..., Address]
"""The address of a number of one table: its part, and which parent, state, row or share."""


@dataclass(frozen=True, eq=False)
class _Cell:
    """A table over some of the parents: axes (*leading draws, *parents, child)."""

    parents: Scope
    values: Array


# --- which numbers were judged ------------------------------------------------------------------


def judgements(variable: Variable) -> tuple[Judgement, ...]:
    """Every elicited number of a variable's table, in file order."""
    return tuple(j for cell in variable.cells for j in _judged(cell, variable.name))


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
    """A given row of n states is n - 1 nested shares; see :mod:`cmocnet.elicitation.shares`."""
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


# --- building -----------------------------------------------------------------------------------


def build(
    variable: Variable, states: States, values: Values | None = None, *, rule: Rule = "sum"
) -> Array:
    """The values of a variable's table, shape ``(..., *parent cardinalities, cardinality)``.

    A table of independent causes that would be too large is not written out; its values are those
    of its :func:`parts`, shape ``(..., entries)``.

    Parameters
    ----------
    variable
        The variable; its parents give the order of the axes.
    states
        The states of every parent, by name.
    values
        address -> numbers with leading draw axes ``(...)``; an address left out keeps its central
        value. All must broadcast together.
    rule
        ``product`` combines parents by a shifted geometric mean instead of a sum, so that one bad
        parent weighs more: the rival under which conclusions are tried again.

    The table is read-only, since whoever holds it shares it.

    Raises
    ------
    ModelError
        If the table, or all drawn tables together, would be too large; see :mod:`cmocnet.limits`.
    """
    put, size = values or {}, entries(variable, states)
    mine = [v for a, v in put.items() if Address.parse(a).variable == variable.name]
    lead = np.broadcast_shapes(*(v.shape for v in mine)) if mine else ()
    limits.fits(
        BYTES * prod(lead) * size,
        f"{prod(lead)} drawn tables of {size:,} entries",
        where=variable.name,
        instead="fewer draws or fewer parents",
    )
    _, built, _ = _family(variable, states, put, rule, lead)
    built.setflags(write=False)
    return built


def entries(variable: Variable, states: States) -> int:
    """How many numbers a table has, or all its parts; ModelError if they are too many."""
    if small := parts(variable, states):
        return sum(prod(part.shape) for part in small)
    size = _size(variable, variable.parents, states)
    weighed = any(isinstance(cell.spec, InterBeta | Ranked) for cell in variable.cells)
    limits.table(size, variable.name, why=WEIGHED if weighed else "")
    return size


def parts(variable: Variable, states: States) -> tuple[Part, ...]:
    """What a table of independent causes is made of where it is too large to be written out.

    None of any other table.
    """
    apart = any(isinstance(cell.spec, NoisyMax) for cell in variable.cells)
    if not apart or _size(variable, variable.parents, states) <= limits.TABLE:
        return ()
    return _family(variable, states, {}, "sum", ())[2]


def _size(child: Variable, parents: Scope, states: States) -> int:
    """Entries of a table; hidden parents have the child's states."""
    cards = (len(states[p] if isinstance(p, str) else child.states) for p in parents)
    return prod(cards) * len(child.states)


def _family(
    variable: Variable, states: States, put: Values, rule: Rule, lead: tuple[int, ...]
) -> Family:
    """The table, one copy for each of the leading axes."""
    hidden: Hidden | None = None
    if _size(variable, variable.parents, states) > limits.TABLE:
        hidden = []
    own = _cell(variable.table, variable, states, (), put, rule, hidden)
    if hidden is None:
        inner = _over(own, variable, variable.parents, states)
        full = np.broadcast_to(inner, (*lead, *inner.shape[-len(variable.parents) - 1 :]))
        return variable.parents, np.array(full, dtype=np.float64, order="C"), ()
    pieces = [*hidden, (variable.states, own.parents, own.values)]
    return family(
        (names, scope, np.broadcast_to(v, (*lead, *v.shape[v.ndim - len(scope) - 1 :])))
        for names, scope, v in pieces
    )


def _over(cell: _Cell, child: Variable, parents: Scope, states: States) -> Array:
    """A cell's values over ``parents``, in their order; axes it does not depend on are repeated."""
    first = cell.values.ndim - len(cell.parents) - 1
    order = [first + cell.parents.index(p) for p in parents if p in cell.parents]
    moved = cell.values.transpose((*range(first), *order, cell.values.ndim - 1))
    lead, n = moved.shape[:first], moved.shape[-1]
    full = tuple(len(states[p] if isinstance(p, str) else child.states) for p in parents)
    own = tuple(size if p in cell.parents else 1 for p, size in zip(parents, full, strict=True))
    return np.broadcast_to(moved.reshape((*lead, *own, n)), (*lead, *full, n))


def _cell(
    spec: TableSpec,
    child: Variable,
    states: States,
    held: tuple[str, ...],
    put: Values,
    rule: Rule,
    hidden: Hidden | None,
) -> _Cell:
    """A table or one cell of it; where there is a list for them, hidden variables join causes."""
    n, at = len(child.states), partial(Address, child.name, cells=held)
    match spec:
        case Partition():
            return _partition(spec, child, states, held, put, rule, hidden)
        case InterBeta():
            values = interbeta_mean(
                _scores(spec.parents, states),
                _stacked(spec.parents, at, put),
                _at(put, at("lowest"), spec.lowest.value),
                _at(put, at("highest"), spec.highest.value),
                spec.concentration,
                n,
                shift=_SHIFT[rule],
            )
        case Ranked():
            values = ranked(
                _scores(spec.parents, states),
                _stacked(spec.parents, at, put),
                spec.variance,
                n,
                spec.function,
            )
        case NoisyMax():
            causes = {
                p: _cause(c, states[p], partial(at, "cause", parent=p), put)
                for p, c in spec.parents.items()
            }
            leak = _at(put, at("leak"), spec.leak.value)
            if hidden is not None and causes:
                return _chain(causes, leak, child, hidden)
            values = noisy_or([*causes.values()], leak)
        case Given():
            limits.table(_size(child, tuple(spec.parents), states), child.name)
            values = _given(spec, states, at, put, n)
    return _Cell(tuple(spec.parents), values)


def _chain(causes: Mapping[str, Array], leak: Array, child: Variable, hidden: Hidden) -> _Cell:
    """The last parent and the largest of what leak and other parents produce, handed on to it."""
    (first, cause), *others = causes.items()
    scope: Scope = (first,)
    values = noisy_or([cause], leak)
    for parent, cause in others:
        hidden.append((child.states, scope, values))
        scope, values = (len(hidden) - 1, parent), noisy_or([SAME, cause])
    return _Cell(scope, values)


def _at(put: Values, address: Address, central: float) -> Array:
    return put.get(address, np.asarray(central, dtype=np.float64))


def _scores(parents: Mapping[str, Parent], states: States) -> list[Array]:
    """Each parent's score per state in [0, 1], turned so that more always raises the child."""
    scores = []
    for name, parent in parents.items():
        if parent.scores is not None:
            own = np.array([parent.scores[s] for s in states[name]])
        else:
            own = np.linspace(0.0, 1.0, len(states[name]))
        scores.append(own if parent.effect == "+" else 1.0 - own)
    return scores


def _stacked(parents: Mapping[str, Parent], at: At, put: Values) -> Array:
    """The parents' weights on a last axis."""
    weights = [_at(put, at("weight", parent=name), p.weight) for name, p in parents.items()]
    return np.stack(np.broadcast_arrays(*weights), axis=-1)


def _cause(cause: Cause, states: tuple[str, ...], at: At, put: Values) -> Array:
    """Per state of the parent the probability that it suffices; 0 where not named."""
    named = {
        s: _at(put, at(state=s), cause.probability[s].value)
        if s in cause.probability
        else np.zeros(())
        for s in states
    }
    return np.stack(np.broadcast_arrays(*named.values()), axis=-1)


def _given(spec: Given, states: States, at: At, put: Values, n: int) -> Array:
    rows = [_row(row, partial(at, "row", row=r), put, n) for r, row in enumerate(spec.rows, 1)]
    lead = np.broadcast_shapes(*(row.shape[:-1] for row in rows))
    table = np.zeros((*lead, *(len(states[p]) for p in spec.parents), n))
    for row, values in zip(spec.rows, rows, strict=True):
        index = tuple(
            states[p].index(row.when[p]) if p in row.when else slice(None) for p in spec.parents
        )
        free = sum(isinstance(i, slice) for i in index)
        table[(..., *index, slice(None))] = values.reshape((*values.shape[:-1], *(1,) * free, n))
    return table


def _row(row: Row, at: At, put: Values, n: int) -> Array:
    """A row with the shares that were put in place of its own, (..., n)."""
    judged = [put.get(at(share=k)) for k in range(1, n)]
    if all(j is None for j in judged):
        return np.asarray(row.row, dtype=np.float64)
    filled = [c if j is None else j for j, c in zip(judged, nested(row.row), strict=True)]
    return row_of(np.stack(np.broadcast_arrays(*filled), axis=-1))


def _partition(
    spec: Partition,
    child: Variable,
    states: States,
    held: tuple[str, ...],
    put: Values,
    rule: Rule,
    hidden: Hidden | None,
) -> _Cell:
    cells = [
        _cell(spec.cells[s], child, states, (*held, s), put, rule, hidden) for s in states[spec.by]
    ]
    inner = tuple(dict.fromkeys(p for c in cells for p in c.parents))
    limits.table(_size(child, (spec.by, *inner), states), child.name)
    spread = np.broadcast_arrays(*(_over(c, child, inner, states) for c in cells))
    return _Cell((spec.by, *inner), np.stack(spread, axis=-(len(inner) + 2)))


def values(review: Review, *, rule: Rule = "sum") -> dict[str, Array]:
    """Every variable's table at the central judgements."""
    states = review.states
    return {name: build(v, states, rule=rule) for name, v in review.variables.items()}


def network(
    review: Review, found: Mapping[str, Array] | None = None, *, rule: Rule = "sum"
) -> DiscreteNetwork:
    """The review's network of one round; ``found`` are its tables if they were built before."""
    built = values(review, rule=rule) if found is None else found
    return DiscreteNetwork(
        review.states,
        {name: table(v, review.states, built[name]) for name, v in review.variables.items()},
    )


def table(variable: Variable, states: States, built: Array) -> Table:
    """A variable's table from the values that were built for it."""
    return Table(variable.name, variable.parents, built, parts(variable, states))
