"""What people ask beyond one number: tornado, contributions, the best bundle, Sobol indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import cmocnet
from benchmarks.commands import QUESTION
from benchmarks.results import Bar, Effort, Row
from benchmarks.timing import Contender, medians
from cmocnet.elicitation.draws import tables
from cmocnet.explain.contributions import shapley
from cmocnet.intervals import central
from cmocnet.items import items
from cmocnet.sensitivity import tornado
from cmocnet.sensitivity.globally import judgement_indices
from cmocnet.typing import Array

WHOLE = "one interval from 1,000 draws"
ITEMS = 12
LEVERS = "P(dissolution | mandated, larger organisations, distant)"


def analyses(effort: Effort) -> Iterator[Row]:
    """The bundled network; times are of the whole analysis, every number read."""
    net = cmocnet.load()
    query = net.query(QUESTION).query
    states = {"dissolution": "yes"}
    drawn = net.draws()
    ready = drawn.tables
    program = net.batches

    def interval(given: Mapping[str, Array]) -> object:
        return central(program.predict_tables(given, query.evidence, [states])[0])

    found = medians(
        [
            Contender("ours", lambda: tornado(net.ask(query)).frame()),
            Contender(WHOLE, lambda: interval(dict(tables(net.review, drawn.values)))),
            Contender("its tables at hand", lambda: interval(ready)),
        ],
        effort,
    )
    took = found.pop("ours")
    bar = Bar(WHOLE, 1 / 2, "at most twice one interval computation, its tables included")
    yield Row("analyses", "the full tornado of a query", took, found, (bar,))
    asked = net.query(_items(net)).query
    yield _limited(
        f"Shapley contributions of {ITEMS} items",
        lambda: [c.value for c in shapley(program, states, items(asked.evidence)).items],
        2.0,
        effort,
    )
    yield _limited(
        "the best bundle of 3 among all actionable contexts, and how often it stays best",
        lambda: net.levers(LEVERS, k=3).best.effect,
        5.0,
        effort,
    )
    n = 8 if effort.quick else 512
    yield _limited(
        "Sobol indices of all judgements, about 100,000 evaluations",
        lambda: judgement_indices(net.ask(query), n=n, seed=1).frame(),
        60.0,
        effort,
        once=True,
    )


def _items(net: cmocnet.Network) -> str:
    """A question with the first of the settings at their upper ends as evidence."""
    settings = [v for v in net.variables.values() if v.layer == "setting" and not v.parents]
    return f"P(dissolution | {', '.join(f'{v.name}={v.states[-1]}' for v in settings[:ITEMS])})"


def _limited(
    work: str, run: Callable[[], object], limit: float, effort: Effort, *, once: bool = False
) -> Row:
    """A row held against a time in seconds."""
    if once:
        effort = Effort(rounds=1, sample=effort.sample, quick=effort.quick)
    took = medians([Contender("ours", run)], effort, once=once)["ours"]
    name = f"limit of {limit:g} s"
    return Row("analyses", work, took, {name: limit}, (Bar(name, 1, f"under {limit:g} s"),))
