"""What a review states: one statement a test and link, sized by the codes, and when it is missed."""

from __future__ import annotations

from math import hypot, log, sqrt

import msgspec
import pytest

from cmocnet import Network
from cmocnet.check.effects import Bench
from cmocnet.registry import Review
from cmocnet.solve import Statement, statements
from cmocnet.solve.statements import FAINT


@pytest.fixture(scope="module")
def stated(garden_net: Network) -> tuple[Statement, ...]:
    return statements(garden_net.review, [{"sunlight": "sun"}, {"sunlight": "shade"}])


def one(stated: tuple[Statement, ...], source: str, kind: str) -> Statement:
    (found,) = [s for s in stated if (s.source, s.kind) == (source, kind)]
    return found


def test_every_test_is_stated(stated: tuple[Statement, ...]) -> None:
    told = [(s.source, s.kind, s.says) for s in stated]
    assert told == [
        ("G-01", "effect", "mood_before +"),
        ("G-01", "effect", "watering +"),
        ("G-01", "mediation", "watering + through mood_before"),
        ("G-02", "effect", "mood +"),
        ("G-03", "effect", "abandoned +"),
        ("G-04", "condition", "mood + more inside"),
        ("the_corner", "case", "abandoned=yes"),
        ("abandoned", "figure", "abandoned=yes (digger2001)"),
        ("mood", "share", "contexts explain"),
        ("abandoned", "share", "contexts explain"),
    ]


def test_a_size_follows_from_the_codes(stated: tuple[Statement, ...], garden_net: Network) -> None:
    sizes = garden_net.review.protocol.sizes
    assert sizes is not None
    shows, posits = (sizes.outcome[hedge] for hedge in ("shows", "posits"))
    first = [s for s in stated if s.source == "G-01"]
    assert [s.low for s in first] == [sizes.mechanism["shows"], shows, sizes.mediated.low]
    wide = sizes.wider.agreement["one"]  # wider than what its evidence, a case, gives
    assert first[1].spread == pytest.approx(sizes.spread * shows * wide)
    third = one(stated, "G-03", "effect")  # an inference for which nothing is cited
    assert third.low == posits
    assert third.spread == pytest.approx(sizes.spread * posits * sizes.wider.agreement["none"])


def test_a_quantity_is_the_effect_that_the_check_finds(
    stated: tuple[Statement, ...], garden_net: Network
) -> None:
    bench = Bench(garden_net.review, garden_net.discrete)
    cmocs = garden_net.review.cmocs
    (test,) = cmocs["G-01"].tests
    total, mechanism = bench.effect(test, test.outcomes[0], {}), test.mechanism
    assert mechanism is not None
    direct = bench.direct(test, mechanism, test.outcomes[0], {})
    values = [s.quantity(bench) for s in stated if s.source == "G-01"]
    assert values[0] == pytest.approx(bench.effect(test, mechanism, {}))
    assert values[1] == pytest.approx(total)
    assert values[2] == pytest.approx((total - direct) / hypot(total, FAINT))
    (test,) = cmocs["G-04"].tests
    inside, outside = (
        bench.effect(test, test.outcomes[0], {"sunlight": s}) for s in ("sun", "shade")
    )
    assert one(stated, "G-04", "condition").quantity(bench) == pytest.approx(inside - outside)


def test_cases_figures_and_shares_are_what_the_network_answers(
    stated: tuple[Statement, ...], garden_net: Network
) -> None:
    bench = Bench(garden_net.review, garden_net.discrete)
    case = garden_net.query("P(abandoned | shade, mood_before = low)").probability
    assert one(stated, "the_corner", "case").quantity(bench) == pytest.approx(case)
    at_four = garden_net.query("P(abandoned)").probability
    assert at_four is not None
    at_eight = 1.0 - (1.0 - at_four) ** 2
    assert one(stated, "abandoned", "figure").quantity(bench) == pytest.approx(at_eight)
    sun, shade = (garden_net.query(f"P(abandoned | {s})").probability for s in ("sun", "shade"))
    assert sun is not None
    assert shade is not None
    explained = (sun - shade) ** 2 / 4.0 / (at_four * (1.0 - at_four))
    assert one(stated, "abandoned", "share").quantity(bench) == pytest.approx(explained)


def test_more_than_the_least_is_no_fault(stated: tuple[Statement, ...]) -> None:
    effect = one(stated, "G-02", "effect")
    assert effect.miss(effect.low) == effect.miss(0.9) == (0.0, 0.0)
    assert effect.miss(effect.low - effect.spread) == pytest.approx((-1.0, 1.0 / effect.spread))
    figure = one(stated, "abandoned", "figure")
    assert figure.miss(0.7)[0] == pytest.approx(0.1 / figure.spread)
    assert figure.miss(0.4)[0] == pytest.approx(-0.1 / figure.spread)


def test_a_case_adds_what_one_observation_does(stated: tuple[Statement, ...]) -> None:
    case = one(stated, "the_corner", "case")
    miss, rate = case.miss(0.3)
    assert miss**2 / 2.0 == pytest.approx(-log(0.3))
    assert rate == pytest.approx((case.miss(0.3 + 1e-6)[0] - miss) / 1e-6, rel=1e-4)
    assert miss == pytest.approx(-sqrt(-2.0 * log(0.3)))
    assert case.miss(1.0) == (0.0, 0.0)


def test_without_sizes_nothing_is_stated(garden_net: Network) -> None:
    review = garden_net.review
    protocol = msgspec.structs.replace(review.protocol, sizes=None)
    bare: Review = msgspec.structs.replace(review, protocol=protocol)
    assert statements(bare, []) == ()


def test_every_configuration_of_the_bundled_review_is_stated(net: Network) -> None:
    stated = statements(net.review, [])
    assert {s.source for s in stated if s.source in net.review.cmocs} == set(net.review.cmocs)
    assert {s.source for s in stated if s.kind == "case"} == {
        name for name, situation in net.situations.items() if situation.seen
    }
    assert all(s.spread > 0.0 and s.low <= s.high for s in stated)
