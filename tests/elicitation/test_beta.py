"""Bins of a Beta against scipy and closed forms; the interpolant against the exact function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import integrate, stats

from cmocnet.elicitation import beta as module
from cmocnet.elicitation.beta import Curve, bin_masses, fit_row, masses
from cmocnet.errors import ModelError

units = st.floats(0.0, 1.0)
states = st.integers(2, 7)
concentrations = st.floats(0.2, 500.0)


def test_closed_forms() -> None:
    """Beta(1, b) has the distribution function 1 - (1 - x)^b and Beta(2, 2) has x^2 (3 - 2x)."""
    np.testing.assert_allclose(masses(1, 3, 3), np.array([19, 7, 1]) / 27, atol=1e-15)
    np.testing.assert_allclose(masses(2, 2, 3), np.array([7, 13, 7]) / 27, atol=1e-15)


def test_masses_are_integrals_of_the_density() -> None:
    """Independent calculation: quadrature of scipy.stats' density over every bin."""
    alpha, beta, n = 3.7, 2.2, 4
    density = stats.beta(alpha, beta).pdf
    expected = [integrate.quad(density, k / n, (k + 1) / n, epsabs=1e-13)[0] for k in range(n)]
    np.testing.assert_allclose(masses(alpha, beta, n), expected, atol=1e-12)


def test_two_states_carry_the_mean_itself() -> None:
    """The convention: a two-state row is not two bin masses."""
    np.testing.assert_array_equal(bin_masses([0.0, 0.25, 1.0], 7.0, 2)[:, 1], [0.0, 0.25, 1.0])
    np.testing.assert_array_equal(Curve(7.0, 2)([0.0, 0.25, 1.0])[:, 1], [0.0, 0.25, 1.0])


def test_limits() -> None:
    for row in (masses(0, 2, 3), bin_masses(0.0, 5.0, 3), Curve(5.0, 3)(0.0)):
        np.testing.assert_allclose(row, [1, 0, 0], atol=1e-12)
    for row in (masses(2, 0, 3), bin_masses(1.0, 5.0, 3), Curve(5.0, 3)(1.0)):
        np.testing.assert_allclose(row, [0, 0, 1], atol=1e-12)


@pytest.mark.parametrize("n", [3, 4, 6])
@pytest.mark.parametrize("nu", [0.3, 1.0, 2.0, 6.0, 10.0, 25.0, 120.0, 1500.0])
def test_curve_is_within_1e10_of_the_exact_masses(nu: float, n: int) -> None:
    mean = np.concatenate([np.linspace(1e-3, 1 - 1e-3, 3001), np.linspace(0, 1e-3, 101)])
    np.testing.assert_allclose(Curve(nu, n)(mean), bin_masses(mean, nu, n), rtol=0, atol=1e-10)


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=units), states)
def test_rows_are_distributions_and_keep_the_leading_shape(mean: np.ndarray, n: int) -> None:
    for rows in (Curve(9.0, n)(mean), bin_masses(mean, 9.0, n)):
        assert rows.shape == (*mean.shape, n)
        assert np.all(rows >= 0)
        np.testing.assert_allclose(rows.sum(axis=-1), 1.0, rtol=0, atol=1e-15)


@given(concentrations, states, units, units)
def test_a_higher_mean_dominates_to_first_order(nu: float, n: int, a: float, b: float) -> None:
    low, high = sorted((a, b))
    for lower, higher in (Curve(nu, n)([low, high]), bin_masses([low, high], nu, n)):
        assert np.all(np.cumsum(higher) <= np.cumsum(lower) + 1e-10)


@given(concentrations, states, units)
def test_mirror_image(nu: float, n: int, mean: float) -> None:
    row, mirrored = bin_masses(mean, nu, n), bin_masses(1.0 - mean, nu, n)
    np.testing.assert_allclose(row, mirrored[::-1], atol=1e-9)


def test_more_rows_than_a_block_come_out_as_one_by_one() -> None:
    mean = np.random.default_rng(4).uniform(size=(3, 6001))
    curve = Curve(8.0, 4)
    together = curve(mean)
    for i, j in ((0, 0), (1, 2190), (1, 2191), (2, 6000)):
        np.testing.assert_array_equal(together[i, j], curve(mean[i, j]))


def test_means_may_be_strided() -> None:
    mean = np.linspace(0, 1, 24).reshape(4, 6).T[::2]
    np.testing.assert_allclose(Curve(5.0, 3)(mean), bin_masses(mean, 5.0, 3), atol=1e-10)


@settings(deadline=None)
@given(hnp.arrays(np.float64, 3, elements=st.floats(0.02, 1.0)))
def test_three_states_are_met_exactly(raw: np.ndarray) -> None:
    row = raw / raw.sum()
    np.testing.assert_allclose(masses(*fit_row(row), 3), row, atol=1e-8)


@settings(deadline=None, max_examples=50)
@given(st.floats(0.3, 30.0), st.floats(0.3, 30.0), st.integers(3, 6))
def test_a_fitted_row_comes_back(alpha: float, beta: float, n: int) -> None:
    row = masses(alpha, beta, n)
    np.testing.assert_allclose(masses(*fit_row(row), n), row, atol=1e-7)


def test_no_nearby_beta_fits_better() -> None:
    row = np.array([0.4, 0.1, 0.1, 0.3, 0.1])
    alpha, beta = fit_row(row)
    best = np.sum((masses(alpha, beta, 5) - row) ** 2)
    for factor in (0.9, 0.99, 1.01, 1.1):
        assert np.sum((masses(alpha * factor, beta, 5) - row) ** 2) > best
        assert np.sum((masses(alpha, beta * factor, 5) - row) ** 2) > best


def test_two_states_fit_the_mean_alone() -> None:
    assert fit_row([0.7, 0.3]) == pytest.approx((0.6, 1.4))
    np.testing.assert_array_equal(masses(*fit_row([1.0, 0.0]), 2), [1.0, 0.0])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: masses(-1, 2, 3),
        lambda: masses(0, 0, 3),
        lambda: masses(1, 1, 1),
        lambda: bin_masses(1.2, 5, 3),
        lambda: bin_masses(np.nan, 5, 3),
        lambda: bin_masses(0.5, 0, 3),
        lambda: Curve(0.0, 3),
        lambda: Curve(np.inf, 3),
        lambda: Curve(3.0, 1),
        lambda: Curve(3.0, 3)(-0.1),
        lambda: Curve(3.0, 3)([0.5, np.nan]),
        lambda: fit_row([0.5, 0.6]),
        lambda: fit_row([1.0]),
        lambda: fit_row([1.1, -0.1]),
    ],
)
def test_impossible_arguments_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ModelError):
        wrong()


def test_curves_of_many_concentrations_are_let_go() -> None:
    """One of many states takes megabytes: what all of them take is bounded, not how many."""
    for concentration in np.linspace(150.0, 200.0, 40):
        Curve(float(concentration), 12)(0.5)
    held = module._cubics.results.values()
    assert 0 < sum(found.nbytes for found in held) <= module._KEPT
