"""Fixed marginals against iterative proportional fitting on the full joint of small networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cmocnet
from cmocnet import Network, engine
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.typing import Array, DiscreteNetwork, Evidence, Table


def random_network(rng: np.random.Generator) -> DiscreteNetwork:
    """Four to six variables of two or three states, each with up to three earlier parents."""
    names = [f"v{i}" for i in range(rng.integers(4, 7))]
    states = {n: tuple("abc"[: rng.integers(2, 4)]) for n in names}
    tables = {}
    for i, name in enumerate(names):
        parents = tuple(sorted(rng.permutation(names[:i])[: rng.integers(0, 4)].tolist()))
        shape = [len(states[p]) for p in parents]
        tables[name] = Table(name, parents, rng.dirichlet(np.ones(len(states[name])), size=shape))
    return DiscreteNetwork(states, tables)


def full_joint(network: DiscreteNetwork, evidence: Evidence) -> Array:
    """Every configuration's weight under interventions, observations and likelihoods."""
    axes = {n: i for i, n in enumerate(network.names)}
    joint = np.ones([network.cardinality(n) for n in network.names])
    for name, table in network.tables.items():
        factor = table.values
        index = [axes[p] for p in (*table.parents, name)]
        if name in evidence.do:
            factor = np.eye(len(network.states[name]))[
                network.states[name].index(evidence.do[name])
            ]
            index = [axes[name]]
        joint = joint * _along(factor, index, joint.ndim)
    for name, state in evidence.observed.items():
        seen = np.eye(len(network.states[name]))[network.states[name].index(state)]
        joint = joint * _along(seen, [axes[name]], joint.ndim)
    for name, numbers in evidence.likelihood.items():
        joint = joint * _along(np.asarray(numbers), [axes[name]], joint.ndim)
    return np.asarray(joint / joint.sum())


def _along(factor: Array, index: list[int], ndim: int) -> Array:
    """``factor``, whose axes are the joint's axes ``index``, made to broadcast over the joint."""
    order = np.argsort(index)
    shape = [1] * ndim
    for axis, size in zip(index, factor.shape, strict=True):
        shape[axis] = size
    return factor.transpose(order).reshape(shape)


def fit(network: DiscreteNetwork, evidence: Evidence, sweeps: int = 5_000) -> Array:
    """Deming and Stephan 1940: scale the joint to each wanted marginal in turn until all hold."""
    joint = full_joint(network, evidence)
    axes = {n: i for i, n in enumerate(network.names)}
    for _ in range(sweeps):
        worst = 0.0
        for name, wanted in evidence.marginal.items():
            others = tuple(i for i in range(joint.ndim) if i != axes[name])
            now = joint.sum(axis=others)
            worst = max(worst, float(np.abs(now - wanted).max()))
            joint = joint * _along(np.asarray(wanted) / now, [axes[name]], joint.ndim)
        if worst < 1e-14:
            break
    return joint


def _random_evidence(network: DiscreteNetwork, rng: np.random.Generator) -> Evidence:
    """One to three fixed marginals beside other evidence of every kind."""
    names = rng.permutation(list(network.names)).tolist()
    fixed, rest = names[: rng.integers(1, 4)], names[3:]
    cards = {n: network.cardinality(n) for n in names}
    observed = {n: network.states[n][0] for n in rest[:1] if rng.random() < 0.5}
    do = {n: network.states[n][-1] for n in rest[1:2] if rng.random() < 0.5}
    likelihood = {
        n: tuple(rng.uniform(0.1, 1, cards[n]).tolist()) for n in names[:4] if rng.random() < 0.4
    }
    return Evidence(
        observed=observed,
        do=do,
        likelihood={k: v for k, v in likelihood.items() if k not in {*observed, *do}},
        marginal={n: tuple(rng.dirichlet(np.full(cards[n], 3.0)).tolist()) for n in fixed},
    )


@pytest.mark.parametrize("seed", range(60))
def test_random_networks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng)
    evidence = _random_evidence(network, rng)
    joint = fit(network, evidence)
    found = engine.compile(network).posteriors(evidence)
    for axis, name in enumerate(network.names):
        others = tuple(i for i in range(joint.ndim) if i != axis)
        np.testing.assert_allclose(found[name].array, joint.sum(axis=others), rtol=0, atol=1e-9)
    for name, wanted in evidence.marginal.items():
        np.testing.assert_allclose(found[name].array, wanted, rtol=0, atol=1e-9)
    targets = list(network.names[:2])
    pair = engine.compile(network).joint(targets, evidence)
    np.testing.assert_allclose(pair, joint.sum(axis=tuple(range(2, joint.ndim))), rtol=0, atol=1e-9)


def test_the_garden_in_words(garden: Path) -> None:
    """Through the network's own methods, and through a question in words."""
    small = cmocnet.load(garden)
    evidence = Evidence(
        observed={"sunlight": "sun"}, marginal={"mood": (0.5, 0.5), "watering": (0.3, 0.7)}
    )
    joint = fit(small.discrete, evidence)
    axis = small.discrete.names.index("abandoned")
    expected = joint.sum(axis=tuple(i for i in range(joint.ndim) if i != axis))
    found = small.posteriors(given=["sunny plot"], marginal=evidence.marginal)
    np.testing.assert_allclose(found["abandoned"].array, expected, atol=1e-9)
    question = "P(abandoned | sunny plot, mood := [0.5, 0.5], watering := [0.3, 0.7])"
    assert small.query(question).probability == pytest.approx(expected[1], abs=1e-9)


def test_the_bundled_network_meets_them(net: Network) -> None:
    wanted = {"trust": (0.2, 0.5, 0.3), "faith": (0.1, 0.2, 0.7)}
    found = net.posteriors(given=["mandated"], marginal=wanted)
    for name, numbers in wanted.items():
        np.testing.assert_allclose(found[name].array, numbers, atol=1e-9)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_marginal_off_by_no_more_than_a_millionth_is_met(net: Network, sign: int) -> None:
    near = net.posteriors(marginal={"trust": [0.2, 0.3, 0.5 + sign * 0.8e-6]})["trust"]
    assert near["high"] == pytest.approx(0.5, abs=1e-6)
    with pytest.raises(QueryError, match=r"the numbers sum to .*; expected 1"):
        net.posteriors(marginal={"trust": [0.2, 0.3, 0.5 + sign * 1.2e-6]})


def test_marginals_that_cannot_be_met(garden: Path) -> None:
    small = cmocnet.load(garden)
    with pytest.raises(EvidenceError, match="mood"):
        small.posteriors(given={"mood": "low"}, marginal={"mood": (0.5, 0.5)})
    with pytest.raises(EvidenceError, match="sunlight"):
        small.posteriors(do={"sunlight": "sun"}, marginal={"sunlight": (0.5, 0.5)})
