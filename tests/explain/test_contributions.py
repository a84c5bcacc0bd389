"""Contributions against the definition, conflict against its formula."""

from __future__ import annotations

from itertools import permutations
from math import log

import numpy as np
import pytest

import cmocnet
from cmocnet import Network, engine
from cmocnet.asked import ask
from cmocnet.errors import CmocnetError
from cmocnet.explain import Item, explain, measure, shapley
from cmocnet.items import gathered, items
from cmocnet.query import Query
from cmocnet.typing import DiscreteNetwork, Evidence

MIXED = (
    Item("observed", "mandate", "mandated"),
    Item("do", "shared_vision", "present"),
    Item("do", "legal_agreements", "strong"),
    Item("likelihood", "trust", (0.2, 0.5, 0.3)),
    Item("observed", "starting_relationship", "good"),
)


def defined(program: engine.Program, target: dict[str, str], some: tuple[Item, ...]) -> list[float]:
    """The mean change over all orders, each subset asked by itself."""
    worth = {}
    totals = dict.fromkeys(some, 0.0)
    orders = list(permutations(some))
    for order in orders:
        for i, item in enumerate(order):
            for subset in (frozenset(order[:i]), frozenset(order[: i + 1])):
                if subset not in worth:
                    worth[subset] = program.event(target, gathered(subset))
            totals[item] += worth[frozenset(order[: i + 1])] - worth[frozenset(order[:i])]
    return [totals[item] / len(orders) for item in some]


@pytest.mark.parametrize(
    "extra", [(), (Item("marginal", "leadership", (0.2, 0.2, 0.6)),)], ids=["four", "with marginal"]
)
def test_they_equal_the_definition_for_every_kind_of_evidence(
    net: Network, extra: tuple[Item, ...]
) -> None:
    some = MIXED[: 5 - len(extra)] + extra
    target = {"dissolution": "yes"}
    found = shapley(net.program, target, some)
    values = {c.item: c.value for c in found.items}
    assert [values[i] for i in some] == pytest.approx(defined(net.program, target, some), abs=1e-12)


def test_they_equal_the_definition_for_a_joint_target_on_a_public_network(
    alarm: DiscreteNetwork,
) -> None:
    program = engine.compile(alarm)
    names = ["HYPOVOLEMIA", "LVFAILURE", "CVP", "HRBP", "PAP"]
    some = tuple(Item("do" if v == "CVP" else "observed", v, alarm.states[v][0]) for v in names)
    target = {"BP": alarm.states["BP"][0], "CO": alarm.states["CO"][0]}
    found = {c.item: c.value for c in shapley(program, target, some).items}
    # Rows of the published tables sum to one only within 1e-7.
    assert [found[i] for i in some] == pytest.approx(defined(program, target, some), abs=1e-8)


def test_they_sum_to_the_move_and_name_the_ends(net: Network) -> None:
    why = explain(net.ask("P(high trust | mandated, do(strong legal agreements), slow pace)"))
    answer = net.query(why.query)
    assert why.answer == pytest.approx(answer.probability, abs=1e-12)
    assert why.baseline == pytest.approx(answer.baseline, abs=1e-12)
    assert why.contributions.exact
    parts = sum(c.value for c in why.contributions.items)
    assert parts == pytest.approx(why.answer - why.baseline, abs=1e-12)


def test_alone_and_last_are_first_and_last_changes(net: Network) -> None:
    query = net.ask("P(dissolution | mandated, do(strong legal agreements))")
    target = query.event
    found = {c.item.variable: c for c in shapley(net.program, target, items(query.evidence)).items}
    mandate, law = {"mandate": "mandated"}, {"legal_agreements": "strong"}

    def p(**given: dict[str, str]) -> float:
        return net.program.event(target, Evidence(**given))

    assert found["mandate"].alone == pytest.approx(p(observed=mandate) - p(), abs=1e-12)
    both = p(observed=mandate, do=law)
    assert found["mandate"].last == pytest.approx(both - p(do=law), abs=1e-12)


def test_beyond_fifteen_items_orders_are_sampled_and_said_so(net: Network) -> None:
    roots = [v for v in net.variables if not net.variables[v].parents][:16]
    some = tuple(Item("observed", v, net.variables[v].states[0]) for v in roots)
    target = {"trust": "high"}
    sampled = shapley(net.program, target, some, orders=300, seed=4)
    again = shapley(net.program, target, some, orders=300, seed=4)
    assert not sampled.exact
    assert sampled == again
    parts = sum(c.value for c in sampled.items)
    assert parts == pytest.approx(sampled.answer - sampled.baseline, abs=1e-12)
    errors = [c.standard_error for c in sampled.items]
    assert all(e is not None and 0 <= e < 0.01 for e in errors)


def test_sampling_agrees_with_all_subsets(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    some = MIXED[:4]
    exact = {c.item: c.value for c in shapley(net.program, {"trust": "high"}, some).items}
    monkeypatch.setattr("cmocnet.explain.contributions.EXACT", 3)
    for c in shapley(net.program, {"trust": "high"}, some, orders=400, seed=1).items:
        assert c.standard_error is not None
        assert abs(c.value - exact[c.item]) <= 5 * c.standard_error + 1e-12


def test_the_standard_error_is_that_of_a_mean_over_orders(
    net: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmocnet.explain.contributions.EXACT", 3)
    some, target, orders, n = MIXED[:4], {"trust": "high"}, 5, 4
    found = {c.item: c for c in shapley(net.program, target, some, orders=orders, seed=3).items}
    shuffled = np.random.default_rng(3).permuted(np.tile(np.arange(n), (orders, 1)), axis=1)
    changes = np.empty((orders, n))
    for row, order in enumerate(shuffled):
        known: list[Item] = []
        for i in order:
            before = net.program.event(target, gathered(known))
            known.append(some[i])
            changes[row, i] = net.program.event(target, gathered(known)) - before
    for i, item in enumerate(some):
        mean = changes[:, i].sum() / orders
        squares = ((changes[:, i] - mean) ** 2).sum()
        assert found[item].value == pytest.approx(mean, abs=1e-12)
        error = (squares / (orders - 1)) ** 0.5 / orders**0.5
        assert found[item].standard_error == pytest.approx(error, abs=1e-12)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("P(dissolution)", "nothing is given"),
        ("P(trust=? | mandated)", "without a state"),
        (Query({"trust": "high"}, Evidence(observed={"trust": "low"})), "asked for and given"),
        (Query({"trust": "hihg"}, Evidence(observed={"pace": "slow"})), "hihg"),
    ],
)
def test_what_cannot_be_explained_gets_one_line(
    net: Network, question: str | Query, said: str
) -> None:
    with pytest.raises(CmocnetError, match=said) as caught:
        explain(net.ask(question))
    assert "\n" not in str(caught.value)


def test_too_few_orders_are_refused(net: Network) -> None:
    with pytest.raises(CmocnetError, match="orders: 1; expected a whole number of 2 or more"):
        shapley(net.program, {"trust": "high"}, MIXED, orders=1)


def test_conflict_is_jensens_measure(net: Network) -> None:
    given = {"starting_relationship": "good", "prior_success": "none_or_poor"}
    do = {"weak_position": "yes"}
    found = measure(net, Evidence(observed=given, do=do))

    def p(**observed: str) -> float:
        return net.program.probability(Evidence(observed=observed, do=do))

    expected = log(np.prod([p(**{v: s}) for v, s in given.items()]) / p(**given))
    assert found.measure == pytest.approx(expected, abs=1e-12)
    assert found.conflicting
    assert [value for _, value in found.items] == pytest.approx([expected] * 2, abs=1e-12)


def test_the_finding_that_the_others_go_against_most_comes_first(net: Network) -> None:
    given = {"starting_relationship": "good", "prior_success": "none_or_poor", "pace": "slow"}
    found = [value for _, value in measure(net, Evidence(observed=given)).items]
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


def test_one_finding_cannot_conflict(net: Network) -> None:
    assert (
        measure(net, Evidence(observed={"pace": "slow"}, do={"mandate": "mandated"})).measure == 0
    )


@pytest.mark.parametrize(
    "question",
    [
        "P(dissolution | mandate := [0.5, 0.5], do(slow pace), leadership ~ [0.1, 0.2, 0.7])",
        "P(high trust | trust ~ [0.1, 0.2, 0.7])",
    ],
)
def test_every_kind_of_evidence_can_be_explained(net: Network, question: str) -> None:
    why = explain(net.ask(question), top=1000)
    for item in why.pathways.items:
        paths = [p.effect for p in why.pathways.paths if p.item == item.item]
        assert sum(paths) == pytest.approx(item.carried)
        assert item.carried == pytest.approx(item.moved, rel=0.2)
    assert all(p.check and p.sentence for p in why.pathways.paths)


def test_the_reference_engine_says_that_it_does_not_explain() -> None:
    with pytest.raises(CmocnetError, match="expected --engine compiled"):
        explain(ask(cmocnet.load(engine="pgmpy"), "P(dissolution | mandated)"))
