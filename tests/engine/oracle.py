"""Brute force: every configuration of every variable, one at a time. Slow and obviously right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from cmocnet.typing import DiscreteNetwork, Evidence


def worlds(network: DiscreteNetwork, evidence: Evidence) -> Iterator[tuple[dict[str, str], float]]:
    """Every configuration with its weight: probability after interventions, times likelihoods."""
    names = network.names
    for states in product(*(network.states[v] for v in names)):
        world = dict(zip(names, states, strict=True))
        weight = 1.0
        for v in names:
            if v in evidence.do:
                weight *= world[v] == evidence.do[v]
            else:
                table = network.tables[v]
                at = tuple(network.states[u].index(world[u]) for u in (*table.parents, v))
                weight *= table.values[at]
        for v, s in evidence.observed.items():
            weight *= world[v] == s
        for v, numbers in evidence.likelihood.items():
            weight *= numbers[network.states[v].index(world[v])]
        yield world, float(weight)


def probability(network: DiscreteNetwork, evidence: Evidence) -> float:
    return sum(weight for _, weight in worlds(network, evidence))


def event(network: DiscreteNetwork, targets: Mapping[str, str], evidence: Evidence) -> float:
    hit = total = 0.0
    for world, weight in worlds(network, evidence):
        total += weight
        if all(world[v] == s for v, s in targets.items()):
            hit += weight
    return hit / total


def posteriors(network: DiscreteNetwork, evidence: Evidence) -> dict[str, dict[str, float]]:
    found = {v: dict.fromkeys(states, 0.0) for v, states in network.states.items()}
    total = 0.0
    for world, weight in worlds(network, evidence):
        total += weight
        for v, s in world.items():
            found[v][s] += weight
    return {v: {s: x / total for s, x in row.items()} for v, row in found.items()}


def joint(network: DiscreteNetwork, targets: list[str], evidence: Evidence) -> np.ndarray:
    table = np.zeros([len(network.states[v]) for v in targets])
    for world, weight in worlds(network, evidence):
        table[tuple(network.states[v].index(world[v]) for v in targets)] += weight
    return table / table.sum()


def counts(network: DiscreteNetwork, evidence: Evidence) -> dict[str, np.ndarray]:
    found = {v: np.zeros_like(t.values) for v, t in network.tables.items()}
    total = 0.0
    for world, weight in worlds(network, evidence):
        total += weight
        for v, table in network.tables.items():
            at = tuple(network.states[u].index(world[u]) for u in (*table.parents, v))
            found[v][at] += weight
    return {v: x / total for v, x in found.items()}


def best(network: DiscreteNetwork, evidence: Evidence) -> float:
    """The largest P(world | evidence)."""
    weights = [weight for _, weight in worlds(network, evidence)]
    return max(weights) / sum(weights)
