"""Events of several states, and of very many variables, against enumeration."""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from cmocnet import engine
from cmocnet.engine import indicators
from cmocnet.typing import DiscreteNetwork, Evidence

sys.path.insert(0, str(Path(__file__).parent))
import oracle
from strategies import networks_with_evidence

SETTINGS = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)


def drawn(network: DiscreteNetwork, data: st.DataObject) -> dict[str, tuple[str, ...]]:
    """One to three variables, each with some of its states."""
    names = data.draw(st.lists(st.sampled_from(network.names), min_size=1, max_size=3, unique=True))
    some = {
        v: data.draw(st.lists(st.sampled_from(network.states[v]), min_size=1, unique=True))
        for v in names
    }
    return {v: tuple(states) for v, states in some.items()}


def brute(network: DiscreteNetwork, event: dict[str, tuple[str, ...]], evidence: Evidence) -> float:
    combinations = product(*event.values())
    return sum(
        oracle.event(network, dict(zip(event, states, strict=True)), evidence)
        for states in combinations
    )


@SETTINGS
@given(networks_with_evidence(), st.data(), st.booleans(), st.booleans())
def test_an_event_of_several_states(case, data, large, warm):
    network, evidence = case
    assume(oracle.probability(network, evidence) > 0)
    event = drawn(network, data)
    program = engine.compile(network)
    program._runs = 10_000 if warm else -10_000
    expected = brute(network, event, evidence)
    with pytest.MonkeyPatch.context() as patched:
        if large:  # as if the joint of these variables were too large
            patched.setattr(indicators, "JOINT", 0)
        assert program.event(event, evidence) == pytest.approx(expected, abs=1e-10)
        tables = {v: np.stack([t.values] * 3) for v, t in network.tables.items()}
        (draws,) = program.predict_tables(tables, evidence, [event])
        assert draws == pytest.approx([expected] * 3, abs=1e-10)
        (row,) = program.predict(np.zeros((1, 0), dtype=int), [], [event], evidence)
        assert row == pytest.approx([expected], abs=1e-10)


@SETTINGS
@given(networks_with_evidence(), st.data())
def test_derivatives_of_an_event_add_up(case, data):
    network, evidence = case
    assume(oracle.probability(network, evidence) > 0)
    event = drawn(network, data)
    program = engine.compile(network)
    found = program.gradients(event, evidence, covariation=True)
    parts = [
        program.gradients(dict(zip(event, states, strict=True)), evidence, covariation=True)
        for states in product(*event.values())
    ]
    for v in network.names:
        total = sum(part[v] for part in parts)
        np.testing.assert_allclose(found[v], total, atol=1e-9)
