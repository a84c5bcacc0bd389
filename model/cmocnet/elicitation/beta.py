"""Rows of a table as a Beta distribution cut into equal bins, and back again.

An ordered variable with ``n`` states is read as a number in [0, 1] whose n equal bins are the
states, lowest first (Mascaro and Woodberry 2022, Risk Analysis 42:1179; Barons, Mascaro and Hanea
2022, Risk Analysis 42:1196). A Beta is named either by (alpha, beta) or by its mean and its
concentration nu = alpha + beta, so alpha = mean * nu and beta = (1 - mean) * nu.

**Two states are the exception, by convention**: their row is (1 - mean, mean), not two bin masses.
With scores 0 and 1, a two-state variable's expected score is its probability of the upper state, so
a mean that was asked for as "in how many of 100?" goes into the table as it was given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cmocnet.errors import ModelError
from cmocnet.forks import remembered
from cmocnet.typing import Array

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

_BLOCK = 8192  # rows worked on at once, so that every temporary stays in the processor's cache
_CELLS = 200.0  # cells of the interpolant per unit of sqrt(concentration)
_KEPT = 2**24  # bytes of coefficients remembered; one curve of three states takes up to 180,000


def masses(alpha: ArrayLike, beta: ArrayLike, n: int) -> Array:
    """What the ``n`` states get from Beta(alpha, beta): its masses on n equal bins of [0, 1].

    Parameters
    ----------
    alpha, beta
        Non-negative and not both zero, of shapes that broadcast to (...,). A zero stands for its
        limit: everything on the lowest state if ``alpha`` is zero, on the highest if ``beta`` is.
    n
        Number of states, at least 2; with 2 the row is (1 - mean, mean), see the module.

    Returns
    -------
        Probabilities of shape (..., n), lowest state first; each row sums to one.

    Raises
    ------
    ModelError
        If a parameter is negative or not a number, or n is below 2.

    >>> masses(1, 1, 4)
    array([0.25, 0.25, 0.25, 0.25])
    >>> masses(2, 1, 3).round(4)
    array([0.1111, 0.3333, 0.5556])
    >>> masses(1, 3, 2)
    array([0.75, 0.25])
    """
    _require_states(n)
    a, b = np.broadcast_arrays(np.asarray(alpha, float), np.asarray(beta, float))
    if not (np.all(a >= 0) and np.all(b >= 0) and np.all(a + b > 0)):
        raise ModelError("Beta parameters must be at least zero, and not both zero")
    if n == 2:
        mean = a / (a + b)
        return np.stack([1.0 - mean, mean], axis=-1)
    edges = np.arange(1, n) / n
    inside = np.where((a > 0) & (b > 0), 1.0, np.nan)[..., None]
    # Imported where it is used: an answer from tables built before needs no scipy.
    from scipy.special import betainc

    cdf = betainc(a[..., None] * inside, b[..., None] * inside, edges)
    limit = np.where(a == 0, 1.0, 0.0)[..., None]
    cdf = np.where(np.isnan(inside), limit, cdf)
    return np.diff(cdf, axis=-1, prepend=0.0, append=1.0)


def bin_masses(mean: ArrayLike, concentration: ArrayLike, n: int) -> Array:
    """What the ``n`` states get from the Beta with this mean and concentration, exactly.

    Parameters
    ----------
    mean
        In [0, 1], shape (...,).
    concentration
        nu = alpha + beta, positive, of a shape that broadcasts with ``mean``; 2 at mean 0.5 is the
        uniform distribution, more is narrower. Plays no part if n is 2.
    n
        Number of states, at least 2.

    Returns
    -------
        Probabilities of shape (..., n); each row sums to one. For many means at one concentration
        :class:`Curve` gives the same in a hundredth of the time.

    Raises
    ------
    ModelError
        If a mean lies outside [0, 1], a concentration is not positive, or n is below 2.

    >>> bin_masses(0.5, 2, 4)
    array([0.25, 0.25, 0.25, 0.25])
    >>> bin_masses([0.2, 0.7], 10, 2)
    array([[0.8, 0.2],
           [0.3, 0.7]])
    """
    m, nu = np.asarray(mean, float), np.asarray(concentration, float)
    _require_unit(m)
    if not np.all(nu > 0):
        raise ModelError("a concentration must be positive")
    return masses(m * nu, (1.0 - m) * nu, n)


@dataclass(frozen=True)
class Curve:
    """:func:`bin_masses` at one concentration, as a function of the mean that is cheap to call.

    With the concentration fixed, the probability of lying below a bin's edge is an entire function
    of the mean. It is kept as a cubic on each of a few hundred cells (interpolating at the cell's
    four Gauss-Lobatto points), which stays within 1e-10 of ``scipy.special.betainc`` everywhere.
    The cubics of the last few (concentration, n) are remembered and shared.

    >>> curve = Curve(8.0, 3)
    >>> curve(0.5).round(4)
    array([0.1733, 0.6534, 0.1733])
    >>> curve([[0.1, 0.2], [0.3, 0.4]]).shape
    (2, 2, 3)
    """

    concentration: float
    n: int

    def __post_init__(self) -> None:
        _require_states(self.n)
        if not 0 < self.concentration < np.inf:
            raise ModelError("a concentration must be positive and finite")

    def __call__(self, mean: ArrayLike) -> Array:
        """Probabilities of shape (..., n) for means in [0, 1] of shape (...,)."""
        m = np.asarray(mean, float)
        _require_unit(m)
        rows = np.empty((m.size, self.n))
        flat = m.reshape(-1)
        if self.n == 2:
            np.subtract(1.0, flat, out=rows[:, 0])
            rows[:, 1] = flat
        else:
            cubics = _cubics(self.concentration, self.n)
            for start in range(0, m.size, _BLOCK):
                _fill(rows[start : start + _BLOCK], flat[start : start + _BLOCK], cubics)
        return rows.reshape(*m.shape, self.n)


def fit_row(row: ArrayLike) -> tuple[float, float]:
    """The (alpha, beta) whose bin masses are nearest, by squared distance, to an elicited row.

    Three states leave nothing over: a row of positive probabilities is met exactly (to rounding)
    unless it asks for parameters outside [1e-4, 1e6]. With more states the fit is the nearest Beta.
    Two states fix only the mean; the concentration is then 2, that of the uniform distribution.

    Parameters
    ----------
    row
        Probabilities of the states, lowest first, shape (n,), summing to one.

    Raises
    ------
    ModelError
        If the row is not a distribution over at least two states.

    >>> alpha, beta = fit_row([0.1, 0.3, 0.6])
    >>> masses(alpha, beta, 3).round(6)
    array([0.1, 0.3, 0.6])
    """
    p = np.asarray(row, float)
    if p.ndim != 1 or not (np.all(p >= 0) and abs(p.sum() - 1.0) <= 1e-6):
        raise ModelError("a row must hold non-negative probabilities that sum to one")
    n = p.size
    _require_states(n)
    if n == 2:
        return float(2.0 * p[1]), float(2.0 * p[0])

    start = _matched_moments(p)
    if n == 3 and p.min() > 0:  # two equations for two unknowns, far better scaled in logarithms
        start = _least(lambda m: np.log((m + 1e-300) / p)[::2], n, start).x
    fits = [_least(lambda m: m - p, n, logs) for logs in (start, np.zeros(2))]
    alpha, beta = np.exp(min(fits, key=lambda fit: float(fit.cost)).x)
    return float(alpha), float(beta)


def _least(miss: Callable[[Array], Array], n: int, start: Array) -> OptimizeResult:
    """The log(alpha), log(beta) whose masses miss least, searched from ``start``."""

    def gap(logs: Array) -> Array:
        alpha, beta = np.exp(logs)
        return miss(masses(alpha, beta, n))

    eps, limits = 1e-12, (np.log(1e-4), np.log(1e6))
    # Imported here: it takes longer to load than everything else the package needs.
    from scipy.optimize import least_squares

    return least_squares(gap, start, "3-point", limits, xtol=eps, ftol=eps, gtol=eps)


def _matched_moments(p: Array) -> Array:
    """log(alpha), log(beta) with the mean and variance of ``p`` spread evenly within its bins."""
    n = p.size
    middle = (np.arange(n) + 0.5) / n
    mean = float(p @ middle)
    variance = float(p @ (middle - mean) ** 2) + 1.0 / (12.0 * n * n)
    nu = max(mean * (1.0 - mean) / variance - 1.0, 0.1)
    return np.asarray(np.log([mean * nu, (1.0 - mean) * nu]), dtype=np.float64)


@remembered(count=256, most=_KEPT, size=lambda found: found.nbytes)
def _cubics(concentration: float, n: int) -> NDArray[np.float64]:
    """Coefficients by falling power, shape (n - 1, 4, cells + 1), of each edge's CDF on each cell.

    The local coordinate runs from 0 to 1 within a cell; the extra cell holds mean = 1.
    """
    cells = max(256, ceil(_CELLS * sqrt(concentration)))
    node = np.array([0.0, 0.5 - 0.5 / sqrt(5.0), 0.5 + 0.5 / sqrt(5.0), 1.0])
    mean = (np.arange(cells)[:, None] + node) / cells
    below = np.cumsum(bin_masses(mean, concentration, n), axis=-1)[..., :-1]
    coefficients = np.linalg.solve(np.vander(node), below.transpose(2, 1, 0).copy())
    return np.pad(coefficients, ((0, 0), (0, 0), (0, 1)))


def _fill(rows: Array, mean: Array, cubics: NDArray[np.float64]) -> None:
    """Write the masses at ``mean``, shape (r,), into ``rows``, shape (r, n)."""
    local = mean * (cubics.shape[-1] - 1)
    cell = local.astype(np.intp)
    local -= cell
    below: Array | float = 0.0
    for k, (cubic, square, linear, constant) in enumerate(cubics):
        cdf = cubic.take(cell, mode="clip")
        for coefficient in (square, linear, constant):
            cdf *= local
            cdf += coefficient.take(cell, mode="clip")
        # No mass may come out negative, not even by the interpolant's last digits.
        np.maximum(cdf, below, out=cdf)
        np.minimum(cdf, 1.0, out=cdf)
        np.subtract(cdf, below, out=rows[:, k])
        below = cdf
    np.subtract(1.0, below, out=rows[:, -1])


def _require_states(n: int) -> None:
    if n < 2:
        raise ModelError(f"a variable has at least two states, not {n}")


def _require_unit(mean: Array) -> None:
    if mean.size and not (mean.min() >= 0.0 and mean.max() <= 1.0):
        raise ModelError("a mean score lies in [0, 1]")
