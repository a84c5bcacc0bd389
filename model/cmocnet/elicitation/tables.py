"""Judgements -> tables: one function that builds any variable's table by the method its file names.

``judgements(variable)`` lists the elicited numbers with their addresses; ``build`` puts numbers at
those addresses (the central ones, or draws with leading axes) and returns the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from cmocnet import limits
from cmocnet.elicitation.cells import (
    Hidden,
    Making,
    States,
    Values,
    cell,
    comes_apart,
    over,
    solved,
    undivided,
)
from cmocnet.parts import Family, family
from cmocnet.registry.address import Address
from cmocnet.registry.judged import Rule
from cmocnet.registry.numbers import judgements as judgements  # noqa: PLC0414  numbers of a table
from cmocnet.registry.records import Review
from cmocnet.registry.variable import Variable
from cmocnet.typing import Array, DiscreteNetwork, Part, Scope, Table

BYTES = 8 * 4
"""Memory of an entry while tables are built: the result and what it is made from."""


def build(
    variable: Variable, states: States, values: Values | None = None, *, rule: Rule = "sum"
) -> Array:
    """The values of a variable's table, shape ``(..., *parent cardinalities, cardinality)``.

    One that would be too large and comes apart is not written out; its values are those of its
    :func:`parts`, shape ``(..., entries)``.

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
    put, size = {**solved(variable), **(values or {})}, entries(variable, states)
    mine = [v for a, v in (values or {}).items() if Address.parse(a).variable == variable.name]
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
    size, n = _size(variable, states), len(variable.states)
    reasons = filter(None, (undivided(one.spec, n) for one in variable.cells))
    limits.table(size, variable.name, why=next(reasons, ""))
    return size


def parts(variable: Variable, states: States) -> tuple[Part, ...]:
    """What a table is made of where it is too large to be written out and comes apart; or nothing.

    Of the parts only the values hang on the judgements.
    """
    apart = any(comes_apart(one.spec, len(variable.states)) for one in variable.cells)
    if not apart or _size(variable, states) <= limits.TABLE:
        return ()
    return _family(variable, states, {}, "sum", ())[2]


def _size(variable: Variable, states: States) -> int:
    """Entries of a table written out."""
    return prod(len(states[p]) for p in variable.parents) * len(variable.states)


def _family(
    variable: Variable, states: States, put: Values, rule: Rule, lead: tuple[int, ...]
) -> Family:
    """The table, one copy for each of the leading axes."""
    apart: Hidden | None = None
    if _size(variable, states) > limits.TABLE:
        apart = []
    making = Making(variable, states, put, rule, apart)
    own = cell(variable.table, making)

    def copied(values: Array, scope: Scope) -> Array:
        return np.broadcast_to(values, (*lead, *values.shape[values.ndim - len(scope) - 1 :]))

    if apart is None:
        full = copied(over(own, variable.parents, making), variable.parents)
        return variable.parents, np.array(full, dtype=np.float64, order="C"), ()
    pieces = [*apart, (variable.states, own.parents, own.values)]
    return family((names, scope, copied(values, scope)) for names, scope, values in pieces)


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
        {name: as_table(v, review.states, built[name]) for name, v in review.variables.items()},
    )


def as_table(variable: Variable, states: States, built: Array) -> Table:
    """A variable's table from the values that were built for it."""
    return Table(variable.name, variable.parents, built, parts(variable, states))
