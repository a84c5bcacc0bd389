"""One cell of a table: the values that its method makes of the judgements.

A table is a single cell, or a partition of several by the states of a moderating parent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import prod

import numpy as np

from cmocnet import limits
from cmocnet.elicitation.interbeta import interbeta_mean, steps
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
from cmocnet.registry.shares import nested, row_of
from cmocnet.registry.variable import Variable
from cmocnet.typing import Array, Scope

Values = Mapping[str, Array]
States = Mapping[str, tuple[str, ...]]
Hidden = list[tuple[tuple[str, ...], Scope, Array]]
"""Tables of hidden variables, which are numbered from 0 on: states, parents, values."""

SAME = np.array([0.0, 1.0])
"""As a cause: what others produced is handed on as it is."""
_SHIFT = {"sum": None, "product": 1.0}


@dataclass(frozen=True, eq=False)
class Made:
    """A table over some of the parents: axes (*leading draws, *parents, child)."""

    parents: Scope
    values: Array


@dataclass(frozen=True, eq=False)
class Making:
    """What all cells of a variable's table are made from.

    put
        Address -> numbers in place of the central ones.
    apart
        Where causes are not to be multiplied out: a list for the hidden variables that join them.
    """

    child: Variable
    states: States
    put: Values = field(default_factory=dict)
    rule: Rule = "sum"
    apart: Hidden | None = None

    def cards(self, parents: Scope) -> tuple[int, ...]:
        """How many states each parent has; hidden ones have the child's."""
        return tuple(
            len(self.states[p] if isinstance(p, str) else self.child.states) for p in parents
        )

    def size(self, parents: Scope) -> int:
        """Entries of a table over these parents."""
        return prod(self.cards(parents)) * len(self.child.states)

    def small(self, parents: Scope, why: str = "") -> None:
        """Refuse a table over these parents if it is too large; ``why`` it is in one piece."""
        limits.table(self.size(parents), self.child.name, why=why)


def solved(variable: Variable) -> Values:
    """The numbers of a variable's table that were solved, by address."""
    return {a: np.asarray(found.value) for a, found in variable.solved.items()}


def cell(spec: TableSpec, making: Making, held: tuple[str, ...] = ()) -> Made:
    """A table, or the cell of it for the states ``held`` of its moderators.

    Raises
    ------
    ModelError
        If it is too large.
    """
    if isinstance(spec, Partition):
        return _partition(spec, making, held)
    child, states, put = making.child, making.states, making.put
    n, at = len(child.states), partial(Address, child.name, cells=held)
    chained = making.apart is not None and comes_apart(spec, n)
    if not chained:
        making.small(tuple(spec.parents), undivided(spec, n))
    match spec:
        case InterBeta():
            scores, weights = _scores(spec.parents, states), _stacked(spec.parents, at, put)
            low = _at(put, at("lowest"), spec.lowest.value)
            high = _at(put, at("highest"), spec.highest.value)
            shift = spec.shift or _SHIFT[making.rule]
            if chained:
                return _chain(
                    spec, _said(steps(scores, weights, shift=shift), low, high), making, held
                )
            values = interbeta_mean(
                scores,
                weights,
                low,
                high,
                spec.concentration,
                n,
                shift=shift,
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
            leak = _at(put, at("leak"), spec.leak.value)
            if chained:
                later = (noisy_or([SAME, cause]) for cause in causes[1:])
                return _chain(spec, [noisy_or(causes[:1], leak), *later], making, held)
            values = noisy_or(causes, leak)
        case Given():
            values = _given(spec, states, at, put, n)
    return Made(tuple(spec.parents), values)


def comes_apart(spec: TableSpec, n: int) -> bool:
    """Is the table for ``n`` states a chain of small ones, whatever numbers are drawn for it?

    Causes that act each on their own make one, and so does a weighted mean that is the chance of
    one of two states.
    """
    if not isinstance(spec, NoisyMax | InterBeta):
        return False
    return bool(spec.parents) and not undivided(spec, n)


def undivided(spec: TableSpec, n: int) -> str:
    """Why a method keeps a table for ``n`` states in one piece, to end a refusal; or nothing.

    The rows between of more states than two are curved in the mean, as those of a ranked node
    always are, and a steep table's; and drawn weights differ, so that no two sums of them are the
    same.
    """
    match spec:
        case Ranked():
            return ", and a ranked node does not come apart into small ones"
        case InterBeta() if n != 2:
            return ", and interbeta comes apart into small ones for two states alone"
        case InterBeta() if spec.steepness or spec.shift is not None:
            return (
                ", and interbeta comes apart into small ones only with steepness 0 and parents "
                "that add up, not needed together"
            )
    return ""


def over(made: Made, parents: Scope, making: Making) -> Array:
    """A cell's values over ``parents``, in their order; axes it does not depend on are repeated."""
    first = made.values.ndim - len(made.parents) - 1
    order = [first + made.parents.index(p) for p in parents if p in made.parents]
    moved = made.values.transpose((*range(first), *order, made.values.ndim - 1))
    lead, n = moved.shape[:first], moved.shape[-1]
    full = making.cards(parents)
    own = tuple(size if p in made.parents else 1 for p, size in zip(parents, full, strict=True))
    return np.broadcast_to(moved.reshape((*lead, *own, n)), (*lead, *full, n))


def _partition(spec: Partition, making: Making, held: tuple[str, ...]) -> Made:
    some = [cell(spec.cells[s], making, (*held, s)) for s in making.states[spec.by]]
    inner = tuple(dict.fromkeys(p for made in some for p in made.parents))
    making.small((spec.by, *inner))
    spread = np.broadcast_arrays(*(over(made, inner, making) for made in some))
    return Made((spec.by, *inner), np.stack(spread, axis=-(len(inner) + 2)))


def _said(chances: list[Array], lowest: Array, highest: Array) -> list[Array]:
    """A chain's tables from the chances of "yes"; what the last one says has its own chance."""
    low, high = (end.reshape(*end.shape, *(1,) * min(len(chances), 2)) for end in (lowest, highest))
    *others, last = chances
    mean = np.clip(low * (1.0 - last) + high * last, 0.0, 1.0)
    return [np.stack([1.0 - p, p], axis=-1) for p in (*others, mean)]


def _chain(
    spec: InterBeta | NoisyMax, tables: Sequence[Array], making: Making, held: tuple[str, ...]
) -> Made:
    """The last parent, and the hidden variable that hands on to it what the others come to.

    One of several cells hands on what all of its parents come to, so that the table that joins the
    cells has one parent for each.
    """
    apart, states = making.apart, making.child.states
    assert apart is not None
    (first, so_far), *others = zip(spec.parents, tables, strict=True)
    scope: Scope = (first,)
    for parent, values in others:
        apart.append((states, scope, so_far))
        scope, so_far = (len(apart) - 1, parent), values
    if held:
        apart.append((states, scope, so_far))
        scope, so_far = (len(apart) - 1,), noisy_or([SAME])
    return Made(scope, so_far)


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
