"""The headline outcomes: in a scenario, in what it is held against, and with nothing known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet import opposite
from cmocnet.explain.words import listed
from cmocnet.intervals import way
from cmocnet.query import Query
from cmocnet_app import words
from cmocnet_app.state.scenario import Scenario, chosen, preset

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.engine import Posteriors
    from cmocnet.registry import Variable

OPPOSITE = "The opposite case"


@dataclass(frozen=True)
class Contrast:
    """The case a scenario is held against; ``changed`` is what differs, None meaning left open."""

    label: str
    scenario: Scenario
    changed: Mapping[str, str | None]


@dataclass(frozen=True)
class Outcome:
    """The probability of one state of an outcome, in [0, 1]: here, in the contrast, by default.

    ``here`` is None where nothing is known, ``beside`` where there is nothing to compare with.
    ``began`` is that of the situation begun from, None where nothing was changed since.
    """

    variable: Variable
    state: str
    here: float | None
    beside: float | None
    baseline: float
    began: float | None = None

    @property
    def difference(self) -> float | None:
        """Probability here less that of the contrast."""
        return None if self.here is None or self.beside is None else self.here - self.beside

    @property
    def gain(self) -> float | None:
        """The difference, for the better where positive; None where neither way is better."""
        favourable = self.variable.favourable
        if self.difference is None or favourable is None:
            return None
        return self.difference if self.state == favourable else -self.difference


def asked_state(variable: Variable) -> str:
    """The state an outcome is shown by: the one its bare name means, or else the upper end."""
    return variable.bare or variable.states[0 if variable.direction == "down" else -1]


def event(net: Network, name: str) -> str:
    """What is asked of an outcome, as a noun phrase."""
    return words.event(net.variables[name], asked_state(net.variables[name]))


def better(net: Network, name: str) -> float:
    """1 where the outcome's asked state is to be raised, -1 where it is to be lowered."""
    variable = net.variables[name]
    return 1.0 if variable.favourable in {None, asked_state(variable)} else -1.0


def prepare(net: Network) -> None:
    """Compile what the page asks for, so that the first visitor's first answer is quick."""
    first = net.review.about.headline[0]
    net.posteriors()
    net.query(Query({first: asked_state(net.variables[first])}))
    net.intervals()


def question(net: Network, scenario: Scenario, name: str) -> Query:
    """What is asked of one outcome in a scenario, in its canonical form."""
    return Query({name: asked_state(net.variables[name])}, scenario.evidence(net))


def chance(net: Network, scenario: Scenario, name: str) -> float:
    """The probability of one outcome's asked state in a scenario, in [0, 1]."""
    return net.program.event({name: asked_state(net.variables[name])}, scenario.evidence(net))


def posteriors(net: Network, scenario: Scenario) -> Posteriors:
    """Every variable's distribution in a scenario."""
    return net.program.posteriors(scenario.evidence(net))


def contrast(net: Network, scenario: Scenario, against: str = "") -> Contrast | None:
    """The situation named in ``against``; without one, what suits the scenario.

    That is the contrast of the situation begun from while its distinguishing states stand, or else
    the opposite case.
    """
    if against and scenario.states:
        return _another(net, scenario, against)
    return _of_situation(net, scenario) or _opposite(net, scenario)


def outcomes(net: Network, scenario: Scenario, beside: Contrast | None) -> tuple[Outcome, ...]:
    """Every headline outcome, in the review's order."""
    baseline = net.posteriors()
    here = posteriors(net, scenario) if scenario.states else None
    other = posteriors(net, beside.scenario) if beside else None
    began = _began(net, scenario)
    headline = []
    for name in net.review.about.headline:
        variable = net.variables[name]
        state = asked_state(variable)
        headline.append(
            Outcome(
                variable,
                state,
                here=None if here is None else here[name][state],
                beside=None if other is None else other[name][state],
                baseline=baseline[name][state],
                began=None if began is None else began[name][state],
            )
        )
    return tuple(headline)


def worst(net: Network, outcomes: Iterable[Outcome]) -> str:
    """The outcome that comes off worst against the contrast; the first where none does."""

    def gain(outcome: Outcome) -> float:
        difference = outcome.difference or 0.0
        return better(net, outcome.variable.name) * difference if way(difference) else 0.0

    return min(outcomes, key=gain).variable.name


def summary(outcomes: Iterable[Outcome], unsure: Collection[str] = ()) -> str:
    """The contrast in one sentence, greatest differences first; then what it is unsure for."""
    told = [(o.difference, o) for o in outcomes if o.difference is not None]
    clauses: dict[str, list[str]] = {}
    for difference, outcome in sorted(told, key=lambda pair: -abs(pair[0])):
        phrase = words.event(outcome.variable, outcome.state)
        clauses.setdefault(words.likelier(difference), []).append(words.lower(phrase))
    if not clauses:
        return ""
    parts = [f"{listed(nouns)} to be {likelier}" for likelier, nouns in clauses.items()]
    doubtful = [o for _, o in told if o.variable.name in unsure]
    weak = [words.lower(words.event(o.variable, o.state)) for o in doubtful]
    warned = f" The direction is unsure for {listed(weak)}." if weak else ""
    return f"The review leads one to expect {'; '.join(parts)}.{warned}"


def _began(net: Network, scenario: Scenario) -> Posteriors | None:
    if not (scenario.situation and scenario.states):
        return None
    start = preset(net, scenario.situation)
    changed = scenario.do or scenario.likely or dict(scenario.given) != dict(start.given)
    return posteriors(net, start) if changed else None


def _another(net: Network, scenario: Scenario, name: str) -> Contrast:
    other = preset(net, name)
    changed: dict[str, str | None] = {
        k: v for k, v in other.given.items() if scenario.states.get(k) != v
    }
    opened = dict.fromkeys(scenario.states.keys() - other.given.keys())
    return Contrast(net.situations[name].label, other, {**changed, **opened})


def _of_situation(net: Network, scenario: Scenario) -> Contrast | None:
    name = scenario.situation or chosen(net, scenario)
    if not name:
        return None
    situation = net.situations[name]
    changed = {k: v for k, v in situation.contrast.items() if situation.given.get(k) != v}
    opened = [k for k in situation.given if k not in situation.contrast]
    # Once a visitor has changed what sets the two apart, the comparison no longer says what it did.
    if any(scenario.states.get(k) != situation.given.get(k) for k in (*changed, *opened)):
        return None
    turned = scenario.turned(changed, without=opened)
    return Contrast(situation.contrast_label, turned, {**changed, **dict.fromkeys(opened)})


def _opposite(net: Network, scenario: Scenario) -> Contrast | None:
    if not scenario.states:
        return None
    turned = opposite.ends(scenario.evidence(net), net.variables)
    for name, state in scenario.likely.items():
        variable = net.variables[name]
        other = variable.other(state)
        if variable.direction and other:
            turned[name] = other
    return Contrast(OPPOSITE, scenario.turned(turned), turned) if turned else None
