"""Every bundle of levers that a budget allows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from cmocnet.errors import CmocnetError
from cmocnet.levers.candidates import Lever

LIMIT = 200_000
"""Most bundles tried."""

Positions = tuple[int, ...]
"""A bundle as positions in the sequence of levers, ascending, one a variable at most."""


def spendable(options: Sequence[Lever], budget: float | None) -> float:
    """The budget, checked; infinity for none."""
    if budget is None:
        return math.inf
    cheapest = min(options, key=lambda x: x.cost)
    if not budget >= cheapest.cost:  # also refuses what is not a number
        raise CmocnetError(
            f"a budget of {budget:g} is below every cost",
            expected=f"at least {cheapest.cost:g}, for {cheapest}",
        )
    return budget


def affordable(options: Sequence[Lever], k: int, budget: float) -> Iterator[Positions]:
    """Every bundle of up to ``k`` levers within the budget, smaller ones first.

    >>> a, b = (Lever(v, "on", v, "On", cost) for v, cost in (("a", 1.0), ("b", 2.0)))
    >>> list(affordable([a, b], 2, 2.5))
    [(), (0,), (1,)]
    """
    layer: list[tuple[Positions, float]] = [((), 0.0)]
    count = 0
    for size in range(k + 1):
        count += len(layer)
        yield from (bundle for bundle, _ in layer)
        if size == k or not layer:
            return
        layer = list(_larger(options, layer, budget * (1 + 1e-12), LIMIT - count))


def _larger(
    options: Sequence[Lever],
    layer: Sequence[tuple[Positions, float]],
    budget: float,
    room: int,
) -> Iterator[tuple[Positions, float]]:
    made = 0
    for bundle, cost in layer:
        taken = {options[i].variable for i in bundle}
        for i in range(bundle[-1] + 1 if bundle else 0, len(options)):
            total = cost + options[i].cost
            if total <= budget and options[i].variable not in taken:
                made += 1
                if made > room:
                    what = f"more than {LIMIT:,} bundles of up to {len(bundle) + 1} levers"
                    raise CmocnetError(what, expected="a smaller k, fewer levers or less budget")
                yield (*bundle, i), total
