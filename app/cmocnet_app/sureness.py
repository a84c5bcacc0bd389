"""How sure an outcome is: its interval in each case, and how often the direction holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.answer import Contrast as Difference
from cmocnet.answer import Interval, central
from cmocnet_app import cached
from cmocnet_app.comparison import Contrast, Outcome, question
from cmocnet_app.scenario import Scenario

if TYPE_CHECKING:
    from cmocnet import Network


@dataclass(frozen=True)
class Sureness:
    """Central 90 per cent intervals of an outcome, in [0, 1], over draws of the judgements.

    difference
        Interval of the probability here less that of the contrast.
    holds
        Share of draws in which that difference has the sign it has at the central judgements.
    """

    here: Interval | None
    beside: Interval | None
    baseline: Interval
    difference: Interval | None = None
    holds: float | None = None


def of(
    net: Network, scenario: Scenario, beside: Contrast | None, found: Iterable[Outcome]
) -> dict[str, Sureness]:
    """Outcome -> how sure it is."""
    return {o.variable.name: _of(net, scenario, beside, o) for o in found}


def paired(net: Network, one: Scenario, other: Scenario, name: str) -> Difference:
    """An outcome's probability in one scenario less that in another, over the same draws."""
    a, b = question(net, one, name), question(net, other, name)
    state = a.targets[name] or ""
    central_difference = net.program.event({name: state}, a.evidence) - net.program.event(
        {name: state}, b.evidence
    )
    return Difference(central_difference, cached.samples(net, a) - cached.samples(net, b))


def share(difference: Difference) -> float:
    """Share of draws in which a difference has the sign it has at the central judgements."""
    positive = difference.positive
    return positive if difference.difference > 0 else 1.0 - positive


def _of(net: Network, scenario: Scenario, beside: Contrast | None, outcome: Outcome) -> Sureness:
    name = outcome.variable.name

    def interval(case: Scenario) -> Interval:
        return central(cached.samples(net, question(net, case, name)))

    here = interval(scenario) if outcome.here is not None else None
    baseline = interval(Scenario())
    if beside is None or here is None:
        return Sureness(here, None, baseline)
    difference = paired(net, scenario, beside.scenario, name)
    other = interval(beside.scenario)
    return Sureness(here, other, baseline, difference.interval, share(difference))
