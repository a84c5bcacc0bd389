"""A review read again with other numbers or readings: from the same content, and never from old."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from cmocnet import shelf
from cmocnet.lexicon import Lexicon
from cmocnet.registry import bundled, folder, read
from cmocnet.registry.strict import parse


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are parsed from now on, with nothing known from before."""
    texts: list[str] = []

    def noted(text: str) -> object:
        texts.append(text)
        return parse(text)

    monkeypatch.setattr(folder, "parse", noted)
    monkeypatch.setattr(folder, "_last", [{}])
    return texts


def test_files_as_they_were_are_parsed_once(garden: Path, parsed: list[str]) -> None:
    first = read(garden)
    whole = len(parsed)
    assert whole > 5
    assert read(garden) == first
    assert len(parsed) == whole


def test_a_file_that_changed_is_read_as_it_is_now(garden: Path, parsed: list[str]) -> None:
    first = read(garden)
    name, variable = next(iter(first.variables.items()))
    file, before = garden / "variables" / f"{name}.yaml", len(parsed)
    file.write_text(file.read_text("utf-8").replace(variable.label, "Another label"), "utf-8")
    assert read(garden).variables[name].label == "Another label"
    assert len(parsed) == before + 1


def test_what_is_laid_over_changes_nothing_of_what_is_remembered(parsed: list[str]) -> None:
    plain = read(bundled())
    content = pickle.dumps(folder._last[0])
    contested = next(c for c in plain.cmocs.values() if c.readings)
    other = next(r for r in contested.readings if r != plain.readings[contested.id])
    assert read(bundled(), readings={contested.id: other}) != plain
    assert pickle.dumps(folder._last[0]) == content
    assert read(bundled()) == plain


def test_only_so_much_is_remembered(
    garden: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "REMEMBERED", 100)
    read(garden)
    assert folder._last == [{}]


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many phrases' variables were listed each time, with nothing known from before."""
    built: list[int] = []
    build = Lexicon.build.__func__  # type: ignore[attr-defined]  # a class method is one

    def noted(cls: type[Lexicon], *args: object) -> Lexicon:
        made: Lexicon = build(cls, *args)
        built.append(len(made.variables))
        return made

    monkeypatch.setattr(Lexicon, "build", classmethod(noted))
    monkeypatch.setattr(shelf, "_last", [])
    return built


def test_other_numbers_leave_the_phrases_as_they_are(listed: list[int]) -> None:
    plain = read(bundled())
    contested = next(c for c in plain.cmocs.values() if c.readings)
    other = next(r for r in contested.readings if r != plain.readings[contested.id])
    rival = read(bundled(), readings={contested.id: other})
    first, second = shelf.lexicon(None, plain), shelf.lexicon(None, rival)
    assert len(listed) == 1
    fresh = Lexicon.build(rival.variables, rival.words)
    assert second.listed() == fresh.listed()
    assert second.variables is rival.variables
    assert first.variables is plain.variables


def test_other_words_have_phrases_of_their_own(garden: Path, listed: list[int]) -> None:
    first = read(garden)
    shelf.lexicon(None, first)
    name, variable = next(iter(first.variables.items()))
    file = garden / "variables" / f"{name}.yaml"
    file.write_text(file.read_text("utf-8").replace(variable.label, "Another label"), "utf-8")
    again = shelf.lexicon(None, read(garden))
    assert len(listed) == 2
    assert again.resolve(f"{variable.states[0]} another label") == (name, variable.states[0])
