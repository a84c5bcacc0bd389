"""What is kept between runs: the same answers, made anew whenever anything differs or is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

import cmocnet
from cmocnet import shelf

QUESTION = "P(dissolution | mandated)"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(shelf.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_what_was_kept_answers_the_same(kept: Path) -> None:
    first = cmocnet.load().query(QUESTION)
    before = first.probability, first.interval, first.rivals
    assert {f.name.partition("-")[2] for f in kept.iterdir()} == {
        "review.msgpack",
        "tables.npz",
        "draws.npz",
        "rivals.npz",
    }
    again = cmocnet.load().query(QUESTION)
    assert (again.probability, again.interval, again.rivals) == before


def test_a_changed_file_is_read(kept: Path, review_copy: Path) -> None:
    before = cmocnet.load(review_copy).query(QUESTION).probability
    file = review_copy / "variables" / "trust_breach.yaml"
    file.write_text(file.read_text().replace("row: [0.15, 0.85]", "row: [0.55, 0.45]"))
    assert cmocnet.load(review_copy).query(QUESTION).probability < before


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x93NUMPY", b"PK\x03\x04"])
def test_damage_is_made_good(kept: Path, damage: bytes) -> None:
    before = cmocnet.load().query(QUESTION)
    wanted = before.probability, before.interval, before.rivals
    for file in kept.iterdir():
        file.write_bytes(damage)
    again = cmocnet.load().query(QUESTION)
    assert (again.probability, again.interval, again.rivals) == wanted


def test_nothing_is_kept_where_that_is_not_wanted_or_not_possible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(shelf.VARIABLE, "")
    assert shelf.folder() is None
    assert cmocnet.load().query(QUESTION).probability
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv(shelf.VARIABLE, str(blocked / "kept"))
    assert cmocnet.load().query(QUESTION).probability
