"""Fitting against SHELF's published numbers, against scipy's optimiser, and pooling's own laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares
from scipy.special import betainc, ndtr

from cmocnet.errors import CmocnetError
from cmocnet.survey.fit import PERCENTILES, Distribution, fit, from_moments, misses
from cmocnet.survey.pool import pool, shares

QUARTILES = (0.25, 0.5, 0.75)
inner = st.floats(0.01, 0.99)
betas = st.builds(Distribution, st.just("probability"), inner, st.floats(2.0, 200.0)).filter(
    lambda d: min(d.shape) > 0.5  # a steeper end has quantiles that no double resolves
)
weights = st.builds(Distribution, st.just("weight"), st.floats(0.2, 20.0), st.floats(0.1, 1.5))


def _fitted(kind: str, values: object, percentiles: object = PERCENTILES) -> Distribution:
    value, spread = fit(kind, values, percentiles=percentiles)
    return Distribution(kind, float(value), float(spread))


def test_shelf_beta() -> None:
    """SHELF's overview vignette of 29 June 2016 (OakleyJ/SHELF, vignettes/SHELF-overview.html):
    quartiles 25, 30, 40 on [0, 100]; its feedback table's column Beta, to three digits."""
    one = _fitted("probability", (0.25, 0.3, 0.4), QUARTILES)
    assert [float(f"{100 * one.quantile(p):.3g}") for p in (0.05, 0.95)] == [15.2, 51.2]
    assert one.cdf([0.25, 0.3, 0.4]).round(3).tolist() == [0.283, 0.456, 0.77]


def test_shelf_log_normal() -> None:
    """The same table's column Log normal."""
    one = _fitted("weight", (25.0, 30.0, 40.0), QUARTILES)
    assert [float(f"{one.quantile(p):.3g}") for p in (0.05, 0.95)] == [17.3, 55.3]
    assert one.cdf([25, 30, 40]).round(3).tolist() == [0.274, 0.466, 0.767]


def test_shelf_recovers_what_it_was_given() -> None:
    """SHELF's own tests (tests/testthat/test-fitting.R) recover Beta(5, 20) and log-normal(log 30,
    0.5) from their cumulative probabilities, to three digits."""
    x = np.array([0.16, 0.2, 0.28])
    one = _fitted("probability", x, betainc(5, 20, x))
    assert one.shape == pytest.approx((5, 20), rel=1e-3)
    y = np.array([22.0, 30.0, 42.0])
    two = _fitted("weight", y, ndtr((np.log(y) - np.log(30)) / 0.5))
    assert two.shape == pytest.approx((np.log(30), 0.5), rel=1e-3)


@given(st.lists(inner, min_size=3, max_size=3, unique=True))
@settings(max_examples=60, deadline=None)
def test_no_worse_than_scipy(values: list[float]) -> None:
    """An independent calculation: scipy's trust-region search from several starts."""
    x, p = np.array(sorted(values)), np.array(PERCENTILES)
    gaps = np.diff(x)
    if gaps.min() < 0.01 or gaps.max() > 20 * gaps.min():  # so lopsided that several optima exist
        return
    value, spread = fit("probability", x)
    mine = np.sum((betainc(value * spread, (1 - value) * spread, x) - p) ** 2)
    bounds = (np.log(1e-2), np.log(1e6))
    starts = ([1.0, 1.0], [-1.0, -1.0], [3.0, 3.0])
    best = min(
        2 * least_squares(lambda t: betainc(*np.exp(t), x) - p, s, bounds=bounds).cost
        for s in starts
    )
    assert mine <= best + 1e-6


@given(st.one_of(betas, weights))
@settings(max_examples=60, deadline=None)
def test_exact_percentiles_are_recovered(one: Distribution) -> None:
    said = one.quantiles(PERCENTILES)
    if one.kind == "probability" and (said.min() < 1e-5 or said.max() > 1 - 1e-5):
        return
    again = _fitted(one.kind, said)
    assert again.value == pytest.approx(one.value, rel=1e-3)
    assert again.spread == pytest.approx(one.spread, rel=1e-2)
    assert not misses(again, said)


def test_many_at_once_as_one_by_one() -> None:
    rows = np.sort(np.random.default_rng(0).uniform(0.01, 0.99, (20, 3)), axis=-1)
    together = fit("probability", rows)
    for i, row in enumerate(rows):
        alone = fit("probability", row)
        assert [float(v[i]) for v in together] == pytest.approx([float(v) for v in alone], rel=1e-5)


def test_a_lopsided_answer_is_reported() -> None:
    said = (0.75, 0.85, 0.999)
    (missed,) = misses(_fitted("probability", said), said)
    assert missed.name == "high"
    assert missed.fitted < missed.said


@pytest.mark.parametrize("values", [(0.5, 0.4, 0.6), (-0.1, 0.4, 0.6), (0.1, 0.4, 1.6)])
def test_values_that_cannot_be_fitted(values: tuple[float, ...]) -> None:
    with pytest.raises(CmocnetError, match="ascend"):
        fit("probability", values)


# --- pools --------------------------------------------------------------------------------------


@given(
    st.one_of(st.lists(betas, min_size=2, max_size=4), st.lists(weights, min_size=2, max_size=4))
)
@settings(max_examples=60, deadline=None)
def test_linear_pool_keeps_mean_and_adds_disagreement(experts: list[Distribution]) -> None:
    """Mean: the experts' average. Variance: theirs on average, and that between them."""
    means, variances = np.array([d.moments for d in experts]).T
    found = pool(experts)
    mean, variance = found.distribution.moments
    assert mean == pytest.approx(means.mean(), rel=1e-6, abs=1e-9)
    assert variance == pytest.approx(variances.mean() + means.var(), rel=1e-5)
    assert variance >= variances.mean() * (1 - 1e-6)
    assert 0 <= found.disagreement <= 1
    for p, q in zip(PERCENTILES, found.quantiles, strict=True):
        assert np.mean([d.cdf(q) for d in experts]) == pytest.approx(p, abs=1e-6)


def test_linear_widens_and_log_does_not() -> None:
    near = [Distribution("probability", m, 40.0) for m in (0.48, 0.52)]
    apart = [Distribution("probability", m, 40.0) for m in (0.2, 0.8)]
    width = {
        (how, name): np.ptp(pool(experts, how=how).quantiles)
        for how in ("linear", "log")
        for name, experts in (("near", near), ("apart", apart))
    }
    assert width["linear", "apart"] > 2 * width["linear", "near"]
    assert width["log", "apart"] == pytest.approx(width["log", "near"], rel=0.05)
    assert not pool(near).apart
    assert pool(apart).apart


@given(st.lists(betas, min_size=2, max_size=3), st.floats(0.05, 0.95))
@settings(max_examples=40, deadline=None)
def test_log_pool_is_the_geometric_mean_of_densities(experts: list[Distribution], x: float) -> None:
    """By its definition: log density differs from the average log density by a constant."""
    from scipy.stats import beta

    pooled = beta(*pool(experts, how="log").distribution.shape)

    def gap(at: float) -> float:
        return pooled.logpdf(at) - np.mean([beta(*d.shape).logpdf(at) for d in experts])

    assert gap(x) == pytest.approx(gap(0.5), abs=1e-5)


def test_log_pool_of_log_normals() -> None:
    """Clemen and Winkler 1999: precisions average, means weigh by precision."""
    a, b = Distribution("weight", 1.0, 0.5), Distribution("weight", 4.0, 1.0)
    one = pool([a, b], how="log").distribution
    assert one.spread == pytest.approx((0.5 * 4 + 0.5 * 1) ** -0.5)
    assert np.log(one.value) == pytest.approx(0.5 * 1 * np.log(4.0) / 2.5)


def test_one_expert_is_taken_at_their_word() -> None:
    one = Distribution("weight", 3.0, 0.4)
    assert pool([one]).distribution == one
    assert pool([one, Distribution("weight", 9.0, 0.1)], [1, 0]).distribution == one


@pytest.mark.parametrize(
    ("weights", "experts"), [([0, 0], 2), ([1], 2), ([1, -1], 2), ([1, float("nan")], 2)]
)
def test_weights_that_do_not_do(weights: list[float], experts: int) -> None:
    with pytest.raises(CmocnetError, match="weights"):
        shares(weights, experts)


def test_moments_and_back() -> None:
    for one in (Distribution("probability", 0.3, 7.0), Distribution("weight", 3.0, 0.4)):
        again = from_moments(one.kind, *one.moments)
        assert (again.value, again.spread) == pytest.approx((one.value, one.spread))


@pytest.mark.parametrize("certain", [0.0, 1.0])
def test_what_is_certain_has_one_quantile(certain: float) -> None:
    """As a judgement of exactly 0 or 1 has: one rule for what is believed, whoever believes it."""
    held = Distribution("probability", certain, 12.0)
    assert held.quantiles([0.05, 0.5, 0.95]).tolist() == [certain] * 3


def test_an_expert_of_no_weight_is_not_heard() -> None:
    from cmocnet.survey.fit import Distribution
    from cmocnet.survey.pool import pool

    one, far = Distribution("probability", 0.2, 20.0), Distribution("probability", 0.9, 20.0)
    alone, beside = pool([one]), pool([one, far], weights=[1.0, 0.0])
    assert beside.distribution == alone.distribution
    assert not beside.apart
