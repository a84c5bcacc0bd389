"""Sensitivity functions match networks compiled anew with the entry at other values."""

from __future__ import annotations

from dataclasses import replace
from math import inf, log

import numpy as np
import pytest

from cmocnet import engine
from cmocnet.asked import ask
from cmocnet.engine import Program
from cmocnet.engine.circuit import CERTAIN
from cmocnet.query import Query
from cmocnet.sensitivity import Entry, every_function, sensitivity_function, two_way
from cmocnet.sensitivity.distance import bound, chan_darwiche
from cmocnet.sensitivity.entries import moved
from cmocnet.sensitivity.functions import SensitivityFunction
from cmocnet.typing import Array, DiscreteNetwork, Evidence, Table

Put = tuple[object, str | Query]
XS = (0.03, 0.4, 0.85)


def index(network: DiscreteNetwork, entry: Entry) -> tuple[int, ...]:
    table = network.tables[entry.variable]
    states = {**entry.given, entry.variable: entry.state}
    return tuple(network.states[v].index(states[v]) for v in (*table.parents, entry.variable))


def put_at(network: DiscreteNetwork, entry: Entry, x: float) -> DiscreteNetwork:
    table, at = network.tables[entry.variable], index(network, entry)
    values = table.values.copy()
    row = values[at[:-1]]
    others = [i for i in range(len(row)) if i != at[-1]]
    rest = row[others].sum()
    share = row[others] / rest if rest > 0 else np.full(len(others), 1 / len(others))
    row[others] = share * (1 - x)
    row[at[-1]] = x
    return replace(
        network, tables={**network.tables, entry.variable: replace(table, values=values)}
    )


def brute(put: Put, network: DiscreteNetwork) -> float:
    asked = ask(*put)  # type: ignore[arg-type]
    return engine.compile(network).event(asked.event, asked.evidence)


def network_of(put: Put) -> DiscreteNetwork:
    return ask(*put).program.network  # type: ignore[arg-type]


def sample(put: Put) -> list[SensitivityFunction]:
    found = every_function(ask(*put))  # type: ignore[arg-type]
    return [*found[:3], *found[len(found) // 8 :: len(found) // 3]]


def test_every_function_matches_finite_evaluation(put: Put) -> None:
    network = network_of(put)
    for f in sample(put):
        assert f(f.value) == pytest.approx(brute(put, network), abs=1e-12)
        for x in XS:
            assert f(x) == pytest.approx(brute(put, put_at(network, f.entry, x)), abs=1e-9)


def test_both_ways_to_the_coefficients_agree(put: Put) -> None:
    for f in sample(put):
        g = sensitivity_function(ask(*put), f.entry)  # type: ignore[arg-type]
        assert (g.a, g.b, g.c, g.d) == pytest.approx((f.a, f.b, f.c, f.d), abs=1e-8)


def test_every_entry_inside_0_and_1_has_a_function(put: Put) -> None:
    network, asked = network_of(put), ask(*put)  # type: ignore[arg-type]
    inside = sum(
        int(((t.values > 0) & (t.values < 1 - CERTAIN)).sum())
        for v, t in network.tables.items()
        if v not in asked.evidence.do
    )
    found = every_function(ask(*put))  # type: ignore[arg-type]
    assert len(found) == inside == len(found.frame())


def test_slopes_equal_the_engines_derivatives_with_covariation(put: Put) -> None:
    asked = ask(*put)  # type: ignore[arg-type]
    gradients = asked.program.gradients(asked.event, asked.evidence, covariation=True)
    for f in sample(put):
        slope = gradients[f.entry.variable][index(network_of(put), f.entry)]
        assert f.sensitivity_value == pytest.approx(abs(slope), abs=1e-9)


def test_entries_of_0_and_1_have_functions_too(alarm: Program, hypotension: Query) -> None:
    given = {"FIO2": "LOW", "VENTALV": "NORMAL"}
    question = replace(
        hypotension,
        targets={"SHUNT": "HIGH"},
        evidence=Evidence(observed={"SAO2": "LOW", "EXPCO2": "LOW"}),
    )
    table = alarm.network.tables["PVSAT"]
    seen = set()
    for state in alarm.network.states["PVSAT"]:
        entry = Entry("PVSAT", state, given)
        f = sensitivity_function(ask(alarm, question), entry)
        seen.add(f.value)
        assert f.value == table.values[index(alarm.network, entry)]
        for x in XS:
            network = put_at(alarm.network, entry, x)
            assert f(x) == pytest.approx(brute((alarm, question), network), abs=1e-9)
    assert 0.0 in seen
    assert 1.0 in seen


def test_two_way_matches_finite_evaluation(put: Put) -> None:
    one, _, other = (f.entry for f in sample(put)[1:4])
    f = two_way(ask(*put), one, other)  # type: ignore[arg-type]
    for x, y in ((0.1, 0.9), (0.5, 0.5), (0.8, 0.2)):
        network = put_at(put_at(network_of(put), one, x), other, y)
        assert f(x, y) == pytest.approx(brute(put, network), abs=1e-9)


def test_at_the_vertex_the_slope_is_1() -> None:
    f = SensitivityFunction(Entry("rain", "yes", {}), 0.2, 0.8, 0.0, 0.7, 0.1)
    assert f.vertex is not None
    step = 1e-6
    slope = (f(f.vertex + step) - f(f.vertex - step)) / (2 * step)
    assert abs(slope) == pytest.approx(1.0, abs=1e-6)
    assert f.vertex_proximity == pytest.approx(abs(0.2 - f.vertex))
    assert replace(f, c=0.0).vertex_proximity == inf


def test_reaching_inverts_the_function(put: Put) -> None:
    f = every_function(ask(*put))[0]  # type: ignore[arg-type]
    x = f.reaching(f(0.35))
    assert x == pytest.approx(0.35, abs=1e-9)
    assert f.reaching(1.5) is None


def joint(network: DiscreteNetwork) -> Array:
    rain, wet = network.tables["rain"].values, network.tables["wet"].values
    return np.asarray((rain[:, None] * wet).ravel())


def test_distance_of_one_entry_is_that_of_the_joint_distributions() -> None:
    rain = Table("rain", (), np.array([0.7, 0.2, 0.1]))
    wet = Table("wet", ("rain",), np.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]))
    states = {"rain": ("no", "some", "much"), "wet": ("no", "yes")}
    network = DiscreteNetwork(states, {"rain": rain, "wet": wet})
    question = Query({"rain": "much"}, Evidence(observed={"wet": "yes"}))
    f = sensitivity_function(ask(engine.compile(network), question), Entry("rain", "some", {}))
    for x in XS:
        after = put_at(network, f.entry, x)
        distance = chan_darwiche(joint(network), joint(after))
        assert f.distance(x) == pytest.approx(distance, abs=1e-12)
        low, high = bound(f(f.value), distance)
        assert low - 1e-12 <= f(x) <= high + 1e-12
    assert (
        f.distance(1.0) == inf == chan_darwiche(joint(network), joint(put_at(network, f.entry, 1)))
    )


def test_the_bound_moves_odds_by_the_distance() -> None:
    low, high = bound(0.3, 0.7)
    odds = [log(p / (1 - p)) for p in (low, 0.3, high)]
    assert np.diff(odds) == pytest.approx([0.7, 0.7])
    assert bound(0.3, inf) == (0.0, 1.0)
    assert bound(0.3, 0.0) == (0.3, 0.3)


def test_a_moved_row_keeps_proportions() -> None:
    assert moved(np.array([0.0, 1.0, 0.0]), 1, 0.4).tolist() == pytest.approx([0.3, 0.4, 0.3])
    row = moved(np.array([0.1, 0.3, 0.6]), 0, 0.4)
    assert row.sum() == pytest.approx(1.0)
    assert row[2] / row[1] == pytest.approx(2.0)
