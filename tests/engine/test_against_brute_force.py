"""Every answer of the compiled engine against enumeration, on networks hypothesis makes up."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cmocnet import engine
from cmocnet.engine.program import Program
from cmocnet.errors import EvidenceError
from cmocnet.typing import DiscreteNetwork, Evidence, Table

sys.path.insert(0, str(Path(__file__).parent))
import oracle
from strategies import networks, networks_with_evidence

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
WARM = st.booleans()


def program_of(network: DiscreteNetwork, warm: bool) -> Program:
    program = engine.compile(network)
    program._runs = 10_000 if warm else -10_000
    return program


@SETTINGS
@given(networks_with_evidence(), WARM)
def test_posteriors_and_probability(case, warm):
    network, evidence = case
    program = program_of(network, warm)
    p = oracle.probability(network, evidence)
    assert program.probability(evidence) == pytest.approx(p, rel=1e-10, abs=1e-300)
    if p == 0:
        with pytest.raises(EvidenceError):
            program.posteriors(evidence)
        return
    found, expected = program.posteriors(evidence), oracle.posteriors(network, evidence)
    numbers = [x for states in expected.values() for x in states.values()]
    np.testing.assert_allclose(found.array, numbers, atol=1e-10)
    for v in network.names:
        np.testing.assert_allclose(found[v].array, list(expected[v].values()), atol=1e-10)
        alone = program.posteriors(evidence, [v])[v]
        np.testing.assert_allclose(alone.array, list(expected[v].values()), atol=1e-10)
    some = network.names[::2]
    if len(some) > 3:
        part = program.posteriors(evidence, some)
        assert list(part) == list(some)
        np.testing.assert_allclose(part.array, np.concatenate([found[v].array for v in some]))


@SETTINGS
@given(networks_with_evidence(), st.data(), WARM)
def test_joint_and_event(case, data, warm):
    network, evidence = case
    assume(oracle.probability(network, evidence) > 0)
    targets = data.draw(st.lists(st.sampled_from(network.names), max_size=3, unique=True))
    program = program_of(network, warm)
    expected = oracle.joint(network, targets, evidence)
    for _ in range(3):  # cold, general and specialised circuits
        np.testing.assert_allclose(program.joint(targets, evidence), expected, atol=1e-10)
    states = {v: data.draw(st.sampled_from(network.states[v])) for v in targets}
    at = tuple(network.states[v].index(s) for v, s in states.items())
    assert program.event(states, evidence) == pytest.approx(expected[at], abs=1e-10)


@SETTINGS
@given(networks_with_evidence(), st.data(), WARM)
def test_gradients_are_central_differences(case, data, warm):
    network, evidence = case
    assume(oracle.probability(network, evidence) > 1e-3)
    target = data.draw(st.sampled_from(network.names))
    state = data.draw(st.sampled_from(network.states[target]))
    found = program_of(network, warm).gradients({target: state}, evidence)
    v = data.draw(st.sampled_from(network.names))
    flat = data.draw(st.integers(0, network.tables[v].values.size - 1))
    step = 1e-6

    def moved(by: float) -> float:
        values = network.tables[v].values.copy()
        values.ravel()[flat] += by
        tables = {**network.tables, v: Table(v, network.tables[v].parents, values)}
        changed = DiscreteNetwork(network.states, tables)
        return oracle.event(changed, {target: state}, evidence)

    slope = (moved(step) - moved(-step)) / (2 * step)
    assert found[v].ravel()[flat] == pytest.approx(slope, rel=1e-4, abs=1e-5)


@SETTINGS
@given(networks_with_evidence(), st.data(), WARM)
def test_covariation_keeps_rows_summing_to_one(case, data, warm):
    network, evidence = case
    assume(oracle.probability(network, evidence) > 1e-3)
    target = data.draw(st.sampled_from(network.names))
    state = data.draw(st.sampled_from(network.states[target]))
    program = program_of(network, warm)
    found = program.gradients({target: state}, evidence, covariation=True)
    v = data.draw(st.sampled_from(network.names))
    flat = data.draw(st.integers(0, network.tables[v].values.size - 1))
    card = len(network.states[v])
    x = network.tables[v].values.ravel()[flat]
    assume(1e-4 < x < 1 - 1e-2)
    step = 1e-6

    def moved(by: float) -> float:
        values = network.tables[v].values.copy().reshape(-1, card)
        row, s = divmod(flat, card)
        values[row] *= (1 - x - by) / (1 - x)
        values[row, s] = x + by
        tables = {
            **network.tables,
            v: Table(v, network.tables[v].parents, values.reshape(network.tables[v].values.shape)),
        }
        return oracle.event(DiscreteNetwork(network.states, tables), {target: state}, evidence)

    slope = (moved(step) - moved(-step)) / (2 * step)
    assert found[v].ravel()[flat] == pytest.approx(slope, rel=1e-4, abs=1e-5)


@SETTINGS
@given(networks_with_evidence(), WARM)
def test_counts_and_most_probable(case, warm):
    network, evidence = case
    assume(oracle.probability(network, evidence) > 0)
    program = program_of(network, warm)
    expected = oracle.counts(network, evidence)
    for v, found in program.expected_counts(evidence).items():
        np.testing.assert_allclose(found, expected[v], atol=1e-10)
    states, log_p = program.mpe(evidence)
    assert np.exp(log_p) == pytest.approx(oracle.best(network, evidence), rel=1e-9)
    weight = {tuple(w.items()): x for w, x in oracle.worlds(network, evidence)}
    total = sum(weight.values())
    assert weight[tuple(states.items())] / total == pytest.approx(np.exp(log_p), rel=1e-9)


@SETTINGS
@given(networks_with_evidence(), st.data(), WARM)
def test_fixed_marginals(case, data, warm):
    network, evidence = case
    assume(oracle.probability(network, evidence) > 0)
    fixed = data.draw(st.lists(st.sampled_from(network.names), min_size=1, max_size=2, unique=True))
    before = oracle.posteriors(network, evidence)
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    marginal = {}
    for v in fixed:
        possible = np.array(list(before[v].values())) > 0
        marginal[v] = (rng.dirichlet(np.ones(len(possible)) * 3) + 0.02) * possible
        marginal[v] = (marginal[v] / marginal[v].sum()).tolist()
    program = program_of(network, warm)
    given = Evidence(evidence.observed, evidence.likelihood, marginal, evidence.do)
    together = oracle.joint(network, fixed, evidence)
    if len(fixed) == 2 and not (together > 0).all():  # perhaps no joint has both marginals
        with contextlib.suppress(EvidenceError):
            program.posteriors(given)
        return
    found = program.posteriors(given)
    for v in fixed:
        np.testing.assert_allclose(found[v].array, marginal[v], atol=1e-8)


@SETTINGS
@given(networks())
def test_impossible_evidence_names_a_minimal_set(network):
    rng = np.random.default_rng(0)
    observed = {v: s[rng.integers(len(s))] for v, s in network.states.items()}
    evidence = Evidence(observed=observed)
    assume(oracle.probability(network, evidence) == 0)
    with pytest.raises(EvidenceError) as caught:
        engine.compile(network).posteriors(evidence)
    named = {v: s for v, s in observed.items() if f"{v}={s}" in str(caught.value)}
    assert oracle.probability(network, Evidence(observed=named)) == 0
    for v in named:
        fewer = {u: s for u, s in named.items() if u != v}
        assert oracle.probability(network, Evidence(observed=fewer)) > 0
