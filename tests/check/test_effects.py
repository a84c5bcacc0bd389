"""Scores, effects and mediated shares of a three-variable network, against plain enumeration.

context -> mechanism -> outcome, with context -> outcome beside it; the outcome repeats in rounds.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import msgspec
import numpy as np
import pytest

from cmocnet import Network
from cmocnet.check.effects import Bench
from cmocnet.check.verdicts import judge, worst
from cmocnet.registry.records import Cmoc, Expectation, Link, Review
from cmocnet.typing import Array, DiscreteNetwork, Table

STATES = {"context": ("off", "on"), "mechanism": ("low", "mid", "high"), "outcome": ("low", "high")}


def _bench(net: Network, tables: dict[str, Array]) -> Bench:
    """Three variables under the bundled review's rules for rounds, none of them handed over."""
    template = net.review.variables["synergy"]
    variables = {
        name: msgspec.structs.replace(
            template,
            name=name,
            states=STATES[name],
            layer="outcome" if name == "outcome" else "setting",
        )
        for name in STATES
    }
    rounds = msgspec.structs.replace(
        net.review.about.rounds,
        carry={},
        horizon=msgspec.structs.replace(
            net.review.about.rounds.horizon, variable="outcome", state="high"
        ),
    )
    about = msgspec.structs.replace(net.review.about, rounds=rounds, headline=("outcome",), ids={})
    review: Review = msgspec.structs.replace(net.review, about=about, variables=variables)
    parents = {"context": (), "mechanism": ("context",), "outcome": ("context", "mechanism")}
    network = DiscreteNetwork(
        STATES, {n: Table(n, parents[n], np.asarray(tables[n], float)) for n in STATES}
    )
    return Bench(review, network)


MECHANISM = [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7]]
PARTLY = [[0.1, 0.4, 0.7], [0.2, 0.5, 0.8]]
"""P(outcome high | context, mechanism): context adds 0.1, the mechanism 0.6 from end to end."""


def tables(mechanism: Any = MECHANISM, high: Any = PARTLY) -> dict[str, Array]:
    p = np.asarray(high, float)
    return {
        "context": np.array([0.5, 0.5]),
        "mechanism": np.asarray(mechanism, float),
        "outcome": np.stack([1 - p, p], axis=-1),
    }


def expectation(**fields: Any) -> Expectation:
    entry = {
        "manipulated": "context",
        "from": "off",
        "to": "on",
        "mechanism": {"variable": "mechanism", "sign": "+"},
        "outcomes": [{"variable": "outcome", "sign": "+"}],
    }
    return msgspec.convert(
        {k: v for k, v in {**entry, **fields}.items() if v is not None}, Expectation
    )


def cmoc(kind: str, *tests: Expectation) -> Cmoc:
    blank = dict.fromkeys(
        ("context", "mechanism", "outcome", "where", "statement", "reading", "against"), "x"
    )
    entry = {"hedge": "may", "evidence": "case", "agreement": "one", "references": [], "tests": []}
    found = msgspec.convert({"id": "X-01", "type": kind, **entry, **blank}, Cmoc)
    return msgspec.structs.replace(found, tests=tests)


def _by_hand(t: dict[str, Array], context: int, mechanism: int | None = None) -> float:
    """P(outcome high) with context, and the mechanism if given, set by hand."""
    rows = t["mechanism"][context] if mechanism is None else np.eye(3)[mechanism]
    return float(sum(rows[m] * t["outcome"][context, m, 1] for m in range(3)))


def test_total_and_direct_effect(net: Network) -> None:
    t = tables()
    bench = _bench(net, t)
    test = expectation()
    link, through = Link(variable="outcome", sign="+"), Link(variable="mechanism", sign="+")
    total = _by_hand(t, 1) - _by_hand(t, 0)
    assert bench.effect(test, link, {}) == pytest.approx(total, abs=1e-12)
    assert bench.effect(test, through, {}) == pytest.approx((0.2 / 2 + 0.7) - (0.3 / 2 + 0.1))
    mixed = (t["mechanism"][0] + t["mechanism"][1]) / 2
    direct = sum(mixed[m] * (_by_hand(t, 1, m) - _by_hand(t, 0, m)) for m in range(3))
    assert bench.direct(test, through, link, {}) == pytest.approx(float(direct), abs=1e-12)
    assert direct == pytest.approx(0.1)


def test_by_observation_and_by_intervention(net: Network) -> None:
    """Setting the mechanism does not move the context; seeing it does."""
    t = tables()
    bench = _bench(net, t)
    test = expectation(manipulated="mechanism", **{"from": "low", "to": "high"}, mechanism=None)
    link = Link(variable="context", sign="+")
    seen = {m: t["mechanism"][1, m] * 0.5 / (0.5 * t["mechanism"][:, m].sum()) for m in (0, 2)}
    assert bench.effect(test, link, {}) == pytest.approx(0.0, abs=1e-12)
    assert bench.seen_effect(test, link) == pytest.approx(seen[2] - seen[0])


def test_agrees_with_its_mediated_share(net: Network) -> None:
    t = tables()
    found = judge(_bench(net, t), cmoc("chain", expectation()))
    assert found.verdict == "agrees"
    (finding,) = found.findings
    total = _by_hand(t, 1) - _by_hand(t, 0)
    assert finding.effects == {"outcome": pytest.approx(total)}
    assert finding.mediated == pytest.approx(1 - 0.1 / total)


CASES: dict[str, tuple[dict[str, Array], dict[str, Any], str, str, str]] = {
    # name: (tables, changes to the test, type, verdict, word in the reason)
    "wrong sign": (tables(), {"outcomes": [{"variable": "outcome", "sign": "-"}]}, "chain", "wrong", "expected -"),
    "wrong mechanism": (tables(), {"mechanism": {"variable": "mechanism", "sign": "-"}}, "chain", "wrong", "mechanism"),
    "no path": (tables(high=[[0.3] * 3] * 2), {}, "chain", "wrong", "does not move"),
    "weak": (tables(high=[[0.3, 0.303, 0.306]] * 2), {}, "chain", "weak", "moves only"),
    "unmediated": (tables(high=[[0.2, 0.201, 0.202], [0.7, 0.701, 0.702]]), {}, "chain", "wrong", "mediated"),
    "barely mediated": (tables(high=[[0.2, 0.25, 0.3], [0.5, 0.55, 0.6]]), {}, "chain", "weak", "mediated"),
    "mediated": (tables(high=[[0.2, 0.3, 0.4], [0.4, 0.5, 0.6]]), {}, "chain", "agrees", ""),
    "no mechanism named": (tables(high=[[0.2] * 3, [0.7] * 3]), {"mechanism": None}, "chain", "agrees", ""),
    "possible": (tables(), {"possible": {"outcome.low": 0.3}}, "chain", "agrees", ""),
    "not possible": (tables(), {"possible": {"outcome.low": 0.5}}, "chain", "wrong", "expected at least"),
    "selection moved by hand": (tables(), {}, "selection", "wrong", "by intervention"),
    "mixed without a cost": (tables(), {}, "mixed", "wrong", "past"),
    "mixed": (tables(high=[[0.4, 0.5, 0.6], [0.3, 0.4, 0.5]]), {}, "mixed", "agrees", ""),
    "mixed without its mechanism": (tables(), {"mechanism": None}, "mixed", "wrong", "names the mechanism"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_verdicts(net: Network, case: str) -> None:
    numbers, changes, kind, verdict, reason = CASES[case]
    found = judge(_bench(net, numbers), cmoc(kind, expectation(**changes)))
    assert found.verdict == verdict, found.reasons
    assert any(reason in r for r in found.reasons) or not reason


INTERACTION = [[0.3, 0.35, 0.4], [0.2, 0.5, 0.8]]
"""The mechanism moves the outcome by 0.1 with the context off and by 0.6 with it on."""
MODERATED = {
    "manipulated": "mechanism", "from": "low", "to": "high", "mechanism": None,
    "condition": {"context": "on"}, "contrast": {"context": "off"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "changes", "verdict"),
    [
        ("moderation", {}, "agrees"),
        ("moderation", {"outcomes": [{"variable": "outcome", "sign": "-"}]}, "wrong"),
        ("moderation", {"condition": {"context": "off"}, "contrast": {"context": "on"}}, "wrong"),
        ("conditional", {}, "agrees"),
        ("conditional", {"condition": {"context": "off"}, "contrast": {"context": "on"}}, "wrong"),
    ],
)
def test_conditions(net: Network, kind: str, changes: dict[str, Any], verdict: str) -> None:
    bench = _bench(net, tables(high=INTERACTION))
    test = expectation(**{**MODERATED, **changes})
    found = judge(bench, cmoc(kind, test))
    assert found.verdict == verdict
    if kind == "moderation" and not changes:
        assert found.findings[0].effects["outcome"] == pytest.approx(0.5)


def test_later_rounds_have_their_own_outcome(net: Network) -> None:
    """Nothing is handed over here, so an effect in round 2 is that of round 1."""
    bench = _bench(net, tables())
    first, second = (
        bench.effect(expectation(), Link(variable="outcome", sign="+", round=r), {}) for r in (1, 2)
    )
    assert first == pytest.approx(second, abs=1e-12)
    found = bench.posteriors({"context": "on"}, rounds=2)
    assert {"outcome", "outcome@2", "gone@2"} <= set(found)


def test_what_is_held_in_a_later_round_changes_nothing_before_it(net: Network) -> None:
    bench = _bench(net, tables())
    link = Link(variable="outcome", sign="+", round=1)
    later = bench.score(link, {"context": "on", "outcome@2": "high"})
    assert later == pytest.approx(bench.score(link, {"context": "on"}), abs=1e-12)


def test_worst_of_several() -> None:
    for a, b in product(("agrees", "weak", "wrong"), repeat=2):
        order = ["agrees", "weak", "wrong"]
        assert worst([a, b]) == order[max(order.index(a), order.index(b))]  # type: ignore[list-item]
    assert worst([]) == "wrong", "a configuration without any test"


def test_the_worst_test_decides(net: Network) -> None:
    good, bad = expectation(), expectation(outcomes=[{"variable": "outcome", "sign": "-"}])
    assert judge(_bench(net, tables()), cmoc("chain", good, bad)).verdict == "wrong"
    assert judge(_bench(net, tables()), cmoc("chain")).verdict == "wrong"
