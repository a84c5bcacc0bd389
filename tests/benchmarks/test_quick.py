"""The benchmark runs, and its contenders agree; no time is asserted."""

from __future__ import annotations

import pytest

from benchmarks import machine, posteriors, report
from benchmarks.results import QUICK, Bar, Row
from benchmarks.timing import TOLERANCE, DisagreementError, agreement

pytest.importorskip("pyagrum")


def test_a_public_network_in_short() -> None:
    row, other = posteriors.public(QUICK)
    assert max(row.difference or 0.0, other.difference or 0.0) <= TOLERANCE
    assert row.cheapest("pyAgrum LazyPropagation")
    page = report.page([row], machine.measured(), QUICK.rounds)
    assert "alarm" in page


def test_other_numbers_end_the_run() -> None:
    with pytest.raises(DisagreementError, match="peer"):
        agreement([0.5, 0.5], [("peer", [0.5, 0.5 + 1e-8])])
    with pytest.raises(DisagreementError):
        agreement([0.5], [("peer", [float("nan")])])


def test_a_bar_is_held_against_the_cheapest_peer() -> None:
    row = Row("g", "w", 1.0, {"pyAgrum a": 30.0, "pyAgrum b": 20.0}, multiply_adds=5, passes=2)
    assert row.met(Bar("pyAgrum", 20, ""))
    assert not row.met(Bar("pyAgrum", 21, ""))
    assert row.fraction(200.0) == pytest.approx(0.1)
