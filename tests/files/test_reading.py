"""One door for files that people name: regular, of the size expected, and nothing that never ends."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmocnet import engine
from cmocnet.errors import FileError
from cmocnet.reading import read_whole
from cmocnet.registry import bundled, read
from cmocnet.registry.texts import read_text
from cmocnet.survey import convene

DOORS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a review's file": ("a.yaml", read_text),
    "a network": ("a.bif", engine.read),
    "answers as CSV": ("a.csv", lambda path: convene(read(bundled()), [path])),
    "answers as a workbook": ("a.xlsx", lambda path: convene(read(bundled()), [path])),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("kind", ["a pipe", "a folder", "a device"])
def test_what_never_ends_is_not_begun(tmp_path: Path, door: str, kind: str) -> None:
    name, opened = DOORS[door]
    path = tmp_path / name
    if kind == "a pipe":
        os.mkfifo(path)
    elif kind == "a folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(FileError) as caught:
        opened(path)
    said = f"{path}: cannot be read: {kind} in a file's place; expected a regular file"
    assert str(caught.value) == said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=40), most=st.integers(0, 40))
def test_all_of_it_or_none(tmp_path: Path, content: bytes, most: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    if len(content) <= most:
        assert read_whole(path, most) == content
        return
    with pytest.raises(
        FileError, match=f"the file has {len(content)} bytes; expected at most {most}"
    ):
        read_whole(path, most)


def test_a_file_that_grows_or_tells_no_size_is_still_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    told = list(path.stat())
    told[6] = 0  # its size
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result(told))
    with pytest.raises(FileError, match="the file has 2 bytes; expected at most 1 bytes"):
        read_whole(path, 1)


def test_a_missing_file_keeps_its_cause(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read") as caught:
        read_whole(tmp_path / "none", 1)
    assert isinstance(caught.value.__cause__, FileNotFoundError)
