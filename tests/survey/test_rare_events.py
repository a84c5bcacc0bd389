"""An expert's share near 0 or 1 is fitted as it was said, or refused in one line."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit

from cmocnet.errors import FileError
from cmocnet.registry import Review
from cmocnet.survey import convene
from cmocnet.survey.answers import Answer

Q = "inertia/lowest"


def _rows(path: Path, *rows: tuple[object, ...]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "low", "central", "high"), *rows])
    return path


SHARES = [
    (0.0001, 0.0005, 0.001),
    (0.00001, 0.00002, 0.00005),
    (1e-6, 1e-5, 5e-5),
    (0.999, 0.9995, 0.9999),
    (0.00005, 0.5, 0.99995),
    (0.0, 0.0005, 0.001),
    (0.9, 0.9999, 1.0),
]


@pytest.mark.parametrize("said", SHARES)
def test_rare_events_are_fitted_as_they_were_said(
    review: Review, tmp_path: Path, said: tuple[float, float, float]
) -> None:
    """SHELF's criterion: no Beta on a fine grid around the optimum meets the percentiles better."""
    question = "legal_agreements/row1.1"
    path = _rows(tmp_path / "a.csv", (question, *map(repr, said)))
    opinion = convene(review, [path]).results[question].opinions[0]
    assert opinion.answer.values == said
    inside = np.array(opinion.answer.fitted("probability"))
    moved = [(a, b) for a, b in zip(said, inside, strict=True) if a != b]
    assert all(a in (0.0, 1.0) for a, _ in moved)
    assert np.all(np.diff(inside) > 0)

    def miss(mean: float, strength: float) -> float:
        cdf = stats.beta.cdf(inside, mean * strength, (1 - mean) * strength)
        return float(np.sum((cdf - [0.05, 0.5, 0.95]) ** 2))

    found = opinion.distribution
    best = miss(found.value, found.spread)
    odds, tenfold = logit(found.value), np.log(found.spread)
    for a in np.linspace(odds - 3, odds + 3, 61):
        for b in np.linspace(tenfold - 4, min(tenfold + 4, np.log(1e6)), 61):
            assert miss(expit(a), np.exp(b)) > best - 1e-9
    off = found.cdf(said) - np.array([0.05, 0.5, 0.95])  # told against what was said
    assert {m.name for m in opinion.misses} == {
        name for name, o in zip(("low", "central", "high"), off, strict=True) if abs(o) > 0.03
    }


@pytest.mark.parametrize(
    "said", [(0.0, 0.0, 0.003), (0.0, 0.0, 0.05), (0.0, 0.0, 0.6), (0.0, 0.002, 0.1)]
)
def test_what_is_certain_is_fitted_alike_from_both_ends(said: tuple[float, float, float]) -> None:
    low, high = (Answer(Q, *v, "a.csv") for v in (said, tuple(1 - v for v in said[::-1])))
    turned = [1 - v for v in high.fitted("probability")[::-1]]
    assert turned == pytest.approx(low.fitted("probability"), abs=1e-12)


@pytest.mark.parametrize("value", ["1e-7", "0.00000001%", "0.9999999"])
def test_shares_too_near_to_certain_are_refused(review: Review, tmp_path: Path, value: str) -> None:
    low, high = ("0.5", value) if value.startswith("0.9") else (value, "0.5")
    path = _rows(tmp_path / "a.csv", (Q, low, "0.5", high))
    with pytest.raises(FileError, match=r"exactly 0 or 1, or a share at least 0\.000001"):
        convene(review, [path])
