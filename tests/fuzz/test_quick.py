"""Some hundred hostile inputs at each door, and a harness that notices what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmocnet.errors import CmocnetError
from fuzz import report
from fuzz.__main__ import main
from fuzz.doors import DOORS
from fuzz.drive import Door, Tally, case, drive, kept, tried, unclear

INPUTS = 100
FOREVER = 1e9


@pytest.mark.parametrize("name", DOORS)
def test_a_door_answers_or_refuses_in_one_clear_line(name: str, tmp_path: Path) -> None:
    tally = drive(DOORS[name], 0, INPUTS, FOREVER, tmp_path)
    wrong = {path.parent.name: path.read_text() for path in tmp_path.rglob("wrong.txt")}
    # How long an input took depends on the machine.
    assert not {name: text for name, text in wrong.items() if not text.startswith("slow")}
    assert 0 < tally.answers <= tally.inputs == INPUTS


@pytest.mark.parametrize("name", DOORS)
def test_an_input_depends_on_door_seed_and_number(name: str) -> None:
    def inputs(seed: int) -> list[dict[str, bytes]]:
        return [dict(case(DOORS[name], seed, number)) for number in range(5)]

    assert inputs(1) == inputs(1)
    assert inputs(1) != inputs(2)


class EndlessError(CmocnetError):
    """A refusal whose text has got out of hand."""

    def __str__(self) -> str:
        return "x" * 2000


def door(outcome: object) -> Door:
    def open_(given: object, place: Path) -> None:
        if isinstance(outcome, BaseException):
            raise outcome

    return Door("made up", lambda rng: {"a/b.txt": rng.randbytes(2)}, open_)


@pytest.mark.parametrize(
    ("outcome", "wrong"),
    [
        (None, None),
        (CmocnetError("no such thing"), None),
        (EndlessError("wrong"), "message: over"),
        (CmocnetError(" "), "message: empty"),
        (KeyError("x"), "KeyError in test_quick.py:open_"),
        (RecursionError(), "RecursionError"),
        (SystemExit(2), "SystemExit"),
    ],
)
def test_what_is_neither_is_noticed(tmp_path: Path, outcome: object, wrong: str | None) -> None:
    _, found = tried(door(outcome), {}, tmp_path)
    assert found is wrong if wrong is None else (found or "").startswith(wrong)


def test_what_is_only_printed_is_noticed(tmp_path: Path) -> None:
    class Leaving:
        def __del__(self) -> None:
            raise OSError("lost")

    leaving = Door("made up", lambda rng: {}, lambda given, place: Leaving() and None)
    assert (tried(leaving, {}, tmp_path)[1] or "").startswith("OSError")


@pytest.mark.parametrize("message", ["", "a\nb", "a\x1b[31mb", "a\u2028b", "x" * 1001])
def test_an_unclear_message(message: str) -> None:
    assert unclear(message)


def test_a_failing_input_is_kept_and_comes_back(tmp_path: Path) -> None:
    failing = door(KeyError("x"))
    tally = drive(failing, 7, 5, FOREVER, tmp_path)
    assert tally.failures.total() == 5
    folders = sorted(tmp_path.iterdir())
    assert [f.name for f in folders] == ["made up-7-0", "made up-7-1", "made up-7-2"]
    assert kept(folders[1]) == case(failing, 7, 1)


def test_an_input_is_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "questions-0-0"
    (folder / "input").mkdir(parents=True)
    (folder / "input" / "question.txt").write_text("P(trust=?)")
    assert main(["--replay", str(folder)]) == 0
    assert capsys.readouterr().out == "answered\n"


def test_a_record_replaces_the_rows_of_its_doors(tmp_path: Path) -> None:
    page = tmp_path / "fuzz.md"
    report.record([Tally("a", 1, inputs=5), Tally("b", 1, inputs=5)], "ab", page)
    report.record([Tally("b", 2, inputs=1_000, answers=10)], "ab", page)
    assert [*report.earlier(page)] == ["a", "b"]
    assert report.earlier(page)["b"].startswith("| b | 1,000 | 10 | 990 | 0 |")
