"""Swings, mutual information and the value of information, against their definitions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cmocnet import Network
from cmocnet.asked import Asked, ask
from cmocnet.engine import Program
from cmocnet.query import Query
from cmocnet.sensitivity import Decision, information, next_question, swings, value_of_information
from cmocnet.typing import Evidence

Put = tuple[object, str | Query]
TRAIN = Decision(
    {"wait": {}, "train": {"culture_plan": "in_place"}, "hurry": {"pace": "timely"}},
    {"dissolution": {"no": 100.0}, "performance": {"medium": 10.0, "high": 30.0}},
    {"train": 2.0, "hurry": 3.0},
)


def entropy(p: np.ndarray) -> float:
    return float(-(p[p > 0] * np.log2(p[p > 0])).sum())


def bits(asked: Asked, name: str) -> float:
    """H(event) + H(variable) - H(both), from their joint distribution."""
    states = asked.program.network.states
    whole = asked.program.joint([*asked.event, name], asked.evidence)
    at = tuple(states[v].index(s) for v, s in asked.event.items())
    hit = whole[at]
    both = np.stack([hit, whole.sum(axis=tuple(range(len(at)))) - hit])
    return entropy(both.sum(axis=0)) + entropy(both.sum(axis=1)) - entropy(both.ravel())


def test_information_is_that_of_the_joint_distribution(put: Put) -> None:
    asked = ask(*put)  # type: ignore[arg-type]
    found = information(ask(*put))  # type: ignore[arg-type]
    assert set(found) == set(asked.unobserved())
    assert list(found.values()) == sorted(found.values(), reverse=True)
    for name in [*found][::6]:
        assert found[name] == pytest.approx(bits(asked, name), abs=1e-9)


def test_information_under_a_fixed_marginal_and_for_two_targets(net: Network) -> None:
    question = "P(trust high, no dissolution | clash := [0.6, 0.4], mandated)"
    asked = ask(net, question)
    found = information(net.ask(question), among=["leadership", "conflict"])
    for name, number in found.items():
        assert number == pytest.approx(bits(asked, name), abs=1e-9)


def test_swings_are_those_of_single_queries(put: Put) -> None:
    asked = ask(*put)  # type: ignore[arg-type]
    found = swings(ask(*put))  # type: ignore[arg-type]
    assert [a.swing for a in found] == sorted((a.swing for a in found), reverse=True)
    for asking in found[::5]:
        answers = {
            s: asked.program.event(asked.event, asked.observing({asking.variable: s}))
            for s in asked.program.network.states[asking.variable]
        }
        assert asking.answers == pytest.approx(answers, abs=1e-9)
        assert asking.swing == pytest.approx(max(answers.values()) - min(answers.values()))
        mean = sum(asking.chances[s] * p for s, p in answers.items())
        assert mean == pytest.approx(asked.probability(), abs=1e-9)
    assert set(found.frame()["variable"]) == {a.variable for a in found}


def expected(asked: Asked, option: str, observed: dict[str, str]) -> float:
    doing = Evidence(
        observed={**asked.evidence.observed, **observed},
        do={**asked.evidence.do, **TRAIN.options[option]},
    )
    found = asked.program.posteriors(doing)
    worth = sum(u * found[v][s] for v, us in TRAIN.utilities.items() for s, u in us.items())
    return worth - TRAIN.costs.get(option, 0.0)


def test_value_of_information_by_its_definition(net: Network) -> None:
    question = "P(dissolution | merger, mandated)"
    asked = ask(net, question)
    found = value_of_information(net.ask(question), TRAIN)
    names = {w.variable for w in found}
    assert "culture_plan" not in names
    assert "pace" not in names
    prior = asked.program.posteriors(asked.evidence)
    without = {o: expected(asked, o, {}) for o in TRAIN.options}
    for worth in [*found[:3], found[-1]]:
        total = 0.0
        for state, chance in prior[worth.variable].items():
            each = {o: expected(asked, o, {worth.variable: state}) for o in TRAIN.options}
            total += chance * max(each.values())
            assert each[worth.best[state]] == pytest.approx(max(each.values()), abs=1e-9)
        assert worth.gain == pytest.approx(max(0.0, total - max(without.values())), abs=1e-9)
        assert without[worth.default] == pytest.approx(max(without.values()), abs=1e-9)


def test_what_settles_a_choice_is_worth_something() -> None:
    rain = np.array([0.6, 0.4])
    wet = np.array([[[0.99, 0.01], [0.99, 0.01]], [[0.1, 0.9], [0.95, 0.05]]])
    from cmocnet import engine
    from cmocnet.typing import DiscreteNetwork, Table

    states = {"rain": ("no", "yes"), "umbrella": ("no", "yes"), "wet": ("no", "yes")}
    tables = {
        "rain": Table("rain", (), rain),
        "umbrella": Table("umbrella", (), np.array([0.5, 0.5])),
        "wet": Table("wet", ("rain", "umbrella"), wet),
    }
    program = engine.compile(DiscreteNetwork(states, tables))
    choice = Decision(
        {"leave": {"umbrella": "no"}, "take": {"umbrella": "yes"}},
        {"wet": {"no": 10.0}},
        {"take": 2.0},
    )
    question = Query({"wet": "yes"})
    (worth,) = value_of_information(ask(program, question), choice)
    # Leave: 0.6 * 9.9 + 0.4 * 1 = 6.34; take: 9.74 - 2 = 7.74; knowing: 0.6 * 9.9 + 0.4 * 7.5 = 8.94.
    assert worth.gain == pytest.approx(1.2)
    assert worth.best == {"no": "leave", "yes": "take"}
    assert next_question(ask(program, question), decision=choice).worth == pytest.approx(1.2)


def test_the_next_question_is_the_most_informative(net: Network) -> None:
    question = "P(dissolution | mandated)"
    best = next_question(net.ask(question))
    found = information(net.ask(question), among=ask(net, question).contexts())
    assert best.variable == next(iter(found))
    assert best.question == net.variables[best.variable].question


def test_a_certain_event_leaves_nothing_to_learn(alarm: Program, hypotension: Query) -> None:
    states = {"PVSAT": "LOW"}
    certain = Evidence(observed={"VENTALV": "ZERO", "FIO2": "LOW"})
    found = information(ask(alarm, replace(hypotension, targets=states, evidence=certain)))
    assert set(found.values()) == {0.0}
