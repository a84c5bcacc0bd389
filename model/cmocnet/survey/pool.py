"""Several experts' distributions of one quantity -> one, and how far they were apart.

The linear pool is the weighted mean of the experts' distribution functions; it keeps every expert's
opinion alive, so it widens where they disagree. The logarithmic pool is the normalised weighted
geometric mean of their densities; it rewards agreement and stays narrow. Both: Clemen and Winkler
1999, Risk Analysis 19:187; O'Hagan et al. 2006, Uncertain Judgements, chapter 9.

A logarithmic pool of Betas is a Beta, one of log-normals a log-normal: exact. A linear pool is
neither. It is replaced by the one with its mean and variance (a weight's on the log scale), and
``gap`` says how far the two distribution functions are apart at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import brentq

from cmocnet.errors import CmocnetError
from cmocnet.survey.fit import PERCENTILES, Distribution, from_moments
from cmocnet.typing import Array

How = Literal["linear", "log"]


@dataclass(frozen=True)
class Pooled:
    """What several experts come to.

    distribution
        one Beta or log-normal
    quantiles
        5th, 50th and 95th percentile of the pool itself, before it is replaced by that one
    gap
        largest difference between the two distribution functions; 0 for a logarithmic pool
    disagreement
        share of the linear pool's variance that lies between the experts: 0 if they say the
        same, towards 1 if they differ by far more than each is unsure
    apart
        whether the 90 per cent intervals of two of them do not even touch
    """

    distribution: Distribution
    quantiles: tuple[float, float, float]
    gap: float
    disagreement: float
    apart: bool


def shares(weights: Sequence[float] | None, experts: int) -> Array:
    """Weights of experts, None for equal ones, scaled to sum to one.

    Raises
    ------
    CmocnetError
        Not one weight an expert, one negative or not a number, or they sum to nothing.

    >>> shares([2, 1, 1], 3), shares(None, 2)
    (array([0.5 , 0.25, 0.25]), array([0.5, 0.5]))
    """
    w = np.asarray([1.0] * experts if weights is None else weights, dtype=np.float64)
    if w.shape != (experts,):
        what, expected = f"{w.size} weights for {experts} experts", "one a file"
    elif not (np.all(np.isfinite(w)) and np.all(w >= 0)):
        what, expected = "a weight is negative or no number", "0 or more"
    elif w.sum() <= 0:
        what, expected = "the weights sum to nothing", "one above 0"
    else:
        return np.asarray(w / w.sum())
    raise CmocnetError(what, where="weights", expected=expected)


def pool(
    experts: Sequence[Distribution], weights: Sequence[float] | None = None, how: How = "linear"
) -> Pooled:
    """One distribution for what several experts believe.

    Parameters
    ----------
    experts
        At least one, all of one kind.
    weights
        One an expert, only ratios count; None for equal ones.
    how
        ``linear`` or ``log``.

    Raises
    ------
    CmocnetError
        As :func:`shares`, or an unknown pool.

    >>> a, b = Distribution("probability", 0.3, 20), Distribution("probability", 0.7, 20)
    >>> pool([a, b]).distribution
    Distribution(kind='probability', value=0.5, spread=4.0)
    >>> pool([a, b], how="log").distribution
    Distribution(kind='probability', value=0.5, spread=20.0)
    """
    if how not in ("linear", "log"):
        raise CmocnetError(f"no pool {how!r}", expected="linear or log")
    w = shares(weights, len(experts))
    means, variances = np.array([d.moments for d in experts]).T
    mean = float(w @ means)
    between = float(w @ (means - mean) ** 2)
    within = float(w @ variances)
    heard = [d for d, share in zip(experts, w, strict=True) if share > 0]
    apart = max(d.quantile(0.05) for d in heard) > min(d.quantile(0.95) for d in heard)
    if how == "log" or len(heard) == 1:
        one = _logarithmic(experts, w) if how == "log" else heard[0]
        low, central, high = (one.quantile(p) for p in PERCENTILES)
        gap = 0.0
    else:
        one = _simplest(from_moments(experts[0].kind, mean, within + between))
        low, central, high = (_quantile(experts, w, p) for p in PERCENTILES)
        gap = _gap(experts, w, one)
    return Pooled(one, (low, central, high), gap, between / (between + within), apart)


def _logarithmic(experts: Sequence[Distribution], w: Array) -> Distribution:
    """Betas: shapes averaged. Log-normals: precisions averaged, means weighted by precision."""
    first, second = np.array([d.shape for d in experts]).T
    if experts[0].kind == "probability":
        alpha, beta = float(w @ first), float(w @ second)
        return _simplest(Distribution("probability", alpha / (alpha + beta), alpha + beta))
    precision = w / second**2
    mean = float(precision @ first / precision.sum())
    return Distribution("weight", float(np.exp(mean)), float(1.0 / np.sqrt(precision.sum())))


def _simplest(found: Distribution) -> Distribution:
    """Without the last digits' noise."""
    return Distribution(found.kind, round(found.value, 12), round(found.spread, 9))


def _quantile(experts: Sequence[Distribution], w: Array, p: float) -> float:
    """The linear pool's own quantile; it lies between the experts' smallest and largest."""
    ends = [float(d.quantiles(p)) for d, share in zip(experts, w, strict=True) if share > 0]
    low, high = min(ends), max(ends)
    if high <= low:
        return low

    def over(x: float) -> float:
        return float(w @ [float(d.cdf(x)) for d in experts]) - p

    at_ends = over(low), over(high)
    if at_ends[0] >= 0 or at_ends[1] <= 0:
        return low if abs(at_ends[0]) < abs(at_ends[1]) else high
    return float(brentq(over, low, high, xtol=1e-15))


def _gap(experts: Sequence[Distribution], w: Array, one: Distribution) -> float:
    """The largest difference between the pool's distribution function and its replacement's."""
    grid = np.linspace(0.002, 0.998, 250)
    x = np.unique([d.quantiles(grid) for d in (*experts, one)])
    pooled = np.tensordot(w, [d.cdf(x) for d in experts], axes=1)
    return float(np.max(np.abs(pooled - one.cdf(x))))
