"""The front page's answers, in a manager's words: one short paragraph a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from cmocnet.answer import NOTHING, way
from cmocnet.errors import CmocnetError
from cmocnet_app import cached, helps, words
from cmocnet_app.comparison import Contrast, Outcome, asked_state, posteriors, question

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.engine import Posteriors
    from cmocnet.registry import Variable
    from cmocnet.registry.records import StandIn
    from cmocnet_app.scenario import Scenario

HURT = 0.05
"""A state likelier by less than this hurts hardly at all."""
EARLY = frozenset({"before", "start"})
MOST = 10
"""So many of the claims that carry an answer are counted."""


def focus(net: Network, found: Sequence[Outcome]) -> str:
    """The outcome that comes off worst against the contrast; the first where none does."""

    def better(outcome: Outcome) -> float:
        gain = outcome.difference or 0.0
        return helps.better(net, outcome.variable.name) * gain if way(gain) else 0.0

    return min(found, key=better).variable.name


def answers(
    net: Network, scenario: Scenario, beside: Contrast | None, found: Sequence[Outcome]
) -> Iterator[tuple[str, str]]:
    """Question and answer, in the order in which people ask."""
    name = focus(net, found)
    yield "Where will it hurt first?", _hurts(net, scenario, beside)
    yield "Will we get results?", _results(net, found)
    end = words.lower(_horizon(net))
    yield f"What does “{end}” mean for us?", _end(net, scenario, beside, found)
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
        bad = unfavourable(variable)
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


def unfavourable(variable: Variable) -> str | None:
    """The end of a variable opposite to its favourable one."""
    ends = {variable.states[0]: variable.states[-1], variable.states[-1]: variable.states[0]}
    return ends.get(variable.favourable) if variable.favourable else None


def _told(variable: Variable, state: str, here: Posteriors, other: Posteriors) -> str:
    now, then = (words.per_cent(p[variable.name][state]) for p in (here, other))
    return f"{words.event(variable, state).lower().capitalize()}, {now} instead of {then}."


def _results(net: Network, found: Iterable[Outcome]) -> str:
    horizon = net.review.about.rounds.horizon.variable
    likely: list[str] = []
    unlikely: list[str] = []
    for outcome in found:
        if outcome.here is not None and outcome.variable.name != horizon:
            phrase = words.lower(words.event(outcome.variable, outcome.state))
            told = f"{phrase} ({words.per_cent(outcome.here)})"
            (likely if outcome.here >= 0.5 else unlikely).append(told)
    heads = ("Likelier than not", "Less likely than not")
    pairs = zip(heads, (likely, unlikely), strict=True)
    return " ".join(f"{head}: {words.joined(told)}." for head, told in pairs if told)


def _end(
    net: Network, scenario: Scenario, beside: Contrast | None, found: Iterable[Outcome]
) -> str:
    rounds = net.review.about.rounds
    end = next((o for o in found if o.variable.name == rounds.horizon.variable), None)
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
    return words.lower(words.event(net.variables[name], asked_state(net.variables[name])))


def _weakest(net: Network, scenario: Scenario, name: str) -> str:
    parts = cached.explanation(net, question(net, scenario, name)).contributions.items
    sign = helps.better(net, name)
    worst = min(parts, key=lambda c: sign * c.value)
    if sign * worst.value >= -NOTHING:
        return f"Nothing of what you said makes {_aim(net, name)} worse."
    variable, state = net.variables[worst.item.variable], scenario.states[worst.item.variable]
    moved = words.points(worst.value)
    told = f"It makes {_aim(net, name)} {moved} likely than leaving it unknown would."
    return f"{words.fact(variable, state)}. {told}"


def _help(net: Network, scenario: Scenario, name: str) -> str:
    best = helps.singles(net, scenario, name)[:3]
    if not best:
        return "Nothing that people can change is left open."
    return f"{_listed(best)}. {_effect(net, scenario, name, best)}"


def _early(net: Network, scenario: Scenario, name: str) -> str:
    best = helps.singles(net, scenario, name, when=EARLY)[:3]
    if not best:
        return "Nothing left that can only be done beforehand."
    told = f"Of what cannot be made up for later, most of all: {_listed(best)}."
    return f"{told} {_effect(net, scenario, name, best)}"


def _listed(some: Iterable[helps.Help]) -> str:
    return "; ".join(str(h.lever) for h in some)


def _effect(net: Network, scenario: Scenario, name: str, best: tuple[helps.Help, ...]) -> str:
    state = asked_state(net.variables[name])
    start = posteriors(net, scenario)[name][state]
    end = helps.together(net, scenario, name, best)
    head = "Together" if len(best) > 1 else "That"
    verb = "take" if len(best) > 1 else "takes"
    return f"{head} {verb} {_aim(net, name)} from {words.per_cent(start)} to {words.per_cent(end)}."


def _stand_in(net: Network, scenario: Scenario, name: str, asked: StandIn) -> str:
    weak, *_, strong = net.variables[asked.variable].states
    low, *_, high = net.variables[asked.instead_of].states
    state = asked_state(net.variables[name])

    def chance(instead: str, lacking: str) -> float:
        case = scenario.made({asked.variable: instead, asked.instead_of: lacking})
        return float(posteriors(net, case)[name][state])

    instead, lacking, wanted = (
        words.lower(words.event(net.variables[v], s))
        for v, s in ((asked.variable, strong), (asked.instead_of, low), (asked.instead_of, high))
    )
    neither = chance(weak, low)
    gap = chance(weak, high) - neither
    if abs(gap) < 0.005:
        return f"Neither matters much to {_aim(net, name)} here."
    made_up = (chance(strong, low) - neither) / gap
    if made_up < 0.02:
        return f"No: beside {lacking}, nothing for {_aim(net, name)} comes of {instead}."
    head = "Hardly" if made_up < 0.2 else "In part" if made_up < 0.7 else "Largely"
    return (
        f"{head}: beside {lacking}, {made_up:.0%} of what {wanted} would do about "
        f"{_aim(net, name)} comes of {instead}."
    )


def _backfires(net: Network, scenario: Scenario, name: str) -> str:
    try:
        found = cached.singles(net, question(net, scenario, name)).backfires
    except CmocnetError:
        return "Nothing that people can change is left open."
    by_lever: dict[str, list[str]] = {}
    for each in found:
        harmed = by_lever.setdefault(str(each.lever), [])
        outcome = each.outcome or name
        label = words.lower(net.variables[outcome].label)
        if label not in harmed:
            harmed.append(label)
    if not by_lever:
        return "None of the changes open to you harms any of the outcomes, as read here."
    told = [f"{lever} (harms {words.joined(h)})" for lever, h in list(by_lever.items())[:2]]
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
    found = cached.to_find_out(net, question(net, scenario, name))
    if not found:
        return "Every context is known already."
    first = found[0]
    low, high = min(first.answers.values()), max(first.answers.values())
    if way(high - low) is None:
        return f"Nothing still open moves {_aim(net, name)}."
    return (
        f"{first.label}: knowing it would put {_aim(net, name)} anywhere from "
        f"{words.per_cent(low)} to {words.per_cent(high)}."
    )
