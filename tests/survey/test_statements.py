"""Experts asked how large stated effects are: out as pairs of questions, back in as sizes."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import msgspec
import openpyxl
import pytest

import cmocnet
from cmocnet import Network
from cmocnet.errors import CmocnetError, QueryError
from cmocnet.registry import Review
from cmocnet.registry.records import Expectation
from cmocnet.solve import statements
from cmocnet.survey.statements import Setting, meaning, question, settings, write_statements

EFFECTS = ["G-01/1/mood_before", "G-01/1/watering", "G-02/1/mood", "G-03/1/abandoned"]


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_two_questions_ask_about_each_stated_effect(workbook: Path) -> None:
    head, *rows = cells(workbook / "questions.csv")
    assert [row[0] for row in rows] == [f"{e}/{end}" for e in EFFECTS for end in ("to", "from")]
    assert head[-3:] == [
        "low (5th percentile)",
        "central (50th percentile)",
        "high (95th percentile)",
    ]
    sheet = openpyxl.load_workbook(workbook / "questions.xlsx")["Questions"]
    assert [[c.value or "" for c in line] for line in sheet] == [head, *rows]


def test_a_question_is_put_in_the_reviews_labels(garden_net: Network) -> None:
    asked = settings(garden_net.review, ["abandoned"])
    assert [question(garden_net.review, one) for one in asked.values()] == [
        f"{start} cases, one case each. Suppose that all are made so, whatever they would have been, "
        f"and the rest takes its course: Mood: {mood}. In how many is this so: Garden abandoned: "
        "Yes? Answer with the share of the 100. Judge over 4 rounds of one season each, as if what "
        "round 1 reached were to last."
        for start, mood in (
            ("Think of 100", "Low"),
            ("And if instead? Think of another 100", "High"),
        )
    ]


def one(review: Review, wanted: Callable[[Setting], bool]) -> tuple[Setting, str]:
    found = next(s for s in settings(review).values() if wanted(s))
    return found, question(review, found)


def test_more_states_are_asked_for_a_mean_position(net: Network) -> None:
    states = net.review.states
    setting, said = one(net.review, lambda s: len(states[s.tested.link.variable]) == 3)
    low, middle, high = net.variables[setting.tested.link.variable].state_labels.values()
    assert f"from {low} (0) over {middle} (0.5) to {high} (1)? Answer with that average" in said


def test_conditions_rounds_and_what_is_only_found_are_told(net: Network) -> None:
    setting, said = one(net.review, lambda s: bool(s.tested.test.condition) and not s.tested.seen)
    facts = [net.variables[name].fact(state) for name, state in setting.facts.items()]
    assert len(facts) > 1
    assert f"{'; '.join(facts)}." in said
    setting, said = one(net.review, lambda s: s.tested.link.round == 2)
    assert setting.tested.address.endswith("@2")
    assert "so in round 1. This is about round 2;" in said
    _, said = one(net.review, lambda s: s.tested.seen)
    assert "nobody made them so" in said


def test_what_is_supposed_of_a_later_round_is_told(garden_net: Network) -> None:
    up = {"variable": "mood", "sign": "+", "round": 4}
    entry = {
        "manipulated": "watering@2",
        "from": "rare",
        "to": "regular",
        "outcomes": [up, {**up, "than_round": 3}],
        "condition": {"sunlight": "sun", "mood_before@3": "low"},
    }
    test = msgspec.convert(entry, Expectation)
    cmoc = msgspec.structs.replace(garden_net.review.cmocs["G-02"], tests=(test,))
    review = msgspec.structs.replace(garden_net.review, cmocs={"G-02": cmoc})
    wet, _ = settings(review).values()
    said = question(review, wet)
    assert "Mood before: Low (in round 3); Watering: Regular (in round 2)." in said
    assert "so in round 1, where no other is named. This is about round 4;" in said
    assert meaning(review, wet).startswith("Mood: How the gardeners feel as the season ends.")


def test_the_stated_sign_is_not_shown(sized: Path, tmp_path: Path) -> None:
    tables = []
    for turn in ("as stated", "turned"):
        write_statements(cmocnet.load(sized).review, tmp_path / turn)
        tables.append(cells(tmp_path / turn / "questions.csv"))
        path = sized / "cmocs" / "garden.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('sign: "+"', 'sign: "-"'), encoding="utf-8")
    assert tables[0] == tables[1]


def test_effects_that_nobody_states_are_not_asked(garden: Path, garden_net: Network) -> None:
    with pytest.raises(CmocnetError, match="sizes"):
        settings(cmocnet.load(garden).review)
    with pytest.raises(QueryError, match="nearest: mood"):
        settings(garden_net.review, ["moood"])
    with pytest.raises(QueryError, match="no effect on sunlight is stated"):
        settings(garden_net.review, ["sunlight"])


def test_each_question_of_the_bundled_review_is_asked_once(net: Network) -> None:
    stated = [s for s in statements(net.review, ()) if s.kind == "effect"]
    asked = settings(net.review)
    said = [question(net.review, setting) for setting in asked.values()]
    pairs = list(zip(said[::2], said[1::2], strict=True))
    assert len(set(pairs)) == len(pairs) < len(stated)
    told = {s.tested.question for s in stated if s.tested}
    assert told == {s.tested.question for s in asked.values()}
