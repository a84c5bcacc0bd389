"""Fixed marginals: the posterior of a variable shall be exactly this, whatever else is given.

Iterative proportional fitting finds the distribution nearest to the one given the other evidence
(in Kullback-Leibler divergence) among those with the marginals asked for, by weighting one variable
at a time; the fitted distribution differs from the given one by one weight a state of each variable
(Deming and Stephan 1940, Annals of Mathematical Statistics 11:427; Csiszar 1975, Annals of
Probability 3:146; for networks: Valtorta, Kim and Vomlel 2002, IJAR 29:71).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cmocnet.engine.indicators import FAR, Indicators
from cmocnet.errors import EvidenceError
from cmocnet.typing import Array, Evidence

if TYPE_CHECKING:
    from cmocnet.engine.program import Program

TOLERANCE = 1e-13
SWEEPS = 20_000
MET = 1e-10
"""A marginal this near is met; fitting goes on to ``TOLERANCE`` while it makes progress."""

JOINT_STATES = 20_000
"""Up to so many joint states the variables' own joint distribution is fitted, not the network."""

SUM_TOLERANCE = 1e-6


def fitted(program: Program, evidence: Evidence, indicators: Indicators) -> Indicators:
    """The indicators with the weights that give every fixed marginal.

    Raises
    ------
    EvidenceError
        If the evidence is impossible without the marginals, or the marginals cannot be met.
    """
    wanted = {}
    for name, numbers in evidence.marginal.items():
        values = program.codebook.numbers(name, numbers, "marginal")
        if abs(values.sum() - 1.0) > SUM_TOLERANCE:
            raise EvidenceError(
                f"marginal adds up to {values.sum():g}", where=name, expected="a sum of 1"
            )
        wanted[program.codebook.variable(name)] = values / values.sum()
    names = tuple(wanted)
    cards = [len(w) for w in wanted.values()]
    if np.prod(cards, dtype=float) <= JOINT_STATES:
        start = program.kept(names, evidence, indicators).reshape(cards)
        weights, worst = fit_joint(start, list(wanted.values()))
        tiny = bool(((start > 0) & (start < FAR)).any())
    else:
        weights, worst = _fit_network(program, evidence, indicators, wanted)
        tiny = False
    with np.errstate(divide="ignore"):
        logs = [np.log(w) for w in weights]
    if worst == np.inf or tiny:  # what is too small for doubles is not impossible yet
        logs, worst = _fit_logs(program, indicators, wanted)
    if worst > MET:
        raise _unmet(program, evidence, indicators)
    return indicators.tilted(dict(zip(names, logs, strict=True)))


def _fit_logs(
    program: Program, indicators: Indicators, wanted: dict[int, Array]
) -> tuple[list[Array], float]:
    """The logarithms of the weights, found by runs in logarithms, in which nothing underflows."""
    logs = {i: np.zeros(len(w)) for i, w in wanted.items()}
    worst = np.inf
    for _ in range(SWEEPS // 100):
        before, worst = worst, 0.0
        for i, want in wanted.items():
            have = program.log_kept((i,), indicators.tilted(logs))
            if np.any((have == -np.inf) & (want > 0)):
                return list(logs.values()), np.inf
            worst = max(worst, float(np.abs(np.exp(have) - want).max()))
            more = np.full(len(want), -np.inf)
            more[want > 0] = np.log(want[want > 0]) - have[want > 0]
            logs[i] = logs[i] + more
            logs[i] = logs[i] - logs[i].max()
        if worst <= TOLERANCE or (worst <= MET and worst >= before):
            break
    return list(logs.values()), worst


def fit_joint(start: Array, wanted: list[Array]) -> tuple[list[Array], float]:
    """Weights for each axis of ``start`` that give it the marginals, and the largest miss left.

    >>> weights, miss = fit_joint(np.array([[0.1, 0.4], [0.3, 0.2]]), [np.array([0.5, 0.5])] * 2)
    >>> fitted = np.array([[0.1, 0.4], [0.3, 0.2]]) * weights[0][:, None] * weights[1]
    >>> (fitted.sum(axis=0) / fitted.sum()).round(6), miss < 1e-12
    (array([0.5, 0.5]), True)
    """
    joint = start.copy()
    axes = range(joint.ndim)
    weights = [np.ones(n) for n in joint.shape]
    worst = np.inf
    for sweep in range(SWEEPS):
        before, worst = worst, 0.0
        for axis, want in zip(axes, wanted, strict=True):
            have = joint.sum(axis=tuple(a for a in axes if a != axis))
            if np.any((have <= 0) & (want > 0)):
                return weights, np.inf
            worst = max(worst, float(np.abs(have - want).max()))
            factor = np.divide(want, have, out=np.zeros_like(want), where=have > 0)
            weights[axis] = weights[axis] * factor
            weights[axis] = weights[axis] / weights[axis].max()
            joint = joint * factor.reshape([-1 if a == axis else 1 for a in axes])
        if worst <= TOLERANCE or (worst <= MET and worst >= before and sweep > 100):
            break
    return weights, worst


def _fit_network(
    program: Program, evidence: Evidence, indicators: Indicators, wanted: dict[int, Array]
) -> tuple[list[Array], float]:
    """The same by runs of the whole network, for marginals of too many joint states."""
    weights = {i: np.ones(len(w)) for i, w in wanted.items()}
    worst = np.inf
    for _ in range(SWEEPS // 100):
        worst = 0.0
        for i, want in wanted.items():
            with np.errstate(divide="ignore"):
                tilted = indicators.tilted({j: np.log(w) for j, w in weights.items()})
            have = program.kept((i,), evidence, tilted)
            if np.any((have <= 0) & (want > 0)):
                return list(weights.values()), np.inf
            worst = max(worst, float(np.abs(have - want).max()))
            factor = np.divide(want, have, out=np.zeros_like(want), where=have > 0)
            weights[i] = weights[i] * factor
            weights[i] = weights[i] / weights[i].max()
        if worst <= TOLERANCE:
            break
    return list(weights.values()), worst


def _unmet(program: Program, evidence: Evidence, indicators: Indicators) -> EvidenceError:
    """The error that names the marginals, or the one of them, that cannot be met."""
    items = Evidence(marginal=evidence.marginal).items()
    for (name, numbers), item in zip(evidence.marginal.items(), items, strict=True):
        have = program.log_kept((program.codebook.variable(name),), indicators)
        states = program.network.states[name]
        lost = [s for s, w, h in zip(states, numbers, have, strict=True) if w > 0 and h == -np.inf]
        if lost:
            others = Evidence(evidence.observed, evidence.likelihood, {}, evidence.do).items()
            given = f" given {', '.join(others)}" if others else ""
            return EvidenceError(
                f"cannot meet {item}: {', '.join(lost)} is impossible{given}", where=name
            )
    return EvidenceError(f"cannot meet together: {', '.join(items)}")
