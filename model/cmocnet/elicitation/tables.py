"""Judgements -> tables: one function that builds any variable's table by the method its file names.

``judgements(variable)`` lists the elicited numbers with their addresses; ``build`` puts numbers at
those addresses (the central ones, or draws with leading axes) and returns the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np

from cmocnet import limits
from cmocnet.elicitation.interbeta import interbeta_mean
from cmocnet.elicitation.noisy_max import noisy_or
from cmocnet.elicitation.ranked import ranked
from cmocnet.registry.address import Address
from cmocnet.registry.judged import (
    Cause,
    Given,
    InterBeta,
    NoisyMax,
    Parent,
    Partition,
    Ranked,
    Row,
    Rule,
    TableSpec,
)
from cmocnet.registry.numbers import At
from cmocnet.registry.numbers import judgements as judgements  # noqa: PLC0414  numbers of a table
from cmocnet.registry.records import Review
from cmocnet.registry.shares import nested, row_of
from cmocnet.registry.variable import Variable
from cmocnet.typing import Array, DiscreteNetwork, Table

Values = Mapping[str, Array]

BYTES = 8 * 4
"""Memory of an entry while tables are built: the result and what it is made from."""

_SHIFT = {"sum": None, "product": 1.0}
States = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class _Cell:
    """A table over some of the parents: axes (*leading draws, *parents, child)."""

    parents: tuple[str, ...]
    values: Array


def build(
    variable: Variable, states: States, values: Values | None = None, *, rule: Rule = "sum"
) -> Array:
    """The table of a variable, shape ``(..., *parent cardinalities, cardinality)``.

    Parameters
    ----------
    variable
        The variable; its parents give the order of the axes.
    states
        The states of every parent, by name.
    values
        address -> numbers with leading draw axes ``(...)``; an address left out keeps its central
        value, the solved one if it was solved. All must broadcast together.
    rule
        ``product`` combines parents by a shifted geometric mean instead of a sum, so that one bad
        parent weighs more: the rival under which conclusions are tried again.

    The table is read-only, since whoever holds it shares it.

    Raises
    ------
    ModelError
        If the table, or all drawn tables together, would be too large; see :mod:`cmocnet.limits`.
    """
    solved = {a: np.asarray(found.value) for a, found in variable.solved.items()}
    put = {**solved, **(values or {})}
    inner = (*(len(states[p]) for p in variable.parents), len(variable.states))
    limits.table(prod(inner), variable.name)
    mine = [v for a, v in (values or {}).items() if Address.parse(a).variable == variable.name]
    lead = np.broadcast_shapes(*(v.shape for v in mine)) if mine else ()
    limits.fits(
        BYTES * prod((*lead, *inner)),
        f"{prod(lead)} drawn tables of {prod(inner):,} entries",
        where=variable.name,
        instead="fewer draws or fewer parents",
    )
    cell = _cell(variable.table, variable, states, (), put, rule)
    table = _over(cell, variable.parents, states)
    built = np.array(np.broadcast_to(table, (*lead, *inner)), dtype=np.float64, order="C")
    built.setflags(write=False)
    return built


def _over(cell: _Cell, parents: tuple[str, ...], states: States) -> Array:
    """A cell's values over ``parents``, in their order; axes it does not depend on are repeated."""
    first = cell.values.ndim - len(cell.parents) - 1
    order = [first + cell.parents.index(p) for p in parents if p in cell.parents]
    moved = cell.values.transpose((*range(first), *order, cell.values.ndim - 1))
    lead, n = moved.shape[:first], moved.shape[-1]
    own = tuple(len(states[p]) if p in cell.parents else 1 for p in parents)
    full = tuple(len(states[p]) for p in parents)
    return np.broadcast_to(moved.reshape((*lead, *own, n)), (*lead, *full, n))


def _cell(
    spec: TableSpec,
    child: Variable,
    states: States,
    held: tuple[str, ...],
    put: Values,
    rule: Rule,
) -> _Cell:
    n, at = len(child.states), partial(Address, child.name, cells=held)
    match spec:
        case Partition():
            return _partition(spec, child, states, held, put, rule)
        case InterBeta():
            values = interbeta_mean(
                _scores(spec.parents, states),
                _stacked(spec.parents, at, put),
                _at(put, at("lowest"), spec.lowest.value),
                _at(put, at("highest"), spec.highest.value),
                spec.concentration,
                n,
                shift=spec.shift or _SHIFT[rule],
                steepness=spec.steepness,
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
            causes = [
                _cause(c, states[p], partial(at, "cause", parent=p), put)
                for p, c in spec.parents.items()
            ]
            values = noisy_or(causes, _at(put, at("leak"), spec.leak.value))
        case Given():
            values = _given(spec, states, at, put, n)
    return _Cell(tuple(spec.parents), values)


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
) -> _Cell:
    cells = [_cell(spec.cells[s], child, states, (*held, s), put, rule) for s in states[spec.by]]
    inner = tuple(dict.fromkeys(p for c in cells for p in c.parents))
    spread = np.broadcast_arrays(*(_over(c, inner, states) for c in cells))
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
        {name: Table(name, v.parents, built[name]) for name, v in review.variables.items()},
    )
