"""How many bundles contend, what counts as a backfire, and objectives of any size."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from cmocnet import Network, levers
from cmocnet.elicitation.draws import draw
from cmocnet.levers import Lever
from cmocnet.levers.backfires import backfires
from cmocnet.levers.objective import understood

QUESTION = "P(dissolution | mandated, merger)"
EVENT = {"dissolution": "yes"}


def some(net: Network) -> list[str]:
    """Seven contexts that people can change, so that there are 64 bundles of up to three."""
    free = [v.name for v in net.variables.values() if v.actionable and v.favourable]
    return [name for name in free if name not in {"mandate", "form"}][:7]


def test_fifty_bundles_contend_and_each_is_the_best_as_often_as_a_loop_says(net: Network) -> None:
    chosen, draws = some(net), 8
    found = levers.best(net, QUESTION, levers=chosen, k=3, n=draws, seed=2)
    assert (found.tried, found.contenders) == (64, 50)
    given = net.evidence(["mandated", "merger"])
    tables = draw(net.review, n=draws, seed=2).tables
    made = {
        bundle: replace(given, do={v: str(net.variables[v].favourable) for v in bundle})
        for size in range(4)
        for bundle in combinations(chosen, size)
    }
    central = {b: net.program.event(EVENT, e) for b, e in made.items()}
    leading = sorted(central, key=central.__getitem__)[:50]
    drawn = np.stack([net.batches.predict_tables(tables, made[b], [EVENT])[0] for b in leading])
    shares = (drawn <= drawn.min(axis=0) + 1e-12).mean(axis=1)
    expected = {frozenset(b): s for b, s in zip(leading, shares, strict=True) if s > 0}
    told = (found.best, *found.runners_up)
    listed = {frozenset(x.variable for x in b.levers): b.stays_best for b in told if b.stays_best}
    assert listed == pytest.approx(expected)


@pytest.mark.parametrize(
    ("share", "listed"), [(0.05, False), (0.10, False), (0.15, True), (0.3, True)]
)
def test_harm_in_more_than_a_tenth_of_draws_is_a_backfire(share: float, listed: bool) -> None:
    lever = Lever("fan", "on", "Fan", "On")
    gains = np.full((1, 20), 0.1)
    gains[0, : round(20 * share)] = -0.1
    found = backfires([lever], ["heat"], [np.array([0.05])], [gains])
    assert [b.share for b in found] == ([pytest.approx(share)] if listed else [])


def test_rounding_is_no_harm() -> None:
    lever = Lever("fan", "on", "Fan", "On")
    noise = np.full((1, 20), -1e-16)
    assert not backfires([lever], ["heat"], [np.array([-1e-16])], [noise])
    tiny = [np.array([-1e-12])]
    assert not backfires([lever], [None], tiny, None)
    assert backfires([lever], [None], tiny, None, scale=1e-10)


@pytest.mark.parametrize("scale", [1e-90, 1e-20, 3.0, 1e90])
def test_the_size_of_all_utilities_changes_no_choice(net: Network, scale: float) -> None:
    wanted = {"high synergy": 1.0, "dissolution": -2.0}
    options = {"given": ["mandated"], "levers": some(net), "k": 2, "n": 10}
    plain = levers.best(net, wanted, **options)  # type: ignore[arg-type]
    found = levers.best(net, {k: w * scale for k, w in wanted.items()}, **options)  # type: ignore[arg-type]
    assert found.best.levers == plain.best.levers
    assert found.best.stays_best == plain.best.stays_best
    assert found.best.value == pytest.approx(plain.best.value * scale)
    assert [b.levers for b in found.front] == [b.levers for b in plain.front]
    assert [(str(s.lever), s.harms) for s in found.ranking] == [
        (str(s.lever), s.harms) for s in plain.ranking
    ]
    listed, expected = (
        {(str(b.lever), b.outcome, b.share) for b in one.backfires} for one in (found, plain)
    )
    assert listed == expected


def test_a_utility_of_several_states_counts_them_all(net) -> None:
    goal, _ = understood(net, {"not high trust": 2.0, "dissolution": -1.0}, (), (), None)
    assert goal.events == [{"trust": ("low", "medium")}, {"dissolution": "yes"}]
