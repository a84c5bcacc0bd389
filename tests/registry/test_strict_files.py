"""One YAML file, read strictly: what is not plain, unique and small is refused in one line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cmocnet
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry.files import MAX_BYTES, merge, parse_yaml, read_mapping

REFUSED = {
    "duplicate key": ("a: 1\nb: 2\na: 3", ":3: duplicate key 'a', which is in line 1 too"),
    "duplicate key inside": (
        "a:\n  b: {c: 1, c: 2}",
        ":2: duplicate key 'c', which is in line 2 too",
    ),
    "number and text alike": ('1: a\n"1": b', ":2: duplicate key '1', which is in line 1 too"),
    "key read as truth value": ("a:\n  no: 1", ":2: the key no reads as true/false"),
    "broken flow": ("a: [1, 2", ":1: the [ is never closed"),
    "tab": ("\ta: 1", ":1: a tab"),
    "two documents": ("a: 1\n---\nb: 2", "another document"),
    "list as a key": ("? [a]\n: 1", "unhashable"),
    "python object": ("a: !!python/object:os.system x", "tag"),
    "own tag": ("a: !mine 1", "tag"),
    "no such date": ("a: 2020-99-99", "not YAML"),
    "control character": ("a: \x00", "not YAML"),
    "enormous number": ("a: " + "9" * 5000, "not YAML"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    text, expected = REFUSED[case]
    with pytest.raises(FileError) as caught:
        parse_yaml(text, "here.yaml")
    line = str(caught.value)
    assert line.startswith("here.yaml")
    assert expected in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "text",
    ["a: &x {b: 1}\nc: *x", "a: &x [*x]", "a: &x [1, 2]\nb: &y [*x, *x]\nc: [*y, *y]"],
    ids=["twice", "itself", "growing"],
)
def test_aliases_are_refused(text: str) -> None:
    """An alias can hold itself, or double in size a line."""
    with pytest.raises(FileError, match="alias"):
        parse_yaml(text, "here.yaml")


@pytest.mark.parametrize(
    "text", ['a: !!int ""', 'a: !!float ""', "a: !!bool x", "a: !!timestamp x", "a: !!int x"]
)
def test_a_tag_that_does_not_fit_its_value(text: str) -> None:
    with pytest.raises(FileError, match=r"here\.yaml"):
        parse_yaml(text, "here.yaml")


def test_merge_keys_cannot_hide_a_duplicate() -> None:
    """``<<`` would bring in keys that another line then replaces unseen."""
    with pytest.raises(FileError, match=":1: a merge key"):
        parse_yaml("<<: {a: 1}\na: 2", "here.yaml")


def test_nested_too_deeply(tmp_path: Path) -> None:
    """In a process of its own: a parser that recurses could take the whole process with it."""
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * 400_000 + "]" * 400_000)
    program = (
        "import sys; from pathlib import Path\n"
        "from cmocnet.errors import FileError\n"
        "from cmocnet.registry.files import read_mapping\n"
        "try: read_mapping(Path(sys.argv[1]))\n"
        "except FileError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"ended with {done.returncode}"
    assert "deep.yaml" in done.stdout


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "nothing"),
        (b"# only a comment\n", "nothing"),
        (b"- a\n- b\n", "list"),
        (b"just text", "str"),
        (b"\xff\xfe\x00", "not text"),
        (b"\x89PNG\r\n\x1a\n", "not text"),
    ],
)
def test_not_a_mapping(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "words.yaml"
    path.write_bytes(content)
    with pytest.raises(FileError, match=expected) as caught:
        read_mapping(path)
    assert "words.yaml" in str(caught.value)


def test_fifty_megabytes_are_not_read(garden: Path) -> None:
    path = garden / "variables" / "mood.yaml"
    with path.open("r+b") as file:
        file.truncate(50_000_000)
    with pytest.raises(FileError) as caught:
        cmocnet.load(garden)
    line = str(caught.value)
    assert "mood.yaml" in line
    assert "50,000,000 bytes" in line
    assert f"at most {MAX_BYTES:,} bytes" in line


@pytest.mark.parametrize("state", ["Low", "=1+1", "a b", "3", "l" * 61])
def test_a_state_is_a_name_that_other_programs_can_hold(garden: Path, state: str) -> None:
    path = garden / "variables" / "watering.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("{rare:", f"{{'{state}':"), encoding="utf-8")
    with pytest.raises(FileError, match=r"watering\.yaml:5, key states") as caught:
        cmocnet.load(garden)
    assert repr(state)[:40] in str(caught.value)


def test_missing_file_and_folder_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read_mapping(tmp_path / "none.yaml")
    with pytest.raises(FileError, match="cannot be read"):
        read_mapping(tmp_path)


def test_merge_replaces_leaf_by_leaf() -> None:
    base = {"a": {"x": 1, "y": [1, 2]}, "b": 3}
    assert merge(base, {"a": {"y": [9]}, "c": 4}) == {"a": {"x": 1, "y": [9]}, "b": 3, "c": 4}
    assert base == {"a": {"x": 1, "y": [1, 2]}, "b": 3}
    assert merge({"a": {"x": 1}}, {"a": 2}) == {"a": 2}


@pytest.mark.parametrize("name", ["review", "protocol", "words", "claims", "situations"])
def test_every_fixed_file_must_be_there(garden: Path, name: str) -> None:
    (garden / f"{name}.yaml").unlink()
    with pytest.raises(CmocnetError, match=rf"{name}\.yaml"):
        cmocnet.load(garden)


@pytest.mark.parametrize("folder", ["variables", "cmocs"])
def test_folders_must_hold_files(garden: Path, folder: str) -> None:
    for file in (garden / folder).iterdir():
        file.unlink()
    with pytest.raises(FileError, match=folder):
        cmocnet.load(garden)


def test_no_such_review(tmp_path: Path, write_garden: Callable[[Path], Path]) -> None:
    with pytest.raises(FileError, match="no such folder"):
        cmocnet.load(tmp_path / "nowhere")
    whole = write_garden(tmp_path / "whole")
    (whole / "references.bib").unlink()
    with pytest.raises(FileError, match=r"references\.bib"):
        cmocnet.load(whole)
