"""Which contexts are asked for together: as the review groups them, or by when they can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmocnet_app.scenario import askable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmocnet import Network
    from cmocnet.registry import Variable

OTHER = "Other contexts"
GIVEN = "As you find it"
WHEN = {
    "before": "What can be settled beforehand",
    "start": "What can be set up at the start",
    "under_way": "What can be changed under way",
}


def grouped(net: Network) -> dict[str, tuple[Variable, ...]]:
    """Heading -> the variables asked for under it; every askable variable stands under one."""
    asked = askable(net)
    stated = net.review.groups
    if not stated:
        return _by_action(asked)
    groups = {head: tuple(asked[n] for n in names if n in asked) for head, names in stated.items()}
    placed = {variable.name for group in groups.values() for variable in group}
    rest = tuple(v for name, v in asked.items() if name not in placed)
    return {head: group for head, group in {**groups, OTHER: rest}.items() if group}


def _by_action(asked: Mapping[str, Variable]) -> dict[str, tuple[Variable, ...]]:
    """By the earliest time at which people can change them, what they cannot change first."""
    groups: dict[str, list[Variable]] = {head: [] for head in (GIVEN, *WHEN.values())}
    for variable in asked.values():
        head = WHEN[variable.actionable.when[0]] if variable.actionable else GIVEN
        groups[head].append(variable)
    return {head: tuple(group) for head, group in groups.items() if group}
