"""A downdate says what a fit without the configuration says."""

from __future__ import annotations

import numpy as np
import pytest

from cmocnet.solve import Solution
from cmocnet.solve.newton import search, stand


def refit(solution: Solution, ids: set[str]) -> dict[tuple[str, str], float]:
    """Solved anew without what these ids state: what all that is stated then comes to."""
    rest = tuple(s for s in solution.stated if s.source not in ids)
    start = stand(solution.unknowns, rest, np.zeros(len(solution.unknowns)))
    point, converged = search(solution.unknowns, rest, start)
    assert converged
    everything = stand(solution.unknowns, solution.stated, point.at)
    return {
        (s.source, s.says): float(v)
        for s, v in zip(solution.stated, everything.values, strict=True)
    }


@pytest.mark.parametrize("source", ["G-01", "G-02", "G-03"])
def test_a_downdate_is_a_refit(solution: Solution, source: str) -> None:
    told = [p for p in solution.left_out() if p.statement.source == source]
    assert told
    slow = refit(solution, {source})
    for p in told:
        moved = slow[source, p.statement.says] - p.put_in
        assert p.rest - p.put_in == pytest.approx(moved, abs=0.02 + 0.3 * abs(moved))
        assert p.rest <= p.put_in + 1e-9  # nobody pulls for it any more
        assert p.direction == (slow[source, p.statement.says] > 0)


def test_groups_are_left_out_together(solution: Solution) -> None:
    both = solution.left_out({"mood": ["G-01", "G-02"]})
    assert {p.statement.source for p in both} == {"G-01", "G-02"}
    slow = refit(solution, {"G-01", "G-02"})
    for p in both:
        moved = slow[p.statement.source, p.statement.says] - p.put_in
        assert p.rest - p.put_in == pytest.approx(moved, abs=0.02 + 0.3 * abs(moved))


def test_the_share_counts_whole_configurations(solution: Solution) -> None:
    found = solution.left_out()
    held = {
        source: all(p.direction for p in found if p.statement.source == source)
        for source in {p.statement.source for p in found}
    }
    assert found.share == sum(held.values()) / len(held)
    assert f"{found.share:.0%} of configurations" in found.finding
