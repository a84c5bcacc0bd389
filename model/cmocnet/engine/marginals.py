"""Fixed marginals: the posterior of a variable shall be exactly this, whatever else is given.

Iterative proportional fitting finds the distribution nearest to the one given the other evidence
(in Kullback-Leibler divergence) among those with the marginals asked for, by weighting one variable
at a time; the fitted distribution differs from the given one by one weight a state of each variable
(Deming and Stephan 1940, Annals of Mathematical Statistics 11:427; Csiszar 1975, Annals of
Probability 3:146; for networks: Valtorta, Kim and Vomlel 2002, IJAR 29:71).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np

from cmocnet.engine.indicators import FAR, Indicators, logarithms
from cmocnet.engine.single import Single
from cmocnet.errors import EvidenceError
from cmocnet.typing import Array, Evidence

TOLERANCE = 1e-13
SWEEPS = 20_000
"""Sweeps over the marginals at most; a hundredth of them where each is a run of the network."""

MET = 1e-10
"""A marginal this near is met; fitting goes on to ``TOLERANCE`` while it makes progress."""

JOINT_STATES = 20_000
"""Up to so many joint states the variables' own joint distribution is fitted, not the network."""

SUM_TOLERANCE = 1e-6

Logs = Sequence[Array]
"""The logarithms of the weights of each variable's states."""


def fitted(program: Single, evidence: Evidence, indicators: Indicators) -> Indicators:
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
    keep, targets = tuple(wanted), [*wanted.values()]

    def tilted(logs: Logs) -> Indicators:
        return indicators.tilted(dict(zip(keep, logs, strict=True)))

    tiny = False
    if prod(map(len, targets)) <= JOINT_STATES:
        start = np.array(program.shares(keep, evidence, indicators)).reshape([*map(len, targets)])
        logs, worst = fit_joint(start, targets)
        tiny = bool(((start > 0) & (start < FAR)).any())
    else:
        logs, worst = _fit(
            lambda i, logs: logarithms(
                np.array(program.shares((keep[i],), evidence, tilted(logs)))
            ),
            targets,
        )
    if worst == np.inf or tiny:  # what is too small for doubles is not impossible yet
        logs, worst = _fit(lambda i, logs: program.log_shares((keep[i],), tilted(logs)), targets)
    if worst > MET:
        raise _unmet(program, evidence, indicators)
    return tilted(logs)


def fit_joint(start: Array, wanted: Sequence[Array]) -> tuple[Logs, float]:
    """Logarithms of weights for the last axes of ``start`` that give it the marginals, and the
    largest miss left.

    Axes before those are so many joints, each fitted for itself; their weights have them too.

    >>> start = np.array([[0.1, 0.4], [0.3, 0.2]])
    >>> logs, miss = fit_joint(start, [np.array([0.5, 0.5])] * 2)
    >>> weighed(start, logs).sum(axis=0).round(6), miss < 1e-12
    (array([0.5, 0.5]), True)
    """
    axes = range(-len(wanted), 0)

    def have(i: int, logs: Logs) -> Array:
        return logarithms(weighed(start, logs).sum(axis=tuple(a for a in axes if a != axes[i])))

    return _fit(have, wanted, sweeps=SWEEPS)


def weighed(joint: Array, logs: Logs) -> Array:
    """The joint times one weight a state of each of its last axes, made to sum to 1 over these."""
    n = len(logs)
    for i, weights in enumerate(logs):
        shape = (*weights.shape[:-1], *[1] * i, -1, *[1] * (n - 1 - i))
        joint = joint * np.exp(weights).reshape(shape)
    total = joint.sum(axis=tuple(range(-n, 0)), keepdims=True)
    return np.asarray(joint / np.where(total > 0.0, total, 1.0))


def _fit(
    have: Callable[[int, Logs], Array], wanted: Sequence[Array], *, sweeps: int = SWEEPS // 100
) -> tuple[Logs, float]:
    """Weigh one variable after the other until each has its marginal, and the largest miss left.

    ``have`` says the logarithms of the shares that a variable has under weights; the miss is
    infinite where a state wanted has none.
    """
    logs = [np.zeros(len(want)) for want in wanted]
    worst = np.inf
    for sweep in range(sweeps):
        before, worst = worst, 0.0
        for i, want in enumerate(wanted):
            now, some = have(i, logs), want > 0
            if np.any(now[..., some] == -np.inf):
                return logs, np.inf
            worst = max(worst, float(np.abs(np.exp(now) - want).max()))
            more = np.full(now.shape, -np.inf)
            more[..., some] = np.log(want[some]) - now[..., some]
            more = logs[i] + more
            logs[i] = more - more.max(axis=-1, keepdims=True)
        if worst <= TOLERANCE or (worst <= MET and worst >= before and sweep > sweeps // 200):
            break
    return logs, worst


def _unmet(program: Single, evidence: Evidence, indicators: Indicators) -> EvidenceError:
    """The error that names the marginals, or the one of them, that cannot be met."""
    items = Evidence(marginal=evidence.marginal).items()
    for (name, numbers), item in zip(evidence.marginal.items(), items, strict=True):
        have = program.log_shares((program.codebook.variable(name),), indicators)
        states = program.network.states[name]
        lost = [s for s, w, h in zip(states, numbers, have, strict=True) if w > 0 and h == -np.inf]
        if lost:
            others = Evidence(evidence.observed, evidence.likelihood, {}, evidence.do).items()
            given = f" given {', '.join(others)}" if others else ""
            return EvidenceError(
                f"cannot meet {item}: {', '.join(lost)} is impossible{given}", where=name
            )
    return EvidenceError(f"cannot meet together: {', '.join(items)}")
