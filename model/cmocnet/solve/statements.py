"""What a review states, as sizes: each test of its register, its cases, and the outside figures.

A configuration is coded once, at the level at which the review speaks: so much at least on the
mechanism, so much on the outcome, and by that mechanism. The protocol's ``sizes`` say how much,
from the configuration's codes alone. Effects are one-sided: more is no fault. Where experts say how
large an effect is, their number takes its place, and more is as far off as less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import log, sqrt
from typing import Any, Literal

from cmocnet.check.effects import Effects
from cmocnet.errors import CmocnetError
from cmocnet.registry.records import BaseRate, Cmoc, Expectation, Link, Review, Situation, Sizes
from cmocnet.rounds import at_round

Kind = Literal["effect", "mediation", "condition", "case", "figure", "share"]
FAINT = 0.01
"""An effect of which no share can be told: the check calls it weak."""
MOST = 1e6
"""More than any share: two roads that run against each other carry more than the whole."""
RARE = 1e-12
"""The least likelihood of a case."""
Quantity = Callable[[Effects[Any]], Any]
"""What a statement is about, as numbers, draws or duals, whichever the effects are in."""


@dataclass(frozen=True)
class Tested:
    """An effect that a configuration states: in which of its tests, on what, found or made.

    number
        which of the configuration's tests, from 1
    seen
        the difference is one by observation, not by intervention
    """

    source: str
    number: int
    test: Expectation
    link: Link
    seen: bool

    @property
    def address(self) -> str:
        """What experts' workbooks call it, as ``TX-49/1/dissolution``."""
        return f"{self.source}/{self.number}/{at_round(self.link.variable, self.link.round)}"

    @property
    def question(self) -> Hashable:
        """The same for effects that differ in the configuration, or in the sign, alone."""
        test, link = self.test, self.link
        held = frozenset() if self.seen else frozenset(test.condition.items())
        ends = test.manipulated, test.start, test.end
        return link.variable, link.round, ends, held, self.seen


@dataclass(frozen=True)
class Heard:
    """What experts say of an effect, pooled.

    difference
        the variable's expected score (0 to 1) at the end of the test less that at its start
    spread
        one standard deviation of it, above 0
    experts
        who was heard
    """

    difference: float
    spread: float
    experts: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Statement:
    """One thing the review states of its network's answers.

    source
        id of the configuration, name of the case or the outcome
    says
        what is stated, in a few words
    low, high
        between which the quantity shall lie
    spread
        how far outside it counts as one standard deviation
    tested
        the effect that it is about, if it is about one
    heard, least
        what experts say of it, and the protocol's size, in whose place that is
    """

    source: str
    kind: Kind
    says: str
    quantity: Quantity
    low: float
    high: float
    spread: float
    tested: Tested | None = None
    heard: Heard | None = None
    least: float | None = None

    @property
    def by(self) -> Literal["protocol", "experts"]:
        """Who says how large."""
        return "protocol" if self.heard is None else "experts"

    @property
    def told(self) -> str:
        """What is stated, and that experts say how large if they do."""
        return self.says if self.heard is None else f"{self.says} (experts)"

    def miss(self, value: float) -> tuple[float, float]:
        """How far outside ``value`` lies, in spreads, negative below; and how fast that changes.

        A case misses by the root of -2 log P, so that half the square is what one observation adds.
        """
        if self.kind == "case":
            far = sqrt(max(0.0, -2.0 * log(max(value, RARE))))
            return -far, 1.0 / (max(value, RARE) * far) if far > 0.0 else 0.0
        # A single number is never free to move, not even where it is met.
        if self.low <= value <= self.high and self.low < self.high:
            return 0.0, 0.0
        end = self.low if value < self.low else self.high
        return (value - end) / self.spread, 1.0 / self.spread


def statements(
    review: Review,
    contexts: Sequence[dict[str, str]],
    heard: Mapping[str, Heard] | None = None,
) -> tuple[Statement, ...]:
    """Everything the review states; ``contexts`` are random ones for the shares explained.

    ``heard`` has what experts say of effects, by :attr:`Tested.address`. None where the protocol
    has no ``sizes``.
    """
    sizes = review.protocol.sizes
    if sizes is None:
        return ()
    of_cmocs = _sized([s for c in review.cmocs.values() for s in _of_cmoc(c, sizes)], heard or {})
    of_cases = (s for name, x in review.situations.items() for s in _of_case(name, x))
    figures = (_figure(rate, review, sizes) for rate in review.about.base_rates)
    shares = (_explained(v, contexts, review, sizes) for v in review.about.headline)
    return (*of_cmocs, *of_cases, *figures, *(shares if contexts else ()))


def needs_sizes(review: Review) -> None:
    """Refuse a protocol that does not say how large effects are.

    Raises
    ------
    CmocnetError
        It has no ``sizes``.
    """
    if review.protocol.sizes is None:
        raise CmocnetError(
            "the protocol does not say how large effects are",
            where="protocol.yaml",
            expected="the key 'sizes'",
        )


# --- configurations -----------------------------------------------------------------------------


def _sized(stated: Sequence[Statement], heard: Mapping[str, Heard]) -> Iterator[Statement]:
    """The statements, those of which experts were heard as large as they say.

    One answer counts once, however many configurations it is about: the spread of each is wider by
    the root of their number.
    """
    about = [s.tested for s in stated if s.tested and s.tested.address in heard]
    shared = Counter(tested.question for tested in about)
    for s in stated:
        said = heard.get(s.tested.address) if s.tested else None
        if s.tested is None or said is None:
            yield s
            continue
        size, wide = said.difference * s.tested.link.way, sqrt(shared[s.tested.question])
        yield replace(s, low=size, high=size, spread=said.spread * wide, heard=said, least=s.low)


def _of_cmoc(cmoc: Cmoc, sizes: Sizes) -> Iterator[Statement]:
    wide = max(sizes.wider.evidence[cmoc.evidence], sizes.wider.agreement[cmoc.agreement])
    on_mechanism, on_outcome = sizes.mechanism[cmoc.hedge], sizes.outcome[cmoc.hedge]

    def least(kind: Kind, says: str, size: float, quantity: Quantity, of: float) -> Statement:
        """At least ``size``, with a spread that follows from the size ``of`` such effects."""
        return Statement(cmoc.id, kind, says, quantity, size, 2.0, of * sizes.spread * wide)

    for number, test in enumerate(cmoc.tests, start=1):
        named = () if test.mechanism is None else (test.mechanism,)
        if cmoc.type != "moderation":
            seen = cmoc.type == "selection"
            outcomes = test.outcomes if cmoc.type != "mixed" else ()
            sized = *((m, on_mechanism) for m in named), *((o, on_outcome) for o in outcomes)
            for link, size in sized:
                tested = Tested(cmoc.id, number, test, link, seen)
                quantity, says = partial(_effect, tested), _says(link)
                if link.than_round is not None:  # a difference of effects, which nobody is asked
                    yield least("condition", says, sizes.differs * size, quantity, size)
                else:
                    yield replace(least("effect", says, size, quantity, size), tested=tested)
        differs = sizes.differs * on_outcome
        for link in test.outcomes if test.contrast is not None else ():
            quantity, says = partial(_contrast, test, link), f"{_says(link)} more inside"
            yield least("condition", says, differs, quantity, on_outcome)
        for mechanism in named if cmoc.type not in ("selection", "moderation") else ():
            for link in test.outcomes:
                if cmoc.type == "mixed":
                    half = on_outcome / 2.0
                    for says, way in (("through", _through), ("past, turned", _past)):
                        told = f"{_says(link)} {says} {mechanism.variable}"
                        quantity = partial(way, test, mechanism, link)
                        yield least("mediation", told, half, quantity, on_outcome)
                    continue
                told = f"{_says(link)} through {mechanism.variable}"
                share = sizes.mediated
                carried = sizes.road if test.road else share.low
                quantity = partial(_carried, test, mechanism, link)
                spread = share.spread * wide
                yield Statement(cmoc.id, "mediation", told, quantity, carried, MOST, spread)


def _says(link: Link) -> str:
    return f"{link.variable} {link.sign}{link.when}"


def _effect(tested: Tested, on: Effects[Any]) -> Any:
    """The effect along the stated sign."""
    test, link = tested.test, tested.link
    moved = on.seen_effect(test, link) if tested.seen else on.effect(test, link, test.condition)
    return moved * link.way


def _contrast(test: Expectation, link: Link, on: Effects[Any]) -> Any:
    """By how much the effect along the stated sign is larger inside the condition than outside."""
    inside = on.effect(test, link, test.condition)
    return (inside - on.effect(test, link, test.contrast or {})) * link.way


def _past(test: Expectation, mechanism: Link, link: Link, on: Effects[Any]) -> Any:
    """What goes past the mechanism, against the stated sign."""
    return on.direct(test, mechanism, link, test.condition) * -link.way


def _through(test: Expectation, mechanism: Link, link: Link, on: Effects[Any]) -> Any:
    """What goes through the mechanism, along the stated sign."""
    past = _past(test, mechanism, link, on)
    return on.effect(test, link, test.condition) * link.way + past


def _carried(test: Expectation, mechanism: Link, link: Link, on: Effects[Any]) -> Any:
    """The share of the effect that goes through the mechanism."""
    whole = on.effect(test, link, test.condition)
    return _through(test, mechanism, link, on) / (whole * whole + FAINT**2) ** 0.5


# --- cases and figures --------------------------------------------------------------------------


def _of_case(name: str, told: Situation) -> Iterator[Statement]:
    """One observation: the likelihood of how it ended, given all that is told of it."""
    for variable, state in told.seen.items():
        quantity = partial(_likelihood, Link(variable=variable, sign="+"), state, told.given)
        yield Statement(name, "case", f"{variable}={state}", quantity, 1.0, 1.0, 1.0)


def _likelihood(link: Link, state: str, given: dict[str, str], on: Effects[Any]) -> Any:
    return on.share(link, state, {}, given)


def _figure(rate: BaseRate, review: Review, sizes: Sizes) -> Statement:
    """An outside figure, at its own time."""
    horizon = review.about.rounds.horizon
    lasting = (rate.variable, rate.state) == (horizon.variable, horizon.state)
    power = rate.rounds / horizon.rounds if lasting and rate.rounds else 1.0
    quantity = partial(_rate, Link(variable=rate.variable, sign="+"), rate.state, power)
    says = f"{rate.variable}={rate.state} ({rate.source})"
    return Statement(rate.variable, "figure", says, quantity, rate.low, rate.high, sizes.figures)


def _rate(link: Link, state: str, power: float, on: Effects[Any]) -> Any:
    return 1.0 - (1.0 - on.share(link, state, {})) ** power


def _explained(
    variable: str, contexts: Sequence[dict[str, str]], review: Review, sizes: Sizes
) -> Statement:
    """The share of an outcome's variance that the contexts explain."""
    quantity = partial(_share_explained, variable, contexts, review)
    e = sizes.explained
    return Statement(variable, "share", "contexts explain", quantity, e.low, e.high, e.spread)


def _share_explained(
    variable: str, contexts: Sequence[dict[str, str]], review: Review, on: Effects[Any]
) -> Any:
    link, judged = Link(variable=variable, sign="+"), review.variables[variable]
    known = [on.score(link, {}, context) for context in contexts]
    mean = sum(known[1:], known[0]) * (1.0 / len(known))
    between = [(one - mean) * (one - mean) for one in known]
    scored = zip(judged.states, judged.scores.tolist(), strict=True)
    squares = [on.share(link, state, {}) * x**2 for state, x in scored]
    whole = on.score(link, {})
    explained = sum(between[1:], between[0]) * (1.0 / len(known))
    return explained / (sum(squares[1:], squares[0]) - whole * whole)
