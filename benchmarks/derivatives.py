"""All derivatives of one query, against one forward run, autograd and finite differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

import cmocnet
from benchmarks import networks, peers
from benchmarks.autograd import Autograd
from benchmarks.networks import Question
from benchmarks.peers import Agrum
from benchmarks.results import Bar, Effort, Row
from benchmarks.timing import ROUGH, Contender, agreement, medians, screened
from cmocnet import engine
from cmocnet.typing import DiscreteNetwork, Evidence

OURS, FORWARD, FINITE = "cmocnet", "one forward run", "pyAgrum"
ENTRIES = 20
"""Table entries that the finite differences move; their time is scaled to all that matter."""
STEP = 1e-6
BARS = (
    Bar(FORWARD, 1 / 4, "at most 4 times one forward run"),
    Bar("PyTorch", 30, "30 times compiled-path autograd"),
)


def derivatives(effort: Effort) -> Iterator[Row]:
    """On the bundled network, and on generated ones where arithmetic counts for more."""
    observed = {"mandate": 1, "cultural_compatibility": 0, "leadership": 0}
    yield _row("bundled network", cmocnet.load().discrete, observed, ("dissolution", 1), effort)
    if effort.quick:
        return
    for side in (8, 10):
        grid = networks.grid(side, 2, seed=1)
        last = grid.names[-1]
        yield _row(f"grid {side} x {side}, 2 states", grid, {"v0": 1, "v5": 0}, (last, 1), effort)


def _row(
    name: str,
    network: DiscreteNetwork,
    codes: Mapping[str, int],
    target: tuple[str, int],
    effort: Effort,
) -> Row:
    program = engine.compile(network)
    states = {v: network.states[v][c] for v, c in codes.items()}
    asked = {target[0]: network.states[target[0]][target[1]]}
    evidence = Evidence(observed=states)
    mine = Contender(OURS, lambda: list(program.gradients(asked, evidence).values()))
    forward = Contender(FORWARD, lambda: program.event(asked, evidence))
    graph = Autograd(network, target, codes)
    torches = [
        Contender(f"PyTorch autograd, {peers.threaded(n)}", graph.with_threads(n))
        for n in peers.THREADS
    ]
    difference = agreement(mine.run(), ((t.name, t.run()) for t in torches))
    finite = screened(list(_finite(network, Question(states, codes, target[0]), target[1], mine)))
    times = medians([mine, forward, *screened(torches), *finite], effort)
    for contender in finite:
        times[contender.name] *= _entries(network, codes, target[0])
    return Row(
        group="derivatives",
        work=f"all derivatives of one query, {name}",
        ours=times.pop(OURS),
        peers=times,
        bars=BARS,
        multiply_adds=program.multiply_adds,
        passes=3,
        difference=difference,
    )


def _entries(network: DiscreteNetwork, codes: Mapping[str, int], target: str) -> int:
    """Table entries of the variables that the query depends on."""
    part = networks.ancestors(network, [*codes, target])
    return sum(table.values.size for table in part.tables.values())


def _finite(
    network: DiscreteNetwork, question: Question, state: int, mine: Contender
) -> Iterator[Contender]:
    """Loops that move an entry and ask again, one inference an entry, a few entries of them all."""
    part = networks.ancestors(network, [*question.codes, str(question.target)])
    rng = np.random.default_rng(7)
    names = rng.choice(part.names, ENTRIES).tolist()
    chosen = [(v, int(rng.integers(part.tables[v].values.size))) for v in names]
    slopes = dict(zip(network.names, mine.run(), strict=True))
    expected = [float(slopes[v].ravel()[i]) for v, i in chosen]
    for name, peer in peers.agrums(network):
        peer.aim(question.target)
        run = _moving(peer, part, chosen, question, state)
        agreement(expected, [(name, run())], ROUGH)
        yield Contender(f"{name}, finite differences", run, ENTRIES)


def _moving(
    peer: Agrum, part: DiscreteNetwork, chosen: list[tuple[str, int]], asked: Question, state: int
) -> Any:
    prepared = []
    for v, i in chosen:
        cpt, table = peer.model.cpt(v), part.tables[v]
        moved = table.values.copy()
        moved.ravel()[i] += STEP
        axes = (*table.parents, v)
        pair = (peers.agrum_numbers(cpt, axes, x) for x in (moved, table.values))
        prepared.append((cpt, *pair))
    target = peer.ids[str(asked.target)]

    def value() -> float:
        peer.renew(asked.codes)  # which makes it notice the table
        peer.inference.makeInference()
        return float(peer.inference.posterior(target)[state])

    start = value()

    def run() -> list[float]:
        slopes = []
        for cpt, moved, back in prepared:
            cpt.fillWith(moved)
            slopes.append((value() - start) / STEP)
            cpt.fillWith(back)
        return slopes

    return run
