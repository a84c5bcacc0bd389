"""How sure an outcome is: its interval in each case, and how often the direction holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.contrast import Contrast as Difference
from cmocnet.intervals import Interval, central
from cmocnet_app.answers import cached
from cmocnet_app.answers.headline import Contrast, Outcome, chance, question
from cmocnet_app.state.scenario import Scenario

if TYPE_CHECKING:
    from cmocnet import Network


@dataclass(frozen=True)
class Sureness:
    """Central 90 per cent intervals of an outcome, in [0, 1], over draws of the judgements.

    difference
        Interval of the probability here less that of the contrast.
    holds
        Share of draws in which that difference has the sign it has at the central judgements; None
        where there is no difference.
    depends
        Is there a difference, centrally or in any draw? False too where nothing is compared.
    """

    here: Interval | None
    beside: Interval | None
    baseline: Interval
    difference: Interval | None = None
    holds: float | None = None
    depends: bool = False


def of(
    net: Network, scenario: Scenario, beside: Contrast | None, outcomes: Iterable[Outcome]
) -> dict[str, Sureness]:
    """Outcome -> how sure it is."""
    cases = (Scenario(), scenario, beside.scenario if beside else Scenario())
    start, here, other = (cached.drawn(net, case.evidence(net)) for case in cases)
    sure = {}
    for outcome in outcomes:
        name = outcome.variable.name
        baseline = central(start[name])
        if outcome.here is None or outcome.difference is None:
            within = None if outcome.here is None else central(here[name])
            sure[name] = Sureness(within, None, baseline)
            continue
        difference = Difference(outcome.difference, here[name] - other[name])
        sure[name] = Sureness(
            central(here[name]), central(other[name]), baseline,
            difference.interval, difference.holds, difference.depends,
        )  # fmt: skip
    return sure


def paired(net: Network, one: Scenario, other: Scenario, name: str) -> Difference:
    """An outcome's probability in one scenario less that in another, over the same draws."""
    moved = chance(net, one, name) - chance(net, other, name)
    a, b = question(net, one, name), question(net, other, name)
    return Difference(moved, cached.samples(net, a) - cached.samples(net, b))
