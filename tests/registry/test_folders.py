"""Folders and files that no review has: told in one line each, without waiting and without end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cmocnet
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry import read, texts

MOOD = "variables/mood.yaml"


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's name may have only a hundred characters
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


IN_A_FILE_S_PLACE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a pipe": (_pipe, "a pipe"),
    "a socket": (_socket, "cannot be read"),
    "an endless device": (lambda path: path.symlink_to("/dev/zero"), "a device"),
    "a folder": (lambda path: path.mkdir(), "cannot be read"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "symbolic links"),
    "a link to nothing": (lambda path: path.symlink_to("nothing"), "No such file"),
    "bytes": (lambda path: path.write_bytes(b"\xff"), "UTF-8"),
    "fifty megabytes": (lambda path: path.write_bytes(b" " * 50_000_000), "50,000,000 bytes"),
}


@pytest.mark.parametrize("kind", IN_A_FILE_S_PLACE)
@pytest.mark.parametrize("file", [MOOD, "words.yaml", "references.bib", "cmocs/more.yaml"])
def test_what_is_no_file(garden: Path, kind: str, file: str) -> None:
    make, said = IN_A_FILE_S_PLACE[kind]
    (garden / file).unlink(missing_ok=True)
    make(garden / file)
    with pytest.raises(CmocnetError) as caught:
        cmocnet.load(garden)
    line = str(caught.value)
    assert file in line
    assert said in line
    assert "\n" not in line


def test_a_pipe_beside_the_files_is_no_harm(garden: Path) -> None:
    _pipe(garden / "notes.txt")
    (garden / "old.d").mkdir()
    assert cmocnet.load(garden).variables


NAMES = {
    "too long": "n" * 300,
    "far too long": "n" * 5000,
    "not UTF-8": os.fsdecode(b"caf\xe9"),
    "a null": "a\0b",
    "two lines": "a\nb",
    "a link to itself": "circle",
    "a file": "words.yaml",
    "nothing": "",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("as_priors", [False, True])
def test_a_folder_of_an_odd_name(garden: Path, name: str, as_priors: bool) -> None:
    (garden / "circle").symlink_to("circle")
    folder = garden / NAMES[name] if NAMES[name] else garden / "variables" / "nothing"
    path, priors = (garden, folder) if as_priors else (folder, None)
    with pytest.raises(FileError) as caught:
        cmocnet.load(path, priors=priors)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 500
    line.encode()  # any terminal and any log can hold it


def test_a_review_in_a_folder_not_named_in_utf_8(
    tmp_path: Path, write_garden: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMOCNET_CACHE", str(tmp_path / "cache"))
    folder = write_garden(tmp_path / os.fsdecode(b"caf\xe9"))
    assert cmocnet.load(folder).variables
    (folder / MOOD).write_text("name: mood\n")
    with pytest.raises(CmocnetError) as caught:
        cmocnet.load(folder)
    str(caught.value).encode()


def test_a_folder_without_permission(garden: Path) -> None:
    """As another user, since the system's own may read everything."""
    program = (
        "import os, sys\n"
        "if not os.geteuid(): os.setegid(65534); os.seteuid(65534)\n"
        "import cmocnet\n"
        "from cmocnet.errors import CmocnetError\n"
        "try: cmocnet.load(sys.argv[1])\n"
        "except CmocnetError as error: print(error)\n"
    )
    import_first = "import cmocnet.network, cmocnet.registry, cmocnet.shelf\n"
    for part in garden / "variables", garden:
        part.chmod(0)
        try:
            done = subprocess.run(
                [sys.executable, "-c", import_first + program, str(garden)],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            part.chmod(0o755)
        assert done.returncode == 0, done.stderr
        assert "Permission denied" in done.stdout
        assert done.stdout.count("\n") == 1


def test_all_files_together_have_a_limit(garden: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(file.stat().st_size for file in garden.rglob("*.yaml"))
    monkeypatch.setattr("cmocnet.registry.folder.MAX_TOTAL", size)
    assert read(garden)
    monkeypatch.setattr("cmocnet.registry.folder.MAX_TOTAL", size - 1)
    with pytest.raises(FileError, match="the files hold more than"):
        read(garden)
    monkeypatch.setattr(texts, "MAX_FILES", 4)
    with pytest.raises(FileError, match=r"variables: 5 files; expected at most 4"):
        read(garden)


def test_numbers_have_limits(garden: Path) -> None:
    """``ids`` is counted through, and a reference's number is looked up."""
    review = garden / "review.yaml"
    text = review.read_text()
    review.write_text(text.replace("{G: 4}", "{G: 1000000000000}"))
    with pytest.raises(FileError, match=r"review\.yaml:13, key ids\.G: .*0 to 100000"):
        cmocnet.load(garden)
    review.write_text(text)
    bib = garden / "references.bib"
    bib.write_text(bib.read_text().replace("number = {1}", f"number = {{{'1' * 5000}}}"))
    with pytest.raises(CmocnetError, match=r"references\.bib:1: entry digger2001: number"):
        cmocnet.load(garden)


def test_a_long_bibliography_takes_no_more_than_its_length(garden: Path) -> None:
    """Steps are counted, not seconds: each entry is looked at a bounded number of times."""
    entries = 20_000
    bib = garden / "references.bib"
    more = "".join(f"@a{{k{i}, number = {{{100 + i}}}}}\n" for i in range(entries))
    bib.write_text(bib.read_text() + more)
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        found = read(garden)
    finally:
        sys.setprofile(None)
    assert len(found.sources) == entries + 2
    assert calls < 40 * entries


def test_a_table_of_many_parents_and_few_rows(garden: Path) -> None:
    """Two to the power of thirty cases, of which two are told apart."""
    names = [f"extra_{n}" for n in range(30)]
    sun = (garden / "variables/sunlight.yaml").read_text()
    for name in names:
        text = sun.replace("sunlight", name).replace("label: Sunlight", f"label: {name}")
        text = text.replace("words: [dark corner]", "words: []")
        text = text.replace("words: [sunny plot]", "words: []")
        (garden / f"variables/{name}.yaml").write_text(text)
    parents = ", ".join(f"{name}: {{cites: [G-01]}}" for name in names)
    rows = "    - {row: [0.4, 0.6], strength: 4, by: assumption, why: a guess"
    whole = sun.replace("  rows:\n", f"  parents: {{{parents}}}\n  rows:\n")
    path = garden / "variables/sunlight.yaml"
    path.write_text(whole)
    assert len(read(garden).variables["sunlight"].parents) == 30
    assert rows in whole
    path.write_text(whole.replace(rows, f"{rows}, when: {{extra_7: sun}}"))
    with pytest.raises(CmocnetError, match="no row for extra_7=shade"):
        read(garden)
