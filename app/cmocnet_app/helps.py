"""Single changes within the visitor's control, ranked by what each does to one outcome.

What the scenario says of a context that people can change counts as one of them: turned round, it
replaces what was said. The bundles of :mod:`cmocnet.levers` leave what is given alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.answer import NOTHING
from cmocnet.errors import CmocnetError
from cmocnet.levers import Lever
from cmocnet_app import cached
from cmocnet_app.comparison import asked_state, question

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet_app.scenario import Scenario


@dataclass(frozen=True)
class Help:
    """A change and what it does.

    effect
        Change of the outcome's probability, towards the better where positive.
    said
        Does it turn round something the scenario says?
    """

    lever: Lever
    effect: float
    said: bool


def better(net: Network, name: str) -> float:
    """1 where the outcome's asked state is to be raised, -1 where it is to be lowered."""
    variable = net.variables[name]
    return 1.0 if variable.favourable in {None, asked_state(variable)} else -1.0


def singles(
    net: Network, scenario: Scenario, name: str, when: frozenset[str] | None = None
) -> tuple[Help, ...]:
    """Every change that helps the outcome, most helpful first.

    ``when`` keeps those that can be made at none but these times.
    """
    found = [*_turned(net, scenario, name), *_further(net, scenario, name)]
    kept = [h for h in found if h.effect > NOTHING and (when is None or set(h.lever.when) <= when)]
    return tuple(sorted(kept, key=lambda h: -h.effect))


def together(net: Network, scenario: Scenario, name: str, some: tuple[Help, ...]) -> float:
    """The outcome's probability with some changes made at once."""
    changed = scenario.made({h.lever.variable: h.lever.state for h in some})
    return _probability(net, changed, name)


def _turned(net: Network, scenario: Scenario, name: str) -> list[Help]:
    start = _probability(net, scenario, name)
    found = []
    for key, state in scenario.states.items():
        variable = net.variables[key]
        good, action = variable.favourable, variable.actionable
        if not action or good is None or good == state:
            continue
        moved = _probability(net, scenario.made({key: good}), name) - start
        label = variable.state_labels[good]
        lever = Lever(key, good, variable.label, label, 1.0, action.when, action.how)
        found.append(Help(lever, better(net, name) * moved, said=True))
    return found


def _further(net: Network, scenario: Scenario, name: str) -> list[Help]:
    try:
        ranking = cached.singles(net, question(net, scenario, name)).ranking
    except CmocnetError:  # all that can be changed is said already
        return []
    return [Help(s.lever, better(net, name) * s.effect, said=False) for s in ranking]


def _probability(net: Network, scenario: Scenario, name: str) -> float:
    asked = question(net, scenario, name)
    return net.program.event({name: asked_state(net.variables[name])}, asked.evidence)
