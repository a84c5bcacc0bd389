"""A variable knows its other end, what people wish for, its score, and what a reader calls it."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmocnet import Network
from cmocnet.check import Bench
from cmocnet.check.sense import sense
from cmocnet.levers.backfires import headlines
from cmocnet.registry import Variable
from cmocnet.typing import Evidence

STATES = st.lists(st.text("abcdefgh", min_size=1), min_size=2, max_size=10, unique=True).map(tuple)


def named(states: tuple[str, ...], **said: object) -> Variable:
    return Variable(name="fog", label="Fog", states=states, **said)  # type: ignore[arg-type]


@given(STATES)
def test_ends_are_each_others_and_nothing_between_has_one(states: tuple[str, ...]) -> None:
    variable = named(states)
    first, *between, last = states
    assert (variable.other(first), variable.other(last)) == (last, first)
    assert [variable.other(s) for s in (*between, None, "none of these")] == [None] * (
        len(between) + 2
    )


@given(STATES, st.data())
def test_better_is_the_way_to_the_favourable_end(states: tuple[str, ...], data: st.DataObject):
    good = data.draw(st.sampled_from([None, *states]))
    variable = named(states, favourable=good)
    if variable.better == 0:
        assert variable.unfavourable is None
        assert good not in (states[0], states[-1])
        return
    at = {s: variable.better * variable.score(np.eye(len(states))[i]) for i, s in enumerate(states)}
    assert max(at, key=at.__getitem__) == good
    assert min(at, key=at.__getitem__) == variable.unfavourable == variable.other(good)


@given(STATES, st.integers(0, 2**32 - 1))
def test_score_is_the_mean_position(states: tuple[str, ...], seed: int) -> None:
    variable, n = named(states), len(states)
    rows = np.random.default_rng(seed).dirichlet(np.ones(n), (2, 3))
    by_hand = sum(k / (n - 1) * rows[..., k] for k in range(n))
    np.testing.assert_allclose(variable.score(rows), by_hand, rtol=0, atol=1e-14)
    assert float(variable.score(rows[0, 0])) == pytest.approx(float(by_hand[0, 0]), abs=1e-14)
    assert [float(variable.score(np.eye(n)[k])) for k in (0, n - 1)] == [0.0, 1.0]


@pytest.mark.parametrize(("direction", "most"), [("up", "thick"), ("down", "thin"), (None, None)])
def test_most_lies_where_the_direction_says(direction: str | None, most: str | None) -> None:
    assert named(("thin", "fair", "thick"), direction=direction).most == most


def test_labels_stand_for_states_and_a_state_without_one_for_itself() -> None:
    fog = named(("thin", "fair", "thick"), state_labels={"thin": "Thin", "thick": "Like soup"})
    assert [fog.label_of(s) for s in fog.states] == ["Thin", "fair", "Like soup"]
    assert fog.label_of(("thin", "fair", "thick")) == "Thin, fair or Like soup"
    assert fog.fact("thick") == fog.fact(("thick",)) == "Fog: Like soup"


def test_phrases_of_its_file_are_its_aliases(net: Network) -> None:
    trust = net.variables["trust"]
    assert trust.aliases[: len(trust.names)] == trust.names
    assert {w for words in trust.state_words.values() for w in words} <= {*trust.aliases}


def test_a_favourable_state_between_the_ends_favours_neither(net: Network) -> None:
    """Neither end is better then: such an outcome cannot be made worse by a score."""
    name = next(n for n in net.review.about.headline if len(net.variables[n].states) > 2)
    middle = msgspec.structs.replace(net.variables[name], favourable=net.variables[name].states[1])
    variables = {**net.review.variables, name: middle}
    review = msgspec.structs.replace(net.review, variables=variables)
    found = {held.name: held for held in sense(Bench(review, net.discrete))}
    assert f"package on {name}" not in found["part_and_whole"].numbers
    assert not any(name in key for key in found["better_is_not_worse"].numbers)


def test_a_review_that_favours_no_context_is_checked_all_the_same(net: Network) -> None:
    plain = {
        n: msgspec.structs.replace(v, favourable=None) if v.layer == "setting" else v
        for n, v in net.variables.items()
    }
    review = msgspec.structs.replace(net.review, variables=plain)
    found = {held.name: held for held in sense(Bench(review, net.discrete))}
    assert found["part_and_whole"].holds
    assert {0.0} == {*found["part_and_whole"].numbers.values()}


def test_settled_variables_are_watched_by_nobody(net: Network) -> None:
    first, *_ = net.review.about.headline
    state = net.variables[first].states[0]
    assert first in {h.name for h in headlines(net, Evidence())}
    for kind in ("observed", "do"):
        evidence = Evidence(**{kind: {first: state}})
        assert first not in {h.name for h in headlines(net, evidence)}
    weighed = Evidence(likelihood={first: (1.0,) * len(net.variables[first].states)})
    assert first in {h.name for h in headlines(net, weighed)}
