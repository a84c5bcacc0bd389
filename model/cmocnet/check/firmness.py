"""How firm is each direction: the share of draws of the judgements in which it holds.

Spreads come from the protocol; none is narrowed to change a verdict. A configuration whose stated
directions hold together in under 95 per cent of draws is *uncertain*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cmocnet import engine
from cmocnet.check.effects import Effects, Setting, Span
from cmocnet.elicitation.draws import Draws
from cmocnet.intervals import NOTHING
from cmocnet.registry.records import Cmoc, Expectation, Link, Review
from cmocnet.results import TOP, Part, Rows, Several, Strip, Table
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

    def record(self) -> dict[str, Any]:
        """All of it as plain data; the configuration by its id."""
        return {"id": self.cmoc.id, "share": self.share, "uncertain": self.uncertain}


@dataclass(frozen=True, repr=False)
class Directions(Several[Firmness]):
    """How firm each configuration's directions are over ``draws`` draws."""

    items: tuple[Firmness, ...]
    draws: int

    @property
    def finding(self) -> str:
        """How many are uncertain."""
        uncertain = sum(f.uncertain for f in self)
        return f"{uncertain} of {len(self)} uncertain: under {FIRM:.0%} of draws"

    columns = ("id", "share", "uncertain")

    def rows(self) -> Rows:
        """One a configuration."""
        return [f.record() for f in self]

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """One row a configuration, the least firm first."""
        yield f"Share of {self.draws:,} draws in which all stated directions hold"
        order = sorted(self, key=lambda f: f.share)[:top]
        rows = [
            (f.cmoc.id, f"{f.share:.0%}", "uncertain" if f.uncertain else "", _claim(f.cmoc))
            for f in order
        ]
        strips = [Strip(0.0, f.share) for f in order]
        columns = ["Id", "Holds in", "", "Claim"]
        yield Table(columns, rows, ["Holds in"], strips, scale=(0.0, 1.0))
        yield self.finding


def _claim(cmoc: Cmoc) -> str:
    return " -> ".join((cmoc.context, cmoc.mechanism, cmoc.outcome))


def firmness(review: Review, static: DiscreteNetwork, draws: Draws) -> Iterator[Firmness]:
    """Every configuration's firmness, in the order of the register."""
    drawn = _Drawn(review, static, draws)
    for cmoc in review.cmocs.values():
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
    _programs: dict[Span, tuple[engine.Program, Mapping[str, Array]]] = field(default_factory=dict)
    _seen: dict[object, Array] = field(default_factory=dict)

    def score(self, link: Link, do: Setting, observed: Setting | None = None) -> Array:
        """Expected score of a variable in its round, one a draw."""
        return self.review.variables[link.variable].score(self._shares(link, do, observed))

    def share(self, link: Link, state: str, do: Setting, observed: Setting | None = None) -> Array:
        """The probability of one state of a variable in its round, one a draw."""
        at = self.review.variables[link.variable].states.index(state)
        return self._shares(link, do, observed)[:, at]

    def _shares(self, link: Link, do: Setting, observed: Setting | None) -> Array:
        name, span = self.named(link), self.span(link, observed)
        program, tables = self._program(span)
        evidence = Evidence(observed=observed or {}, do=self.apt(do, program.network))
        key = name, evidence, span
        if key not in self._seen:
            (found,) = program.predict_tables(tables, evidence, [name])
            self._seen[key] = found
        return self._seen[key]

    def _program(self, span: Span) -> tuple[engine.Program, Mapping[str, Array]]:
        if span not in self._programs:
            network = self.unrolled(span)
            drawn = unroll_draws(self.review, self.static, self.draws.tables, span[0])
            tables = {name: table for name, table in drawn.items() if name in network.states}
            self._programs[span] = engine.compile(network), tables
        return self._programs[span]


def _directions(drawn: _Drawn, cmoc: Cmoc, test: Expectation) -> Iterator[Array]:
    """Every direction the test states, turned so that it holds where positive."""
    links = (*((test.mechanism,) if test.mechanism else ()), *test.outcomes)
    if cmoc.type == "mixed":  # the outcome's net effect has no stated direction
        links = links[:1]
    for link in links:
        sign = link.way
        if cmoc.type == "selection":
            yield sign * drawn.seen_effect(test, link)
            continue
        inside = drawn.effect(test, link, test.condition)
        if cmoc.type != "moderation":
            yield sign * inside
        if test.contrast is not None and link in test.outcomes:
            yield sign * (inside - drawn.effect(test, link, test.contrast))
