"""Labelled numbers go by their labels; lists and arrays by position; the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cmocnet
from cmocnet import Network
from cmocnet.engine.indicators import in_order
from cmocnet.errors import CmocnetError
from cmocnet.query import Query
from cmocnet.typing import Evidence

STATES = ("low", "medium", "high")
NUMBERS = (0.2, 0.5, 0.3)
KINDS = ("likelihood", "marginal")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_labels_decide(net: Network, kind: str, order: tuple[int, ...]) -> None:
    right = net.posteriors(**{kind: {"trust": NUMBERS}})["synergy"].tolist()
    labelled = {STATES[k]: NUMBERS[k] for k in order}
    frame = pd.DataFrame([labelled], index=["row"])
    for numbers in (labelled, pd.Series(labelled), frame.iloc[0], frame.loc["row"]):
        evidence = Evidence(**{kind: {"trust": numbers}})
        for found in (
            net.posteriors(**{kind: {"trust": numbers}}),
            net.program.posteriors(evidence),
            net.program.posteriors(evidence, ["synergy"]),
        ):
            assert found["synergy"].tolist() == pytest.approx(right, abs=1e-12)
        asked = net.query(Query({"synergy": None}, evidence))
        assert list(asked.distribution.values()) == pytest.approx(right, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_comes_back_in(net: Network, kind: str) -> None:
    seen = net.posteriors(given=["mandated"])["trust"]
    asked = net.query("P(trust=? | mandated)").distribution
    right = net.posteriors(**{kind: {"trust": seen.tolist()}})["synergy"].tolist()
    for numbers in (
        seen,
        dict(seen),
        seen.series(),
        seen.series().sort_values(),
        asked,
        seen.array,
    ):
        found = net.posteriors(**{kind: {"trust": numbers}})["synergy"].tolist()
        assert found == pytest.approx(right, abs=1e-12)


def test_the_reference_engine_goes_by_labels_too() -> None:
    slow, quick = (cmocnet.load(engine=name) for name in ("pgmpy", "compiled"))
    evidence = Evidence(likelihood={"mandate": {"mandated": 3.0, "voluntary": 1.0}})
    one, other = (net.program.joint(["initial_trust"], evidence) for net in (slow, quick))
    assert one == pytest.approx(other, abs=1e-10)
    fixed = Evidence(marginal={"mandate": {"mandated": 0.9, "voluntary": 0.1}})
    one, other = (net.program.joint(["initial_trust"], fixed) for net in (slow, quick))
    assert one == pytest.approx(other, abs=1e-9)


@pytest.mark.parametrize(
    "numbers", [NUMBERS, list(NUMBERS), np.array(NUMBERS), np.float32(NUMBERS), pd.Series(NUMBERS)]
)
def test_without_labels_the_position_decides(numbers: Any) -> None:
    assert in_order(numbers, STATES, "trust") == pytest.approx(NUMBERS, abs=1e-7)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"low": 0.2, "high": 0.8}, "no number for 'medium'"),
        ({"low": 0.2, "medium": 0.5, "hgih": 0.3}, "'hgih' is no state; nearest: high"),
        ({"low": 0.2, "medium": 0.5, "high": 0.3, "top": 0.0}, "'top' is no state"),
        (pd.Series([0.2, 0.5, 0.3], ["low", "low", "high"]), "'low' has two numbers"),
        (pd.Series([0.2, 0.5, 0.3], [1, 2, 3]), "'1' is no state"),
        (pd.Series(NUMBERS).sort_values(), "is no state"),
        ({1: 0.2, 2: 0.5, 3: 0.3}, "'1' is no state"),
        ({0.2, 0.5, 0.3}, "set has no number for each state"),
        ("235", "str has no number"),
        (b"235", "bytes has no number"),
        (0.3, "float has no number"),
        (np.array(0.3), "ndarray has no number"),
        (np.array([NUMBERS]), "ndarray has no number"),
        (pd.DataFrame([NUMBERS], columns=STATES), "DataFrame has no number"),
        ((x for x in NUMBERS), "generator has no number"),
        (["0.2", "0.5", "0.3"], "'0.2' is no number"),
        ([0.2, None, 0.3], "None is no number"),
        ([0.2, pd.NA, 0.3], "is no number"),
        ([0.2, 0.5j, 0.3], "is no number"),
        ([10**400, 1, 1], "too large"),
        ([0.2, float("nan"), 0.3], "nan is not finite"),
        ({"low": 0.2, "medium": None, "high": 0.3}, "None is no number"),
        ([0.5, 0.5], "2 number"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_told_is_refused(
    net: Network, kind: str, numbers: Any, message: str
) -> None:
    evidence = Evidence(**{kind: {"trust": numbers}})
    doors: list[Callable[[], Any]] = [
        lambda: net.posteriors(**{kind: {"trust": numbers}}),
        lambda: net.query(Query({"dissolution": "yes"}, evidence)),
    ]
    for door in doors:
        with pytest.raises(CmocnetError) as caught:
            door()
        assert message in str(caught.value) or "generator" in message
        assert "\n" not in str(caught.value)
    with pytest.raises(CmocnetError):
        net.program.posteriors(evidence)


@given(st.permutations(STATES), st.lists(st.floats(0, 1e6), min_size=3, max_size=3))
def test_any_order_of_labels_is_the_same(order: list[str], numbers: list[float]) -> None:
    given_ = dict(zip(STATES, numbers, strict=True))
    shuffled = {state: given_[state] for state in order}
    assert in_order(shuffled, STATES, "x") == tuple(numbers)
    assert in_order(pd.Series(shuffled), STATES, "x") == tuple(numbers)


@pytest.mark.parametrize(("one", "other"), [((0.2, 0.5, 0.3),) * 2, ((1, 2, 3), (3, 2, 1))])
def test_two_findings_multiply(net: Network, one: tuple[float, ...], other: Any) -> None:
    listed = ", ".join(f"trust ~ {list(map(float, x))}" for x in (one, other))
    product = [a * b for a, b in zip(one, other, strict=True)]
    right = net.posteriors(likelihood={"trust": product})["dissolution"]["yes"]
    assert net.query(f"P(dissolution | {listed})").probability == pytest.approx(right, abs=1e-12)
    seen = f"P(dissolution | {listed}, not high trust)"
    right = net.posteriors(likelihood={"trust": [*product[:2], 0]})["dissolution"]["yes"]
    assert net.query(seen).probability == pytest.approx(right, abs=1e-12)
