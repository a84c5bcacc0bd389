"""Bad input gets one clear line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cmocnet import CmocnetError, Network
from cmocnet.asked import ask
from cmocnet.engine import Program
from cmocnet.query import Query
from cmocnet.sensitivity import (
    Decision,
    Entry,
    analyse,
    contexts,
    judgement_indices,
    next_question,
    robustness,
    sensitivity_function,
    sobol,
    swings,
    tornado,
    two_way,
    value_of_information,
)
from cmocnet.typing import Evidence

Q = "P(dissolution | mandated)"
NO = Decision({"wait": {}}, {"dissolution": {"no": 1.0}})
SIZE = Entry("org_size", "larger", {})

WRONG: dict[str, tuple[str, Callable[[Network], object]]] = {
    "target among the evidence": (
        "dissolution is both asked for and given",
        lambda net: analyse(net.ask("P(dissolution | no dissolution)")),
    ),
    "target among the evidence of a query": (
        "trust is both asked for and given",
        lambda net: tornado(net.ask(Query({"trust": "high"}, Evidence(do={"trust": "low"})))),
    ),
    "no state": ("trust: a target without a state", lambda net: analyse(net.ask("P(trust=?)"))),
    "nothing asked": ("nothing is asked", lambda net: analyse(net.ask(Query({})))),
    "unknown variable": ("nearest: trust", lambda net: contexts(net.ask(Query({"trsut": "high"})))),
    "unknown state": ("nearest: high", lambda net: contexts(net.ask(Query({"trust": "hihg"})))),
    "evidence that cannot be used": (
        "all numbers are zero",
        lambda net: analyse(
            net.ask(Query({"trust": "high"}, Evidence(likelihood={"pace": (0, 0)})))
        ),
    ),
    "no bars": ("top 0; expected 1 or more", lambda net: tornado(net.ask(Q), top=0)),
    "among what is given": (
        "mandate is asked for or given",
        lambda net: swings(net.ask(Q), among=["mandate"]),
    ),
    "among the unknown": (
        "nearest: leadership",
        lambda net: swings(net.ask(Q), among=["leadrship"]),
    ),
    "nothing to ask": ("nothing is left to ask", lambda net: next_question(net.ask(Q), among=[])),
    "unknown entry": (
        "unknown variable 'orgsize'; nearest: org_size",
        lambda net: sensitivity_function(net.ask(Q), Entry("orgsize", "larger", {})),
    ),
    "unknown state of an entry": (
        "unknown state of org_size 'big'",
        lambda net: sensitivity_function(net.ask(Q), Entry("org_size", "big", {})),
    ),
    "entry without its parents": (
        "expected a state for each of functioning",
        lambda net: sensitivity_function(net.ask(Q), Entry("inertia", "yes", {})),
    ),
    "two entries of a row": (
        "both entries stand in one row",
        lambda net: two_way(net.ask(Q), SIZE, Entry("org_size", "smaller", {})),
    ),
    "a function under a fixed marginal": (
        "no ratio of linear functions",
        lambda net: sensitivity_function(net.ask("P(dissolution | clash := [0.5, 0.5])"), SIZE),
    ),
    "no options": (
        "no options or no utilities",
        lambda net: value_of_information(net.ask(Q), Decision({}, {})),
    ),
    "an unknown option": (
        "nearest: pace",
        lambda net: value_of_information(
            net.ask(Q), Decision({"a": {"pce": "slow"}}, NO.utilities)
        ),
    ),
    "a cost without an option": (
        "which is no option",
        lambda net: value_of_information(
            net.ask(Q), Decision(NO.options, NO.utilities, {"b": 1.0})
        ),
    ),
    "a utility that is no number": (
        "not finite",
        lambda net: value_of_information(
            net.ask(Q), Decision(NO.options, {"dissolution": {"no": float("nan")}})
        ),
    ),
    "evidence after the decision": (
        "mandate is given but lies downstream",
        lambda net: value_of_information(
            net.ask(Q), Decision({"a": {"prior_success": "successful"}}, NO.utilities)
        ),
    ),
    "different events": (
        "two different events",
        lambda net: robustness(net.ask(Q), net.ask("P(trust high | voluntary)")),
    ),
    "level scenarios": ("level as it is", lambda net: robustness(net.ask(Q), net.ask(Q))),
    "no limit": (
        "limit -1",
        lambda net: robustness(net.ask(Q), net.ask("P(dissolution | voluntary)"), limit=-1),
    ),
    "n no power of 2": ("n a power of 2", lambda net: judgement_indices(net.ask(Q), n=100)),
    "no rows at a time": ("chunk=0", lambda net: sobol(lambda x: x[:, 0], {"a": (0, 1)}, chunk=0)),
    "no inputs": ("0 inputs", lambda net: sobol(lambda x: x[:, 0], {})),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_gets_one_line(net: Network, case: str) -> None:
    line, wrong = WRONG[case]
    with pytest.raises(CmocnetError) as error:
        wrong(net)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_a_program_has_neither_words_nor_judgements(alarm: Program, hypotension: Query) -> None:
    with pytest.raises(CmocnetError, match="knows no words"):
        contexts(ask(alarm, "P(BP low)"))
    with pytest.raises(CmocnetError, match="no judgements"):
        tornado(ask(alarm, hypotension))  # type: ignore[arg-type]


def test_impossible_evidence_is_named(alarm: Program) -> None:
    never = Evidence(observed={"VENTALV": "ZERO", "FIO2": "LOW", "PVSAT": "HIGH"})
    with pytest.raises(CmocnetError, match=r"impossible together.*PVSAT=HIGH"):
        swings(ask(alarm, Query({"SHUNT": "HIGH"}, never)))
