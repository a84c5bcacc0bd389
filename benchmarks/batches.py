"""Many scenarios at once, and how the time of one falls with their number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

import cmocnet
from benchmarks import networks, peers
from benchmarks.networks import Question
from benchmarks.results import Bar, Effort, Row
from benchmarks.timing import Contender, compared, medians, screened
from cmocnet import Network, engine

TARGET = "dissolution"
LOOP = 300
"""Scenarios that the peers' loops go through; their time is scaled to all."""
FAST = Bar("pyAgrum", 200, "200 times the fastest pyAgrum loop")


def contexts(net: Network) -> list[str]:
    """The variables that scenarios observe: those set from outside."""
    return [v.name for v in net.variables.values() if v.layer == "setting"]


def scenarios(net: Network, n: int, *, seed: int) -> NDArray[np.int8]:
    """Codes (n, contexts), 5 to 15 of them observed in each row, -1 for the others."""
    rng = np.random.default_rng(seed)
    names = contexts(net)
    cards = np.array([len(net.variables[v].states) for v in names])
    order = rng.random((n, len(names)), dtype=np.float32).argsort(axis=1)
    few = rng.integers(5, 16, (n, 1))
    codes = rng.integers(0, cards, (n, len(names)), dtype=np.int8)
    codes[order >= few] = -1
    return codes


def ten_thousand(effort: Effort) -> Iterator[Row]:
    """Ten thousand scenarios, one target, against loops over some of them."""
    yield _many(cmocnet.load(), 200 if effort.quick else 10_000, effort, (FAST,))


def growth(effort: Effort) -> Iterator[Row]:
    """From a hundred scenarios to a million."""
    net = cmocnet.load()
    for n in (100,) if effort.quick else (100, 1_000, 10_000, 100_000, 1_000_000):
        contender = _ours(net, scenarios(net, n, seed=5))
        yield Row(
            group="growth",
            work=f"{n:,} scenarios, one target, bundled network",
            ours=medians([contender], effort)["cmocnet"] * n,
            multiply_adds=_cost(net),
            passes=n,
            size=n,
        )


def _many(net: Network, n: int, effort: Effort, bars: tuple[Bar, ...]) -> Row:
    codes = scenarios(net, n, seed=5)
    loop = min(LOOP // (10 if effort.quick else 1), n)
    asked = [_question(net, row) for row in codes[:loop]]
    mine = _ours(net, codes)
    agrums = [peers.each(name, peer.ask, asked) for name, peer in peers.agrums(net.discrete)]
    few = peers.each("pgmpy VariableElimination", peers.pgmpy(net.discrete), asked[:20])
    difference = compared([mine, *agrums, few])
    times = medians([mine, *screened(agrums), few], effort)
    whole = {name: seconds * n for name, seconds in times.items()}
    return Row(
        group="scenarios",
        work=f"{n:,} scenarios observing 5 to 15 contexts, one target, bundled network",
        ours=whole.pop("cmocnet"),
        peers=whole,
        bars=bars,
        multiply_adds=_cost(net),
        passes=n,
        difference=difference,
        size=n,
    )


def _ours(net: Network, codes: NDArray[np.int8]) -> Contender:
    names, program = contexts(net), engine.compile(net.discrete)
    return Contender("cmocnet", lambda: program.predict(codes, names, [TARGET])[0], len(codes))


def _question(net: Network, row: NDArray[np.int8]) -> Question:
    codes = {v: int(c) for v, c in zip(contexts(net), row, strict=True) if c >= 0}
    states = {v: net.variables[v].states[c] for v, c in codes.items()}
    return Question(states, codes, TARGET)


def _cost(net: Network) -> int:
    """Multiply-adds of one scenario: of the variables that the target or a context depends on."""
    part = networks.ancestors(net.discrete, [*contexts(net), TARGET])
    return engine.compile(part).multiply_adds
