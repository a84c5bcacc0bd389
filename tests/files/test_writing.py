"""Files appear whole or not at all, as their owner left them, and nothing is left beside them."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmocnet import writing
from cmocnet.errors import FileError
from cmocnet.writing import new_folder, whole, write_whole

ENDLESS = """
import sys, time
from pathlib import Path
from cmocnet import writing
if sys.argv[2] == "named":
    writing.NAMELESS = 0
kind = writing.new_folder if sys.argv[2] == "folder" else writing.whole
with kind(Path(sys.argv[1])) as it:
    (it / "a").write_text("a") if sys.argv[2] == "folder" else it.write(b"a" * 100_000)
    print("begun", flush=True)
    time.sleep(600)
"""
"""A process that has begun to write and goes on for ever."""


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of writing: the second is that of systems that know no files without a name."""
    if request.param == "named":
        monkeypatch.setattr(writing, "NAMELESS", 0)
    return str(request.param)


@pytest.fixture
def masked() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def begun(path: Path, how: str) -> subprocess.Popen[str]:
    """A process in the middle of writing."""
    run = [sys.executable, "-c", ENDLESS, str(path), how]
    process = subprocess.Popen(run, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def killed(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


# --- what stands there afterwards ---------------------------------------------------------------


@pytest.mark.usefixtures("masked")
def test_a_new_file_respects_the_umask(tmp_path: Path, way: str) -> None:
    write_whole(tmp_path / "new", "text")
    assert mode(tmp_path / "new") == 0o640
    assert [f.name for f in tmp_path.iterdir()] == ["new"]


@pytest.mark.usefixtures("masked")
def test_a_new_folder_and_what_is_in_it_respect_the_umask(tmp_path: Path) -> None:
    with new_folder(tmp_path / "new") as folder:
        (folder / "a").write_text("a")
    assert (mode(tmp_path / "new"), mode(tmp_path / "new" / "a")) == (0o750, 0o640)


@pytest.mark.parametrize("kept", [0o600, 0o664, 0o755])
def test_an_old_file_keeps_its_permissions(tmp_path: Path, way: str, kept: int) -> None:
    old = tmp_path / "old"
    old.write_text("before")
    old.chmod(kept)
    write_whole(old, "after")
    assert (mode(old), old.read_text()) == (kept, "after")
    assert [f.name for f in tmp_path.iterdir()] == ["old"]


def test_an_old_file_keeps_its_owner(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, given = tmp_path / "old", []
    old.write_text("before")
    monkeypatch.setattr(os, "fchown", lambda _, *owner: given.append(owner))
    write_whole(old, "after")
    assert given == [(old.stat().st_uid, old.stat().st_gid)]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed(tmp_path: Path, way: str, there: bool) -> None:
    (tmp_path / "far").mkdir()
    real, link, second = tmp_path / "far" / "real", tmp_path / "link", tmp_path / "second"
    if there:
        real.write_text("before")
    link.symlink_to("far/real")
    second.symlink_to(link)
    write_whole(second, "after")
    assert (link.is_symlink(), second.is_symlink()) == (True, True)
    assert real.read_text() == "after"


def test_a_failure_leaves_what_was_there(tmp_path: Path, way: str) -> None:
    def fail(path: Path) -> None:
        with whole(path) as file:
            file.write(b"half")
            raise ZeroDivisionError

    def fail_in_a_folder(path: Path) -> None:
        with new_folder(path) as folder:
            (folder / "a").write_text("half")
            raise ZeroDivisionError

    old = tmp_path / "old"
    old.write_text("before")
    tries = ((fail, "old"), (fail, "new"), (fail_in_a_folder, "folder"))
    for write, name in tries:
        with pytest.raises(ZeroDivisionError):
            write(tmp_path / name)
    assert [f.name for f in tmp_path.iterdir()] == ["old"]
    assert old.read_text() == "before"


def test_a_file_that_appears_meanwhile_is_replaced_whole(tmp_path: Path, way: str) -> None:
    with whole(tmp_path / "new") as file:
        (tmp_path / "new").write_text("another's")
        file.write(b"ours")
    assert (tmp_path / "new").read_text() == "ours"
    assert [f.name for f in tmp_path.iterdir()] == ["new"]


# --- pipes and devices --------------------------------------------------------------------------


def test_a_pipe_gets_everything(tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"x" * 200_000)
    reader.join()
    assert got == [b"x" * 200_000]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_is_written_and_stays(tmp_path: Path) -> None:
    link = tmp_path / "nothing"
    link.symlink_to(os.devnull)
    write_whole(link, "text")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_full_disk_is_said() -> None:
    with pytest.raises(FileError, match="/dev/full: cannot be written"):
        write_whole(Path("/dev/full"), "text")


@pytest.mark.parametrize("redirected", [True, False])
def test_standard_output_stands_in_order(tmp_path: Path, redirected: bool) -> None:
    """Also where it is a file, which must not be replaced under the shell that has it open."""
    code = (
        "from pathlib import Path; from cmocnet.writing import write_whole\n"
        "print('before'); write_whole(Path('/dev/stdout'), 'whole\\n'); print('after')"
    )
    run = [sys.executable, "-c", code]
    out = tmp_path / "out"
    if redirected:
        with out.open("w") as file:
            subprocess.run(run, stdout=file, check=True)
        assert out.read_text() == "before\nwhole\nafter\n"
    else:
        done = subprocess.run(run, capture_output=True, text=True, check=True)
        assert done.stdout == "before\nwhole\nafter\n"


# --- killed in the middle -----------------------------------------------------------------------


def test_a_killed_run_leaves_nothing(tmp_path: Path) -> None:
    for process in [begun(tmp_path / "out", "nameless") for _ in range(2)]:
        killed(process)
    assert list(tmp_path.iterdir()) == [] or not writing.NAMELESS


@pytest.mark.parametrize("how", ["named", "folder"])
def test_the_next_run_takes_away_what_killed_ones_left(tmp_path: Path, how: str) -> None:
    for process in [begun(tmp_path / "out", how) for _ in range(2)]:
        killed(process)
    assert len(list(tmp_path.iterdir())) == 2
    write_whole(tmp_path / "other", "text")
    assert [f.name for f in tmp_path.iterdir()] == ["other"]


@pytest.mark.parametrize("how", ["named", "folder"])
def test_a_part_that_is_still_written_stays(tmp_path: Path, how: str) -> None:
    process = begun(tmp_path / "out", how)
    (part,) = tmp_path.iterdir()
    write_whole(tmp_path / "other", "text")
    assert part.exists()
    killed(process)


def test_only_our_own_parts_are_taken_away(tmp_path: Path) -> None:
    ours = writing._part(tmp_path)
    wrong = ours.name[:-6] + ("0" if ours.name[-6] != "0" else "1")
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "thesis").write_text("my only copy")
    strangers = [".cmocnet.part", ".out.csv.abcdef", f"{wrong}.part", ours.name + "x", "part"]
    for name in strangers:
        (tmp_path / name).write_text("not ours")
    ours.symlink_to(tmp_path / "victim")
    write_whole(tmp_path / "out", "text")
    assert {f.name for f in tmp_path.iterdir()} == {*strangers, "victim", "out", ours.name}
    assert (tmp_path / "victim" / "thesis").read_text() == "my only copy"


# --- what cannot be written ---------------------------------------------------------------------


def impossible(tmp_path: Path) -> dict[str, Path]:
    """Names that nothing can have, or that nothing can be written to."""
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("")
    return {
        "long": tmp_path / ("x" * 300),
        "deep": Path("/" + "x/" * 3000) / "file",
        "circle": tmp_path / "loop",
        "below a circle": tmp_path / "loop" / "out",
        "below a file": tmp_path / "file" / "out",
        "nowhere": tmp_path / "no" / "out",
        "null": tmp_path / "a\0b",
        "no such letter": tmp_path / "\ud800",
    }


IMPOSSIBLE = (
    "long",
    "deep",
    "circle",
    "below a circle",
    "below a file",
    "nowhere",
    "null",
    "no such letter",
)


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_written_is_one_line(tmp_path: Path, name: str) -> None:
    path = impossible(tmp_path)[name]
    for write in (lambda: write_whole(path, "text"), lambda: new_folder(path).__enter__()):
        with pytest.raises(FileError) as refused:
            write()
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 700
    assert {f.name for f in tmp_path.iterdir()} == {"loop", "file"}


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="it is a folder"):
        write_whole(tmp_path, "text")
    with pytest.raises(FileError, match="exists already"):
        new_folder(tmp_path).__enter__()
