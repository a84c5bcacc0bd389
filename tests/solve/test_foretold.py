"""The share predicted of what was left out, by configuration and by variable; ten times refitted.

In the garden of the other tests everything stated comes true of itself, so that nothing moves when
it is left out. Here more is stated than can be met, and one configuration says the opposite of
another.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml

import cmocnet
from cmocnet import Network, check
from cmocnet.cli import main
from cmocnet.solve import Coherence, Solution, coherence
from cmocnet.solve.foretold import spoken_of
from cmocnet.solve.newton import search, stand

AGAINST = """
G-05:
  context: Regular watering
  mechanism: Slugs come
  outcome: Gardeners are less happy
  type: chain
  where: Results
  statement: What is watered is eaten.
  hedge: may
  evidence: inference
  agreement: one
  references: [1]
  reading: watering lowers mood.
  against: Watered gardens without slugs.
  tests:
    - {manipulated: watering, from: rare, to: regular, outcomes: [{variable: mood, sign: "-"}]}
"""
IDS = ("G-01", "G-02", "G-03", "G-04", "G-05")
TEN = [(a,) for a in IDS if a != "G-04"] + [*combinations(IDS, 2)][:6]
"""Four by themselves (G-04 states no effect, only a difference), and six pairs."""


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory, write_sized: Callable[[Path], Path]) -> Path:
    """The folder of a garden of which more is stated than can be."""
    folder = write_sized(tmp_path_factory.mktemp("pulled"))
    with (folder / "cmocs" / "garden.yaml").open("a", encoding="utf-8") as file:
        file.write(AGAINST)
    for name, change in (
        ("review.yaml", lambda held: held.update(ids={"G": 5})),
        ("protocol.yaml", lambda held: [held["sizes"][k].update(SIZE) for k in LEVELS]),
    ):
        held = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
        change(held)
        (folder / name).write_text(yaml.safe_dump(held), encoding="utf-8")
    return folder


LEVELS = ("mechanism", "outcome")
SIZE = {"shows": 0.95, "suggests": 0.7, "posits": 0.85, "may": 0.6}


@pytest.fixture(scope="module")
def net(pulled: Path) -> Network:
    """It, loaded."""
    return cmocnet.load(pulled)


@pytest.fixture(scope="module")
def solution(net: Network) -> Solution:
    """It, solved."""
    found = net.solve()
    assert found.converged
    return found


@pytest.fixture(scope="module")
def found(net: Network, solution: Solution) -> Coherence:
    """What the rest predicts in it."""
    return coherence(solution, check.run(net.review, net.discrete))


def refit(solution: Solution, ids: tuple[str, ...]) -> dict[int, float]:
    """Solved anew, from the start, without what these state: what each statement then comes to."""
    rest = tuple(s for s in solution.stated if s.source not in ids)
    start = stand(solution.unknowns, rest, np.zeros(len(solution.unknowns)))
    point, converged = search(solution.unknowns, rest, start)
    assert converged
    values = stand(solution.unknowns, solution.stated, point.at).values
    return {id(s): float(v) for s, v in zip(solution.stated, values, strict=True)}


@pytest.mark.parametrize("ids", TEN, ids="+".join)
def test_ten_refits_prove_the_downdate(solution: Solution, ids: tuple[str, ...]) -> None:
    told = [*solution.left_out({"some": ids})]
    slow = refit(solution, ids)
    assert told
    assert len(told) == sum(s.source in ids and s.kind == "effect" for s in solution.stated)
    for p in told:
        refitted = slow[id(p.statement)]
        moved = refitted - p.put_in
        assert abs(moved) > 1e-3, "a downdate that moves nothing would do as well"
        assert p.rest - p.put_in == pytest.approx(moved, abs=1e-3 + 0.35 * abs(moved))
        assert p.direction == (refitted > 0)


def test_a_group_is_what_the_tests_speak_of(net: Network) -> None:
    found = spoken_of(net.review)
    assert found == {
        "sunlight": ["G-01"],
        "mood_before": ["G-01"],
        "watering": ["G-01", "G-02", "G-04", "G-05"],
        "mood": ["G-02", "G-03", "G-04", "G-05"],
        "abandoned": ["G-03"],
    }


def test_twins_are_left_out_together() -> None:
    bundled = cmocnet.load()
    one, other = next((a, b.same_as) for a, b in bundled.review.cmocs.items() if b.same_as)
    for ids in spoken_of(bundled.review).values():
        assert (one in ids) == (other in ids)


def test_the_shares_count_what_the_rest_predicts(solution: Solution, found: Coherence) -> None:
    slow: dict[str, list[bool]] = {}
    for p in solution.left_out():
        slow.setdefault(p.statement.source, []).append(p.rest > 0)
    assert {f.name: f.right for f in found.alone} == {k: sum(held) for k, held in slow.items()}
    assert found.share == sum(all(held) for held in slow.values()) / len(slow) == 3 / 4
    groups = {
        name: [p.rest > 0 for p in solution.left_out({name: ids})]
        for name, ids in spoken_of(solution.model.review).items()
        if name in {"watering", "mood"}
    }
    assert {f.name: (f.right, len(f.effects)) for f in found.groups} == {
        name: (sum(held), len(held)) for name, held in groups.items()
    }
    every = [x for held in groups.values() for x in held]
    assert found.share_of_groups == sum(every) / len(every) < 1


def test_what_the_rest_predicts_least_comes_first(found: Coherence) -> None:
    assert found.alone[0].name == "G-05"
    for some in (found.alone, found.groups):
        order = [(f.right / len(f.effects), f.weakest.rest) for f in some]
        assert order == sorted(order)
    frame = found.frame()
    assert list(frame["part"]) == ["configuration"] * 4 + ["variable"] * 2
    assert frame["name"].tolist()[0] == "G-05"


def test_a_search_that_did_not_rest_is_told(found: Coherence) -> None:
    assert "rest;" not in found.finding.split("predicts")[0]
    told = replace(found, rested=False).finding
    assert told == f"the search did not come to rest; {found.finding}"


def test_check_prints_it_beside_the_residual(
    pulled: Path, found: Coherence, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["check", "--model", str(pulled), "--left-out"])
    said = " ".join(capsys.readouterr().out.split())
    assert status == 1, "one configuration says the opposite"
    assert f"Left out: {found.finding}" in said
    assert "of 3 of 4 configurations (75%) the rest predicts every direction" in said
    assert f"put in, {found.agree} of 5 agree, a residual" in said
    assert "Left out: all of" in said
    assert found.caution in said


def test_check_in_json(pulled: Path, found: Coherence, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--model", str(pulled), "--left-out", "--json"])
    said = json.loads(capsys.readouterr().out)
    told = said["left_out"]
    assert told["residual"] == {"agree": said["counts"]["agrees"], "of": 5}
    assert (told["share"], told["rested"]) == (0.75, True)
    assert told["share_of_groups"] == pytest.approx(found.share_of_groups)
    for part, some in (("configurations", found.alone), ("groups", found.groups)):
        assert [f["name"] for f in told[part]] == [f.name for f in some]
        for record, f in zip(told[part], some, strict=True):
            assert record["ids"] == list(f.ids)
            rest = [p["rest"] for p in record["effects"]]
            assert rest == pytest.approx([p.rest for p in f.effects], abs=1e-6)
    main(["check", "--model", str(pulled), "--json"])
    assert "left_out" not in json.loads(capsys.readouterr().out)


def test_what_cannot_be_solved_is_one_line(
    garden: Path, sized: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solved = tmp_path / "solved"
    assert main(["solve", "--model", str(sized), "-o", str(solved)]) == 0
    capsys.readouterr()
    for argv, words in (
        (["--model", str(garden)], "sizes"),
        (["--model", str(sized), "--priors", str(solved)], "were solved already"),
    ):
        assert main(["check", *argv, "--left-out"]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert words in said.err
