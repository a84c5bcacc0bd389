"""Plans are as cheap as ever, and large networks that are simple plan in a few steps each."""

from __future__ import annotations

import numpy as np
import pytest

from cmocnet import engine, limits
from cmocnet.engine import contraction, elimination_order
from cmocnet.errors import ModelError
from cmocnet.typing import DiscreteNetwork, Evidence, Table

RECORDED = {37: 1300, 56: 10594, 76: 3709}
"""Multiply-adds of alarm, hailfinder and win95pts, by their numbers of variables."""


def network(parents: list[list[int]], states: int = 2) -> DiscreteNetwork:
    rng = np.random.default_rng(0)
    tables = {}
    for i, own in enumerate(parents):
        values = rng.random((states,) * (len(own) + 1))
        values /= values.sum(axis=-1, keepdims=True)
        tables[f"v{i}"] = Table(f"v{i}", tuple(f"v{p}" for p in own), values)
    return DiscreteNetwork({v: tuple(f"s{s}" for s in range(states)) for v in tables}, tables)


def grid(n: int, states: int = 2) -> DiscreteNetwork:
    places = [(i, j) for i in range(n) for j in range(n)]
    above = [[(i - 1) * n + j] * (i > 0) + [i * n + j - 1] * (j > 0) for i, j in places]
    return network(above, states)


def test_public_networks_cost_no_more_than_recorded(public):
    assert engine.compile(public).multiply_adds <= RECORDED[len(public.names)]


@pytest.mark.parametrize(("n", "states", "most"), [(6, 2, 1805), (10, 2, 79149), (6, 3, 26821)])
def test_grids_cost_no_more_than_recorded(n, states, most):
    assert engine.compile(grid(n, states)).multiply_adds <= most


def test_the_bundled_review_costs_no_more_than_recorded():
    import cmocnet

    assert engine.compile(cmocnet.load().discrete).multiply_adds <= 453911


@pytest.mark.parametrize(
    "parents",
    [
        [[], *[[0]] * 1500],
        [[]] * 1500,
        [[], *[[i] for i in range(1500)]],
        [[], [], *[[0, 1]] * 1500],
        [[], [0], *[[0, i] for i in range(1, 1500)]],
    ],
    ids=["star", "loose", "chain", "two causes", "hub and chain"],
)
def test_scores_are_taken_few_times_however_many_variables(parents, monkeypatch):
    pairs = []
    whole = contraction.Contraction._pair

    def counted(self, f, g):
        pairs.append((f, g))
        return whole(self, f, g)

    monkeypatch.setattr(contraction.Contraction, "_pair", counted)
    program = engine.compile(network(parents))
    assert program.multiply_adds <= 20 * len(parents)
    assert len(pairs) <= 20 * len(parents)  # with every pair weighed it would be a million
    found = program.posteriors()
    for v in ("v0", f"v{len(parents) - 1}"):
        alone = program.posteriors(Evidence(), [v])[v]
        np.testing.assert_allclose(found[v].array, alone.array, atol=1e-12)


def test_scores_kept_up_to_date_are_those_computed_anew():
    rng = np.random.default_rng(3)
    cards = [int(c) for c in rng.integers(2, 5, 14)]
    scopes = [frozenset(map(int, rng.choice(14, 3, replace=False))) for _ in range(16)]
    graph = elimination_order.Graph(scopes, cards)
    while graph.near:
        arcs = [frozenset({v, u}) for v, near in graph.near.items() for u in (v, *near)]
        anew = elimination_order.Graph(arcs, cards)
        assert (anew.near, anew.fill, anew.volume) == (graph.near, graph.fill, graph.volume)
        graph.remove(min(graph.near, key=graph.fill.__getitem__))


def test_what_does_not_fit_is_refused_with_estimate_limit_and_advice(monkeypatch):
    with pytest.raises(ModelError, match=r"more than 7e\+13 entries.*fewer arcs"):
        engine.compile(grid(60)).posteriors()
    monkeypatch.setenv(limits.SETTING, "0.1")
    with pytest.raises(ModelError, match=r"over \d+ variables.*GiB.*at most 102 MiB.*fewer arcs"):
        engine.compile(grid(22)).posteriors()
    monkeypatch.setenv(limits.SETTING, "much")
    with pytest.raises(ValueError, match="is no size"):
        engine.compile(grid(22)).posteriors()


@pytest.mark.parametrize(
    ("states", "tables", "message"),
    [
        ({}, {}, "no variables"),
        ({"a": ("x", "x")}, {"a": Table("a", (), np.array([0.5, 0.5]))}, "'x' is there twice"),
        ({"a": ()}, {"a": Table("a", (), np.zeros(0))}, "no states"),
        ({"a": ("x",)}, {"a": Table("b", (), np.ones(1))}, "table of b"),
        ({"a": ("x", "y")}, {"a": Table("a", (), np.array([np.inf, 0]))}, "infinite"),
        ({1: ("x",), "1": ("x",)}, {k: Table(k, (), np.ones(1)) for k in (1, "1")}, "'1' is there"),
        (
            {"a": ("x",), "b": ("x",)},
            {"a": Table("a", (), np.ones(1)), "b": Table("b", ("a", "a"), np.ones((1, 1, 1)))},
            "parent 'a' is there twice",
        ),
    ],
)
def test_networks_that_are_none_are_refused(states, tables, message):
    with pytest.raises(ModelError, match=message):
        engine.compile(DiscreteNetwork(states, tables))
