"""Ranked nodes against scipy's truncated normal, against quadrature, and by their symmetries.

No table printed in the publications is checked here: every expected number is an independent
calculation from the published definitions.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from cmocnet.elicitation.ranked import Function, central, ranked
from cmocnet.errors import ModelError

FUNCTIONS = get_args(Function)
TWO, THREE = np.array([0.0, 1.0]), np.array([0.0, 0.5, 1.0])


def by_hand(x: tuple[float, ...], w: tuple[float, ...], function: Function) -> float:
    """Fenton, Neil and Caballero's definitions, written out for one point."""
    if function == "mixminmax":
        return (w[0] * min(x) + w[1] * max(x)) / (w[0] + w[1])
    if function == "wmean":
        return sum(a * b for a, b in zip(w, x, strict=True)) / sum(w)
    m = len(x)
    each = [(w[i] * x[i] + sum(x[:i] + x[i + 1 :])) / (w[i] + m - 1) for i in range(m)]
    return min(each) if function == "wmin" else max(each)


def weights_for(function: Function) -> tuple[float, ...]:
    return (3.0, 1.0) if function == "mixminmax" else (3.0, 1.0, 2.0)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_as_defined(function: Function) -> None:
    x, w = (0.9, 0.2, 0.35), weights_for(function)
    assert central(x, w, function) == pytest.approx(by_hand(x, w, function), abs=1e-15)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_row_is_an_average_of_truncated_normals(function: Function) -> None:
    """Independent calculation: scipy.stats.truncnorm at each combination of sample points."""
    variance, n, samples, w = 0.02, 4, 3, weights_for(function)
    sigma = np.sqrt(variance)
    table = ranked([THREE, TWO, TWO[::-1]], w, variance, n, function, samples=samples)
    assert table.shape == (3, 2, 2, 4)
    for place in ((0, 0, 0), (2, 1, 0), (1, 0, 1)):
        middle = (place[0], place[1], 1 - place[2])
        spread = [
            [(k + (s + 0.5) / samples) / card for s in range(samples)]
            for k, card in zip(middle, (3, 2, 2), strict=True)
        ]
        rows = []
        for x in product(*spread):
            mu = by_hand(x, w, function)
            child = stats.truncnorm(-mu / sigma, (1 - mu) / sigma, mu, sigma)
            rows.append(np.diff(child.cdf(np.arange(n + 1) / n)))
        np.testing.assert_allclose(table[place], np.mean(rows, axis=0), atol=1e-12)


def test_more_sample_points_approach_the_integral_over_the_interval() -> None:
    """Independent calculation: quadrature over the parent's uniform spread within its state."""
    sigma = 0.1

    def below(x: float) -> float:
        return float(stats.truncnorm(-x / sigma, (1 - x) / sigma, x, sigma).cdf(0.5))

    exact = 3 * integrate.quad(below, 0, 1 / 3, epsabs=1e-12)[0]
    misses = [
        abs(ranked([THREE], [1], sigma**2, 2, samples=s)[0, 0] - exact) for s in (1, 5, 25, 125)
    ]
    assert misses[1] < 1e-3
    for coarse, fine in pairwise(misses[1:]):  # the midpoint rule is of second order
        assert fine == pytest.approx(coarse / 25, rel=0.05)


@given(st.integers(0, 2**32 - 1), st.sampled_from(FUNCTIONS), st.integers(2, 5))
def test_rows_are_distributions_that_rise_with_every_parent(
    seed: int, function: Function, n: int
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.1, 5.0, 2)
    table = ranked([THREE, TWO], weights, rng.uniform(1e-3, 0.5), n, function)
    assert np.all(table >= 0)
    np.testing.assert_allclose(table.sum(axis=-1), 1.0, rtol=0, atol=1e-15)
    below = np.cumsum(table, axis=-1)
    for axis in range(2):
        assert np.all(np.diff(below, axis=axis) <= 1e-12)


@given(st.integers(0, 2**32 - 1))
def test_turned_upside_down_the_minimum_is_the_maximum(seed: int) -> None:
    """Mirrored parents give the mirrored child, with minimum and maximum changing places."""
    rng = np.random.default_rng(seed)
    w, variance = rng.uniform(0.2, 5.0, 2), rng.uniform(1e-3, 0.3)
    mirrored: dict[Function, tuple[Function, np.ndarray]] = {
        "wmean": ("wmean", w),
        "wmin": ("wmax", w),
        "mixminmax": ("mixminmax", w[::-1]),
    }
    for function, (other, weights) in mirrored.items():
        table = ranked([THREE, TWO], w, variance, 4, function)
        turned = ranked([1 - THREE, 1 - TWO], weights, variance, 4, other)
        np.testing.assert_allclose(turned[..., ::-1], table, atol=1e-12)


def test_turned_scores_turn_the_parent() -> None:
    plain = ranked([THREE, TWO], [2, 1], 0.05, 3)
    np.testing.assert_allclose(ranked([1 - THREE, TWO], [2, 1], 0.05, 3), plain[::-1], atol=1e-15)


@pytest.mark.parametrize("function", ["wmean", "mixminmax"])
def test_only_ratios_of_weights_matter(function: Function) -> None:
    w = np.array([2.0, 0.7])
    table = ranked([THREE, TWO], w, 0.05, 3, function)
    np.testing.assert_allclose(ranked([THREE, TWO], 40 * w, 0.05, 3, function), table, atol=1e-14)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_draws_together_equal_draws_one_by_one(function: Function) -> None:
    rng = np.random.default_rng(11)
    weights, variance = rng.uniform(0.2, 4.0, (5, 2)), rng.uniform(0.01, 0.2, 5)
    together = ranked([THREE, TWO], weights, variance, 3, function)
    assert together.shape == (5, 3, 2, 3)
    for d in range(5):
        one = ranked([THREE, TWO], weights[d], variance[d], 3, function)
        np.testing.assert_allclose(together[d], one, rtol=0, atol=1e-15)
    drawn = ranked([THREE, TWO], weights[0], variance, 3, function)
    np.testing.assert_allclose(drawn[0], together[0], rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ranked([], [], 0.1, 3),
        lambda: ranked([[0, 1.5]], [1], 0.1, 3),
        lambda: ranked([TWO], [1, 1], 0.1, 3),
        lambda: ranked([TWO, TWO], [1, -1], 0.1, 3),
        lambda: ranked([TWO, TWO], [0, 0], 0.1, 3),
        lambda: ranked([TWO], [1], 0.0, 3),
        lambda: ranked([TWO], [1], 0.1, 1),
        lambda: ranked([TWO], [1], 0.1, 3, samples=0),
        lambda: ranked([TWO], [1], 0.1, 3, "median"),  # type: ignore[arg-type]
    ],
)
def test_impossible_judgements_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ModelError):
        wrong()
