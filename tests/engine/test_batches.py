"""Batches: equal to one run at a time, and the same bits whatever the chunk and the threads."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmocnet import engine
from cmocnet.engine import selection
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.typing import DiscreteNetwork, Evidence, Table

sys.path.insert(0, str(Path(__file__).parent))
import oracle
from strategies import networks
from test_against_brute_force import SETTINGS


def random_codes(network: DiscreteNetwork, variables: list[str], n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    cards = [len(network.states[v]) for v in variables]
    codes = np.array([rng.integers(0, c, n) for c in cards], dtype=int).reshape(-1, n).T.copy()
    codes[rng.random(codes.shape) < 0.6] = -1
    return codes


def evidence_of(network, variables, row):
    return Evidence(
        observed={v: network.states[v][c] for v, c in zip(variables, row, strict=True) if c >= 0}
    )


@SETTINGS
@given(networks(), st.data())
def test_targets_asked_together_get_the_answers_they_get_alone(network, data):
    names = list(network.names)
    some = data.draw(st.lists(st.sampled_from(names), min_size=2, max_size=4))
    pair = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    targets = [*some, {name: network.states[name][-1] for name in pair}]
    variables = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=2))
    codes = random_codes(network, variables, 6, data.draw(st.integers(0, 99)))
    chances = [oracle.probability(network, evidence_of(network, variables, r)) for r in codes]
    codes = codes[np.array(chances) > 0]
    program = engine.compile(network)
    together = program.predict(codes, variables, targets)
    tables = {names[0]: np.repeat(network.tables[names[0]].values[None], 5, axis=0)}
    drawn = program.predict_tables(tables, targets=targets)
    for target, many, draws in zip(targets, together, drawn, strict=True):
        np.testing.assert_allclose(many, program.predict(codes, variables, [target])[0], atol=1e-12)
        alone = program.predict_tables(tables, targets=[target])[0]
        np.testing.assert_allclose(draws, alone, atol=1e-12)


def test_threads_that_make_each_other_forget_circuits_still_answer(alarm, monkeypatch):
    monkeypatch.setattr(selection, "KEPT", 2)
    program = engine.compile(alarm)
    names = list(alarm.names)[:12]

    def ask(i: int) -> float:
        name, other = names[i % 12], names[(i * 5 + 1) % 12]
        evidence = Evidence(observed={other: alarm.states[other][0]})
        return program.event({name: alarm.states[name][0]}, evidence)

    with ThreadPoolExecutor(8) as pool:
        many = list(pool.map(ask, range(600)))
    assert np.allclose(many, [ask(i) for i in range(600)])


@SETTINGS
@given(networks(), st.data())
def test_scenarios_equal_brute_force(network, data):
    names = list(network.names)
    variables = data.draw(st.lists(st.sampled_from(names), unique=True))
    target = data.draw(st.sampled_from(names))
    codes = random_codes(network, variables, 8, data.draw(st.integers(0, 99)))
    possible = [
        i
        for i, row in enumerate(codes)
        if oracle.probability(network, evidence_of(network, variables, row)) > 0
    ]
    codes = codes[np.array(possible, dtype=int)]
    program = engine.compile(network)
    event = {target: network.states[target][0]}
    found, chance = program.predict(codes, variables, [target, event])
    assert found.shape == (len(codes), len(network.states[target]))
    np.testing.assert_array_equal(chance, found[:, 0])
    for row, shares in zip(codes, found, strict=True):
        evidence = evidence_of(network, variables, row)
        expected = list(oracle.posteriors(network, evidence)[target].values())
        np.testing.assert_allclose(shares, expected, atol=1e-10)


@SETTINGS
@given(networks(), st.data())
def test_draws_equal_one_program_a_draw(network, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    drawn = data.draw(st.lists(st.sampled_from(network.names), min_size=1, unique=True))
    target = data.draw(st.sampled_from(network.names))
    tables = {}
    for v in drawn:
        shape = network.tables[v].values.shape
        tables[v] = rng.dirichlet(np.ones(shape[-1]), size=(3, *shape[:-1])).reshape(3, *shape)
    seen = data.draw(st.sampled_from(network.names))
    done = data.draw(st.sampled_from(network.names))
    evidence = Evidence(
        likelihood={seen: rng.uniform(0.5, 1, len(network.states[seen])).tolist()},
        do={done: network.states[done][-1]},
    )
    (found,) = engine.compile(network).predict_tables(tables, evidence, [target])
    for d in range(3):
        changed = DiscreteNetwork(
            network.states,
            {
                v: Table(v, t.parents, tables[v][d] if v in tables else t.values)
                for v, t in network.tables.items()
            },
        )
        expected = list(oracle.posteriors(changed, evidence)[target].values())
        np.testing.assert_allclose(found[d], expected, atol=1e-10)


@pytest.fixture(scope="module")
def scenarios(alarm):
    roots = [v for v, t in alarm.tables.items() if len(t.parents) <= 1][:14]
    return roots, random_codes(alarm, roots, 700, 5)


@pytest.mark.parametrize(("threads", "chunk"), [(1, 1), (1, 37), (2, 37), (3, 256), (2, 10_000)])
def test_chunk_and_threads_change_no_bit(alarm, scenarios, threads, chunk):
    variables, codes = scenarios
    targets = ["BP", "CATECHOL", {"HR": "HIGH", "CO": "LOW"}]
    program = engine.compile(alarm)
    expected = program.predict(codes, variables, targets, threads=1)
    found = program.predict(codes, variables, targets, threads=threads, chunk=chunk)
    for one, other in zip(expected, found, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(("threads", "chunk"), [(1, 1), (2, 7), (2, 1000)])
def test_chunk_and_threads_change_no_bit_of_draws(alarm, threads, chunk):
    rng = np.random.default_rng(0)
    tables = {
        v: rng.dirichlet(np.ones(t.values.shape[-1]), size=(90, *t.values.shape[:-1]))
        for v, t in alarm.tables.items()
    }
    evidence = Evidence(observed={"HRBP": "HIGH"})
    program = engine.compile(alarm)
    (expected,) = program.predict_tables(tables, evidence, ["CATECHOL"], threads=1)
    (found,) = program.predict_tables(tables, evidence, ["CATECHOL"], threads=threads, chunk=chunk)
    assert expected.tobytes() == found.tobytes()


def test_common_evidence_joins_every_scenario(alarm):
    program = engine.compile(alarm)
    codes = np.array([[0, -1], [-1, 1]])
    common = Evidence(do={"INTUBATION": "NORMAL"}, likelihood={"BP": [0.2, 0.5, 1.0]})
    (found,) = program.predict(codes, ["HISTORY", "HYPOVOLEMIA"], ["CATECHOL"], common)
    for row, shares in zip(codes, found, strict=True):
        one = evidence_of(alarm, ["HISTORY", "HYPOVOLEMIA"], row)
        evidence = Evidence(one.observed, common.likelihood, {}, common.do)
        expected = program.posteriors(evidence)["CATECHOL"].array
        np.testing.assert_allclose(shares, expected, atol=1e-12)


def test_fixed_marginals_in_every_scenario(alarm):
    program = engine.compile(alarm)
    common = Evidence(marginal={"CATECHOL": [0.4, 0.6]})
    (found,) = program.predict(np.array([[0], [1]]), ["HISTORY"], ["CATECHOL"], common)
    np.testing.assert_allclose(found, [[0.4, 0.6]] * 2, atol=1e-10)


def test_tables_and_scenarios_together(alarm):
    rng = np.random.default_rng(1)
    program = engine.compile(alarm)
    drawn = {"HISTORY": rng.dirichlet([1, 1], size=(2, 2))}
    codes = np.array([[0], [1], [-1]])
    (found,) = program.predict(codes, ["LVFAILURE"], ["HISTORY"], tables=drawn)
    assert found.shape == (2, 3, 2)
    np.testing.assert_allclose(found[1, 0], drawn["HISTORY"][1, 0], atol=1e-12)


def test_errors_name_the_row(alarm):
    program = engine.compile(alarm)
    with pytest.raises(QueryError, match=r"row 1, HISTORY: state code 7"):
        program.predict(np.array([[0], [7]]), ["HISTORY"], ["BP"])
    dead = Table("x", (), np.array([1.0, 0.0]))
    other = Table("y", ("x",), np.array([[0.5, 0.5], [0.5, 0.5]]))
    states = {"x": ("a", "b"), "y": ("c", "d")}
    program = engine.compile(DiscreteNetwork(states, {"x": dead, "y": other}))
    with pytest.raises(EvidenceError, match=r"row 2: .*x=b"):
        program.predict(np.array([[0], [-1], [1]]), ["x"], ["y"])
