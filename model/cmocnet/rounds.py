"""Rounds in time: the network of one round, unrolled into several.

What stands (settings, standing conditions) keeps one copy; the loop and its outcomes get one a
round. Round 1 keeps the plain names, so that the unrolled network contains the static one word for
word; ``trust@2`` is trust at the end of round 2. The start of a later round is the end of the one
before. A setting that is carried over from itself has a copy a round too, which is as the one
before until someone sets it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cmocnet.errors import CmocnetError
from cmocnet.registry import Review
from cmocnet.registry.moment import at_round as at_round  # noqa: PLC0414  found here as before
from cmocnet.typing import Array, DiscreteNetwork, Table

SURVIVAL = "gone"
"""The added variable: has the horizon's outcome come about by the end of this round?"""


def repeats(review: Review, name: str) -> bool:
    """Does the variable have one copy a round?"""
    return review.repeats(name)


def unroll(review: Review, static: DiscreteNetwork, rounds: int) -> DiscreteNetwork:
    """``static`` over several rounds, with the chain ``gone@r`` for the outcome with a horizon.

    Parameters
    ----------
    review
        Says which variables repeat, what is carried over, and the horizon of the outcome.
    static
        The network of one round.
    rounds
        How many rounds, 1 or more.

    Raises
    ------
    CmocnetError
        ``rounds`` is not a positive whole number.
    """
    if rounds < 1:
        raise CmocnetError(f"{rounds} rounds", where="unroll", expected="1 or more")
    states = dict(static.states)
    tables = dict(static.tables)
    _survival(review, static, states, tables, 1)
    for r in range(2, rounds + 1):
        for name, table in static.tables.items():
            if review.repeats(name):
                copy = at_round(name, r)
                states[copy] = static.states[name]
                tables[copy] = _later(review, static, table, r)
        _survival(review, static, states, tables, r)
    return DiscreteNetwork(states, tables)


def leading(network: DiscreteNetwork, ends: Iterable[str]) -> DiscreteNetwork:
    """``network`` without what leads to none of ``ends``: their answers are the same, and sooner.

    What comes of an earlier round and is not handed over is most of what many rounds cost.
    """
    kept: set[str] = set()
    left = list(ends)
    while left:
        name = left.pop()
        if name not in kept:
            kept.add(name)
            left += network.tables[name].parents
    tables = {name: table for name, table in network.tables.items() if name in kept}
    return DiscreteNetwork({name: network.states[name] for name in tables}, tables)


def unroll_draws(
    review: Review, static: DiscreteNetwork, drawn: Mapping[str, Array], rounds: int
) -> dict[str, Array]:
    """Drawn tables of the static network as tables of the unrolled one (``gone@r`` left out).

    ``drawn`` has leading axes of draws before each table's own; so has the result.
    """
    found = dict(drawn)
    carried = review.about.rounds.carry
    for r in range(2, rounds + 1):
        for name, values in drawn.items():
            if review.repeats(name) and name not in carried:
                parents = static.tables[name].parents
                found[at_round(name, r)] = _in_round(review, static, parents, values, r)[1]
    return found


def _later(review: Review, static: DiscreteNetwork, table: Table, r: int) -> Table:
    """A table's copy in round ``r`` > 1."""
    carried = review.about.rounds.carry.get(table.variable)
    copy = at_round(table.variable, r)
    if carried is not None:
        identity = np.eye(static.cardinality(carried))
        return Table(copy, (at_round(carried, r - 1),), identity)
    return Table(copy, *_in_round(review, static, table.parents, table.values, r))


def _in_round(
    review: Review, static: DiscreteNetwork, parents: tuple[str, ...], values: Array, r: int
) -> tuple[tuple[str, ...], Array]:
    """Parents renamed to round ``r``; events of the first round are set to their later state.

    ``values`` ends in the parents' axes and the child's; leading axes pass through.
    """
    kept = []
    for place, parent in reversed(list(enumerate(parents))):
        later = review.variables[parent].later_rounds
        if later is not None and r > 1:
            values = np.take(
                values, static.states[parent].index(later), axis=place - len(parents) - 1
            )
            parents = (*parents[:place], *parents[place + 1 :])
        else:
            kept.append(at_round(parent, r) if review.repeats(parent) else parent)
    return tuple(reversed(kept)), np.ascontiguousarray(values)


def hazard(probability: Array, rounds: int) -> Array:
    """The constant hazard a round that adds up to ``probability`` over ``rounds``.

    >>> float(hazard(np.array(0.75), 2))
    0.5
    """
    return np.asarray(1.0 - (1.0 - probability) ** (1.0 / rounds))


def survival_draws(
    review: Review, static: DiscreteNetwork, drawn: Mapping[str, Array], rounds: int
) -> dict[str, Array]:
    """The tables ``gone@r`` of :func:`unroll`, from drawn tables of the outcome with a horizon."""
    name = review.about.rounds.horizon.variable
    if name not in drawn:
        return {}
    return {
        f"{SURVIVAL}@{r}": _gone(review, static, drawn[name], r)[1] for r in range(1, rounds + 1)
    }


def _survival(
    review: Review,
    static: DiscreteNetwork,
    states: dict[str, tuple[str, ...]],
    tables: dict[str, Table],
    r: int,
) -> None:
    """Add ``gone@r``."""
    judged = static.tables[review.about.rounds.horizon.variable].values
    name = f"{SURVIVAL}@{r}"
    states[name] = ("no", "yes")
    tables[name] = Table(name, *_gone(review, static, judged, r))


def _gone(
    review: Review, static: DiscreteNetwork, judged: Array, r: int
) -> tuple[tuple[str, ...], Array]:
    """Parents and table of ``gone@r``: what has come about stays; until then the hazard applies.

    ``judged`` is the outcome's own table; leading axes pass through.
    """
    horizon = review.about.rounds.horizon
    column = static.states[horizon.variable].index(horizon.state)
    parents, table = _in_round(review, static, static.tables[horizon.variable].parents, judged, r)
    h = hazard(table[..., column], horizon.rounds)
    now = np.stack([1.0 - h, h], axis=-1)
    if r == 1:
        return parents, now
    already = np.broadcast_to(np.array([0.0, 1.0]), now.shape)
    both = np.stack([now, already], axis=now.ndim - len(parents) - 1)
    return (f"{SURVIVAL}@{r - 1}", *parents), np.ascontiguousarray(both)
