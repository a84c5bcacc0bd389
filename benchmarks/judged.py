"""Draws of the judgements: the tables they make, and one query over all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import cmocnet
from benchmarks import networks, peers
from benchmarks.peers import Agrum
from benchmarks.results import Bar, Effort, Row
from benchmarks.timing import Contender, DisagreementError, agreement, compared, medians, screened
from cmocnet import Network, engine
from cmocnet.elicitation.draws import draw, tables
from cmocnet.typing import Array, DiscreteNetwork, Evidence

TARGET = "dissolution"
OBSERVED = {"mandate": "mandated", "cultural_compatibility": "low", "leadership": "combative"}
LOOP = 20
"""Draws that the peers' loops go through; their time is scaled to all."""
OURS, QUERY = "cmocnet", "the query over them"


def draws(effort: Effort) -> Iterator[Row]:
    """One query over given tables; building them; drawing the judgements and building them."""
    net = cmocnet.load()
    n = 40 if effort.quick else 1000
    drawn = draw(net.review, n=n, seed=6)
    part = networks.ancestors(net.discrete, [*OBSERVED, TARGET])
    query = _query(net, drawn.tables, n)
    loops = list(_loops(net.discrete, part, drawn.tables, query))
    difference = compared([query, *loops])
    build = Contender("build", lambda: dict(tables(net.review, drawn.values)), n)
    both = Contender("both", lambda: list(draw(net.review, n=n, seed=6).tables.values()), n)
    found = medians([query, *screened(loops), build, both], effort)
    times = {name: seconds * n for name, seconds in found.items()}
    took, built, whole = times.pop(OURS), times.pop("build"), times.pop("both")
    yield Row(
        group="draws",
        work=f"{n:,} table draws of one query, tables given",
        ours=took,
        peers=times,
        bars=(Bar("pyAgrum", 100, "100 times the fastest pyAgrum loop that sets its tables"),),
        multiply_adds=engine.compile(part).multiply_adds,
        passes=n,
        difference=difference,
    )
    bar = Bar(QUERY, 1 / 5, "at most 5 times the query over them")
    named = f"building the tables of {n:,} draws"
    yield Row("draws", named, built, {QUERY: took}, (bar,))
    yield Row("draws", f"drawing the judgements and {named}", whole, {QUERY: took})


def _query(net: Network, tables: Mapping[str, Array], n: int) -> Contender:
    program, evidence = engine.compile(net.discrete), Evidence(observed=OBSERVED)
    return Contender(OURS, lambda: program.predict_tables(tables, evidence, [TARGET])[0], n)


def _loops(
    network: DiscreteNetwork, part: DiscreteNetwork, tables: Mapping[str, Array], query: Contender
) -> Iterator[Contender]:
    """Loops that set pyAgrum's tables, those that can matter, and make it notice.

    It notices new tables when evidence changes. Changing one item there and back is quickest, but
    some engines keep what they computed elsewhere: such a loop gives other numbers and is left out.
    """
    expected = query.run()
    codes = {v: network.states[v].index(s) for v, s in OBSERVED.items()}
    for way in ("evidence changed in place", "evidence entered anew"):
        for name, peer in peers.agrums(network):
            given = list(_prepared(peer, part, tables))
            loop = _loop(f"{name}, {way}", peer, given, codes, anew="anew" in way)
            try:
                agreement(expected, [(loop.name, loop.run())])
            except DisagreementError:
                continue
            yield loop


def _prepared(
    peer: Agrum, part: DiscreteNetwork, tables: Mapping[str, Array]
) -> Iterator[Sequence[tuple[Any, list[float]]]]:
    """Each draw's tables as pyAgrum wants them, made before the clock starts."""
    cpts = {v: peer.model.cpt(v) for v in part.names if v in tables}
    for i in range(min(LOOP, len(next(iter(tables.values()))))):
        yield [
            (cpt, peers.agrum_numbers(cpt, (*part.tables[v].parents, v), tables[v][i]))
            for v, cpt in cpts.items()
        ]


def _loop(
    name: str, peer: Agrum, given: Sequence[Any], codes: Mapping[str, int], *, anew: bool
) -> Contender:
    peer.aim(TARGET)
    peer.renew(codes)
    first, code = next(iter(codes.items()))

    def run() -> object:
        found = []
        for these in given:
            for cpt, numbers in these:
                cpt.fillWith(numbers)
            if anew:
                peer.renew(codes)
            else:
                peer.inference.chgEvidence(peer.ids[first], 1 - code)
                peer.inference.chgEvidence(peer.ids[first], code)
            peer.inference.makeInference()
            found.append(peer.inference.posterior(peer.ids[TARGET]).tolist())
        return found

    return Contender(name, run, len(given))
