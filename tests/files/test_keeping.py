"""What is kept is believed only when proven whole, and nothing of anybody else's is touched."""

from __future__ import annotations

import errno
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cmocnet import keeping, writing
from cmocnet.engine import compiled

LONG_AGO = 1_000_000_000.0


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the user's, named for keeping."""
    monkeypatch.setattr(keeping, "_told", set())
    monkeypatch.setenv(keeping.VARIABLE, str(tmp_path / "named"))
    return tmp_path / "named"


def test_what_was_kept_comes_back(named: Path) -> None:
    assert keeping.fetch("a") is None
    keeping.keep("a", b"data")
    assert bytes(keeping.fetch("a") or b"") == b"data"
    assert keeping.fetch("b") is None
    (kept,) = named.rglob("*.kept")
    assert kept.parent == named / keeping.OWN


def cut(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def turned(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def of_another_version(raw: bytes) -> bytes:
    return raw.replace(keeping.__version__.encode(), b"9.9.9", 1)


def of_another_name(raw: bytes) -> bytes:
    return raw.replace(b" a\n", b" b\n", 1)


DAMAGE = [cut, turned, of_another_version, of_another_name, lambda _: b"", lambda raw: raw + b"x"]


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_as_good_as_absence_and_said_once(
    named: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[bytes], bytes]
) -> None:
    keeping.keep("a", b"data of some length")
    (kept,) = named.rglob("*.kept")
    kept.write_bytes(damage(kept.read_bytes()))
    with caplog.at_level(logging.WARNING):
        assert keeping.fetch("a") is None
        assert keeping.fetch("a") is None
    assert [record.getMessage() for record in caplog.records] == [
        f"cmocnet: {kept} was damaged and is made anew"
    ]
    keeping.keep("a", b"anew")
    assert bytes(keeping.fetch("a") or b"") == b"anew"


def test_only_what_we_made_goes_when_it_is_old(named: Path) -> None:
    keeping.keep("old", b"data")
    own = named / keeping.OWN
    theirs = [named / "phd-thesis.docx", own / "phd-thesis.docx", own / "a-b.kept", own / "c.kept"]
    for path in theirs:
        path.write_bytes(b"my only copy")
    (own / "moved.kept").write_bytes((own / "old.kept").read_bytes())
    (own / "link.kept").symlink_to(own / "old.kept")
    (own / "folder.kept").mkdir()
    for path in own.iterdir():
        os.utime(path, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    os.utime(theirs[0], (LONG_AGO, LONG_AGO))
    keeping.keep("new", b"data")
    left = {"a-b.kept", "c.kept", "phd-thesis.docx", "moved.kept", "link.kept", "folder.kept"}
    assert {f.name for f in own.iterdir()} == {*left, "new.kept"}
    assert all(path.read_bytes() == b"my only copy" for path in theirs)


def test_without_a_name_it_is_the_users_own_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(keeping.VARIABLE, raising=False)
    monkeypatch.setattr(keeping, "user_cache_path", lambda own, **_: tmp_path / "caches" / own)
    keeping.keep("a", b"data")
    assert keeping.folder() == tmp_path / "caches" / keeping.OWN
    assert bytes(keeping.fetch("a") or b"") == b"data"


@pytest.mark.parametrize("answer", [None, Path("~/.cache")])
def test_without_a_home_it_is_among_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Path | None
) -> None:
    def homeless(own: str, **_: object) -> Path:
        if answer is None:
            raise RuntimeError("no home")
        return answer / own

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(keeping.VARIABLE, raising=False)
    monkeypatch.setattr(keeping, "user_cache_path", homeless)
    monkeypatch.setattr(keeping.tempfile, "tempdir", str(tmp_path / "spare"))
    found = keeping.folder()
    assert found is not None
    assert found.parent == tmp_path / "spare"
    assert not (tmp_path / "~").exists()


# --- where nothing can be kept --------------------------------------------------------------------


def test_nothing_is_kept_where_that_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keeping.VARIABLE, "")
    keeping.keep("a", b"data")
    assert keeping.folder() is None
    assert keeping.fetch("a") is None


@pytest.mark.parametrize("home", ["a file", "read-only", "too long", "others'", "a link"])
def test_what_cannot_be_kept_there_is_kept_among_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    named, spare = tmp_path / "named", tmp_path / "spare"
    spare.mkdir()
    monkeypatch.setattr(keeping.tempfile, "tempdir", str(spare))
    if home == "a file":
        named.write_text("")
    elif home == "read-only":
        monkeypatch.setattr(os, "access", lambda path, _: not str(path).startswith(str(named)))
    elif home == "too long":
        named = tmp_path / ("x" * 300)
    elif home == "others'":
        (named / keeping.OWN).mkdir(parents=True)
        (named / keeping.OWN).chmod(0o777)
    else:
        named.mkdir()
        (named / keeping.OWN).symlink_to(spare)
    monkeypatch.setenv(keeping.VARIABLE, str(named))
    keeping.keep("a", b"data")
    assert bytes(keeping.fetch("a") or b"") == b"data"
    (kept,) = spare.rglob("*.kept")
    assert kept.parent.parent == spare
    assert kept.parent.stat().st_mode & 0o077 == 0


def test_nothing_is_kept_where_nothing_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(keeping.VARIABLE, str(tmp_path / "file"))
    monkeypatch.setattr(keeping.tempfile, "tempdir", str(tmp_path / "file" / "no"))
    keeping.keep("a", b"data")
    assert (keeping.folder(), keeping.fetch("a")) == (None, None)


def test_a_full_disk_keeps_nothing_and_leaves_nothing(
    named: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.keep("a", b"before")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "_named", full)
    keeping.keep("a", b"after")
    assert bytes(keeping.fetch("a") or b"") == b"before"
    assert [f.name for f in (named / keeping.OWN).iterdir()] == ["a.kept"]


# --- compiled loops -------------------------------------------------------------------------------

LOOP = """
import os, sys, tempfile
tempfile.tempdir = os.environ.get("SPARE")
sys.path.insert(0, sys.argv[1])
from loop import double, forms
print(double(21), forms())
"""
MODULE = """
from cmocnet.engine.compiled import compiled

@compiled()
def double(x):
    return 2 * x

def forms():
    return sum(double.stats.cache_hits.values())
"""


@pytest.fixture
def loop(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    (tmp_path / "loop.py").write_text(MODULE)

    def run(**environment: str) -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", LOOP, str(tmp_path)],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip(), done.stderr

    return run


def test_a_compiled_loop_is_kept_and_proven(
    tmp_path: Path, loop: Callable[..., tuple[str, str]]
) -> None:
    home = {"XDG_CACHE_HOME": str(tmp_path / "home"), keeping.VARIABLE: ""}
    assert loop(**home) == ("42 0", "")
    assert loop(**home) == ("42 1", "")
    (kept,) = tmp_path.rglob("*.kept")
    for damage in (turned, cut):
        kept.write_bytes(damage(kept.read_bytes()))
        found, said = loop(**home)
        assert found == "42 0"
        assert said.count("\n") == 1
        assert f"{kept} was damaged" in said
        assert loop(**home) == ("42 1", "")


def test_a_compiled_loop_answers_where_nothing_can_be_kept(
    tmp_path: Path, loop: Callable[..., tuple[str, str]]
) -> None:
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "file")
    for _ in range(2):
        assert loop(CMOCNET_CACHE=nowhere, SPARE=nowhere) == ("42 0", "")


def test_what_is_proven_but_cannot_be_rebuilt_is_compiled(
    named: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compiled.Kept, "_name", lambda *_: "loop")
    keeping.keep("loop", b"no loop at all")
    assert compiled.compiled()(lambda x: x + 1)(1) == 2
    assert len(caplog.records) == 1
