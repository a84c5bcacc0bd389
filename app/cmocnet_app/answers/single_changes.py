"""Single changes within the visitor's control, ranked by what each does to one outcome.

What the scenario says of a context that people can change counts as one of them: turned round, it
replaces what was said. The bundles of :mod:`cmocnet.levers` leave what is given alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.errors import CmocnetError
from cmocnet.intervals import NOTHING
from cmocnet.levers import Lever
from cmocnet_app import words
from cmocnet_app.answers import cached
from cmocnet_app.answers.headline import better, chance, question

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.levers import Levers
    from cmocnet_app.state.scenario import Scenario


@dataclass(frozen=True)
class Change:
    """A change and what it does.

    effect
        Change of the outcome's probability, towards the better where positive.
    said
        Does it turn round something the scenario says?
    """

    lever: Lever
    effect: float
    said: bool


def singles(
    net: Network, scenario: Scenario, name: str, when: frozenset[str] | None = None
) -> tuple[Change, ...]:
    """Every change that helps the outcome, most helpful first.

    ``when`` keeps those that can be made at none but these times.
    """
    changes = [*_turned(net, scenario, name), *_further(net, scenario, name)]
    helpful = (c for c in changes if c.effect > NOTHING)
    timely = (c for c in helpful if when is None or set(c.lever.when) <= when)
    return tuple(sorted(timely, key=lambda c: -c.effect))


def together(
    net: Network, scenario: Scenario, name: str, some: tuple[Change, ...]
) -> tuple[float, float]:
    """The outcome's probability as things are, and with some changes made at once."""
    changed = scenario.made({c.lever.variable: c.lever.state for c in some})
    return chance(net, scenario, name), chance(net, changed, name)


def harms(net: Network, levers: Levers, name: str) -> dict[str, dict[str, float]]:
    """Change -> each outcome that it harms or may, and in which share of draws; 0 without draws.

    ``name`` is the outcome that is sought.
    """
    by_lever: dict[str, dict[str, float]] = {}
    for each in levers.backfires:
        label = words.lower(net.variables[each.outcome or name].label)
        shares = by_lever.setdefault(str(each.lever), {})
        shares[label] = max(shares.get(label, 0.0), each.share or 0.0)
    return by_lever


def _turned(net: Network, scenario: Scenario, name: str) -> list[Change]:
    start = chance(net, scenario, name)
    changes = []
    for key, state in scenario.states.items():
        variable = net.variables[key]
        good, action = variable.favourable, variable.actionable
        if not action or good is None or good == state:
            continue
        moved = chance(net, scenario.made({key: good}), name) - start
        label = variable.label_of(good)
        lever = Lever(key, good, variable.label, label, 1.0, action.when, action.how)
        changes.append(Change(lever, better(net, name) * moved, said=True))
    return changes


def _further(net: Network, scenario: Scenario, name: str) -> list[Change]:
    try:
        ranking = cached.singles(net, question(net, scenario, name)).ranking
    except CmocnetError:  # all that can be changed is said already
        return []
    return [Change(s.lever, better(net, name) * s.effect, said=False) for s in ranking]
