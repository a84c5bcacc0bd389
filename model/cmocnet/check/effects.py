"""Effects by intervention on two unrolled rounds: total, controlled direct, mediated share.

An effect is the difference in a variable's expected score (0 to 1 over its ordered states) between
two settings. The mediated share is one minus the controlled direct effect over the
total effect (Pearl 2001, "Direct and indirect effects"), averaged over the mechanism's mixed
marginal.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cmocnet import engine
from cmocnet.duals import Dual
from cmocnet.registry.records import Expectation, Link, Review
from cmocnet.rounds import at_round, repeats, unroll
from cmocnet.typing import Array, DiscreteNetwork, Evidence

Setting = Mapping[str, str]


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
        after = self.score(link, {**condition, test.manipulated: test.end})
        return after - self.score(link, {**condition, test.manipulated: test.start})

    def direct(self, test: Expectation, mechanism: Link, link: Link, condition: Setting) -> Score:
        """Controlled direct effect with the mechanism held, averaged over its mixed marginal.

        A mechanism of the loop is held in its round and in those up to the outcome's.
        """
        settings = [{**condition, test.manipulated: s} for s in (test.start, test.end)]
        last = max(link.round, mechanism.round) if self.repeats(mechanism.variable) else 1
        parts = []
        for state in self.review.variables[mechanism.variable].states:
            weight = sum(self.share(mechanism, state, s) for s in settings) * 0.5
            held = {
                self.named(Link(variable=mechanism.variable, sign="+", round=r)): state
                for r in range(mechanism.round, last + 1)
            }
            before, after = (self.score(link, {**s, **held}) for s in settings)
            parts.append(weight * (after - before))
        return sum(parts[1:], parts[0])

    def seen_effect(self, test: Expectation, link: Link) -> Score:
        """The same difference by observation."""
        after = self.score(link, {}, {test.manipulated: test.end})
        return after - self.score(link, {}, {test.manipulated: test.start})

    def repeats(self, name: str) -> bool:
        """Does the variable have one copy a round?"""
        return repeats(self.review, name)

    def named(self, link: Link) -> str:
        """The name of the variable's copy in its round."""
        return at_round(link.variable, link.round) if self.repeats(link.variable) else link.variable

    def rounds(self, link: Link, do: Setting) -> int:
        """How many rounds a question about ``link`` takes."""
        own = link.round if self.repeats(link.variable) else 1
        return max([own, *(2 for name in do if "@" in name)])

    def unrolled(self, rounds: int) -> DiscreteNetwork:
        """The network over so many rounds."""
        return self.static if rounds == 1 else unroll(self.review, self.static, rounds)


@dataclass(eq=False)
class Bench(Effects[float]):
    """A network on which settings can be tried, each computed once.

    What concerns the first round is read off the network of one round, which gives the same numbers
    a hundred times sooner; the rest off two rounds unrolled.
    """

    review: Review
    static: DiscreteNetwork
    _programs: dict[int, engine.Program] = field(init=False, repr=False, default_factory=dict)
    _seen: dict[object, engine.Posteriors] = field(init=False, repr=False, default_factory=dict)

    def posteriors(
        self, do: Setting, observed: Setting | None = None, *, rounds: int = 1
    ) -> Mapping[str, engine.Distribution]:
        """Every variable's distribution (round 1 plain, round 2 as ``name@2``) in a setting."""
        seen = observed or {}
        key = (frozenset(do.items()), frozenset(seen.items()), rounds)
        if key not in self._seen:
            evidence = Evidence(observed=seen, do=do)
            self._seen[key] = self._program(rounds).posteriors(evidence)
        return self._seen[key]

    def _program(self, rounds: int) -> engine.Program:
        if rounds not in self._programs:
            self._programs[rounds] = engine.compile(self.unrolled(rounds))
        return self._programs[rounds]

    def score(self, link: Link, do: Setting, observed: Setting | None = None) -> float:
        """Expected score of a variable in its round."""
        found = self.posteriors(do, observed, rounds=self.rounds(link, do))
        return float(self.review.variables[link.variable].score(found[self.named(link)].array))

    def share(self, link: Link, state: str, do: Setting, observed: Setting | None = None) -> float:
        """The probability of one state of a variable in its round."""
        found = self.posteriors(do, observed, rounds=self.rounds(link, do))
        return float(found[self.named(link)][state])
