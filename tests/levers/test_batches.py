"""Bundles answered together over draws: the numbers of each by itself, and few batches."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from cmocnet import Network, engine, levers
from cmocnet.engine import Program
from cmocnet.levers import Lever, evaluation
from cmocnet.typing import Array, DiscreteNetwork, Evidence, Table

TARGETS = ["dissolution", {"synergy": "high"}]


def lever(name: str, state: str) -> Lever:
    return Lever(name, state, name, state, 1.0, (), "")


def test_each_bundle_has_the_numbers_that_it_has_by_itself(net: Network) -> None:
    program, tables = net.compiled, net.draws(n=7, seed=3).tables
    given = net.evidence(["mandated", "merger"], likelihood={"leadership": [0.2, 0.8, 0.5]})
    some = [
        lever(name, state)
        for name in ("shared_vision", "leadership", "legal_agreements", "trust")
        for state in net.variables[name].states
    ]
    assert any(net.discrete.tables[x.variable].parents for x in some)
    assert any(not net.discrete.tables[x.variable].parents for x in some)
    bundles = [
        b
        for size in range(3)
        for b in combinations(range(len(some)), size)
        if len({some[i].variable for i in b}) == size
    ]
    together = evaluation.drawn(program, tables, some, bundles, given, TARGETS)
    for row, bundle in enumerate(bundles):
        made = replace(given, do={some[i].variable: some[i].state for i in bundle})
        alone = program.predict_tables(tables, made, TARGETS)
        for found, one in zip(together, alone, strict=True):
            np.testing.assert_allclose(found[row], one, rtol=0, atol=1e-12)


@pytest.fixture
def rarely() -> tuple[Program, Array]:
    """Rain makes the ground wet; in the second of two draws it never rains."""
    rain = Table("rain", (), np.array([0.5, 0.5]))
    wet = Table("wet", ("rain",), np.array([[0.9, 0.1], [0.2, 0.8]]))
    states = {"rain": ("no", "yes"), "wet": ("no", "yes")}
    network = DiscreteNetwork(states, {"rain": rain, "wet": wet})
    return engine.compile(network), np.array([[0.5, 0.5], [1.0, 0.0]])


def test_what_never_is_so_in_a_draw_can_still_be_made_so(rarely: tuple[Program, Array]) -> None:
    program, rain = rarely
    asked = ([lever("rain", "yes")], [(), (0,)], Evidence(), [{"wet": "yes"}])
    (found,) = evaluation.drawn(program, {"rain": rain}, *asked)
    np.testing.assert_allclose(found, [[0.45, 0.1], [0.8, 0.8]])


def test_bundles_that_set_the_same_by_intervention_share_a_batch(
    net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    predict = Program.predict

    def counted(program: Program, scenarios: Array, *args: object, **options: object) -> object:
        asked.append(len(scenarios))
        return predict(program, scenarios, *args, **options)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(Program, "predict", counted)
    free = [v for v in net.variables.values() if v.actionable and v.favourable and not v.parents]
    some = [v.name for v in free][:6]
    levers.best(net, "P(dissolution)", levers=some, k=2, n=3)
    # All bundles, the leading ones over draws, and each lever alone, centrally and over draws.
    assert asked == [22, 22, 7, 7]
