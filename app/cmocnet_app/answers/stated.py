"""What the review states of the size of effects, beside what the network comes to, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.errors import CmocnetError
from cmocnet.explain.words import listed
from cmocnet.registry.moment import moment
from cmocnet.survey.statements import fact, questioned
from cmocnet_app import words
from cmocnet_app.answers import cached
from cmocnet_app.answers.headline import question

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry.records import Review
    from cmocnet.solve import Standing, Statement
    from cmocnet.solve.statements import Tested
    from cmocnet_app.answers.cached import Ends
    from cmocnet_app.state.scenario import Scenario

REACHED = 0.005
"""Short by less than this, under half a point, is not short."""
FAR = 2.0
"""Spreads from which it is far short."""
COLUMNS = ("ids", "stated", "size stated, of 100", "network comes to", "short by", "who says it")


@dataclass(frozen=True, eq=False)
class Stated:
    """An effect that the review states, once for all configurations that state it alike.

    asked
        the effect as experts are asked for it; its address stands for all that ask the same
    statement
        the one that states the largest size
    ids
        the configurations, that one's first
    value
        what the network comes to along the stated sign, in [-1, 1]
    """

    asked: Tested
    statement: Statement
    ids: tuple[str, ...]
    value: float

    @property
    def tested(self) -> Tested:
        """The effect, with its stated sign."""
        assert self.statement.tested is not None
        return self.statement.tested

    @property
    def short(self) -> float:
        """By how much it is less than stated; 0 where it is not, as a reader sees it."""
        lacking = self.statement.low - self.value
        return lacking if lacking >= REACHED else 0.0


def stated(standing: Standing, ends: Ends) -> tuple[Stated, ...]:
    """Every effect that the review states, in its order, each as large as it comes to."""
    first = questioned(standing.unknowns.review)
    alike: dict[object, list[Statement]] = {}
    for s in standing.stated:
        if s.tested is not None:
            alike.setdefault((s.tested.question, s.tested.link.way), []).append(s)
    return tuple(_stated(some, first, ends) for some in alike.values())


def _stated(some: Sequence[Statement], first: Mapping[object, Tested], ends: Ends) -> Stated:
    largest = max(some, key=lambda s: s.low)
    assert largest.tested is not None
    asked = first[largest.tested.question]
    after, before = ends[asked.address]
    ids = dict.fromkeys(s.source for s in (largest, *some))
    return Stated(asked, largest, tuple(ids), (after - before) * largest.tested.link.way)


def bearing(
    net: Network, scenario: Scenario, name: str, every: Iterable[Stated]
) -> tuple[Stated, ...]:
    """First what carries an outcome in a scenario, most first; then what is about the outcome."""
    shares = _shares(net, scenario, name) if scenario.states else {}

    def place(one: Stated) -> tuple[float, bool, float]:
        about = one.tested.link.variable == name
        return -max(shares.get(i, 0.0) for i in one.ids), not about, -one.short

    return tuple(sorted(every, key=place))


def _shares(net: Network, scenario: Scenario, name: str) -> dict[str, float]:
    """Configuration -> what share of the answer's move runs through it, in [0, 1]."""
    try:
        why = cached.explanation(net, question(net, scenario, name))
    except CmocnetError:  # nothing moves it, or the scenario cannot be
        return {}
    return {carrier.cmoc: carrier.share for carrier in why.pathways.carriers}


# --- in words -----------------------------------------------------------------------------------


def change(review: Review, tested: Tested) -> str:
    """What is compared: "Sunlight: In the sun, rather than in the shade"."""
    test = tested.test
    name, number = moment(test.manipulated)
    cause = review.variables[name]
    end, start = (cause.label_of(state) for state in (test.end, test.start))
    where = [fact(review, word, state) for word, state in test.condition.items()]
    held = f" (where {listed(where)})" if where and not tested.seen else ""
    found = ", as it is found" if tested.seen else ""
    return f"{cause.label}{_later(number)}: {end}, rather than {words.lower(start)}{found}{held}"


def _later(number: int) -> str:
    return f", in round {number}" if number > 1 else ""


def effect(review: Review, one: Stated) -> str:
    """What that is stated to do: "high mood in at least 16 more of 100"."""
    link = one.tested.link
    outcome, count = review.variables[link.variable], f"{100 * one.statement.low:.0f}"
    least = "at least " if one.statement.heard is None else ""
    later = _later(link.round)
    if len(outcome.states) == 2:
        event = words.lower(words.event(outcome, outcome.states[-1]))
        return f"{event} in {least}{count} {_more(link.way)} of 100{later}"
    end = outcome.label_of(outcome.states[-1 if link.way > 0 else 0])
    return f"{words.lower(outcome.label)} {least}{count} points of 100 nearer “{end}”{later}"


def _more(way: float) -> str:
    return "more" if way > 0 else "fewer"


def comes(one: Stated) -> str:
    """What the network comes to, and how that compares."""
    count = abs(round(100 * one.value))
    if one.value <= -REACHED:
        return f"The network comes to {count} the other way."
    return f"The network comes to {count}."


def verdict(one: Stated) -> tuple[str, str]:
    """How that compares with what is stated, in words, and of what kind that is."""
    if not one.short:
        return "agrees", "As large as stated"
    if one.value <= -REACHED:
        return "wrong", f"The other way: {words.size(one.short)} short"
    far = one.short > FAR * one.statement.spread
    return "weak", f"{'Far short' if far else 'Short'}: by {words.size(one.short)}"


def counted(every: Sequence[Stated]) -> str:
    """How many are as large as stated, in a sentence."""
    reached = sum(not one.short for one in every)
    other = sum(one.value <= -REACHED for one in every)
    turned = f"; {other} of those go the other way" if other else ""
    short = len(every) - reached
    return (
        f"The review states {len(every)} effects with a size. In the network {reached} of them are "
        f"as large as stated or larger, and {short} fall short{turned}."
    )


def rows(review: Review, every: Iterable[Stated]) -> Iterator[tuple[object, ...]]:
    """The effects as rows of a table under ``COLUMNS``."""
    for one in every:
        told = f"{change(review, one.tested)}: {effect(review, one)}"
        numbers = (round(100 * x, 1) for x in (one.statement.low, one.value, one.short))
        yield (", ".join(one.ids), told, *numbers, one.statement.by)
