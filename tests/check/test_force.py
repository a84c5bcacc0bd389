"""How much of a context's force arrives in the bundled review: bars that its encoding must keep."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest

from cmocnet import Network, engine
from cmocnet.check.predictive import random_contexts
from cmocnet.registry.judged import InterBeta
from cmocnet.registry.moment import at_round
from cmocnet.rounds import unroll
from cmocnet.survey.listing import numbers
from cmocnet.typing import Array, Evidence

CONTEXTS = 1500
EXPLAINED = {
    **dict.fromkeys(("synergy", "performance", "inertia", "dissolution"), (0.12, 0.40)),
    "trust": (0.20, 0.60),
}
"""The share of variance that all contexts explain together."""


@pytest.fixture(scope="module")
def four(net: Network) -> engine.Program:
    """Four rounds."""
    return engine.compile(unroll(net.review, net.discrete, 4))


def test_little_is_the_coders_own(net: Network) -> None:
    listed = numbers(net.review, ("coder", "assumption"))
    assert len(listed) + len(listed.fixed) <= 30


def test_few_states_pass_from_round_to_round(net: Network) -> None:
    """What stands for all rounds and enters the way from one to the next multiplies its cost."""
    carry, tables = net.review.about.rounds.carry, net.discrete.tables
    loop, waiting = set(carry), list(carry.values())
    while waiting:
        name = waiting.pop()
        if name not in loop and net.review.repeats(name):
            loop.add(name)
            waiting += tables[name].parents
    entering = {
        parent
        for name in loop - set(carry)
        for parent in tables[name].parents
        if not net.review.repeats(parent)
    }
    assert len(entering) > 3
    found = prod(len(net.variables[name].states) for name in entering)
    assert found < 4000, sorted(entering)


def test_a_pass_is_short(net: Network) -> None:
    assert engine.compile(net.discrete).multiply_adds <= 1_000_000


@pytest.fixture(scope="module")
def explained(net: Network) -> dict[str, float]:
    """Outcome -> the share of the variance of its score that random contexts explain."""
    names, codes = random_contexts(net, CONTEXTS, 0)
    found = {}
    for name in EXPLAINED:
        variable = net.variables[name]
        events = [{name: state} for state in variable.states]
        within = np.asarray(net.batches.predict(codes, names, events))
        marginal = np.asarray([net.posteriors()[name][state] for state in variable.states])
        found[name] = float(np.var(variable.scores @ within) / _variance(marginal, variable.scores))
    return found


def _variance(p: Array, scores: Array) -> float:
    return float(p @ scores**2 - (p @ scores) ** 2)


@pytest.mark.parametrize("name", EXPLAINED)
def test_contexts_explain_some_and_not_all(name: str, explained: dict[str, float]) -> None:
    low, high = EXPLAINED[name]
    assert low <= explained[name] <= high


def _given(program: engine.Program, observed: object, word: str, state: str) -> float:
    posteriors = program.posteriors(Evidence(observed=observed))
    return float(posteriors[word][state])


def test_the_alliance_that_ended_stands_apart_and_stays_so(
    net: Network, four: engine.Program
) -> None:
    ended, held = (net.situations[f"alliance_that_{how}"].given for how in ("ended", "held"))
    gaps = [
        _given(four, ended, word, "yes") - _given(four, held, word, "yes")
        for word in ("dissolution", at_round("dissolution", 4))
    ]
    assert gaps[0] >= 0.25
    assert gaps[1] >= gaps[0]


@pytest.mark.parametrize(
    ("name", "state", "least"),
    [("trust", "high", 0.25), ("synergy", "high", 0.20), ("dissolution", "no", 0.15)],
)
def test_preparation_tells(net: Network, name: str, state: str, least: float) -> None:
    """In a merger that is enforced."""
    prepared, bare = (
        net.posteriors(given=net.situations[f"enforced_merger_{how}"].given)[name][state]
        for how in ("prepared", "unprepared")
    )
    assert prepared - bare >= least


def test_success_and_failure_are_remembered(net: Network, four: engine.Program) -> None:
    """At least half of what the first round's achievement does to trust is there in the fourth."""
    low, high = (four.posteriors(Evidence(do={"achievement": state})) for state in ("low", "high"))
    scores = net.variables["trust"].scores
    first, last = (
        sum(
            score * (high[word][state] - low[word][state])
            for score, state in zip(scores, net.variables["trust"].states, strict=True)
        )
        for word in ("trust", at_round("trust", 4))
    )
    assert last >= first / 2 > 0.0


def _constructs(net: Network) -> list[str]:
    return [
        name
        for name, v in net.variables.items()
        if isinstance(v.table, InterBeta)
        and len(v.states) == 3
        and {v.table.lowest.by, v.table.highest.by} == {"definition"}
    ]


def test_constructs_lose_little_of_their_parts(net: Network) -> None:
    """Four fifths of the variance of each is its parents'."""
    drawn = _sample(net, 20_000)
    names = _constructs(net)
    assert len(names) >= 6
    shares = {}
    for name in names:
        table, scores = net.discrete.tables[name], net.variables[name].scores
        rows = table.values[tuple(drawn[parent] for parent in table.parents)]
        shares[name] = float(np.var(rows @ scores) / _variance(rows.mean(axis=0), scores))
    assert {name: share for name, share in shares.items() if share < 0.8} == {}


def _sample(net: Network, n: int) -> dict[str, Array]:
    """Forward samples of every variable's state, (n,)."""
    rng, drawn = np.random.default_rng(1), {}
    for name in net.variables:
        table = net.discrete.tables[name]
        rows = table.values[tuple(drawn[parent] for parent in table.parents)]
        steps = np.cumsum(np.broadcast_to(rows, (n, table.values.shape[-1])), axis=-1)
        drawn[name] = (rng.random(n)[:, None] >= steps[:, :-1]).sum(axis=1)
    return drawn
