"""InterBeta against hand-worked rows and a row-by-row calculation with scipy.stats.

No table printed in the publications is checked here: the expected values are independent
calculations, closed forms of small Betas and plain loops over configurations.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from cmocnet.elicitation.beta import fit_row, masses
from cmocnet.elicitation.interbeta import index, interbeta, interbeta_mean
from cmocnet.errors import ModelError

SCORES = [np.array([0.0, 1.0]), np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.3, 0.0, 0.6])]
WEIGHTS = np.array([3.0, 1.0, 2.0])

cards = st.lists(st.integers(1, 4), min_size=1, max_size=4)


@st.composite
def judgements(draw: st.DrawFn) -> tuple[list[np.ndarray], np.ndarray]:
    """Scores and weights of one to four parents."""
    scores = [draw(hnp.arrays(np.float64, card, elements=st.floats(0, 1))) for card in draw(cards)]
    return scores, draw(hnp.arrays(np.float64, len(scores), elements=st.floats(0.1, 9.0)))


def test_hand_worked_rows() -> None:
    """Beta(1, 3) below, Beta(3, 1) above; halfway lies Beta(2, 2), with x^2 (3 - 2x) below x."""
    table = interbeta([[0, 1], [0, 1]], [1, 1], worst=(1, 3), best=(3, 1), n=3)
    np.testing.assert_allclose(table[0, 0], np.array([19, 7, 1]) / 27, atol=1e-15)
    np.testing.assert_allclose(table[0, 1], np.array([7, 13, 7]) / 27, atol=1e-15)
    np.testing.assert_allclose(table[1, 0], np.array([7, 13, 7]) / 27, atol=1e-15)
    np.testing.assert_allclose(table[1, 1], np.array([1, 7, 19]) / 27, atol=1e-15)


def test_every_row_by_itself() -> None:
    """Independent calculation: one configuration at a time, bins from scipy.stats."""
    worst, best = (1.5, 6.0), (9.0, 2.0)
    table = interbeta(SCORES, WEIGHTS, worst, best, n=5)
    for place in product(range(2), range(3), range(4)):
        score = [s[k] for s, k in zip(SCORES, place, strict=True)]
        t = np.average(score, weights=WEIGHTS)
        alpha, beta = (1 - t) * np.array(worst) + t * np.array(best)
        expected = np.diff(stats.beta(alpha, beta).cdf(np.arange(6) / 5))
        np.testing.assert_allclose(table[place], expected, atol=1e-13)


def test_elicited_rows_stand_where_they_were_elicited() -> None:
    low, middle, high = [0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]
    table = interbeta(
        [[0, 1], [0, 0.5, 1]],
        [2, 3],
        worst=fit_row(low),
        best=fit_row(high),
        n=3,
        anchors=[((1, 0), fit_row(middle))],
    )
    for place, row in {(0, 0): low, (1, 0): middle, (1, 2): high}.items():
        np.testing.assert_allclose(table[place], row, atol=1e-7)


def test_anchors_bend_the_line_piece_by_piece() -> None:
    """Two anchors: np.interp along the index is the independent calculation."""
    anchors = [((1, 1, 0), 0.75), ((0, 1, 1), 0.5)]
    t = index(SCORES, WEIGHTS)
    table = interbeta_mean(SCORES, WEIGHTS, 0.1, 0.8, 6.0, 2, anchors=anchors)
    knots = sorted([(0.0, 0.1), (1.0, 0.8), *((t[place], mean) for place, mean in anchors)])
    at, means = np.array(knots).T
    np.testing.assert_allclose(table[..., 1], np.interp(t, at, means), atol=1e-12)


def test_an_anchor_on_the_line_changes_nothing() -> None:
    place = (1, 0, 3)
    mean = 0.2 + 0.5 * index(SCORES, WEIGHTS)[place]
    plain = interbeta_mean(SCORES, WEIGHTS, 0.2, 0.7, 8.0, 4)
    anchored = interbeta_mean(SCORES, WEIGHTS, 0.2, 0.7, 8.0, 4, anchors=[(place, mean)])
    np.testing.assert_allclose(anchored, plain, atol=1e-10)


def test_common_concentration_is_the_general_form() -> None:
    nu = 7.0
    general = interbeta(SCORES, WEIGHTS, (0.2 * nu, 0.8 * nu), (0.9 * nu, 0.1 * nu), 4)
    special = interbeta_mean(SCORES, WEIGHTS, 0.2, 0.9, nu, 4)
    np.testing.assert_allclose(special, general, atol=1e-10)


def test_shifted_geometric_mean() -> None:
    """Independent calculation with scipy.stats.gmean; far shifted, it is the arithmetic mean."""
    place = (1, 1, 3)
    score = [s[k] for s, k in zip(SCORES, place, strict=True)]
    expected = stats.gmean(np.array(score) + 0.5, weights=WEIGHTS) - 0.5
    assert index(SCORES, WEIGHTS, shift=0.5)[place] == pytest.approx(expected, abs=1e-14)
    far = index(SCORES, WEIGHTS, shift=1e6)
    np.testing.assert_allclose(far, index(SCORES, WEIGHTS), atol=1e-6)
    plain = index([[0, 1], [0, 1]], [1, 1], shift=0)
    np.testing.assert_array_equal(plain, [[0, 0], [0, 1]])


def test_a_parent_without_weight_has_no_say() -> None:
    for shift in (None, 0.0, 0.5):
        t = index([[0, 1], [0, 1]], [1, 0], shift=shift)
        np.testing.assert_allclose(t[:, 0], t[:, 1])


@given(judgements(), st.sampled_from([None, 0.2, 1.0]))
def test_index_runs_from_zero_to_one(
    case: tuple[list[np.ndarray], np.ndarray], shift: float | None
) -> None:
    scores, weights = case
    t = index(scores, weights, shift=shift)
    assert t.shape == tuple(s.size for s in scores)
    assert np.all((t >= 0) & (t <= 1))
    full = index([[0.0, *s, 1.0] for s in scores], weights, shift=shift)
    assert full[(0,) * len(scores)] == pytest.approx(0, abs=1e-12)
    assert full[(-1,) * len(scores)] == pytest.approx(1, abs=1e-12)


@given(judgements(), st.floats(0.01, 1000.0))
def test_only_ratios_of_weights_matter(
    case: tuple[list[np.ndarray], np.ndarray], factor: float
) -> None:
    scores, weights = case
    np.testing.assert_allclose(
        index(scores, weights * factor), index(scores, weights), rtol=0, atol=1e-14
    )


@given(judgements(), st.floats(0, 1), st.floats(0, 1), st.floats(0.5, 60.0), st.integers(2, 5))
def test_rows_are_distributions_that_rise_with_the_index(
    case: tuple[list[np.ndarray], np.ndarray], a: float, b: float, nu: float, n: int
) -> None:
    scores, weights = case
    rows = interbeta_mean(scores, weights, min(a, b), max(a, b), nu, n).reshape(-1, n)
    np.testing.assert_allclose(rows.sum(axis=-1), 1.0, rtol=0, atol=1e-15)
    order = np.argsort(index(scores, weights), axis=None)
    for lower, higher in pairwise(rows[order]):
        assert np.all(np.cumsum(higher) <= np.cumsum(lower) + 1e-10)


@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_draws_together_equal_draws_one_by_one(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.5, 3.0, (4, 3))
    means = rng.uniform(0.1, 0.9, (3, 4))
    pairs = rng.uniform(0.5, 9.0, (3, 4, 2))
    place = (1, 0, 1)
    special = interbeta_mean(
        SCORES, weights, means[0], means[1], 9.0, n, anchors=[(place, means[2])]
    )
    general = interbeta(SCORES, weights, pairs[0], pairs[1], n, anchors=[(place, pairs[2])])
    for d, w in enumerate(weights):
        one = interbeta_mean(
            SCORES, w, means[0, d], means[1, d], 9.0, n, anchors=[(place, means[2, d])]
        )
        np.testing.assert_allclose(special[d], one, rtol=0, atol=1e-14)
        one = interbeta(SCORES, w, pairs[0, d], pairs[1, d], n, anchors=[(place, pairs[2, d])])
        np.testing.assert_allclose(general[d], one, rtol=0, atol=1e-14)


def test_draws_of_one_judgement_broadcast_over_the_others() -> None:
    drawn = interbeta_mean(SCORES, WEIGHTS, 0.1, np.array([0.6, 0.7]), 5.0, 3)
    assert drawn.shape == (2, 2, 3, 4, 3)
    np.testing.assert_allclose(drawn[1], interbeta_mean(SCORES, WEIGHTS, 0.1, 0.7, 5.0, 3))
    anchored = interbeta(SCORES, WEIGHTS, (1, 2), (2, 1), 3, anchors=[((1, 0, 1), np.ones((5, 2)))])
    assert anchored.shape == (5, 2, 3, 4, 3)
    np.testing.assert_allclose(anchored[:, 1, 0, 1], np.tile(masses(1, 1, 3), (5, 1)))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: index([], []),
        lambda: index([[0, 1]], [1, 1]),
        lambda: index([[0, 1.1]], [1]),
        lambda: index([[0, np.nan]], [1]),
        lambda: index([[0, 1], [0, 1]], [1, -1]),
        lambda: index([[0, 1], [0, 1]], [0, 0]),
        lambda: index([[0, 1]], [1], shift=-0.5),
        lambda: interbeta([[0, 1]], [1], (1,), (2, 1), 3),
        lambda: interbeta([[0, 1]], [1], (1, 2), (2, 1), 3, anchors=[((0,), (1, 1))]),
        lambda: interbeta([[0, 1]], [1], (1, 2), (2, 1), 3, anchors=[((0, 0), (1, 1))]),
        lambda: interbeta([[0, 1]], [1], (1, 2), (2, 1), 3, anchors=[((2,), (1, 1))]),
        lambda: interbeta_mean([[0, 1]], [1], -0.1, 0.5, 4.0, 3),
    ],
)
def test_impossible_judgements_are_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ModelError):
        wrong()
