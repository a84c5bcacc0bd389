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
from cmocnet.parts import Change, Family, mapped, split, switching, written
from cmocnet.registry import Review
from cmocnet.registry.moment import at_round as at_round  # noqa: PLC0414  found here as before
from cmocnet.typing import Array, DiscreteNetwork, Scope, Table

SURVIVAL = "gone"
"""The added variable: has the horizon's outcome come about by the end of this round?"""


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
                placed = _placed(review, static, r)
                found[at_round(name, r)] = mapped(static.tables[name], placed, values=values)[1]
    return found


def _later(review: Review, static: DiscreteNetwork, table: Table, r: int) -> Table:
    """A table's copy in round ``r`` > 1."""
    carried = review.about.rounds.carry.get(table.variable)
    copy = at_round(table.variable, r)
    if carried is not None:
        identity = np.eye(static.cardinality(carried))
        return Table(copy, (at_round(carried, r - 1),), identity)
    return Table(copy, *mapped(table, _placed(review, static, r)))


def _placed(review: Review, static: DiscreteNetwork, r: int) -> Change:
    """Parents renamed to round ``r``; events of the first round are set to their later state."""

    def placed(parents: Scope, values: Array) -> tuple[Scope, Array]:
        kept: list[str | int] = []
        for place, parent in reversed(list(enumerate(parents))):
            if isinstance(parent, int):
                kept.append(parent)
                continue
            later = review.variables[parent].later_rounds
            if later is not None and r > 1:
                values = np.take(
                    values, static.states[parent].index(later), axis=place - len(parents) - 1
                )
                parents = (*parents[:place], *parents[place + 1 :])
            else:
                kept.append(at_round(parent, r) if review.repeats(parent) else parent)
        return tuple(reversed(kept)), np.ascontiguousarray(values)

    return placed


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
        f"{SURVIVAL}@{r}": _gone(review, static, r, drawn[name])[1] for r in range(1, rounds + 1)
    }


def _survival(
    review: Review,
    static: DiscreteNetwork,
    states: dict[str, tuple[str, ...]],
    tables: dict[str, Table],
    r: int,
) -> None:
    """Add ``gone@r``."""
    name = f"{SURVIVAL}@{r}"
    states[name] = ("no", "yes")
    tables[name] = Table(name, *_gone(review, static, r))


def _gone(review: Review, static: DiscreteNetwork, r: int, values: Array | None = None) -> Family:
    """The table of ``gone@r``: what has come about stays; until then the hazard applies.

    ``values`` in place of those of the outcome's own table may have leading axes.
    """
    horizon = review.about.rounds.horizon
    judged = static.tables[horizon.variable]
    found = judged.values if values is None else values
    column = static.states[horizon.variable].index(horizon.state)
    if judged.parts and not (column == 1 and _spared(judged, found)):
        written(judged, "its hazard a round")
    placed = _placed(review, static, r)

    def now(parents: Scope, values: Array) -> tuple[Scope, Array]:
        parents, values = placed(parents, values)
        h = hazard(values[..., column], horizon.rounds)
        return parents, np.stack([1.0 - h, h], axis=-1)

    def ever(parents: Scope, values: Array) -> tuple[Scope, Array]:
        return switching(f"{SURVIVAL}@{r - 1}", code=1)(*now(parents, values))

    return mapped(judged, now, own=now if r == 1 else ever, values=found)


def _spared(table: Table, values: Array) -> bool:
    """Is the chance of the first of two states a product of one that each parent leaves?

    Then its root is the product of their roots. So it is where the second state, once come about
    in a hidden variable, stays.
    """

    def stays(parents: Scope, values: Array) -> bool:
        hidden = [axis for axis, p in enumerate(parents) if isinstance(p, int)]
        each = (np.moveaxis(values, axis - len(parents) - 1, 0) for axis in hidden)
        return all(np.all((came[..., 1] == 1.0) | (came == yet).all(-1)) for yet, came in each)

    pieces = split(table.parts, values)
    return all(stays(part.parents, v) for part, v in zip(table.parts, pieces, strict=True))
