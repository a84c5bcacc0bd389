"""Hundreds of faults in one review, of every kind, are told in one run: file, line, what instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cmocnet
from cmocnet import check
from cmocnet.cli import main
from cmocnet.errors import ReviewError
from cmocnet.registry.reading import examine
from tests.registry.faults import KINDS
from tests.registry.seeding import sow


def _told(folder: Path) -> list[str]:
    return [str(fault) for fault in check.files(examine(folder))]


def _at(line: str) -> str:
    """File and line, as a message begins with them."""
    return line.partition(", key ")[0].partition(": ")[0]


@pytest.mark.parametrize("seed", range(6))
def test_every_fault_is_told_where_it_stands(review_copy: Path, seed: int) -> None:
    sown = sow(review_copy, seed=seed)
    assert len(sown) >= 200
    assert {fault.kind for fault in sown} == {kind.name for kind in KINDS}
    told = _told(review_copy)
    places = {f"{review_copy / fault.file}:{fault.line}": fault for fault in sown}
    missed = [
        (place, fault)
        for place, fault in places.items()
        if not any(_at(line) == place and all(w in line for w in fault.said) for line in told)
    ]
    assert missed == []
    # What was not sown is only what follows: the other place of a phrase, a reading left hanging,
    # a later round of what has become a setting.
    turned = [Path(f.file).stem for f in sown if f.kind == "a setting with parents"]
    follows = ["'distrust'", ".working_spirit.", *(f" of {name}, which stands" for name in turned)]
    others = [line for line in told if _at(line) not in places]
    assert [li for li in others if not any(words in li for words in follows)] == []


def test_the_command_prints_one_line_a_fault(
    review_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sow(review_copy)
    told = _told(review_copy)
    assert main(["check", "--files", "--model", str(review_copy)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [f"cmocnet: {line}" for line in told]
    assert main(["check", "--files", "--json", "--model", str(review_copy)]) == 2
    record = json.loads(capsys.readouterr().out)
    assert not record["ok"]
    assert len(record["faults"]) == len(told)
    assert {type(fault["line"]) for fault in record["faults"]} == {int}
    # Nothing is printed of an answer before everything has been read.
    assert main(["query", "P(dissolution | mandated)", "--model", str(review_copy)]) == 2
    assert capsys.readouterr().out == ""


def test_a_sound_review_has_no_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--files"]) == 0
    assert "no faults" in capsys.readouterr().out
    assert main(["check", "--files", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "faults": []}


def test_the_error_holds_every_fault(review_copy: Path) -> None:
    sow(review_copy)
    with pytest.raises(ReviewError) as caught:
        cmocnet.load(review_copy)
    error = caught.value
    assert len(error.faults) > 150
    assert str(error) == f"{error.faults[0]}; and {len(error.faults) - 1} more faults"
