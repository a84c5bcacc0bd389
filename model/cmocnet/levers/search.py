"""What to change: single levers ranked, the best bundle under a budget, and what might backfire.

The best bundle is found by trying every one: exact, interactions between levers included.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cmocnet.amounts import seed as seeded
from cmocnet.amounts import whole
from cmocnet.elicitation.draws import draw
from cmocnet.intervals import NOTHING
from cmocnet.levers import evaluation
from cmocnet.levers.backfires import Backfire, Headline, backfires, outcome_effects
from cmocnet.levers.bundles import Positions, affordable, spendable
from cmocnet.levers.candidates import Lever, candidates
from cmocnet.levers.moment import Moment, Rounds, moment
from cmocnet.levers.objective import Aim, Objective, Wanted, understood
from cmocnet.levers.result import Bundle, Levers, Single
from cmocnet.model import Model
from cmocnet.typing import Array, Evidence

if TYPE_CHECKING:
    from cmocnet.evidence import Given

USUAL = 200
"""Draws of the judgements, where the outcome is that of one round."""
CONTENDERS = 50
"""The best so many bundles are compared draw by draw."""
LEVEL = 1e-12
"""Values within this share of the largest weight are equal; the cheaper bundle then goes first."""


def best(
    net: Model,
    objective: Wanted,
    *,
    given: Given = (),
    do: Given = (),
    levers: Iterable[str] | None = None,
    when: str | Iterable[str] | None = None,
    costs: Mapping[str, float] | None = None,
    budget: float | None = None,
    k: int = 3,
    aim: Aim | None = None,
    n: int | None = None,
    seed: int = 0,
    rounds: Rounds = 1,
) -> Levers:
    """Which contexts to change, by intervention, given what is fixed.

    Parameters
    ----------
    objective
        A question ("P(dissolution | mandated, merger)"; its evidence is fixed too), or phrases with
        their utilities ({"high synergy": 1, "dissolution": -2}).
    given, do
        What is fixed besides: observed, and made so.
    levers, when, costs
        See :func:`~cmocnet.levers.candidates.candidates`.
    budget
        Most that a bundle may cost; None for no limit.
    k
        Most levers in a bundle.
    aim
        "raise" or "lower"; by default what the targets' favourable states say.
    n
        Draws of the judgements for ``stays_best``, ``harms`` and ``backfires``; 0 for none. By
        default 200 after one round and none after several, where so many take minutes.
        With a fixed marginal there are none.
    rounds
        After how many rounds of the loop the outcome counts, up to the horizon, or "horizon". The
        rounds are unrolled and answered exactly: a change of what stands lasts through all of
        them; what repeats is given, or changed, in the first alone. The ranking after one round
        then comes too. In the one round of the default, the outcome that has a horizon is judged as
        if what the round reached were to last.

    Raises
    ------
    CmocnetError
        No levers, a negative cost, a budget below every cost, ``k`` under 1, an outcome among what
        is given, or more than 200,000 bundles; rounds beyond the horizon, or several where none
        hands over to the next.

    >>> import cmocnet
    >>> found = best(cmocnet.load(), "P(dissolution | mandated, merger)", k=2, n=0)
    >>> found.objective.aim, len(found.best.levers), found.best.value < found.start
    ('lower', 2, True)
    """
    whole(k, "levers in a bundle", least=1)
    end = moment(net, rounds)
    usual = USUAL if end.rounds == 1 else 0
    n = usual if n is None else whole(n, "draws")
    if n:
        draw(net.review, n=n, seed=seed)  # refuses here, before the search, what is too many
    seeded(seed)
    goal, evidence = understood(net, objective, given, do, aim)
    options = candidates(
        net, fixed=evidence.settled, sought=goal.variables, levers=levers, when=when, costs=costs
    )
    end.beforehand({*evidence.settled, *evidence.likelihood, *(x.variable for x in options)})
    bundles = list(affordable(options, k, spendable(options, budget)))
    search = _Search(end, goal, evidence, options, bundles)
    return search.result(0 if evidence.marginal else n, seed)


class _Search:
    """One search: the central values of all bundles, then what draws say of the leading ones."""

    def __init__(
        self,
        end: Moment,
        goal: Objective,
        evidence: Evidence,
        options: Sequence[Lever],
        bundles: Sequence[Positions],
    ) -> None:
        self.end, self.program, self.goal, self.evidence = end, end.program, goal, evidence
        self.options, self.bundles = options, bundles
        self.events = [end.event(event) for event in goal.events]
        found = evaluation.central(self.program, options, bundles, evidence, self.events)
        self.values = goal.value(found)
        self.costs = np.array([sum(options[i].cost for i in b) for b in bundles])
        sizes = np.array([len(b) for b in bundles])
        self.level = LEVEL * goal.scale
        level = np.round(goal.sign * self.values / self.level)
        self.order = np.lexsort((sizes, self.costs, -level))
        self.start = float(self.values[0])

    def result(self, draws: int, seed: int) -> Levers:
        tables = self.end.tables(draws, seed) if draws else None
        shares = self._shares(tables)
        leading = [self.bundle(i, share) for i, share in shares]
        rest = sorted((b for b in leading[1:] if b.stays_best), key=lambda b: -(b.stays_best or 0))
        singles, worst = self._singles(tables)
        return Levers(
            model=self.end.net,
            objective=self.goal,
            evidence=self.evidence,
            start=self.start,
            ranking=singles,
            best=leading[0],
            front=self._front(),
            runners_up=tuple(rest),
            backfires=worst,
            tried=len(self.bundles),
            contenders=len(shares) if draws else 0,
            draws=draws,
            seed=seed,
            rounds=self.end.rounds,
            once=self._once(),
        )

    def _once(self) -> tuple[Single, ...]:
        """The ranking after one round, where the search is of several."""
        if self.end.rounds == 1:
            return ()
        one = Moment(self.end.net)
        each = [(), *((i,) for i in range(len(self.options)))]
        return _Search(one, self.goal, self.evidence, self.options, each).result(0, 0).ranking

    def bundle(self, i: int, share: float | None = None) -> Bundle:
        value = float(self.values[i])
        chosen = tuple(self.options[j] for j in self.bundles[i])
        return Bundle(chosen, float(self.costs[i]), value, value - self.start, share)

    def _shares(self, tables: Mapping[str, Array] | None) -> list[tuple[int, float | None]]:
        """The leading bundles, each with the share of draws in which none of them is better."""
        if tables is None:
            return [(int(self.order[0]), None)]
        rows = [int(i) for i in self.order[:CONTENDERS]]
        value = self._drawn(tables, [self.bundles[i] for i in rows])
        top = value >= value.max(axis=0) - self.level
        return [(i, float(t.mean())) for i, t in zip(rows, top, strict=True)]

    def _drawn(self, tables: Mapping[str, Array], bundles: Sequence[Positions]) -> Array:
        """How good each bundle is in each draw, larger being better: (bundles, draws)."""
        found = evaluation.drawn(
            self.program, tables, self.options, bundles, self.evidence, self.events
        )
        return self.goal.sign * self.goal.value(found)

    def _front(self) -> tuple[Bundle, ...]:
        """Of bundles in order of cost, each that is better than all before it."""
        good = self.goal.sign * self.values
        front, reached = [], -math.inf
        for i in np.lexsort((-good, self.costs)):
            if good[i] > reached + self.level:
                front.append(self.bundle(int(i)))
                reached = float(good[i])
        return tuple(front)

    def _singles(
        self, tables: Mapping[str, Array] | None
    ) -> tuple[tuple[Single, ...], tuple[Backfire, ...]]:
        """Every lever by itself, most helpful first, and those that might backfire."""
        each: list[Positions] = [(), *((i,) for i in range(len(self.options)))]
        asked = self.end.watched(self.evidence)
        watched = tuple(asked.values())
        targets: list[evaluation.Target] = [*self.events, *asked]
        args = (self.options, each, self.evidence, targets)
        now = self._effects(evaluation.central(self.program, *args), watched)
        over = None
        if tables is not None:
            over = self._effects(evaluation.drawn(self.program, tables, *args), watched)
        worst = backfires(
            self.options, [None, *(h.name for h in watched)], now, over, self.goal.scale
        )
        singles = [self._single(i, now, over, watched) for i in range(len(self.options))]
        singles.sort(key=lambda s: -self.goal.sign * s.effect)
        return tuple(singles), worst

    def _effects(self, found: tuple[Array, ...], watched: Sequence[Headline]) -> list[Array]:
        """Gains of the objective, then of each headline outcome: (levers, ...) each."""
        n = len(self.goal.terms)
        value = self.goal.sign * self.goal.value(found[:n])
        return [value[1:] - value[0], *outcome_effects(watched, found[n:])]

    def _single(
        self, i: int, now: list[Array], over: list[Array] | None, watched: Sequence[Headline]
    ) -> Single:
        effect = self.goal.sign * float(now[0][i])
        outcomes = {h.name: float(e[i]) for h, e in zip(watched, now[1:], strict=True)}
        nothing = NOTHING * self.goal.scale
        harms = None if over is None else float((over[0][i] < -nothing).mean())
        return Single(self.options[i], self.start + effect, effect, outcomes, harms)
