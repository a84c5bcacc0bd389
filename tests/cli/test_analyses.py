"""``sensitivity``, ``explain`` and ``levers``: in words, in JSON, and one line for bad input."""

from __future__ import annotations

import json

import pytest

HEADLINE = "P(dissolution | mandated, low cultural compatibility)"
SHORT = "P(inertia | mandated)"


def test_sensitivity_tells_judgements_from_contexts(say):
    said = say("sensitivity", SHORT, "--top", 3)
    assert (said.status, said.err) == (0, "")
    for words in ("Collaborative inertia: Yes", "Judgements, each", "Contexts, each", "3 of 271"):
        assert words in said.out
    assert "_" not in said.out
    assert "not measured frequencies" in said.out


def test_sensitivity_in_json_is_what_the_library_says(say, net):
    argv = ("sensitivity", SHORT, "--json", "--functions", "--evidence", "--top", 5)
    found = json.loads(say(*argv).out)
    first = net.sensitivity(SHORT)
    assert found["answer"] == pytest.approx(first.answer, abs=1e-12)
    assert found["judgements"][0]["at_high"] == pytest.approx(first.tornado[0].at_high, abs=1e-12)
    assert [b["address"] for b in found["contexts"]] == [b.address for b in first.contexts[:5]]
    f = found["functions"][0]
    at = (f["a"] * f["value"] + f["b"]) / (f["c"] * f["value"] + f["d"])
    assert at == pytest.approx(first.answer, abs=1e-9)
    assert sum(found["evidence"][0]["chances"].values()) == pytest.approx(1)
    assert found["next_question"]["information"] >= found["evidence"][0]["information"]
    everything = json.loads(say("sensitivity", SHORT, "--json").out)
    assert len(everything["judgements"]) == len(first.tornado)
    assert "functions" not in everything


def test_sensitivity_says_what_would_reverse_a_comparison(say):
    said = say("sensitivity", "P(clash high | close)", "--against", "P(clash high | distant)")
    assert "would reverse" in said.out
    assert "deviations" in said.out


def test_global_sensitivity(say):
    pytest.importorskip("SALib")
    argv = ("sensitivity", "P(clash high | close)", "--global", "--n", 8, "--top", 3, "--seed", 2)
    found = json.loads(say(*argv, "--json").out)["global"]
    assert found["evaluations"] == 8 * 6
    assert {r["input"] for r in found["indices"]} >= {"shared"}


def test_global_sensitivity_in_words(say):
    pytest.importorskip("SALib")
    argv = ("P(entry point = innovation)", "--global", "--n", 4, "--top", 2)
    assert "Sobol" in say("sensitivity", *argv).out


def test_explain_goes_from_the_baseline_to_the_answer(say):
    said = say("explain", HEADLINE, "--top", 2)
    assert (said.status, said.err) == (0, "")
    for words in (
        "From the baseline to the answer",
        "Mandate: Mandated",
        "Cultural compatibility: Low",
        "Shapley values, exact",
        "conflict",
        "1. Mandate (Mandated) raises power imbalance (T3-30",
        "No one source supports every step",
        "Every step is supported by Auschra 2018",
        "Configurations by the share",
    ):
        assert words in " ".join(said.out.split())


def test_explain_in_json_adds_up(say):
    found = json.loads(say("explain", HEADLINE, "--json").out)
    moved = sum(c["value"] for c in found["contributions"])
    assert moved == pytest.approx(found["answer"] - found["baseline"], abs=1e-12)
    assert len(found["pathways"]) == 10
    path = found["pathways"][0]
    assert path["stitched"] == (not path["single"])
    assert path["works"]
    assert found["conflict"]["conflicting"] is False


def test_levers_show_what_helps_what_it_costs_and_what_may_harm(say):
    argv = ("--cost", "legal agreements=2", "--budget", 4, "-k", 2, "--draws", 20, "--stories")
    said = say("levers", "P(dissolution | mandated, merger)", *argv)
    assert (said.status, said.err) == (0, "")
    for words in (
        "Lower: Partnership dissolution: Yes",
        "fixed Mandate: Mandated",
        "Single changes",
        "Best bundle",
        "stays the best in",
        "What money buys",
        "What might backfire",
        "likeliest story of success",
    ):
        assert words in said.out
    assert "_" not in said.out


def test_levers_in_json(say, net):
    asked = ("levers", "dissolution", "--given", "mandated", "-k", 2, "--draws", 0, "--json")
    found = json.loads(say(*asked).out)
    best = net.levers("dissolution", given=["mandated"], k=2, n=0).best
    assert [x["variable"] for x in found["best"]["levers"]] == [x.variable for x in best.levers]
    assert found["best"]["value"] == pytest.approx(best.value, abs=1e-12)
    assert found["best"]["stays_best"] is None
    assert found["fixed"]["observed"] == {"mandate": "mandated"}


@pytest.mark.parametrize("aim", ["raise", "lower"])
def test_levers_go_the_way_asked_for(say, net, aim):
    argv = ("planned_aims=modest", "--aim", aim, "-k", 1, "--draws", 0, "--json")
    found = json.loads(say("levers", *argv).out)
    assert found["aim"] == aim
    best = net.levers("planned_aims=modest", aim=aim, k=1, n=0).best
    assert found["best"]["value"] == pytest.approx(best.value, abs=1e-12)


def test_levers_after_several_rounds_beside_one(say, net):
    argv = ("levers", "dissolution", "--given", "mandated", "-k", 1, "--draws", 0)
    told = say(*argv, "--rounds", 2)
    assert (told.status, told.err) == (0, "")
    for words in ("at the end of round 2", "After one round", "Place there", "changes place most"):
        assert words in " ".join(told.out.split())
    found = json.loads(say(*argv, "--rounds", 2, "--json").out)
    slow = net.levers("dissolution", given=["mandated"], k=1, n=0, rounds=2)
    assert found["rounds"] == 2
    for part in ("ranking", "once"):
        for line, single in zip(found[part], getattr(slow, part), strict=True):
            assert line["lever"]["variable"] == single.lever.variable
            assert line["effect"] == pytest.approx(single.effect, abs=1e-12)


def test_levers_at_the_horizon(say):
    argv = ("levers", "dissolution", "--lever", "resolution", "--lever", "early wins", "-k", 1)
    found, plain = (
        json.loads(say(*argv, "--draws", 0, "--json", *more).out)
        for more in (("--rounds", "horizon"), ())
    )
    assert (found["rounds"], plain["rounds"], plain["once"]) == (12, 1, [])
    assert found["once"] == plain["ranking"]


def test_levers_for_several_outcomes(say):
    argv = ("--utility", "high synergy=1", "--utility", "dissolution=yes=-2", "--lever", "pace")
    found = json.loads(say("levers", *argv, "-k", 1, "--draws", 0, "--json").out)
    assert [t["weight"] for t in found["objective"]] == [1.0, -2.0]
    assert {s["lever"]["variable"] for s in found["ranking"]} == {"pace"}


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["sensitivity", "P(dissolution | dissolution)"], ["both asked for and given"]),
        (["sensitivity", "P(trust=?)"], ["without a state"]),
        (["sensitivity", "dissolution", "--top", "0"], ["--top 0", "1 or more"]),
        (["sensitivity", "dissolution", "--n", "8"], ["--n is for --global"]),
        (["sensitivity", "dissolution", "--against", "trust low"], ["different events"]),
        (["sensitivity", "dissolution", "--engine", "pgmpy"], ["compiled"]),
        (["explain", "P(dissolution | dissolution)"], ["both asked for and given"]),
        (["explain", "dissolution"], ["nothing is given"]),
        (["explain", SHORT, "--seed", "-1"], ["seed"]),
        (["levers"], ["nothing is sought", "--utility"]),
        (["levers", "dissolution", "--utility", "trust high=1"], ["either"]),
        (["levers", "--utility", "trust high"], ["--utility", "NAME=NUMBER"]),
        (["levers", "P(dissolution | dissolution)"], ["dissolution"]),
        (["levers", "dissolution", "--lever", "dissolution"], ["sought", "lever"]),
        (["levers", "dissolution", "--lever", "early wins", "--when", "before"], ["no lever"]),
        (["levers", "dissolution", "--cost", "leadership=-1"], ["leadership", "0 or more"]),
        (["levers", "dissolution", "--cost", "ledership=1"], ["nearest: leadership"]),
        (["levers", "dissolution", "--budget", "0.5"], ["below every cost"]),
        (["levers", "dissolution", "-k", "0"], ["1 or more"]),
        (["levers", "dissolution", "--when", "later"], ["under_way"]),
        (["levers", "--utility", "trust high=1", "--stories"], ["--stories"]),
        (["levers", "dissolution", "--rounds", "0"], ["rounds: 0", "1 or more, up to 12"]),
        (["levers", "dissolution", "--rounds", "13"], ["rounds: 13", "up to 12"]),
        (["levers", "dissolution", "--rounds", "9" * 5000], ["rounds", "1 to 12, or horizon"]),
        (["levers", "dissolution", "--rounds", "horizn"], ["'horizn'", "1 to 12, or horizon"]),
        (["levers", "high trust", "--given", "dissolution", "--rounds", "2"], ["2 rounds lead to"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(say, argv, words):
    say(*argv).refused(*words)


def test_a_scheduler_that_does_not_answer_is_one_line(say):
    pytest.importorskip("SALib")
    pytest.importorskip("distributed")
    argv = ("--global", "--n", 8, "--top", 3, "--scheduler", "tcp://127.0.0.1:9")
    say("sensitivity", "P(clash high | close)", *argv).refused("tcp://127.0.0.1:9", "no scheduler")
