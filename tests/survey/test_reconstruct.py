"""A table that a method made is recovered by that method; the public networks' result stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmocnet.elicitation.interbeta import interbeta
from cmocnet.elicitation.noisy_max import noisy_max
from cmocnet.elicitation.ranked import Function, ranked
from cmocnet.elicitation.reconstruct import METHODS, reconstruct, reconstruct_all
from cmocnet.engine.source import discrete_network
from cmocnet.errors import ModelError
from cmocnet.typing import Array, DiscreteNetwork, Table

NETWORKS = Path(__file__).parent.parent / "networks"
seeds = st.integers(0, 10_000)


def _parents(rng: np.random.Generator) -> tuple[list[Array], Array]:
    """Scores and weights of two or three parents, each pushing up or down."""
    cards = rng.integers(2, 4, rng.integers(2, 4))
    scores = [np.linspace(0.0, 1.0, c)[:: rng.choice([1, -1])] for c in cards]
    return scores, rng.uniform(0.4, 3.0, len(cards))


@given(seeds, st.integers(2, 4))
@settings(max_examples=15, deadline=None)
def test_interbeta_is_recovered(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    scores, weights = _parents(rng)
    worst = (rng.uniform(0.5, 3), rng.uniform(4, 9))
    best = (rng.uniform(4, 9), rng.uniform(0.5, 3))
    (found,) = reconstruct(interbeta(scores, weights, worst, best, n), ["interbeta"])
    assert found.residual < 1e-6
    if n > 2:
        assert found.parameters["weights"] == pytest.approx(weights / weights.sum(), abs=1e-4)
        assert found.parameters["worst"] == pytest.approx(worst, rel=1e-3)


@given(seeds, st.sampled_from(["wmean", "wmin", "wmax", "mixminmax"]))
@settings(max_examples=12, deadline=None)
def test_ranked_is_recovered(seed: int, function: Function) -> None:
    rng = np.random.default_rng(seed)
    scores, weights = _parents(rng)
    weights = weights[:2] if function == "mixminmax" else 1.0 + weights
    table = ranked(scores, weights, rng.uniform(0.02, 0.1), int(rng.integers(2, 5)), function)
    (found,) = reconstruct(table, ["ranked"])
    assert found.residual < 1e-4
    assert found.values.shape == table.shape


@given(seeds, st.integers(2, 4), st.booleans())
@settings(max_examples=15, deadline=None)
def test_noisy_max_is_recovered(seed: int, n: int, turned: bool) -> None:
    rng = np.random.default_rng(seed)
    links = []
    for card in rng.integers(2, 4, rng.integers(2, 4)):
        link = rng.dirichlet(np.ones(n), card)
        link[rng.integers(card)] = np.eye(n)[0]
        links.append(link)
    table = noisy_max(links, rng.dirichlet(np.ones(n)))
    (found,) = reconstruct(table[..., ::-1] if turned else table, ["noisy_max"])
    assert found.residual < 1e-5


@pytest.mark.parametrize("turned", [False, True])
def test_a_noisy_max_says_whether_the_child_was_turned(turned: bool) -> None:
    links = [[[1, 0, 0], [0.2, 0.5, 0.3]], [[1, 0, 0], [0.5, 0.1, 0.4]], [[1, 0, 0], [0.3, 0, 0.7]]]
    table = noisy_max(links, [0.8, 0.15, 0.05])
    (found,) = reconstruct(table[..., ::-1] if turned else table, ["noisy_max"])
    assert found.parameters["turned"] is turned
    assert found.residual < 1e-5


def test_best_first_and_nothing_left_out() -> None:
    found = reconstruct(noisy_max([[[1, 0], [0.2, 0.8]], [[1, 0], [0.5, 0.5]]], [0.9, 0.1]))
    assert {r.method for r in found} == set(METHODS)
    assert [r.residual for r in found] == sorted(r.residual for r in found)
    assert all(np.allclose(r.values.sum(-1), 1) and r.worst >= r.residual for r in found)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (np.array([0.5, 0.5]), "nothing to reconstruct"),
        (np.ones((2, 1)), "nothing to reconstruct"),
        (np.full((1, 2), 0.5), "nothing to reconstruct"),
        (np.full((2, 2), 0.4), "no distribution"),
        (np.array([[1.5, -0.5], [0.5, 0.5]]), "no distribution"),
    ],
)
def test_what_is_no_table(bad: Array, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        reconstruct(bad)


@pytest.mark.parametrize("off", [-1e-8, 0.0, 1e-8])
def test_a_parent_that_pushes_neither_way_is_tried_both_ways(off: float) -> None:
    """Rows of thirds, whose last digits alone would say which way an error of reading pushes."""
    low, even, high = [0.98, 0.01, 0.01], [1 / 3 + off, 1 / 3, 1 / 3 - off], [0.01, 0.01, 0.98]
    sure = [0.01, 0.98, 0.01]
    table = np.array([[even, even, sure], [[1 / 3, 1 / 3, 1 / 3], low, high]])
    (found,) = reconstruct(table, ["interbeta"])
    assert found.residual == pytest.approx(0.2261, abs=2e-3)


def test_tables_of_two_parents_or_as_many_as_are_asked_for() -> None:
    states = dict.fromkeys("abcd", ("no", "yes")) | {"e": ("only",)}
    parents = {"a": "", "b": "", "c": "ab", "d": "c", "e": "ab"}
    tables = {
        name: Table(name, tuple(above), np.full((2,) * len(above) + (n,), 1 / n))
        for name, above in parents.items()
        for n in [len(states[name])]
    }
    network = DiscreteNetwork({name: states[name] for name in parents}, tables)
    assert [name for name, _ in reconstruct_all(network, methods=["noisy_max"])] == ["c"]
    every = dict(reconstruct_all(network, parents=1, methods=["noisy_max"]))
    assert list(every) == ["c", "d"]
    assert [found.method for found in every["d"]] == ["noisy_max"]


def test_the_small_tables_of_alarm() -> None:
    """Its ten tables of two parents and up to 30 numbers; the whole row takes much longer."""
    network = discrete_network(NETWORKS / "alarm.bif")
    small = (t for t in network.tables.values() if len(t.parents) >= 2 and t.values.size <= 30)
    found = [reconstruct(table.values) for table in small]
    by = {m: [r.residual for t in found for r in t if r.method == m] for m in METHODS}
    assert len(found) == 10
    assert [np.mean(by[m]) for m in METHODS] == pytest.approx([0.124, 0.233, 0.113], abs=2e-3)
    assert [sum(t[0].method == m for t in found) for m in METHODS] == [4, 0, 6]
