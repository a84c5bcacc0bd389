"""What experts say of stated effects: read, pooled, and in the place of the protocol's sizes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

import cmocnet
from cmocnet import Network
from cmocnet.check.effects import Bench
from cmocnet.cli import main
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry.records import Link
from cmocnet.solve import Heard, statements
from cmocnet.survey.hearing import hear
from cmocnet.survey.statements import write_statements
from tests.survey.conftest import fill_in

Fill = Callable[[str, Mapping[str, object]], Path]
MOOD = "G-02/1/mood"
TO, FROM = f"{MOOD}/to", f"{MOOD}/from"
GOOD = {TO: (0.4, 0.5, 0.7), FROM: (0.1, 0.2, 0.3)}


# --- answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_an_answer_is_a_difference_with_a_spread(
    ending: str, expert: Fill, garden_net: Network
) -> None:
    said = hear(garden_net.review, [expert(f"ann{ending}", GOOD)])
    assert list(said) == [MOOD]
    assert said[MOOD].experts == ("ann",)
    assert said[MOOD].difference == pytest.approx(0.3)
    assert said[MOOD].spread == pytest.approx((0.3**2 + 0.2**2) ** 0.5 / 3.25)


def test_experts_are_pooled_as_an_equal_mixture(expert: Fill, garden_net: Network) -> None:
    ann = expert("ann.csv", GOOD)
    ben = expert("ben.xlsx", {TO: ("10%", "20%", "30%"), FROM: (0.2, 0.3, 0.4)})
    third = {"G-03/1/abandoned/to": ("", "probable", ""), "G-03/1/abandoned/from": (0, 0.1, 0.2)}
    cy = expert("cy.csv", third)
    said = hear(garden_net.review, [ann, ben, cy])
    assert list(said) == [MOOD, "G-03/1/abandoned"]
    assert said[MOOD].experts == ("ann", "ben")
    assert said[MOOD].difference == pytest.approx(0.1)  # of 0.3 and -0.1
    within = ((0.3**2 + 0.2**2) + (0.2**2 + 0.2**2)) / 3.25**2 / 2
    assert said[MOOD].spread ** 2 == pytest.approx(within + 0.2**2)


def test_what_two_configurations_state_is_asked_once_and_heard_of_both(
    sized: Path, tmp_path: Path
) -> None:
    path = sized / "cmocs" / "garden.yaml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("G-02:"), text.index("G-03:")
    other = text[start:end].replace("G-02:", "G-05:").replace('sign: "+"', 'sign: "-"')
    path.write_text(text + other, encoding="utf-8")
    about = sized / "review.yaml"
    about.write_text(
        about.read_text(encoding="utf-8").replace("{G: 4}", "{G: 5}"), encoding="utf-8"
    )
    net = cmocnet.load(sized)
    review = net.review
    assert write_statements(review, tmp_path / "t") == 4
    heard = hear(review, [fill_in(tmp_path / "t", tmp_path, "ann.csv", GOOD)])
    assert list(heard) == [MOOD, "G-05/1/mood"]
    sizes = {s.source: s.low for s in statements(review, (), heard) if s.by == "experts"}
    assert sizes == pytest.approx({"G-02": 0.3, "G-05": -0.3})
    spreads = [s.spread for s in statements(review, (), heard) if s.by == "experts"]
    assert sum(w**-2 for w in spreads) == pytest.approx(heard[MOOD].spread ** -2)  # counted once
    solution = net.solve(answers=heard)
    alone, both = solution.left_out(), solution.left_out({"both": ["G-02", "G-05"]})
    rest = {p.statement.source: p.rest for p in alone}
    assert {p.statement.source: p.rest for p in both} == pytest.approx(
        {source: rest[source] for source in ("G-02", "G-05")}
    )  # what is left out of the one is not told by the other


BAD = {
    "half a pair": ({TO: GOOD[TO]}, f"{TO} is answered and {FROM} is not"),
    "the other half": ({FROM: GOOD[FROM]}, f"{FROM} is answered and {TO} is not"),
    "out of order": (GOOD | {TO: (0.4, 0.3, 0.5)}, "out of order"),
    "of a hundred": (GOOD | {TO: (40, 50, 60)}, "low is 40"),
    "no word": (GOOD | {TO: (0.4, "oftentimes", 0.6)}, "nearest:"),
    "half a row": (GOOD | {TO: (0.4, 0.5, "")}, "no high"),
    "no width": (GOOD | {TO: (0.4, 0.4, 0.4)}, "no width"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_bad_answers_are_one_line(
    name: str, ending: str, expert: Fill, garden_net: Network
) -> None:
    answers, told = BAD[name]
    path = expert(f"ann{ending}", answers)
    row = 7 if name == "the other half" else 6
    with pytest.raises(FileError) as caught:
        hear(garden_net.review, [path])
    sheet = ", sheet Questions" if ending == ".xlsx" else ""
    assert caught.value.where == f"{path}{sheet}, row {row}"
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_do_not_fit_are_one_line(
    expert: Fill, workbook: Path, tmp_path: Path, garden_net: Network
) -> None:
    review = garden_net.review
    with pytest.raises(FileError, match="no question is answered"):
        hear(review, [workbook / "questions.csv"])
    twice = [expert("ann.csv", GOOD), expert("ann.xlsx", GOOD)]
    with pytest.raises(FileError, match="second file for the expert 'ann'"):
        hear(review, twice)
    path = tmp_path / "other.csv"
    path.write_text("id,low,central,high\nG-02/2/mood/to,0.1,0.2,0.3\n", encoding="utf-8")
    with pytest.raises(FileError, match=rf"row 2: no question 'G-02/2/mood/to'.*{TO}"):
        hear(review, [path])


# --- the solution -------------------------------------------------------------------------------


def near(share: float) -> tuple[float, float, float]:
    return share - 0.02, share, share + 0.02


def test_who_answers_as_the_network_does_misses_nothing(expert: Fill, garden_net: Network) -> None:
    free = garden_net.solve()
    bench = Bench(garden_net.review, free.unknowns.network(free.before.at))
    link = Link(variable="mood", sign="+")
    to, start = (near(bench.score(link, {"watering": s})) for s in ("regular", "rare"))
    solution = garden_net.solve(answers=expert("ann.csv", {TO: to, FROM: start}))
    (at,) = [i for i, s in enumerate(solution.stated) if s.by == "experts"]
    assert solution.stated[at].source == "G-02"
    assert solution.before.misses[at] == pytest.approx(0.0, abs=1e-6)
    assert abs(solution.before.slopes[at]).max() > 0.0  # it is held there all the same


def test_experts_opposed_to_the_protocol_move_the_solution_their_way(
    expert: Fill, garden_net: Network
) -> None:
    opposed = {TO: near(0.3), FROM: near(0.5)}
    before, after = (
        {
            (s.source, s.kind, s.says): v
            for s, v in zip(found.stated, found.point.values, strict=True)
        }
        for found in (
            garden_net.solve(),
            garden_net.solve(answers=[expert("ann.csv", opposed), expert("ben.csv", opposed)]),
        )
    )
    effect = ("G-02", "effect", "mood +")
    assert after[effect] < before[effect] - 0.05


def test_disagreement_with_the_protocol_is_told(expert: Fill, garden_net: Network) -> None:
    least = next(s.low for s in statements(garden_net.review, ()) if s.source == "G-02")
    answers = {
        TO: near(0.3), FROM: near(0.5),
        "G-03/1/abandoned/to": near(0.95), "G-03/1/abandoned/from": near(0.05),
    }  # fmt: skip
    found = garden_net.solve(answers=expert("ann.csv", answers))
    less, more = found.by_experts
    assert (less.statement.source, less.disagrees) == ("G-02", True)
    assert less.short == pytest.approx((least + 0.2) / (2**0.5 * 0.04 / 3.25))
    assert (more.statement.source, more.disagrees, more.short) == ("G-03", False, 0.0)
    told = found.record()["experts"]
    assert (told[0]["address"], told[0]["protocol"]) == (MOOD, least)
    assert told[0]["experts"] == pytest.approx(-0.2)
    assert {row["by"] for row in found.record()["missed"] if row["kind"] == "effect"} >= {"experts"}


def test_a_size_that_experts_give_has_two_sides(garden_net: Network) -> None:
    stated = statements(garden_net.review, (), {MOOD: Heard(0.3, 0.1)})
    (effect,) = [s for s in stated if s.by == "experts"]
    for value, miss in ((0.2, -1.0), (0.3, 0.0), (0.5, 2.0)):
        assert effect.miss(value) == pytest.approx((miss, 10.0))
    assert [s.told for s in stated].count("mood + (experts)") == 1


def test_a_falling_effect_is_heard_along_its_sign(sized: Path) -> None:
    path = sized / "cmocs" / "garden.yaml"
    text = path.read_text(encoding="utf-8")
    turned = text.replace(
        'outcomes: [{variable: mood, sign: "+"}]}', 'outcomes: [{variable: mood, sign: "-"}]}'
    )
    assert turned != text
    path.write_text(turned, encoding="utf-8")
    stated = statements(cmocnet.load(sized).review, (), {MOOD: Heard(-0.3, 0.1)})
    assert [s.low for s in stated if s.by == "experts"] == [0.3]


def test_paths_and_what_was_heard_give_the_same(expert: Fill, garden_net: Network) -> None:
    path = expert("ann.csv", GOOD)
    heard = hear(garden_net.review, [path])
    found = [garden_net.solve(answers=a).values for a in (path, str(path), [path], heard)]
    assert all(one == found[0] for one in found)
    assert found[0] != garden_net.solve().values


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (
            {"G-02/1/moood": Heard(0.1, 0.1)},
            "no effect 'G-02/1/moood' is stated; nearest: G-02/1/mood",
        ),
        ({MOOD: Heard(0.1, 0.0)}, "a spread above 0"),
        ({MOOD: Heard(float("nan"), 0.1)}, "a difference from -1 to 1"),
        ({MOOD: 0.3}, "Heard, or paths"),
        (5, "expected a path"),
    ],
)
def test_answers_that_are_none_are_one_line(
    answers: object, told: str, garden_net: Network
) -> None:
    with pytest.raises(CmocnetError, match="answers") as caught:
        garden_net.solve(answers=answers)  # type: ignore[arg-type]  # wrong on purpose
    assert told in str(caught.value)


def test_the_command_asks_and_hears(
    sized: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["--model", str(sized)]
    assert main(["elicit", "template", str(tmp_path / "t"), "--statements", *here]) == 0
    assert "4 effects, two questions each" in capsys.readouterr().out
    opposed = {TO: near(0.3), FROM: near(0.5)}
    files = [str(fill_in(tmp_path / "t", tmp_path, name, opposed)) for name in ("a.csv", "b.xlsx")]
    assert main(["solve", "--answers", *files, *here]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Experts sized 1 of 4 effects" in said
    assert "mood + (experts)" in said
    assert main(["solve", "--answers", *files, *here, "--json"]) == 0
    assert [row["address"] for row in json.loads(capsys.readouterr().out)["experts"]] == [MOOD]
    assert main(["solve", "--answers", str(tmp_path / "none.csv"), *here]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert main(["elicit", "diff", "bundled", "bundled", "--statements"]) == 2
    assert "--statements is for template" in capsys.readouterr().err
