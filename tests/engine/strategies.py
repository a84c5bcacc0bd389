"""Random discrete networks and evidence for property tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from cmocnet.typing import DiscreteNetwork, Evidence, Table

LARGEST = 4_000
"""Configurations up to which brute force is quick."""


@st.composite
def networks(draw: st.DrawFn) -> DiscreteNetwork:
    """1 to 8 variables of 1 to 5 states, any arcs, zeros in the tables, parts not connected."""
    n = draw(st.integers(1, 8))
    cards, total = [], 1
    for _ in range(n):
        card = draw(st.integers(1, max(1, min(5, LARGEST // total))))
        cards.append(card)
        total *= card
    names = [f"v{i}" for i in range(n)]
    states = {v: tuple(f"{v}s{s}" for s in range(c)) for v, c in zip(names, cards, strict=True)}
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    zeros = draw(st.sampled_from([0.0, 0.0, 0.3, 0.6]))
    tables = {}
    for i, v in enumerate(names):
        chosen = draw(st.lists(st.integers(0, i - 1), max_size=4, unique=True)) if i else []
        shape = (*(cards[p] for p in chosen), cards[i])
        values = rng.gamma(0.7, size=shape) + 1e-3
        values[rng.random(shape) < zeros] = 0.0
        values[..., 0] += values.sum(axis=-1) == 0
        values /= values.sum(axis=-1, keepdims=True)
        tables[v] = Table(v, tuple(names[p] for p in chosen), values)
    return DiscreteNetwork(states, tables)


@st.composite
def networks_with_evidence(
    draw: st.DrawFn, *, soft: bool = True, do: bool = True
) -> tuple[DiscreteNetwork, Evidence]:
    network = draw(networks())
    kinds = ["nothing", "nothing", "observed"] + ["likelihood"] * soft + ["do"] * do
    observed, likelihood, done = {}, {}, {}
    for v, states in network.states.items():
        kind = draw(st.sampled_from(kinds))
        if soft and kind in ("observed", "do") and draw(st.booleans()):  # and seen besides
            likelihood[v] = [draw(st.sampled_from([0.5, 1.0, 3.0])) for _ in states]
        if kind == "observed":
            observed[v] = draw(st.sampled_from(states))
        elif kind == "do":
            done[v] = draw(st.sampled_from(states))
        elif kind == "likelihood":
            weights = [draw(st.sampled_from([0.0, 0.2, 0.5, 1.0, 3.0])) for _ in states]
            likelihood[v] = weights if any(weights) else [1.0] * len(states)
    return network, Evidence(observed, likelihood, {}, done)
