"""The public networks against pyAgrum and pgmpy, under random evidence of every kind."""

from __future__ import annotations

import numpy as np
import pytest

from cmocnet import engine
from cmocnet.typing import DiscreteNetwork, Evidence

gum = pytest.importorskip("pyagrum")


def to_pyagrum(network: DiscreteNetwork, cut: tuple[str, ...] = ()):
    """The network in pyAgrum, the variables of ``cut`` without parents."""
    model = gum.BayesNet()
    for v, states in network.states.items():
        model.add(gum.LabelizedVariable(v, v, list(states)))
    for v, table in network.tables.items():
        for p in table.parents if v not in cut else ():
            model.addArc(p, v)
    for v, table in network.tables.items():
        cpt = model.cpt(v)
        if v in cut:
            cpt.fillWith([1.0 / len(network.states[v])] * len(network.states[v]))
            continue
        axes = [(*table.parents, v).index(n) for n in reversed(cpt.names)]
        cpt.fillWith(np.ascontiguousarray(table.values.transpose(axes)).ravel().tolist())
    return model


def random_evidence(network: DiscreteNetwork, seed: int) -> Evidence:
    """Possible evidence: states of one sampled world, some of them soft, some set."""
    rng = np.random.default_rng(seed)
    world: dict[str, str] = {}
    for v, table in network.tables.items():
        row = table.values[tuple(network.states[p].index(world[p]) for p in table.parents)]
        world[v] = network.states[v][rng.choice(len(row), p=row / row.sum())]
    chosen = rng.permutation(network.names)[:9]
    soft = {}
    for v in chosen[4:6]:
        weights = rng.uniform(0.1, 2.0, len(network.states[v]))
        soft[v] = weights.tolist()
    return Evidence({v: world[v] for v in chosen[:4]}, soft, {}, {v: world[v] for v in chosen[6:7]})


def pyagrum_posteriors(network: DiscreteNetwork, evidence: Evidence):
    inference = gum.LazyPropagation(to_pyagrum(network, tuple(evidence.do)))
    inference.setEvidence({**evidence.observed, **evidence.likelihood, **evidence.do})
    inference.makeInference()
    return {v: inference.posterior(v).toarray() for v in network.names}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("warm", [False, True])
def test_posteriors_equal_pyagrum(public, seed, warm):
    evidence = random_evidence(public, seed)
    program = engine.compile(public)
    program._runs = 10_000 if warm else -10_000
    found, expected = program.posteriors(evidence), pyagrum_posteriors(public, evidence)
    for v in public.names:
        np.testing.assert_allclose(found[v].array, expected[v], atol=1e-9)


def test_reference_engine_equals_the_compiled_one(public):
    evidence = random_evidence(public, 11)
    reference, program = engine.compile(public, engine="pgmpy"), engine.compile(public)
    names = public.names[::9]
    expected, found = reference.posteriors(evidence, names), program.posteriors(evidence, names)
    for v in names:
        np.testing.assert_allclose(found[v].array, expected[v].array, atol=1e-9)
    p = reference.probability(evidence)
    assert program.probability(evidence) == pytest.approx(p, rel=1e-9)


def test_reference_engine_fixes_marginals(alarm):
    evidence = Evidence(
        observed={"HRBP": "HIGH"}, marginal={"LVFAILURE": [0.3, 0.7], "CVP": [0.2, 0.5, 0.3]}
    )
    reference, program = engine.compile(alarm, engine="pgmpy"), engine.compile(alarm)
    for v in ("CVP", "LVFAILURE", "HISTORY", "STROKEVOLUME"):
        expected = reference.posteriors(evidence, [v])[v].array
        np.testing.assert_allclose(program.posteriors(evidence)[v].array, expected, atol=1e-9)
    states = program.posteriors(evidence)
    np.testing.assert_allclose(states["CVP"].array, [0.2, 0.5, 0.3], atol=1e-10)


def test_pgmpy_models_and_bif_paths_compile_alike(alarm):
    from cmocnet.engine.reference import to_pgmpy

    evidence = random_evidence(alarm, 3)
    found = engine.compile(to_pgmpy(alarm)).posteriors(evidence)
    expected = engine.compile(alarm).posteriors(evidence)
    for v in alarm.names:
        for s in alarm.states[v]:
            assert found[v][s] == pytest.approx(expected[v][s], abs=1e-12)
