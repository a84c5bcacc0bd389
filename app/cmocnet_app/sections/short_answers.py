"""What managers ask of a plan, each answered in one short paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cmocnet.errors import CmocnetError
from cmocnet.explain.words import listed
from cmocnet.intervals import NOTHING, way
from cmocnet_app import words
from cmocnet_app.answers import cached, single_changes
from cmocnet_app.answers.headline import (
    Contrast,
    Outcome,
    better,
    chance,
    event,
    posteriors,
    question,
    worst,
)

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.engine import Posteriors
    from cmocnet.registry import Variable
    from cmocnet.registry.records import StandIn
    from cmocnet_app.state.scenario import Scenario

HURT = 0.05
"""A state likelier by less than this hurts hardly at all."""
EARLY = frozenset({"before", "start"})
MOST = 10
"""So many of the claims that carry an answer are counted."""


def answers(
    net: Network, scenario: Scenario, beside: Contrast | None, outcomes: Sequence[Outcome]
) -> Iterator[tuple[str, str]]:
    """Question and answer, in the order in which people ask."""
    name = worst(net, outcomes)
    yield "Where will it hurt first?", _hurts(net, scenario, beside)
    yield "Will we get results?", _results(net, outcomes)
    end = words.lower(_horizon(net))
    yield f"What does “{end}” mean for us?", _end(net, scenario, beside, outcomes)
    yield "Which weak spot matters most?", _weakest(net, scenario, name)
    yield "Which three things within our control help most?", _help(net, scenario, name)
    yield "What must be in place before day one?", _early(net, scenario, name)
    asked = net.review.about.stand_in
    if asked is not None:
        yield asked.asks, _stand_in(net, scenario, net.review.about.headline[0], asked)
    yield "What might backfire?", _backfires(net, scenario, name)
    yield "Which studies say so, and were they like us?", _studies(net, scenario, name)
    yield "What should we find out next?", _next(net, scenario, name)
    yield "What can't this tell us?", net.review.about.scope


def _hurts(net: Network, scenario: Scenario, beside: Contrast | None) -> str:
    here = posteriors(net, scenario)
    other = posteriors(net, beside.scenario) if beside else net.posteriors()
    against = words.lower(beside.label) if beside else "nothing known"
    worse = []
    for variable in net.variables.values():
        bad = variable.unfavourable
        if variable.layer in {"standing", "loop"} and bad:
            worse.append((here[variable.name][bad] - other[variable.name][bad], variable, bad))
    hurt = [each for each in worse if each[0] >= HURT]
    if not hurt:
        return (
            f"Nowhere in particular: nothing gets worse by five points or more against {against}."
        )
    _, first, bad = hurt[0]
    text = f"{_told(first, bad, here, other)} Against: {against}."
    _, most, most_bad = max(hurt, key=lambda each: each[0])
    if most is first:
        return text
    return f"First: {text} Most: {_told(most, most_bad, here, other)}"


def _told(variable: Variable, state: str, here: Posteriors, other: Posteriors) -> str:
    now, then = (words.per_cent(p[variable.name][state]) for p in (here, other))
    return f"{variable.label} ({variable.label_of(state)}), {now} instead of {then}."


def _results(net: Network, outcomes: Iterable[Outcome]) -> str:
    horizon = net.review.about.rounds.horizon.variable
    likely: list[str] = []
    unlikely: list[str] = []
    for outcome in outcomes:
        if outcome.here is not None and outcome.variable.name != horizon:
            phrase = words.lower(words.event(outcome.variable, outcome.state))
            told = f"{phrase} ({words.per_cent(outcome.here)})"
            (likely if outcome.here >= 0.5 else unlikely).append(told)
    heads = ("Likelier than not", "Less likely than not")
    pairs = zip(heads, (likely, unlikely), strict=True)
    return " ".join(f"{head}: {listed(told)}." for head, told in pairs if told)


def _end(
    net: Network, scenario: Scenario, beside: Contrast | None, outcomes: Iterable[Outcome]
) -> str:
    rounds = net.review.about.rounds
    end = next((o for o in outcomes if o.variable.name == rounds.horizon.variable), None)
    if end is None or end.here is None:
        return "The review's outcomes say nothing of it."
    meaning = words.meaning(end.variable, scenario.states, net.variables)
    compared = ""
    if beside and end.beside is not None:
        compared = f", beside {words.per_cent(end.beside)} in the case compared with"
    text = f"{meaning} The chance of it is {words.per_cent(end.here)}{compared}."
    return f"{text} {words.over_time(rounds, end.variable.name)}".strip()


def _horizon(net: Network) -> str:
    """The event whose chance is told over all rounds, as a noun phrase."""
    horizon = net.review.about.rounds.horizon
    return words.event(net.variables[horizon.variable], horizon.state)


def _aim(net: Network, name: str) -> str:
    return words.lower(event(net, name))


def _weakest(net: Network, scenario: Scenario, name: str) -> str:
    parts = cached.explanation(net, question(net, scenario, name)).contributions.items
    sign = better(net, name)
    heaviest = min(parts, key=lambda c: sign * c.value)
    if sign * heaviest.value >= -NOTHING:
        return f"Nothing of what you said makes {_aim(net, name)} worse."
    variable, state = net.variables[heaviest.item.variable], scenario.states[heaviest.item.variable]
    moved = words.points(heaviest.value)
    told = f"It makes {_aim(net, name)} {moved} likely than leaving it unknown would."
    return f"{words.fact(variable, state)}. {told}"


def _help(net: Network, scenario: Scenario, name: str) -> str:
    best = single_changes.singles(net, scenario, name)[:3]
    if not best:
        return "Nothing that people can change is left open."
    return f"{_listed(best)}. {_effect(net, scenario, name, best)}"


def _early(net: Network, scenario: Scenario, name: str) -> str:
    best = single_changes.singles(net, scenario, name, when=EARLY)[:3]
    if not best:
        return "Nothing left that can only be done beforehand."
    told = f"Of what cannot be made up for later, most of all: {_listed(best)}."
    return f"{told} {_effect(net, scenario, name, best)}"


def _listed(some: Iterable[single_changes.Change]) -> str:
    return "; ".join(str(c.lever) for c in some)


def _effect(
    net: Network, scenario: Scenario, name: str, best: tuple[single_changes.Change, ...]
) -> str:
    start, end = single_changes.together(net, scenario, name, best)
    head = "Together" if len(best) > 1 else "That"
    verb = "take" if len(best) > 1 else "takes"
    return f"{head} {verb} {_aim(net, name)} from {words.per_cent(start)} to {words.per_cent(end)}."


def _stand_in(net: Network, scenario: Scenario, name: str, asked: StandIn) -> str:
    weak, *_, strong = net.variables[asked.variable].states
    low, *_, high = net.variables[asked.instead_of].states

    def under(instead: str, lacking: str) -> float:
        case = {asked.variable: instead, asked.instead_of: lacking}
        return chance(net, scenario.made(case), name)

    instead, lacking, wanted = (
        words.lower(words.event(net.variables[v], s))
        for v, s in ((asked.variable, strong), (asked.instead_of, low), (asked.instead_of, high))
    )
    neither = under(weak, low)
    gap = under(weak, high) - neither
    if abs(gap) < 0.005:
        return f"Neither matters much to {_aim(net, name)} here."
    made_up = (under(strong, low) - neither) / gap
    if made_up < 0.02:
        return f"No: beside {lacking}, nothing for {_aim(net, name)} comes of {instead}."
    head = "Hardly" if made_up < 0.2 else "In part" if made_up < 0.7 else "Largely"
    return (
        f"{head}: beside {lacking}, {made_up:.0%} of what {wanted} would do about "
        f"{_aim(net, name)} comes of {instead}."
    )


def _backfires(net: Network, scenario: Scenario, name: str) -> str:
    try:
        harms = single_changes.harms(net, cached.singles(net, question(net, scenario, name)), name)
    except CmocnetError:
        return "Nothing that people can change is left open."
    if not harms:
        return "None of the changes open to you harms any of the outcomes, as read here."
    told = [f"{change} (harms {listed([*harmed])})" for change, harmed in [*harms.items()][:2]]
    return f"{'; '.join(told)}."


def _studies(net: Network, scenario: Scenario, name: str) -> str:
    carriers = cached.explanation(net, question(net, scenario, name)).pathways.carriers[:MOST]
    claims = [net.review.cmocs[c.cmoc] for c in carriers]
    if not claims:
        return "No claim of the review carries this answer."
    works = {key for claim in claims for key in claim.sources}
    cases = sum(claim.evidence == "case" for claim in claims)
    sample = sum(claim.in_sample for claim in claims)
    rest = "rests" if cases == 1 else "rest"
    own = f", and {sample} on what the review tells of its own cases" if sample else ""
    return (
        f"The {len(claims)} claims that carry most of this cite {len(works)} works. {cases} of "
        f"them {rest} on cases{own}; the others on theory, other reviews or inference. Whether "
        "those were like you is for you to judge: see the evidence behind each."
    )


def _next(net: Network, scenario: Scenario, name: str) -> str:
    askings = cached.to_find_out(net, question(net, scenario, name))
    if not askings:
        return "Every context is known already."
    first = askings[0]
    low, high = min(first.answers.values()), max(first.answers.values())
    if way(high - low) is None:
        return f"Nothing still open moves {_aim(net, name)}."
    return (
        f"{first.label}: knowing it would put {_aim(net, name)} anywhere from "
        f"{words.per_cent(low)} to {words.per_cent(high)}."
    )
