"""Nothing handed in or out is shared, everything pickles, and names are matched at the door."""

from __future__ import annotations

import copy
import logging
import pickle
from fractions import Fraction

import numpy as np
import pytest
from pgmpy.factors.discrete import TabularCPD
from pgmpy.models import DiscreteBayesianNetwork

import cmocnet
from cmocnet import engine
from cmocnet.elicitation.draws import draw
from cmocnet.errors import ModelError
from cmocnet.typing import DiscreteNetwork, Evidence, Table

logging.getLogger("pgmpy").setLevel(logging.ERROR)
COPIES = [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy, copy.copy]


def two() -> tuple[np.ndarray, np.ndarray, DiscreteNetwork]:
    a, b = np.array([0.7, 0.3]), np.array([[0.9, 0.1], [0.2, 0.8]])
    tables = {"a": Table("a", (), a), "b": Table("b", ("a",), b)}
    return a, b, DiscreteNetwork({"a": ("0", "1"), "b": ("0", "1")}, tables)


def test_arrays_edited_by_the_caller_change_no_answer():
    a, b, network = two()
    program = engine.compile(network)
    a[:], b[:] = 0.5, 0.5
    assert program.posteriors()["b"]["0"] == pytest.approx(0.69)
    assert program.event({"b": "0"}) == pytest.approx(0.69)


def test_tables_and_draws_are_read_only():
    net = cmocnet.load()
    drawn = draw(net.review, n=3) if hasattr(net, "review") else None
    arrays = [t.values for t in net.discrete.tables.values()]
    if drawn is not None:
        arrays += [*drawn.values.values(), *drawn.tables.values()]
    assert not any(x.flags.writeable for x in arrays)
    for again in COPIES:
        copied = again(net.discrete)
        assert not any(t.values.flags.writeable for t in copied.tables.values())


@pytest.mark.parametrize("again", COPIES)
def test_what_the_engine_hands_out_pickles_and_copies(again):
    program = engine.compile(two()[2])
    evidence = Evidence(observed={"b": "1"})
    found = program.posteriors(evidence)
    other = again(program)
    assert other.posteriors(evidence)["a"]["1"] == found["a"]["1"]
    assert dict(again(found)) == dict(found)
    assert again(found["a"]) == found["a"]
    for tables in (program.gradients({"a": "1"}, evidence), program.expected_counts(evidence)):
        copied = again(tables)
        assert all(np.array_equal(copied[v], tables[v]) for v in tables)
    assert again(evidence) == evidence


def pgmpy_model(*cpds, arcs=(("A", "B"),)):
    model = DiscreteBayesianNetwork(list(arcs))
    model.add_nodes_from(["A", "B"])
    model.cpds = list(cpds)
    return model


A = TabularCPD("A", 2, [[0.7], [0.3]], state_names={"A": ["no", "yes"]})


def child(listed):
    names = {"B": ["lo", "hi"], "A": listed}
    return TabularCPD("B", 2, [[0.9, 0.2], [0.1, 0.8]], ["A"], [2], state_names=names)


def test_a_parents_states_are_matched_by_name():
    program = engine.compile(pgmpy_model(A, child(["yes", "no"])))
    assert program.posteriors(Evidence(observed={"A": "yes"}))["B"]["lo"] == pytest.approx(0.9)
    with pytest.raises(ModelError, match="lists the states yes, maybe of A"):
        engine.compile(pgmpy_model(A, child(["yes", "maybe"])))


def test_arcs_and_tables_of_a_pgmpy_model_must_agree():
    with pytest.raises(ModelError, match="no arc comes from it"):
        engine.compile(pgmpy_model(A, child(["no", "yes"]), arcs=()))
    alone = TabularCPD("B", 2, [[0.5], [0.5]], state_names={"B": ["lo", "hi"]})
    with pytest.raises(ModelError, match="arc comes from A"):
        engine.compile(pgmpy_model(A, alone))


def exact(prior: float, ratios: list[tuple[float, float]]) -> float:
    no, yes = 1 - Fraction(prior), Fraction(prior)
    for a, b in ratios:
        no, yes = no * Fraction(a), yes * Fraction(b)
    return float(yes / (no + yes))


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize("last", [[1e300, 1e-320], [1.0, 1e-200], [5e-324, 1e308]])
def test_likelihoods_of_any_strength_are_answered(warm, last):
    """The first sign speaks for yes as strongly as the second against it."""
    states = {"c": ("no", "yes"), "s": ("off", "on"), "t": ("off", "on")}
    tables = {
        "c": Table("c", (), np.array([0.75, 0.25])),
        "s": Table("s", ("c",), np.array([[1.0, 0.0], [0.5, 0.5]])),
        "t": Table("t", ("c",), np.array([[1.0, 1e-200], [1.0, 3e-200]])),
    }
    program = engine.compile(DiscreteNetwork(states, tables))
    program._runs = 10_000 if warm else -10_000
    evidence = Evidence({"s": "on"}, {"t": last, "c": last})
    assert program.event({"c": "yes"}, evidence) == 1.0  # only yes turns the sign on
    both = Evidence({"t": "on"}, {"c": last, "t": last})
    expected = exact(0.25, [(last[0], last[1]), (1e-200, 3e-200)])
    assert program.event({"c": "yes"}, both) == pytest.approx(expected, abs=1e-9)
    assert program.posteriors(both)["c"]["yes"] == pytest.approx(expected, abs=1e-9)
    counts = program.expected_counts(both)["c"]
    assert counts[1] == pytest.approx(expected, abs=1e-9)
    assert program.mpe(both)[0]["t"] == "on"


@pytest.mark.parametrize("warm", [False, True])
def test_hundreds_of_rare_observations_are_answered(warm):
    n, rare = 400, 1e-9
    states = {"c": ("no", "yes"), **{f"s{i}": ("off", "on") for i in range(n)}}
    tables = {"c": Table("c", (), np.array([0.75, 0.25]))}
    pairs = [(rare * (1 + i % 3), rare * (1 + (i + 1) % 3)) for i in range(n)]
    for i, (a, b) in enumerate(pairs):
        tables[f"s{i}"] = Table(f"s{i}", ("c",), np.array([[1 - a, a], [1 - b, b]]))
    program = engine.compile(DiscreteNetwork(states, tables))
    program._runs = 10_000 if warm else -10_000
    evidence = Evidence(observed={f"s{i}": "on" for i in range(n)})
    expected = exact(0.25, pairs)
    assert program.event({"c": "yes"}, evidence) == pytest.approx(expected, abs=1e-9)
    assert program.posteriors(evidence)["c"]["yes"] == pytest.approx(expected, abs=1e-9)


def test_a_marginal_on_what_is_nearly_impossible_is_met():
    states = {"c": ("no", "yes"), "s": ("off", "on")}
    tables = {
        "c": Table("c", (), np.array([1.0, 1e-320])),
        "s": Table("s", ("c",), np.array([[0.9, 0.1], [0.2, 0.8]])),
    }
    program = engine.compile(DiscreteNetwork(states, tables))
    found = program.posteriors(Evidence(likelihood={"s": [1.0, 1e-5]}, marginal={"c": [0.5, 0.5]}))
    assert found["c"]["yes"] == pytest.approx(0.5, abs=1e-9)
