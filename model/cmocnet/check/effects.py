"""Effects by intervention on two unrolled rounds: total, controlled direct, mediated share.

An effect is the difference in expected normalised score (0 to 1 over the ordered states) of a
variable between two settings. The mediated share is one minus the controlled direct effect over the
total effect (Pearl 2001, "Direct and indirect effects"), averaged over the mechanism's mixed marginal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cmocnet import engine
from cmocnet.registry.records import Expectation, Link, Review
from cmocnet.rounds import at_round, repeats, unroll
from cmocnet.typing import Array, DiscreteNetwork, Evidence

ROUNDS = 2
Setting = Mapping[str, str]


def score(probabilities: Array) -> float:
    """Expected normalised score of a distribution over ordered states.

    >>> score(np.array([0.25, 0.5, 0.25]))
    0.5
    """
    return float(probabilities @ np.linspace(0.0, 1.0, len(probabilities)))


@dataclass(eq=False)
class Bench:
    """A network unrolled to two rounds on which settings can be tried; each is computed once."""

    review: Review
    static: DiscreteNetwork
    _program: engine.Program = field(init=False, repr=False)
    _seen: dict[object, Mapping[str, Array]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._program = engine.compile(unroll(self.review, self.static, ROUNDS))

    def posteriors(self, do: Setting, observed: Setting | None = None) -> Mapping[str, Array]:
        """Every variable's distribution (round 1 plain, round 2 as ``name@2``) in a setting."""
        seen = observed or {}
        key = (frozenset(do.items()), frozenset(seen.items()))
        if key not in self._seen:
            found = self._program.posteriors(Evidence(observed=seen, do=do))
            self._seen[key] = {name: np.asarray(found[name].array) for name in found}
        return self._seen[key]

    def score(self, link: Link, do: Setting, observed: Setting | None = None) -> float:
        """Expected score of a variable in its round."""
        return score(self.posteriors(do, observed)[self.named(link)])

    def named(self, link: Link) -> str:
        return at_round(link.variable, link.round) if self.repeats(link.variable) else link.variable

    def repeats(self, name: str) -> bool:
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
        mixed = sum(self.posteriors(s)[at] for s in settings) / 2.0
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
