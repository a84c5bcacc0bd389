"""Every derivative of every entry, cold and warm, against central differences by brute force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest

from cmocnet import engine
from cmocnet.typing import Array, DiscreteNetwork, Evidence, Table

STEP = 1e-6
KINDS = ("observed", "likelihood", "do", "marginal", "all", "do and likelihood")


@dataclass(frozen=True)
class Case:
    network: DiscreteNetwork
    evidence: Evidence
    target: dict[str, str]


def case(seed: int, kind: str) -> Case:
    """Six variables of one to three states, some rows certain, and one or more kinds of evidence."""
    rng = np.random.default_rng(seed)
    cards = [*rng.permutation([1, 2, 2, 3, 3, 2])]
    names = [f"v{i}" for i in range(len(cards))]
    states = {v: tuple(f"{v}s{s}" for s in range(c)) for v, c in zip(names, cards, strict=True)}
    tables = {}
    for i, v in enumerate(names):
        parents = [int(p) for p in rng.permutation(i)[: rng.integers(0, min(i, 3) + 1)]]
        values = rng.gamma(1.0, size=(*(cards[p] for p in parents), cards[i])) + 0.05
        values[rng.random(values.shape) < 0.15] = 0.0
        values[..., -1] += values.sum(axis=-1) == 0
        values /= values.sum(axis=-1, keepdims=True)
        tables[v] = Table(v, tuple(names[p] for p in parents), values)
    network = DiscreteNetwork(states, tables)
    weighed = [v for v, c in zip(names, cards, strict=True) if c > 1]
    target, seen, felt, made, fixed = (str(v) for v in rng.permutation(weighed)[:5])
    parts: dict[str, dict[str, object]] = {
        "observed": {seen: states[seen][0]},
        "likelihood": {felt: tuple(rng.random(len(states[felt])) + 0.1)},
        "do": {made: states[made][-1]},
        "marginal": {fixed: tuple(rng.dirichlet(np.full(len(states[fixed]), 5.0)))},
    }
    chosen = {k: v for k, v in parts.items() if kind in (k, "all")}
    if kind == "do and likelihood":  # of one variable: made so, and seen besides
        chosen = {
            "do": parts["do"],
            "likelihood": {made: tuple(rng.random(len(states[made])) + 0.1)},
        }
    return Case(network, Evidence(**chosen), {target: states[target][0]})  # type: ignore[arg-type]


def usable(kind: str) -> list[Case]:
    """The first cases whose evidence is possible and whose marginal can be met."""
    found = []
    for seed in range(200):
        one = case(seed, kind)
        free = Evidence(one.evidence.observed, one.evidence.likelihood, {}, one.evidence.do)
        weights, worlds = brute(one.network, {}, free)
        met = all(
            np.bincount(worlds[v], weights, len(m)).min() > 1e-3 * weights.sum()
            for v, m in one.evidence.marginal.items()
        )
        if weights.sum() > 1e-3 and met:
            found.append(one)
        if len(found) == 6:
            return found
    raise AssertionError("too few cases")


def brute(
    network: DiscreteNetwork, changed: Mapping[str, Array], evidence: Evidence
) -> tuple[Array, dict[str, np.ndarray]]:
    """The weight of every world, and the state of every variable in it."""
    codes = np.array(list(product(*(range(len(s)) for s in network.states.values())))).T
    worlds = dict(zip(network.states, codes, strict=True))
    weights = np.ones(codes.shape[1])
    for v, table in network.tables.items():
        states = network.states[v]
        if v in evidence.do:
            weights *= worlds[v] == states.index(evidence.do[v])
        else:
            values = changed.get(v, table.values)
            weights *= values[tuple(worlds[u] for u in (*table.parents, v))]
        if v in evidence.observed:
            weights *= worlds[v] == states.index(evidence.observed[v])
        if v in evidence.likelihood:
            weights *= np.asarray(evidence.likelihood[v])[worlds[v]]
    return weights, worlds


def held(one: Case) -> Evidence:
    """The marginal as the weights that meet it, which a derivative holds."""
    e = one.evidence
    likelihood = dict(e.likelihood)
    free = Evidence(e.observed, e.likelihood, {}, e.do)
    for v, wanted in e.marginal.items():
        weights, worlds = brute(one.network, {}, free)
        now = np.bincount(worlds[v], weights, len(wanted)) / weights.sum()
        likelihood[v] = tuple(np.asarray(wanted) / now)
    return Evidence(e.observed, likelihood, {}, e.do)


def answer(one: Case, changed: Mapping[str, Array], evidence: Evidence) -> float:
    weights, worlds = brute(one.network, changed, evidence)
    hit = np.all(
        [worlds[v] == one.network.states[v].index(s) for v, s in one.target.items()], axis=0
    )
    return float(weights[hit].sum() / weights.sum())


def row_moved(row: Array, s: int, by: float, *, covariation: bool) -> Array:
    """A row with one entry moved, by itself or with the rest of the row in proportion."""
    found = row.copy()
    found[s] += by
    if covariation and len(row) > 1:
        rest = np.arange(len(row)) != s
        left = 1.0 - row[s]
        found[rest] -= by * (row[rest] / left if left > 1e-12 else 1.0 / rest.sum())
    return found


def differences(one: Case, *, covariation: bool) -> dict[str, Array]:
    evidence, found = held(one), {}
    for v, table in one.network.tables.items():
        rows = table.values.reshape(-1, table.values.shape[-1])
        slope = np.empty_like(rows)
        for r, s in np.ndindex(rows.shape):
            at = []
            for by in (STEP, -STEP):
                moved = rows.copy()
                moved[r] = row_moved(rows[r], s, by, covariation=covariation)
                at.append(answer(one, {v: moved.reshape(table.values.shape)}, evidence))
            slope[r, s] = (at[0] - at[1]) / (2 * STEP)
        found[v] = slope.reshape(table.values.shape)
    return found


@pytest.mark.parametrize("covariation", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_entry_of_every_table(kind: str, covariation: bool) -> None:
    for one in usable(kind):
        expected = differences(one, covariation=covariation)
        found = {}
        for runs in (-10_000, 10_000):  # by NumPy, compiled
            program = engine.compile(one.network)
            program._runs = runs
            found[runs] = program.gradients(one.target, one.evidence, covariation=covariation)
            for v, slope in expected.items():
                np.testing.assert_allclose(found[runs][v], slope, rtol=1e-5, atol=1e-7, err_msg=v)
        for v in expected:
            np.testing.assert_allclose(found[-10_000][v], found[10_000][v], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("runs", [-10_000, 10_000])
def test_a_table_cut_off_has_no_derivative(runs: int) -> None:
    for one in usable("do"):
        program = engine.compile(one.network)
        program._runs = runs
        found = program.gradients(one.target, one.evidence)
        for v in one.evidence.do:
            assert not np.any(found[v])


@pytest.mark.parametrize("near", [1e-9, 1e-11])
def test_beside_an_entry_that_is_all_but_certain(near: float) -> None:
    """Moving it by dx moves the others by dx in all: no more is lost than the entries themselves lack."""
    rows = np.array([[1.0 - near, 0.75 * near, 0.25 * near], [0.2, 0.3, 0.5]])
    states = {"cause": ("no", "yes"), "copy": ("low", "medium", "high"), "end": ("no", "yes")}
    network = DiscreteNetwork(
        states,
        {
            "cause": Table("cause", (), np.array([0.5, 0.5])),
            "copy": Table("copy", ("cause",), rows),
            "end": Table("end", ("copy",), np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]])),
        },
    )
    found = engine.compile(network).gradients({"end": "yes"}, covariation=True)["copy"]
    assert found[0, 0] == pytest.approx(0.5 * (0.1 - (0.75 * 0.6 + 0.25 * 0.8)), rel=1e-9)
