"""What might backfire: levers that harm a headline outcome, or do in more than a tenth of draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cmocnet.intervals import NOTHING
from cmocnet.levers.candidates import Lever
from cmocnet.model import Model
from cmocnet.typing import Array, Evidence

OFTEN = 0.10
"""A lever that harms in a larger share of draws than this is listed."""


@dataclass(frozen=True)
class Headline:
    """An outcome that people see first, and a score from 0 to 1 a state, 1 the favourable end."""

    name: str
    scores: Array


@dataclass(frozen=True)
class Backfire:
    """A lever that harms an outcome, or may.

    outcome
        The headline outcome; None for the objective itself.
    effect
        At the central judgements, positive being good: change of the outcome's expected score (0 to
        1), or of the objective.
    share
        Share of draws in which it harms; None without draws.
    """

    lever: Lever
    outcome: str | None
    effect: float
    share: float | None


def headlines(net: Model, evidence: Evidence) -> tuple[Headline, ...]:
    """The review's headline outcomes that have a favourable end and are not settled."""
    found = []
    for name in net.review.about.headline:
        variable = net.variables[name]
        if name not in evidence.settled and variable.better:
            scores = variable.scores
            found.append(Headline(name, scores if variable.better > 0 else 1.0 - scores))
    return tuple(found)


def outcome_effects(watched: Sequence[Headline], found: Sequence[Array]) -> list[Array]:
    """Gains of each outcome over the first row, which is nothing done: (levers, ...) each."""
    scores = [p @ h.scores for h, p in zip(watched, found, strict=True)]
    return [np.asarray(s[1:] - s[0]) for s in scores]


def backfires(
    levers: Sequence[Lever],
    outcomes: Sequence[str | None],
    now: Sequence[Array],
    over: Sequence[Array] | None,
    scale: float = 1.0,
) -> tuple[Backfire, ...]:
    """Levers that harm an outcome now or in more than a tenth of draws, the worst first.

    ``now`` has the gains of each outcome at the central judgements, (levers,); ``over`` those in
    draws, (levers, draws). ``scale`` is the objective's, of whose gains so large a part is rounding
    as of a probability of 1.

    >>> lever = Lever("fan", "on", "Fan", "On")
    >>> gains = [np.array([0.2]), np.array([-0.1])]
    >>> [b.outcome for b in backfires([lever], ["fog", "heat"], gains, None)]
    ['heat']
    """
    found = []
    for o, outcome in enumerate(outcomes):
        nothing = NOTHING * (scale if outcome is None else 1.0)
        for i, lever in enumerate(levers):
            effect = float(now[o][i])
            share = None if over is None else float((over[o][i] < -nothing).mean())
            if effect < -nothing or (share or 0.0) > OFTEN:
                found.append(Backfire(lever, outcome, effect, share))
    return tuple(sorted(found, key=lambda b: b.effect))
