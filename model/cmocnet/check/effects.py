"""Effects by intervention over unrolled rounds: total, controlled direct, mediated share.

An effect is the difference in a variable's expected score (0 to 1 over its ordered states) between
two settings. The mediated share is one minus the controlled direct effect over the
total effect (Pearl 2001, "Direct and indirect effects"), averaged over the mechanism's mixed
marginal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cmocnet import engine
from cmocnet.duals import Dual
from cmocnet.registry.moment import at_round, moment
from cmocnet.registry.records import Expectation, Link, Review
from cmocnet.rounds import leading, unroll
from cmocnet.typing import Array, DiscreteNetwork, Evidence

Setting = Mapping[str, str]
"""Variable -> state; that of a later round by its own name, as ``trust@2``."""
Span = tuple[int, frozenset[str] | None]
"""How many rounds, and which names matter besides those of the last one; None for all."""


Score = TypeVar("Score", float, Array, Dual)


class Effects(ABC, Generic[Score]):
    """What a manipulation does to a variable's expected score: a number, one a draw, or a dual."""

    review: Review
    static: DiscreteNetwork

    @abstractmethod
    def score(self, link: Link, do: Setting, observed: Setting | None = None) -> Score:
        """Expected score of a variable in its round, in a setting."""

    @abstractmethod
    def share(self, link: Link, state: str, do: Setting, observed: Setting | None = None) -> Score:
        """The probability of one state of a variable in its round, in a setting."""

    def effect(self, test: Expectation, link: Link, condition: Setting) -> Score:
        """Total effect of the manipulation on ``link`` with ``condition`` held by intervention."""

        def total(link: Link) -> Score:
            after = self.score(link, {**condition, test.manipulated: test.end})
            return after - self.score(link, {**condition, test.manipulated: test.start})

        return _beyond(link, total)

    def direct(self, test: Expectation, mechanism: Link, link: Link, condition: Setting) -> Score:
        """Controlled direct effect with the mechanism held, averaged over its mixed marginal.

        A mechanism of the loop is held in its round and in those up to the outcome's.
        """
        settings = [{**condition, test.manipulated: s} for s in (test.start, test.end)]
        last = max(link.round, mechanism.round) if self.review.repeats(mechanism.variable) else 1

        def held(link: Link) -> Score:
            parts = []
            for state in self.review.variables[mechanism.variable].states:
                weight = sum(self.share(mechanism, state, s) for s in settings) * 0.5
                names = (
                    self.named(Link(variable=mechanism.variable, sign="+", round=r))
                    for r in range(mechanism.round, last + 1)
                )
                hold = dict.fromkeys(names, state)
                before, after = (self.score(link, {**s, **hold}) for s in settings)
                parts.append(weight * (after - before))
            return sum(parts[1:], parts[0])

        return _beyond(link, held)

    def seen_effect(self, test: Expectation, link: Link) -> Score:
        """The same difference by observation."""

        def seen(link: Link) -> Score:
            after = self.score(link, {}, {test.manipulated: test.end})
            return after - self.score(link, {}, {test.manipulated: test.start})

        return _beyond(link, seen)

    def named(self, link: Link) -> str:
        """The name of the variable's copy in its round."""
        return (
            at_round(link.variable, link.round)
            if self.review.repeats(link.variable)
            else link.variable
        )

    def span(self, link: Link, observed: Setting | None = None) -> Span:
        """Over what a question about ``link`` is asked: what is done later changes nothing."""
        asked = {self.named(link), *(observed or {})}
        rounds = max(moment(name)[1] for name in asked)
        return rounds, frozenset(asked) if rounds > 1 and observed else frozenset()

    def unrolled(self, span: Span) -> DiscreteNetwork:
        """The network over a span, without what bears on nothing that is asked about it."""
        rounds, besides = span
        if rounds == 1:
            return self.static
        whole = unroll(self.review, self.static, rounds)
        if besides is None:
            return whole
        last = (at_round(n, rounds) if self.review.repeats(n) else n for n in self.static.states)
        return leading(whole, besides.union(last))

    def apt(self, do: Setting, network: DiscreteNetwork) -> dict[str, str]:
        """What of ``do`` bears on a span's network; the rest comes later, or leads nowhere."""
        ours = self.static.states
        return {n: s for n, s in do.items() if n in network.states or moment(n)[0] not in ours}


def _beyond(link: Link, effect: Callable[[Link], Score]) -> Score:
    """The effect on ``link``, less that in an earlier round if it is held against one."""
    earlier = link.earlier
    return effect(link) if earlier is None else effect(link) - effect(earlier)


@dataclass(eq=False)
class Bench(Effects[float]):
    """A network on which settings can be tried, each computed once.

    What concerns the first round is read off the network of one round, which gives the same numbers
    a hundred times sooner; the rest off as many rounds unrolled as it takes.
    """

    review: Review
    static: DiscreteNetwork
    _programs: dict[Span, engine.Program] = field(init=False, repr=False, default_factory=dict)
    _seen: dict[object, engine.Posteriors] = field(init=False, repr=False, default_factory=dict)

    def posteriors(
        self, do: Setting, observed: Setting | None = None, *, rounds: int = 1
    ) -> Mapping[str, engine.Distribution]:
        """Every variable's distribution (round 1 plain, round 2 as ``name@2``) in a setting."""
        return self._found((rounds, None if rounds > 1 else frozenset()), do, observed)

    def score(self, link: Link, do: Setting, observed: Setting | None = None) -> float:
        """Expected score of a variable in its round."""
        found = self._found(self.span(link, observed), do, observed)
        return float(self.review.variables[link.variable].score(found[self.named(link)].array))

    def share(self, link: Link, state: str, do: Setting, observed: Setting | None = None) -> float:
        """The probability of one state of a variable in its round."""
        found = self._found(self.span(link, observed), do, observed)
        return float(found[self.named(link)][state])

    def _found(self, span: Span, do: Setting, observed: Setting | None) -> engine.Posteriors:
        if span not in self._programs:
            self._programs[span] = engine.compile(self.unrolled(span))
        program = self._programs[span]
        evidence = Evidence(observed=observed or {}, do=self.apt(do, program.network))
        key = evidence, span
        if key not in self._seen:
            self._seen[key] = program.posteriors(evidence)
        return self._seen[key]
