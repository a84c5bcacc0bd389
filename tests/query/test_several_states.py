"""That a variable has one of several states: asked, given, explained, and P(A) + P(not A) = 1."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import cmocnet
from cmocnet import Network, engine
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.query import Query, parse
from cmocnet.sensitivity import every_function, swings
from cmocnet.typing import DiscreteNetwork, Evidence, OneOf, Table

NOT_HIGH = {"trust": [1.0, 1.0, 0.0]}


def asked(net: Network, question: str) -> float:
    found = net.query(question).probability
    assert found is not None
    return found


@pytest.mark.parametrize("given", ["", " | mandated, poor experience", " | not high faith"])
def test_a_state_and_its_negation_share_out_certainty(net: Network, given: str) -> None:
    for name, variable in net.variables.items():
        if name in ("mandate", "experience", "faith") and given:
            continue
        for state in variable.states:
            one = asked(net, f"P({name}={state}{given})")
            other = asked(net, f"P({name} = not {state}{given})")
            assert one + other == pytest.approx(1.0, abs=1e-12), (name, state)


def test_a_target_of_several_states_is_their_sum(net: Network) -> None:
    answer = net.query("P(not high trust | mandated)")
    assert answer.query.targets == {"trust": ("low", "medium")}
    assert str(answer.query) == "P(trust=low or medium | mandate=mandated)"
    assert answer.probability == answer.distribution["low"] + answer.distribution["medium"]
    assert list(answer.distribution) == ["low", "medium", "high"]
    beside = net.query("P(high trust | mandated)")
    assert answer.baseline == pytest.approx(1 - beside.baseline)
    assert answer.opposite == pytest.approx(1 - beside.opposite)
    assert answer.samples == pytest.approx(1 - beside.samples)
    assert answer.rivals == pytest.approx({k: 1 - v for k, v in beside.rivals.items()})


def test_several_targets_of_which_one_has_several_states(net: Network) -> None:
    both = asked(net, "P(dissolution, not high trust | mandated)")
    rest = asked(net, "P(dissolution, high trust | mandated)")
    assert both + rest == pytest.approx(asked(net, "P(dissolution | mandated)"), abs=1e-12)


def test_several_states_as_evidence_are_a_likelihood(net: Network) -> None:
    right = net.posteriors(likelihood=NOT_HIGH)["dissolution"]["yes"]
    for given in (
        "not high trust",
        "trust = low or medium",
        "trust isn't high",
        "trust = not high",
    ):
        assert asked(net, f"P(dissolution | {given})") == pytest.approx(right, abs=1e-15)
    for given in (["not high trust"], {"trust": "not high"}, {"trust": ("medium", "low")}):
        assert net.posteriors(given)["dissolution"]["yes"] == pytest.approx(right, abs=1e-15)
    assert net.query("P(dissolution | not high trust)").opposite is None


@pytest.mark.parametrize("some", [["medium", "low"], ("low", "medium"), ["low", "low", "medium"]])
def test_a_list_of_states_is_what_it_names_in_any_order(net: Network, some: object) -> None:
    found = net.evidence({"trust": some}).likelihood["trust"]
    assert isinstance(found, OneOf)
    assert found.some == ("low", "medium")
    with pytest.raises(QueryError, match=r"'trust': 'mediun' is no state.*nearest: medium"):
        net.evidence({"trust": ["low", "mediun"]})


@pytest.mark.parametrize("level", [None, 0.9])
def test_cells_of_several_states(net: Network, level: float | None) -> None:
    frame = pd.DataFrame(
        {
            "trust": ["not high", "low or medium", "high", None, "not low", "not high"],
            "mandate": ["mandated", None, "mandated", "not mandated", None, "mandated"],
        }
    )
    found = net.predict(frame, ["dissolution", "not high synergy"], level=level)
    for row, (_, cells) in zip(found.to_dict("records"), frame.iterrows(), strict=True):
        given = net.evidence(cells)
        for column in ("dissolution=yes", "synergy=low or medium"):
            question = parse(f"P({column})", net.lexicon)
            alone = net.query(Query(question.targets, given))
            assert row[column] == pytest.approx(alone.probability, abs=1e-12)
            if level:
                ends = (row[f"{column} low"], row[f"{column} high"])
                assert ends == pytest.approx(alone.interval, abs=1e-12)


def test_cells_of_several_states_on_the_reference_engine() -> None:
    slow, quick = cmocnet.load(engine="pgmpy"), cmocnet.load()
    frame = pd.DataFrame({"mandate": ["mandated"], "integration": ["not group"]})
    one, other = (net.predict(frame, ["not high initial trust"]) for net in (slow, quick))
    assert one.to_numpy() == pytest.approx(other.to_numpy(), abs=1e-10)


def test_an_impossible_row_of_several_states_is_named() -> None:
    states = ("low", "medium", "high")
    same = Table("copy", ("cause",), np.eye(3))
    cause = Table("cause", (), np.array([0.2, 0.3, 0.5]))
    program = engine.compile(
        DiscreteNetwork({"cause": states, "copy": states}, {"cause": cause, "copy": same})
    )
    given = Evidence(likelihood={"cause": OneOf(states, ("low", "medium"))})
    assert program.event({"copy": ("low", "high")}, given) == pytest.approx(0.4)
    with pytest.raises(EvidenceError, match=r"cause=low or medium, copy=high|copy=high"):
        program.event({"cause": "low"}, replace(given, observed={"copy": "high"}))
    with pytest.raises(EvidenceError, match="row 1"):
        program.predict(np.array([[0], [2]]), ["copy"], ["cause"], given)


def test_no_end_and_no_intervention(net: Network) -> None:
    with pytest.raises(QueryError, match="expected one state to be brought about"):
        net.query("P(dissolution | do(not high trust))")
    with pytest.raises(QueryError, match="expected one state to be brought about"):
        net.posteriors(do={"trust": "not high"})
    assert net.query("P(dissolution | do(not mandated))").query.evidence.do == {
        "mandate": "voluntary"
    }


def test_resolve_says_what_form_to_use(net: Network) -> None:
    with pytest.raises(QueryError, match="a question takes trust=low or medium"):
        net.resolve("not high trust")
    assert net.resolve("not mandated") == ("mandate", "voluntary")


def test_analyses_take_several_states(net: Network) -> None:
    turned, straight = "P(not high trust | mandated)", "P(high trust | mandated)"
    bars, others = (net.sensitivity(q, top=5).tornado for q in (turned, straight))
    assert [b.width for b in bars] == pytest.approx([b.width for b in others])
    why, why_not = net.explain(turned), net.explain(straight)
    assert why.answer == pytest.approx(1 - why_not.answer)
    values = [c.value for c in why.contributions.items]
    assert values == pytest.approx([-c.value for c in why_not.contributions.items])
    assert why.pathways.paths[0].sentence.endswith(": Low or Medium")
    assert net.compare(turned, straight).difference == pytest.approx(why.answer - why_not.answer)
    best = net.levers(turned, k=1, n=20)
    assert best.objective.aim == "lower"
    assert best.start == pytest.approx(why.answer)
    told = {a.variable: a.information for a in swings(net.ask(turned))}
    assert told == pytest.approx({a.variable: a.information for a in swings(net.ask(straight))})
    slopes = {str(f.entry): f.sensitivity_value for f in every_function(net.ask(turned))}
    assert slopes == pytest.approx(
        {str(f.entry): f.sensitivity_value for f in every_function(net.ask(straight))}, abs=1e-9
    )
    assert net.stories(turned).success.ends == {"trust": "high"}


def test_analyses_explain_evidence_of_several_states(net: Network) -> None:
    why = net.explain("P(dissolution | mandated, not good experience)")
    told = {str(c.item) for c in why.contributions.items}
    assert told == {"mandate=mandated", "experience=poor or mixed"}
    assert any("(Poor or Mixed)" in p.sentence for p in why.pathways.paths)


def test_one_of_several_states_copies_pickles_and_compares() -> None:
    one = OneOf(("low", "medium", "high"), ("high", "low"))
    for same in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert same == one == (1.0, 0.0, 1.0)
        assert str(same) == "low or high"
    assert Evidence(likelihood={"a": one}).items() == ("a=low or high",)


def test_a_conjunction_of_many_targets_needs_no_joint(net: Network) -> None:
    names = [n for n, v in net.variables.items() if v.layer != "setting"][-22:]
    states = {n: net.variables[n].states[-1] for n in names}
    some = dict(list(states.items())[:7])
    question = ", ".join(f"{n}={s}" for n, s in states.items())
    answer = net.query(f"P({question} | mandated)")
    assert answer.probability is not None
    assert 0 < answer.probability < 1
    observed = {"mandate": "mandated"}
    whole = net.program.log_probability(Evidence(observed={**observed, **states}))
    alone = net.program.log_probability(Evidence(observed=observed))
    assert answer.probability == pytest.approx(float(np.exp(whole - alone)), rel=1e-9)
    assert answer.samples is not None
    assert np.quantile(answer.samples, 0.01) < answer.probability < answer.samples.max()
    with pytest.raises(QueryError, match=r"combinations, some .* GB; expected at most"):
        list(answer.distribution)
    with pytest.raises(QueryError, match="combinations"):
        net.query(f"P({', '.join(f'{n}=?' for n in names)})")
    chained = net.program.event(some, Evidence(observed=observed))
    assert chained > answer.probability
    with pytest.raises(QueryError, match="joint states; expected at most"):
        net.program.gradients(states, Evidence(observed=observed))


@pytest.mark.parametrize(
    "phrase", ["or " * 40 + "high", "low or " * 19 + "hihg", "not low or " * 14]
)
def test_however_many_are_joined_by_or_an_answer_comes(net: Network, phrase: str) -> None:
    with pytest.raises(QueryError):
        net.lexicon.states("trust", phrase)
    with pytest.raises(QueryError):
        net.ask(f"P(dissolution | trust = {phrase})")


def test_each_of_many_alternatives_counts(net: Network) -> None:
    assert net.lexicon.states("trust", "high or low or " * 9 + "high") == ("low", "high")
    assert net.lexicon.states("trust", "not high or low") == ("medium",)
