"""Effects by intervention on two unrolled rounds: total, controlled direct, mediated share.

An effect is the difference in expected normalised score (0 to 1 over the ordered states) of a
variable between two settings. The mediated share is one minus the controlled direct effect over the
total effect (Pearl 2001, "Direct and indirect effects"), averaged over the mechanism's mixed
marginal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cmocnet import engine
from cmocnet.registry.records import Expectation, Link, Review
from cmocnet.rounds import at_round, repeats, unroll
from cmocnet.typing import Array, DiscreteNetwork, Evidence

Setting = Mapping[str, str]


def score(probabilities: Array) -> float:
    """Expected normalised score of a distribution over ordered states.

    >>> score(np.array([0.25, 0.5, 0.25]))
    0.5
    """
    return float(probabilities @ np.linspace(0.0, 1.0, len(probabilities)))


@dataclass(eq=False)
class Bench:
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
            unrolled = unroll(self.review, self.static, rounds)
            self._programs[rounds] = engine.compile(unrolled if rounds > 1 else self.static)
        return self._programs[rounds]

    def score(self, link: Link, do: Setting, observed: Setting | None = None) -> float:
        """Expected score of a variable in its round."""
        rounds = max([link.round, *(2 for name in do if "@" in name)])
        return score(self.posteriors(do, observed, rounds=rounds)[self.named(link)].array)

    def named(self, link: Link) -> str:
        """The name of the variable's copy in its round."""
        return at_round(link.variable, link.round) if self.repeats(link.variable) else link.variable

    def repeats(self, name: str) -> bool:
        """Does the variable have one copy a round?"""
        return repeats(self.review, name)

    def effect(self, test: Expectation, link: Link, condition: Setting) -> float:
        """Total effect of the manipulation on ``link`` with ``condition`` held by intervention."""
        return self.score(link, {**condition, test.manipulated: test.end}) - self.score(
            link, {**condition, test.manipulated: test.start}
        )

    def seen_effect(self, test: Expectation, link: Link) -> float:
        """The same difference by observation."""
        return self.score(link, {}, {test.manipulated: test.end}) - self.score(
            link, {}, {test.manipulated: test.start}
        )

    def direct(self, test: Expectation, mechanism: Link, link: Link, condition: Setting) -> float:
        """Controlled direct effect with the mechanism held, averaged over its mixed marginal.

        A mechanism of the loop is held in its round and in those up to the outcome's.
        """
        settings = [{**condition, test.manipulated: s} for s in (test.start, test.end)]
        at = self.named(mechanism)
        mixed = sum(self.posteriors(s, rounds=mechanism.round)[at].array for s in settings) / 2.0
        states = self.review.variables[mechanism.variable].states
        last = max(link.round, mechanism.round) if self.repeats(mechanism.variable) else 1
        total = 0.0
        for state, weight in zip(states, np.asarray(mixed), strict=True):
            if weight == 0.0:
                continue
            held = {
                self.named(Link(variable=mechanism.variable, sign="+", round=r)): state
                for r in range(mechanism.round, last + 1)
            }
            before, after = (self.score(link, {**s, **held}) for s in settings)
            total += float(weight) * (after - before)
        return total
