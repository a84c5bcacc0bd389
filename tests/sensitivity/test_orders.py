"""Every ranked list, for every situation and headline outcome, against evaluating all and sorting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from cmocnet import Network
from cmocnet.elicitation.draws import everyone
from cmocnet.elicitation.tables import build
from cmocnet.errors import CmocnetError
from cmocnet.explain import trace
from cmocnet.levers import best
from cmocnet.query import Query
from cmocnet.sensitivity import Sensitivity, swings
from cmocnet.sensitivity.globally import Response
from cmocnet.sensitivity.judged import believed
from cmocnet.typing import Array

TOP = 10
CLOSE = 1e-9


def asked(net: Network) -> list[Query]:
    """Each headline outcome, at its last state, in each situation."""
    return [
        Query({name: net.variables[name].states[-1]}, net.evidence(situation.given))
        for situation, name in product(net.situations.values(), net.review.about.headline)
        if name not in situation.given
    ]


@pytest.fixture(scope="module")
def lists(net: Network) -> list[tuple[Query, Sensitivity]]:
    """What the library lists for each of them."""
    return [(query, net.sensitivity(query, top=TOP)) for query in asked(net)]


def in_order(found: Mapping[str, float], listed: list[str], sizes: list[float]) -> None:
    """The list holds the largest, largest first, each with its own size; near ties either way."""
    slow = sorted(found.values(), reverse=True)[: len(listed)]
    assert sizes == pytest.approx(slow, abs=CLOSE)
    assert [found[name] for name in listed] == pytest.approx(slow, abs=CLOSE)


@pytest.fixture(scope="module")
def ends(net: Network) -> dict[str, tuple[list[str], Array]]:
    """Variable -> its judgements, and its tables with each at its 5th and 95th percentile."""
    states = {v.name: v.states for v in net.variables.values()}
    found: dict[str, tuple[list[str], list[Array]]] = {}
    for j in everyone(net.review):
        own, tables = found.setdefault(j.variable, ([], []))
        own.append(j.address)
        for p in (0.05, 0.95):
            number = np.asarray(believed(j, np.asarray(p)))
            tables.append(build(net.variables[j.variable], states, {j.address: number}))
    return {v: (own, np.stack(tables)) for v, (own, tables) in found.items()}


def test_the_widest_bars(
    net: Network,
    ends: Mapping[str, tuple[list[str], Array]],
    lists: list[tuple[Query, Sensitivity]],
) -> None:
    for query, listed in lists:
        event = {v: str(s) for v, s in query.targets.items()}
        widths: dict[str, float] = {}
        for name, (addresses, tables) in ends.items():
            (answers,) = net.batches.predict_tables({name: tables}, query.evidence, [event])
            wide = np.abs(np.diff(answers.reshape(-1, 2), axis=1)).ravel()
            widths |= dict(zip(addresses, wide.tolist(), strict=True))
        bars = listed.tornado
        assert len(bars) == TOP
        in_order(widths, [b.address for b in bars], [b.width for b in bars])


def test_bars_of_contexts(net: Network, lists: list[tuple[Query, Sensitivity]]) -> None:
    for query, listed in lists:
        event = {v: str(s) for v, s in query.targets.items()}
        possible = net.posteriors(query.evidence.observed)
        widths = {}
        for name, variable in net.variables.items():
            open_ = name not in {*query.evidence.observed, *event}
            if variable.layer != "setting" or not open_:
                continue
            answers = []
            for state in (s for s in variable.states if possible[name][s] > 0):
                seen = {**query.evidence.observed, name: state}
                answers.append(net.program.event(event, replace(query.evidence, observed=seen)))
            if len(answers) > 1:
                kinds = variable.direction is None and len(variable.states) > 2
                spread = max(answers) - min(answers), abs(answers[-1] - answers[0])
                widths[name] = spread[0] if kinds else spread[1]
        bars = listed.contexts
        assert len(bars) == len(widths) > TOP
        in_order(widths, [b.address for b in bars], [b.width for b in bars])


def test_what_to_find_out(net: Network) -> None:
    for query in asked(net)[::5]:
        event = {v: str(s) for v, s in query.targets.items()}
        found = swings(net.ask(query))
        apart = {}
        for one in found:
            answers = [
                net.program.event(
                    event,
                    replace(
                        query.evidence, observed={**query.evidence.observed, one.variable: state}
                    ),
                )
                for state in one.answers
            ]
            apart[one.variable] = max(answers) - min(answers)
        in_order(apart, [a.variable for a in found], [a.swing for a in found])


def test_single_levers(net: Network) -> None:
    for query in asked(net):
        event = {v: str(s) for v, s in query.targets.items()}
        try:
            found = best(net, query, k=1, n=0)
        except CmocnetError:
            continue
        start = net.program.event(event, query.evidence)
        gains = {
            str(s.lever): found.objective.sign
            * (
                net.program.event(
                    event, replace(query.evidence, do={s.lever.variable: s.lever.state})
                )
                - start
            )
            for s in found.ranking
        }
        in_order(
            gains,
            [str(s.lever) for s in found.ranking],
            [found.objective.sign * s.effect for s in found.ranking],
        )


def test_the_strongest_roads_are_the_first_of_all(net: Network) -> None:
    for query in asked(net)[::9]:
        every = trace(net.ask(query), top=None).paths
        few = trace(net.ask(query), top=8)
        assert sum(c.paths for c in few.items) == len(every)
        effects = {f"{p.item} {p.variables}": abs(p.effect) for p in every}
        in_order(
            effects,
            [f"{p.item} {p.variables}" for p in few.paths],
            [abs(p.effect) for p in few.paths],
        )


def test_the_judgements_that_vary_are_those_with_the_widest_bars(net: Network) -> None:
    query = asked(net)[0]
    response = Response.of(net.ask(query), top=TOP)
    chosen = {response.judged.known[i].address for i in response.chosen}
    assert chosen == {b.address for b in net.sensitivity(query, top=TOP).tornado}
