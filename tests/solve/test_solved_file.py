"""The file of solved numbers: older than the files, kept from run to run, damaged."""

from __future__ import annotations

import json
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cmocnet
from cmocnet.cli import main
from cmocnet.elicitation.draws import by_address
from cmocnet.errors import CmocnetError
from cmocnet.registry import read
from cmocnet.registry.solution import NAME
from cmocnet.registry.solutions import stamp

QUESTION = "P(abandoned | shade)"


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- older than the files ------------------------------------------------------------------------

STALE: dict[str, Callable[[Path], None]] = {
    "a code": lambda f: change(f, "cmocs/garden.yaml", "hedge: posits", "hedge: may"),
    "a test": lambda f: change(f, "cmocs/garden.yaml", "to: regular, outcomes: [{variable: mood, sign: \"+\"}]}\n", "to: regular, outcomes: [{variable: mood, sign: \"-\"}]}\n"),
    "a number": lambda f: change(f, "variables/abandoned.yaml", "value: 0.05", "value: 0.06"),
    "a size": lambda f: change(f, "protocol.yaml", "differs: 0.25", "differs: 0.3"),
    "a case": lambda f: change(f, "situations.yaml", "sunlight: shade, mood_before: low", "sunlight: sun, mood_before: low"),
    "a figure": lambda f: change(f, "review.yaml", "low: 0.5", "low: 0.4"),
    "a state": lambda f: change(f, "variables/sunlight.yaml", "  sun: {", "  noon: {label: At noon}\n  sun: {"),
}  # fmt: skip


@pytest.mark.parametrize("what", STALE)
def test_older_than_the_files_is_said_once_and_loads(
    what: str, filed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    STALE[what](filed)
    if what == "a state":
        change(filed, "variables/sunlight.yaml", "row: [0.4, 0.6]", "row: [0.3, 0.3, 0.4]")
        change(
            filed,
            "variables/mood.yaml",
            "    sun:\n",
            "    noon: &a\n    sun:\n".replace(
                " &a", " {method: given, rows: [{row: [0.5, 0.5], strength: 4, why: x}]}"
            ),
        )
    with caplog.at_level(logging.WARNING):
        net = cmocnet.load(filed)
        cmocnet.load(filed)
    assert len(caplog.messages) == 1
    assert "older than the files" in caplog.messages[0]
    assert "cmocnet solve --write" in caplog.messages[0]
    assert 0.0 < net.query("P(abandoned)").probability < 1.0
    net.draws(n=3)


def test_people_are_told_once_on_standard_error(
    filed: Path,
) -> None:
    STALE["a number"](filed)
    run = [sys.executable, "-m", "cmocnet", "query", QUESTION, "--model", str(filed)]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.count("older than the files") == 1
    assert done.stderr.count("\n") == 1


def test_an_edited_number_is_no_longer_the_solved_one(filed: Path) -> None:
    change(filed, "variables/abandoned.yaml", "value: 0.05", "value: 0.5")
    found = by_address(read(filed))
    assert found["abandoned/leak"].central == 0.5
    assert found["watering/lowest"].solved is not None


def test_words_do_not_make_it_older(filed: Path) -> None:
    change(filed, "variables/watering.yaml", "label: Watering", "label: Wetting")
    change(
        filed, "variables/watering.yaml", "strength: 10}\n  highest", "strength: 10.0}\n  highest"
    )
    change(filed, "variables/mood.yaml", "why: moods last", "why: moods do last")
    change(filed, "cmocs/garden.yaml", "reading: watering raises mood.", "reading: it does.")
    assert not read(filed).notices


def test_numbers_left_out_do_not_make_it_older(filed: Path) -> None:
    before = stamp(read(filed))
    change(filed, "variables/watering.yaml", "weight: 3.6, spread: 0.3, ", "")
    assert stamp(read(filed)) == before


def test_a_changed_file_is_noticed_by_what_is_kept(
    filed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMOCNET_CACHE", str(tmp_path / "kept"))
    one = cmocnet.load(filed)
    first = one.query(QUESTION)
    again = cmocnet.load(filed)
    assert again.review == one.review
    assert again.query(QUESTION).probability == first.probability
    content = json.loads((filed / NAME).read_text())
    content["solutions"][0]["numbers"]["abandoned/leak"]["value"] = 0.6
    (filed / NAME).write_text(json.dumps(content))
    changed = cmocnet.load(filed)
    assert changed.query(QUESTION).probability > first.probability + 0.1
    (filed / NAME).unlink()
    bare = cmocnet.load(filed).query(QUESTION)
    assert bare.probability == cmocnet.load(filed).unsolved.query(QUESTION).probability


def test_a_network_travels_with_its_numbers(filed: Path) -> None:
    net = cmocnet.load(filed)
    other = pickle.loads(pickle.dumps(net))
    for name, table in net.discrete.tables.items():
        assert (other.discrete.tables[name].values == table.values).all()
    assert (
        other.draws(n=3).values["abandoned/leak"] == net.draws(n=3).values["abandoned/leak"]
    ).all()


# --- what cannot be read -------------------------------------------------------------------------


def damaged(part: str, put: Callable[[Any], Any]) -> Callable[[str], str]:
    def damage(text: str) -> str:
        content = json.loads(text)
        content["solutions"][0][part] = put(content["solutions"][0][part])
        return json.dumps(content)

    return damage


DAMAGES: dict[str, tuple[Callable[[str], str], str]] = {
    "cut off": (lambda t: t[: len(t) // 2], "solved.json"),
    "a word": (lambda t: t.replace('"value":0', '"value":no', 1), r"solved.json:\d+"),
    "empty": (lambda _t: "", "solved.json"),
    "a list": (lambda _t: "[]", "solved.json"),
    "text for a number": (damaged("left", lambda x: ["much", *x[1:]]), "left"),
    "an unknown key": (damaged("rule", lambda _x: "mean"), "rule"),
    "no address": (damaged("numbers", lambda x: x | {"nowhere": x["abandoned/leak"]}), "nowhere"),
    "no probability": (
        damaged("numbers", lambda x: x | {"abandoned/leak": x["abandoned/leak"] | {"value": 7.0}}),
        "abandoned/leak.*7 is no probability",
    ),
    "a short direction": (damaged("directions", lambda x: ["AAAA", *x[1:]]), "directions"),
    "too few directions": (damaged("directions", lambda x: x[1:]), "directions"),
    "nothing left": (damaged("left", lambda x: [0.0, *x[1:]]), "left"),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_file_is_one_line(
    how: str, filed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, named = DAMAGES[how]
    path = filed / NAME
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(CmocnetError, match=named) as told:
        cmocnet.load(filed)
    assert NAME in str(told.value)
    assert main(["query", QUESTION, "--model", str(filed)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


def test_a_folder_of_that_name_is_one_line(sized: Path) -> None:
    (sized / NAME).mkdir()
    with pytest.raises(CmocnetError, match=NAME):
        read(sized)
