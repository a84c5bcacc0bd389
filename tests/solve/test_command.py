"""``cmocnet solve``: the report, the numbers as a prior set, and one line where it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cmocnet
from cmocnet.cli import main
from cmocnet.solve import Solution


def test_it_reports_what_the_library_says(
    sized: Path, solution: Solution, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", "--model", str(sized), "--left-out", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["converged"] is True
    told = {row["address"]: row["after"] for row in said["judgements"]}
    assert told == pytest.approx(dict(solution.values), abs=1e-6)
    rest = [row["rest"] for row in said["left_out"]]
    assert rest == pytest.approx([p.rest for p in solution.left_out()], abs=1e-6)


def test_people_read_parts_moves_and_misses(
    sized: Path, solution: Solution, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", "--model", str(sized), "--top", "3"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Solved for what the review states: objective ")
    assert solution.moved[0].judgement.address in said
    assert solution.moved[3].judgement.address not in said
    for missed in solution.missed[:3]:
        assert missed.statement.says in said
    assert "Invented." in said


def test_what_it_writes_is_laid_over(
    sized: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "solved"
    assert main(["solve", "--model", str(sized), "-o", str(out)]) == 0
    assert f"--priors {out}" in " ".join(capsys.readouterr().out.split())
    before, after = (
        net.query("P(abandoned | shade)").probability
        for net in (cmocnet.load(sized), cmocnet.load(sized, priors=out))
    )
    assert after != pytest.approx(before, abs=1e-3)
    assert main(["query", "P(abandoned | shade)", "--model", str(sized), "--priors", str(out)]) == 0


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--top", "0"], "--top 0"),
        (["--engine", "pgmpy"], "solve without --engine"),
    ],
)
def test_what_cannot_be_is_one_line(
    argv: list[str], told: str, sized: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", "--model", str(sized), *argv]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert told in said.err


def test_a_folder_that_is_there_stays_as_it_is(
    sized: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["solve", "--model", str(sized), "-o", str(tmp_path)]) == 2
    assert capsys.readouterr().out == ""
    assert (tmp_path / "mine.txt").read_text() == "mine"
