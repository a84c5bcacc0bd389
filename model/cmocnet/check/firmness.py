"""How firm is each direction: the share of draws of the judgements in which it holds.

Spreads come from the protocol; none is narrowed to change a verdict. A configuration whose stated
directions hold together in under 95 per cent of draws is *uncertain*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from cmocnet import engine
from cmocnet.answer import NOTHING
from cmocnet.check.effects import Effects, Setting
from cmocnet.elicitation.draws import Draws
from cmocnet.registry.records import Cmoc, Expectation, Link, Review
from cmocnet.rounds import unroll_draws
from cmocnet.typing import Array, DiscreteNetwork, Evidence

FIRM = 0.95
"""Share of draws under which a direction is uncertain."""


@dataclass(frozen=True)
class Firmness:
    """A configuration and the share of draws in which all its stated directions hold."""

    cmoc: Cmoc
    share: float

    @property
    def uncertain(self) -> bool:
        """Does the direction hold in under 95 per cent of draws?"""
        return self.share < FIRM


def firmness(
    review: Review,
    static: DiscreteNetwork,
    draws: Draws,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[Firmness]:
    """Every configuration's firmness, in the order of the register.

    ``progress`` is told each id before it is worked on.
    """
    drawn = _Drawn(review, static, draws)
    for key, cmoc in review.cmocs.items():
        progress(key)
        held = np.ones(draws.n, dtype=bool)
        for test in cmoc.tests:
            for along in _directions(drawn, cmoc, test):
                held &= along > NOTHING
        yield Firmness(cmoc, float(held.mean()))


@dataclass(eq=False)
class _Drawn(Effects[Array]):
    """Expected scores under every draw, each setting computed once."""

    review: Review
    static: DiscreteNetwork
    draws: Draws
    _programs: dict[int, tuple[engine.Program, Mapping[str, Array]]] = field(default_factory=dict)
    _seen: dict[object, Array] = field(default_factory=dict)

    def score(self, link: Link, do: Setting, observed: Setting | None = None) -> Array:
        """Expected score of a variable in its round, one a draw."""
        name, rounds = self.named(link), self.rounds(link, do)
        evidence = Evidence(observed=observed or {}, do=do)
        key = (name, frozenset(do.items()), frozenset(evidence.observed.items()), rounds)
        if key not in self._seen:
            program, tables = self._program(rounds)
            (found,) = program.predict_tables(tables, evidence, [name])
            self._seen[key] = self.review.variables[link.variable].score(found)
        return self._seen[key]

    def _program(self, rounds: int) -> tuple[engine.Program, Mapping[str, Array]]:
        if rounds not in self._programs:
            tables = unroll_draws(self.review, self.static, self.draws.tables, rounds)
            self._programs[rounds] = engine.compile(self.unrolled(rounds)), tables
        return self._programs[rounds]


def _directions(drawn: _Drawn, cmoc: Cmoc, test: Expectation) -> Iterator[Array]:
    """Every direction the test states, turned so that it holds where positive."""
    links = (*((test.mechanism,) if test.mechanism else ()), *test.outcomes)
    if cmoc.type == "mixed":  # the outcome's net effect has no stated direction
        links = links[:1]
    for link in links:
        sign = 1.0 if link.sign == "+" else -1.0
        if cmoc.type == "selection":
            yield sign * drawn.seen_effect(test, link)
            continue
        inside = drawn.effect(test, link, test.condition)
        if cmoc.type != "moderation":
            yield sign * inside
        if test.contrast is not None and link in test.outcomes:
            yield sign * (inside - drawn.effect(test, link, test.contrast))
