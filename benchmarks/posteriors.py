"""Posteriors of every variable or of one, a question at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

import cmocnet
from benchmarks import networks, peers
from benchmarks.networks import Question
from benchmarks.results import Bar, Effort, Row
from benchmarks.timing import Contender, compared, medians, screened
from cmocnet import engine
from cmocnet.engine import Program
from cmocnet.typing import DiscreteNetwork

LAZY = "pyAgrum LazyPropagation"
NEVER = Bar("pyAgrum", 1, "never slower than the fastest of pyAgrum")
MOST = 100_000
"""Multiply-adds up to which VariableElimination is asked for all posteriors."""
ASKED = 8
"""Questions that one sample goes through, so that all kinds of changes are in it."""


def bundled(effort: Effort) -> Iterator[Row]:
    """All posteriors of one scenario on the bundled network."""
    net = cmocnet.load()
    contexts = [v.name for v in net.variables.values() if v.layer == "setting"][:10]
    program = engine.compile(net.discrete)

    def ask(question: Question) -> object:
        return [row.tolist() for row in net.posteriors(given=question.observed).values()]

    bars = (
        Bar("pyAgrum", 20, "20 times the fastest of pyAgrum"),
        Bar("pgmpy", 400, "400 times pgmpy"),
    )
    work = "all posteriors, one scenario, bundled network"
    asked = networks.questions(program, contexts, ASKED, seed=2)
    yield _every(work, program, asked, effort, bars, ask=ask, reference=True)
    others = list(networks.unlike(net.discrete, ASKED, observed=10, seed=2, targets=[None]))
    yield _every(f"{work}, other variables observed each time", program, others, effort, ask=ask)


def public(effort: Effort) -> Iterator[Row]:
    """All posteriors on the public networks."""
    bars = (
        Bar(LAZY, 100, "100 times LazyPropagation"),
        Bar("pyAgrum", 30, "30 times the fastest of pyAgrum"),
    )
    for name in networks.NAMES[: 1 if effort.quick else None]:
        work, program = f"all posteriors, {name}", engine.compile(networks.public(name))
        yield _every(work, program, _spread(program), effort, bars, reference=True)
        others = list(networks.unlike(program.network, ASKED, observed=5, seed=2, targets=[None]))
        yield _every(f"{work}, other variables observed each time", program, others, effort)


def growing(effort: Effort) -> Iterator[Row]:
    """All posteriors on generated networks, from hardly any arithmetic to the largest promised."""
    for name, network in _growing(quick=effort.quick):
        program = engine.compile(network)
        asked = _spread(program)
        if effort.quick or program.multiply_adds > MOST:
            asked = asked[:2]  # not one: what stays the same, peers do not compute again
        yield _every(f"all posteriors, {name}", program, asked, effort, (NEVER,))


def _growing(*, quick: bool) -> Iterator[tuple[str, DiscreteNetwork]]:
    yield "grid 4 x 4, 2 states", networks.grid(4, 2, seed=1)
    if quick:
        return
    yield "star, 200 effects of 3 states", networks.star(200, 3, seed=1)
    yield "chain, 50 steps of 10 states", networks.chain(50, 10, seed=1)
    yield "chain, 20 steps of 150 states", networks.chain(20, 150, seed=1)
    for side in (8, 10, 12, 14):
        yield f"grid {side} x {side}, 2 states", networks.grid(side, 2, seed=1)
    for side in (6, 8, 9):
        yield f"grid {side} x {side}, 3 states", networks.grid(side, 3, seed=1)
    shapes = ((60, 2, 8), (60, 4, 10), (300, 3, 8), (40, 6, 14), (32, 10, 24), (32, 12, 26))
    for n, most, reach in shapes:
        named = f"random, {n} variables, up to {most} parents"
        yield named, networks.sparse(n, most, reach, (2, 2, 3), seed=1)


def _spread(program: Program) -> list[Question]:
    """Questions that observe five variables spread over the network."""
    names = program.network.names
    return networks.questions(program, names[:: max(1, len(names) // 5)][:5], ASKED, seed=2)


def _every(
    work: str,
    program: Program,
    asked: Sequence[Question],
    effort: Effort,
    bars: tuple[Bar, ...] = (),
    *,
    ask: peers.Ask | None = None,
    reference: bool = False,
) -> Row:
    """All posteriors; ``reference`` lets pgmpy take part, with two of the questions."""
    network, cost = program.network, program.multiply_adds
    kinds = peers.KINDS if cost <= MOST else peers.MESSAGES
    mine = peers.each("cmocnet", ask or peers.ours(program), asked)
    agrums = [peers.each(name, p.ask, asked) for name, p in peers.agrums(network, kinds)]
    others = []
    if reference:
        others = [peers.each("pgmpy VariableElimination", peers.pgmpy(network), asked[:2])]
    difference = compared([mine, *agrums, *others])
    kept = screened(agrums, [b.peer for b in bars if b.peer.startswith("pyAgrum")])
    times = medians([mine, *kept, *others], effort)
    return Row(
        group="all posteriors",
        work=work,
        ours=times.pop("cmocnet"),
        peers=times,
        bars=bars,
        multiply_adds=cost,
        passes=3,
        difference=difference,
    )


def one_target(effort: Effort) -> Iterator[Row]:
    """One target with ten observed: the same ten again, other ones, another target too."""
    for named, network in _sparse(quick=effort.quick):
        names = networks.shuffled(network, seed=3)
        yield _again(network, names[0], names[1:11], named, effort)
        yield _anew(network, names[:1], f"other ten observed each time, {named}", effort)
        yield _anew(network, names, f"other ten and another target each time, {named}", effort)


def _sparse(*, quick: bool) -> Iterator[tuple[str, DiscreteNetwork]]:
    for n in (50,) if quick else (50, 100, 200, 500):
        yield f"{n} variables", networks.sparse(n, 3, 8, (2, 2, 3), seed=n)
    if not quick:
        long = networks.sparse(200, 2, 200, (2, 2, 3), seed=200)
        yield "200 variables, arcs of any length", long


def _again(
    network: DiscreteNetwork, target: str, observed: Sequence[str], named: str, effort: Effort
) -> Row:
    program = engine.compile(network)
    asked = networks.questions(program, observed, ASKED, seed=3, target=target)
    mine = peers.each("cmocnet", peers.ours(program), asked)
    agrums = [peers.each(name, peer.ask, asked) for name, peer in peers.agrums(network)]
    difference = compared([mine, *agrums])
    times = medians([mine, *screened(agrums)], effort)
    work = f"one target, the same ten observed in other states, {named}"
    return _one(work, times, difference)


def _anew(network: DiscreteNetwork, targets: Sequence[str], named: str, effort: Effort) -> Row:
    """No question is ever put twice, so nothing made for one helps with the next."""
    block, blocks = (5, 6) if effort.quick else (20, 8)
    asked = list(networks.unlike(network, block * blocks, observed=10, seed=4, targets=targets))
    mine = _blocks("cmocnet", peers.ours(engine.compile(network)), asked, block)
    agrums = [_blocks(name, p.ask, asked, block) for name, p in peers.agrums(network)]
    difference = compared([mine, *agrums])
    kept = screened(agrums)
    mine.run()  # the block that the peers were screened with
    times = medians([mine, *kept], effort, once=True)
    return _one(f"one target, {named}", times, difference)


def _one(work: str, times: dict[str, float], difference: float) -> Row:
    ours = times.pop("cmocnet")
    return Row("one target", work, ours, times, (NEVER,), difference=difference)


def _blocks(name: str, ask: peers.Ask, asked: Sequence[Question], block: int) -> Contender:
    """The contender that answers the next few questions each time it runs."""
    turn = count()

    def run() -> object:
        start = next(turn) * block
        return [ask(question) for question in asked[start : start + block]]

    return Contender(name, run, block)
