"""What a search for levers found: singles ranked, the best bundle, the front, what may backfire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cmocnet.intervals import NOTHING
from cmocnet.levers.backfires import Backfire
from cmocnet.levers.candidates import Lever
from cmocnet.levers.objective import Objective
from cmocnet.model import Model
from cmocnet.results import TOP, Part, Result, Rows, Strip, Table
from cmocnet.typing import Evidence
from cmocnet.wording import points

ONCE = ("After one round", "Place there")
MOVES = 5
"""Levers of which it is told that they change place."""


@dataclass(frozen=True)
class Bundle:
    """Levers pulled together.

    value, effect
        The objective with them, and its change from nothing done; in the objective's own direction,
        so that for an aim of "lower" a negative effect helps.
    stays_best
        Share of draws in which no other contender is better, and so no less than the share in which
        none of all bundles is; None where that was not looked at.
    """

    levers: tuple[Lever, ...]
    cost: float
    value: float
    effect: float
    stays_best: float | None = None

    def __str__(self) -> str:
        return "; ".join(map(str, self.levers)) or "nothing"

    def record(self) -> dict[str, Any]:
        """All of it as plain data, and the levers in words."""
        return {**asdict(self), "text": [str(lever) for lever in self.levers]}


@dataclass(frozen=True)
class Single:
    """One lever by itself, with what it does to each headline outcome.

    outcomes
        Headline outcome -> change of its expected score (0 to 1) towards the favourable end.
    harms
        Share of draws in which it moves the objective the wrong way; None without draws.
    """

    lever: Lever
    value: float
    effect: float
    outcomes: Mapping[str, float]
    harms: float | None = None


@dataclass(frozen=True, repr=False)
class Levers(Result):
    """What helps, what it costs, how sure that is, and what might backfire.

    start
        The objective with nothing done.
    ranking
        Single levers, most helpful first.
    best
        The best bundle; of equally good ones the cheapest, then the smallest. Empty if none helps.
    front
        Pareto front: each bundle better than all that cost no more, cheapest first.
    runners_up
        The other contenders that are best in some draws, most often first.
    backfires
        Levers that harm a headline outcome or the objective, worst first.
    tried
        Bundles evaluated; ``contenders`` of them draw by draw.
    rounds
        After how many rounds of the loop the outcome counts.
    once
        After several, the ranking after one round; else empty.
    """

    model: Model
    objective: Objective
    evidence: Evidence
    start: float
    ranking: tuple[Single, ...]
    best: Bundle
    front: tuple[Bundle, ...]
    runners_up: tuple[Bundle, ...]
    backfires: tuple[Backfire, ...]
    tried: int
    contenders: int
    draws: int
    seed: int
    rounds: int = 1
    once: tuple[Single, ...] = ()

    @property
    def places(self) -> Mapping[Lever, tuple[int, int]]:
        """After several rounds: lever -> its place in the ranking after one round, and in this.

        >>> import cmocnet
        >>> found = cmocnet.load().levers("P(dissolution | mandated)", k=1, n=0, rounds=2)
        >>> found.places[found.ranking[0].lever][1]
        1
        """
        before = {s.lever: place for place, s in enumerate(self.once, 1)}
        now = enumerate(self.ranking, 1)
        return {s.lever: (before[s.lever], place) for place, s in now if s.lever in before}

    @property
    def caution(self) -> str:
        """What the review's numbers are, and are not."""
        return self.model.caution

    @property
    def finding(self) -> str:
        """The best bundle, and how far it moves the objective."""
        moves = f"from {self._value(self.start)} to {self._value(self.best.value)}"
        return f"{self.best} {self._aim}s {self._sought} {moves}{self._when}"

    columns = ("part", "levers", "cost", "value", "effect", "share", "outcome")

    def rows(self) -> Rows:
        """One a lever, bundle or backfire.

        ``share`` is that of draws in which a lever harms, or in which a bundle stays the best.
        """
        singles = {"ranking": self.ranking, "once": self.once}
        bundles = {"best": [self.best], "front": self.front, "runners_up": self.runners_up}
        for part, ranked in singles.items():
            for s in ranked:
                yield part, str(s.lever), s.lever.cost, s.value, s.effect, s.harms, None
        for part, some in bundles.items():
            for b in some:
                yield part, str(b), b.cost, b.value, b.effect, b.stays_best, None
        for x in self.backfires:
            yield "backfires", str(x.lever), x.lever.cost, None, x.effect, x.share, x.outcome

    def record(self) -> dict[str, Any]:
        """The whole search as plain data."""
        goal, fixed = self.objective, self.evidence
        return {
            "aim": goal.aim,
            "objective": [{"event": dict(event), "weight": w} for event, w in goal.terms],
            "fixed": {"observed": dict(fixed.observed), "do": dict(fixed.do)},
            "start": self.start,
            "rounds": self.rounds,
            "ranking": [asdict(s) for s in self.ranking],
            "once": [asdict(s) for s in self.once],
            "best": self.best.record(),
            "front": [b.record() for b in self.front],
            "runners_up": [b.record() for b in self.runners_up],
            "backfires": [asdict(b) for b in self.backfires],
            "tried": self.tried,
            "contenders": self.contenders,
            "draws": self.draws,
            "seed": self.seed,
            "caution": self.caution,
        }

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """Ranking, best bundle and how often it stays so, front, and what might backfire."""
        fixed = {**self.evidence.observed, **self.evidence.do}
        yield f"{self._aim.capitalize()}: {self._sought}"
        yield from (f"  fixed {self.model.in_words(v, s)}" for v, s in fixed.items())
        yield from (f"Now: {self._value(self.start)}{self._when}", "")
        yield from self._ranking(top)
        yield from ("", *self._best())
        yield from ("", *self._front())
        yield from ("", *self._backfires(top))

    @property
    def _aim(self) -> str:
        return self.objective.aim

    @property
    def _sought(self) -> str:
        words = self.model.in_words
        return " + ".join(
            " and ".join(words(v, s) for v, s in event.items()) + ("" if w == 1 else f" x {w:g}")
            for event, w in self.objective.terms
        )

    @property
    def _shares(self) -> bool:
        """Is the objective one probability, to be shown in per cent?"""
        return len(self.objective.terms) == 1 and self.objective.terms[0][1] == 1

    def _value(self, value: float) -> str:
        return f"{value:.1%}" if self._shares else f"{value:.4g}"

    def _change(self, change: float) -> str:
        if abs(change) <= NOTHING * self.objective.scale:
            return "0"
        return points(change) if self._shares else f"{change:+.3g}"

    @property
    def _when(self) -> str:
        return f" at the end of round {self.rounds}" if self.rounds > 1 else ""

    def _ranking(self, top: int) -> Iterator[Part]:
        yield "Single changes, brought about by someone, the most helpful first:"
        some = self.ranking[:top]
        numbers = ["Change", "Then", *(ONCE if self.once else ()), "Harms in", "Cost"]
        rows = [
            (
                str(s.lever),
                self._change(s.effect),
                self._value(s.value),
                *self._before(s.lever),
                _often(s.harms),
                f"{s.lever.cost:g}",
            )
            for s in some
        ]
        strips = [Strip(self.start, s.value) for s in some]
        yield Table(["Lever", *numbers], rows, numbers, strips, self.start)
        doubt = f"; 'harms in' is a share of {self.draws} draws" if self.draws else ""
        yield f"{len(some)} of {len(self.ranking)}{doubt}"
        yield from self._moved()

    def _before(self, lever: Lever) -> tuple[str, ...]:
        """What a lever does after one round, and its place there; nothing where that is all."""
        found = [(self._change(s.effect), f"{n}") for n, s in enumerate(self.once, 1)]
        return found[self.places[lever][0] - 1] if found else ()

    def _moved(self) -> Iterator[Part]:
        """Which levers change place most between one round and the last."""
        if not self.once:
            return
        if self.model.review.about.rounds.horizon.variable in self.objective.variables:
            yield "'After one round' is as if what that round reached were to last"
        moves = {lever: old - new for lever, (old, new) in self.places.items() if old != new}
        most = sorted(moves, key=lambda lever: -abs(moves[lever]))[:MOVES]
        told = (f"{x} from {self.places[x][0]} to {self.places[x][1]}" for x in most)
        found = "; ".join(told) or "none, the order is that after one round"
        yield f"What changes place most at the end of round {self.rounds}: {found}"

    def _best(self) -> Iterator[Part]:
        best = self.best
        if not best.levers:
            yield f"No bundle helps; {self.tried:,} tried."
            return
        yield f"Best bundle of {self.tried:,} tried, at a cost of {best.cost:g}:"
        yield from (f"  {lever}. {lever.how}".rstrip() for lever in best.levers)
        yield f"{self._value(best.value)} with it, {self._change(best.effect)} from now"
        if best.stays_best is None:
            return
        yield (
            f"It stays the best in {_often(best.stays_best)} of {self.draws} draws, "
            f"among the {self.contenders} leading bundles"
        )
        yield from (f"  in {_often(b.stays_best)}: {b}" for b in self.runners_up[:3])

    def _front(self) -> Iterator[Part]:
        yield "What money buys: each bundle is better than all that cost no more"
        rows = [
            (f"{b.cost:g}", self._value(b.value), self._change(b.effect), str(b))
            for b in self.front
        ]
        numbers = ["Cost", "Then", "Change"]
        strips = [Strip(self.start, b.value) for b in self.front]
        yield Table([*numbers, "Bundle"], rows, numbers, strips, self.start)

    def _backfires(self, top: int) -> Iterator[Part]:
        if not self.backfires:
            yield "Nothing here is likely to backfire."
            return
        yield "What might backfire, the worst first:"
        labels = self.model.variables
        rows = [
            (
                str(b.lever),
                labels[b.outcome].label if b.outcome else "what is sought",
                points(b.effect) if b.outcome else self._change(b.effect),
                _often(b.share),
            )
            for b in self.backfires[:top]
        ]
        numbers = ["Change for the better", "Harms in"]
        yield Table(["Lever", "Outcome", *numbers], rows, numbers)
        yield f"{len(rows)} of {len(self.backfires)}"


def _often(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
