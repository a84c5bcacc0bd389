"""Every slope against central differences: of scores, seen or brought about, in both rounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cmocnet import Network
from cmocnet.check.effects import Bench
from cmocnet.elicitation.draws import everyone
from cmocnet.registry.records import Link
from cmocnet.sensitivity.judged import varies
from cmocnet.solve import statements
from cmocnet.solve.sensed import Sensed, Unknowns

STEP = 1e-4


def unknowns_of(net: Network) -> Unknowns:
    return Unknowns(net.review, tuple(j for j in everyone(net.review) if varies(j)))


@pytest.fixture(scope="module")
def unknowns(garden_net: Network) -> Unknowns:
    return unknowns_of(garden_net)


@pytest.fixture(scope="module")
def point(unknowns: Unknowns) -> Any:
    return np.random.default_rng(5).normal(0.0, 0.5, len(unknowns))


SETTINGS = [
    (Link(variable="mood", sign="+"), {}, {}),
    (Link(variable="abandoned", sign="+"), {"watering": "regular"}, {"sunlight": "shade"}),
    (Link(variable="mood_before", sign="+"), {}, {"abandoned": "yes"}),
    (Link(variable="mood", sign="+", round=2), {"sunlight": "sun"}, {}),
    (Link(variable="abandoned", sign="+", round=2), {}, {"watering": "rare"}),
]


@pytest.mark.parametrize(("link", "do", "seen"), SETTINGS)
def test_a_slope_is_the_central_difference(
    unknowns: Unknowns, point: Any, link: Link, do: dict[str, str], seen: dict[str, str]
) -> None:
    found = Sensed(unknowns, point).score(link, do, seen)

    def slow(at: Any) -> float:
        return Bench(unknowns.review, unknowns.network(at)).score(link, do, seen)

    assert found.value == pytest.approx(slow(point), abs=1e-12)
    slopes = []
    for step in STEP * np.eye(len(unknowns)):
        slopes.append((slow(point + step) - slow(point - step)) / (2.0 * STEP))
    assert found.slope == pytest.approx(slopes, abs=1e-7)
    assert np.abs(slopes).max() > 1e-3


def test_all_that_is_stated_has_its_slope(
    unknowns: Unknowns, point: Any, garden_net: Network
) -> None:
    stated = statements(garden_net.review, [{"sunlight": "sun"}, {"sunlight": "shade"}])
    sensed = Sensed(unknowns, point)
    towards = np.random.default_rng(6).normal(0.0, 1.0, len(unknowns))
    ends = [
        Bench(unknowns.review, unknowns.network(point + sign * STEP * towards)) for sign in (-1, 1)
    ]
    for statement in stated:
        found = statement.quantity(sensed)
        before, after = (statement.quantity(bench) for bench in ends)
        slope = (after - before) / (2.0 * STEP)
        assert found.slope @ towards == pytest.approx(slope, abs=1e-6), statement.says


def test_what_cannot_be_has_probability_zero(unknowns: Unknowns, point: Any) -> None:
    sensed = Sensed(unknowns, point)
    found = sensed.share(Link(variable="watering", sign="+"), "rare", {"watering": "regular"})
    assert found.value == 0.0
    assert not found.slope.any()


def test_the_middle_of_all_unknowns_is_every_median(
    unknowns: Unknowns, garden_net: Network
) -> None:
    values = unknowns.values(np.zeros(len(unknowns)))
    for j in unknowns.known:
        if j.kind == "weight":
            assert values[j.address] == pytest.approx(j.value)
    drawn = garden_net.draws(n=4000, seed=3).values
    for address, value in values.items():
        assert (drawn[address] < value).mean() == pytest.approx(0.5, abs=0.04)


def test_some_slopes_of_the_bundled_review(net: Network) -> None:
    unknowns = unknowns_of(net)
    zero = np.zeros(len(unknowns))
    rng = np.random.default_rng(7)
    towards = rng.normal(0.0, 1.0, len(unknowns))
    sensed = Sensed(unknowns, zero)
    ends = [Bench(net.review, unknowns.network(zero + s * STEP * towards)) for s in (-1, 1)]
    stated = statements(net.review, [])
    for i in rng.choice(len(stated), 40, replace=False):
        found = stated[i].quantity(sensed)
        before, after = (stated[i].quantity(bench) for bench in ends)
        assert found.slope @ towards == pytest.approx((after - before) / (2 * STEP), abs=2e-6)
