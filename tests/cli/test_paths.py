"""Paths that nothing can be read from or written to: one line each, whatever command and locale."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import Said

Say = Callable[..., Said]

BAD = {
    "long": "n" * 300,
    "deep": "x/" * 3000 + "x",
    "circle": "loop",
    "below a circle": "loop/x",
    "below a file": "plots.csv/x",
    "null": "a\0b",
    "no such letter": "\ud800",
}
READ = [
    ["predict", "{}.csv"],
    ["predict", "{}.parquet"],
    ["elicit", "fit", "{}.csv", "-o", "new"],
    ["elicit", "fit", "{}.xlsx", "-o", "new"],
    ["query", "P(mood)", "--priors", "{}"],
    ["elicit", "diff", "bundled", "{}"],
    ["cmocs", "--model", "{}"],
    ["reconstruct", "{}.bif"],
]
WRITE = [
    ["predict", "plots.csv", "--target", "mood", "-o", "{}.csv"],
    ["predict", "plots.csv", "--target", "mood", "-o", "{}.parquet"],
    ["export", "{}.xdsl"],
    ["export", "{}.bif"],
    ["export", "--tables", "{}"],
    ["elicit", "template", "{}"],
]
ENDINGS = (".csv", ".parquet", ".xlsx", ".bif", ".xdsl", "")


@pytest.fixture
def here(tmp_path: Path, garden: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "plots.csv").write_text("sunlight\nsun\nshade\n")
    for ending in ENDINGS:
        (tmp_path / f"loop{ending}").symlink_to(f"loop{ending}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def filled(words: list[str], path: str, garden: Path) -> list[str]:
    model = [] if "--model" in words else ["--model", str(garden)]
    return [word.replace("{}", path) for word in words] + model


@pytest.mark.parametrize("path", BAD.values(), ids=BAD)
@pytest.mark.parametrize("words", [*READ, *WRITE], ids=" ".join)
def test_a_path_that_cannot_be_used(
    say: Say, here: Path, garden: Path, words: list[str], path: str
) -> None:
    before = sorted(f.name for f in here.iterdir())
    said = say(*filled(words, path, garden))
    said.refused()
    assert len(said.err) < 1000
    assert sorted(f.name for f in here.iterdir()) == before


@pytest.mark.parametrize("words", WRITE, ids=" ".join)
def test_a_folder_that_is_missing_is_named(
    say: Say, here: Path, garden: Path, words: list[str]
) -> None:
    say(*filled(words, "no/x", garden)).refused("there is no folder", "no/x")


@pytest.mark.parametrize("words", WRITE, ids=" ".join)
def test_a_folder_is_no_output(say: Say, here: Path, garden: Path, words: list[str]) -> None:
    for ending in ENDINGS:
        (here / f"folder{ending}").mkdir()
    said = say(*filled(words, "folder", garden))
    said.refused("folder")
    assert "it is a folder" in said.err or "exists already" in said.err


@pytest.mark.parametrize("words", WRITE[:4], ids=" ".join)
def test_an_output_that_may_not_be_written_stays(
    say: Say, here: Path, garden: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for ending in ENDINGS:
        (here / f"old{ending}").write_text("before")
    monkeypatch.setattr(os, "access", lambda *_: False)
    say(*filled(words, "old", garden)).refused("Permission denied")
    assert all((here / f"old{ending}").read_text() == "before" for ending in ENDINGS)


@pytest.mark.parametrize("words", READ, ids=" ".join)
def test_what_may_not_be_read_is_one_line(
    say: Say, here: Path, garden: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    for name in ("open", "stat", "iterdir", "read_text", "read_bytes"):
        whole = getattr(Path, name)
        monkeypatch.setattr(
            Path,
            name,
            lambda self, *args, whole=whole, **kw: (
                forbidden(self) if self.stem == "closed" else whole(self, *args, **kw)
            ),
        )
    opened = os.open
    monkeypatch.setattr(
        os,
        "open",
        lambda path, *args, **kw: (
            forbidden(Path(path)) if Path(path).stem == "closed" else opened(path, *args, **kw)
        ),
    )
    say(*filled(words, "closed", garden)).refused("closed", "Permission denied")


# --- letters that the locale lacks ----------------------------------------------------------------

LOCALES = {
    "UTF-8": {},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
NAMES = {"accents": "été".encode(), "no UTF-8": b"\xff\xfe"}
IN_TURN = """
import os, sys
from cmocnet.cli import main
name = os.fsdecode(bytes.fromhex(sys.argv[1]))
def do(*words):
    status = main([word.replace("{}", name) for word in words])
    assert status == 0, words
do("cmocs", "--model", "{}")
do("query", "P(mood | sun)", "--quick", "--model", "{}", "--priors", "{}-priors")
do("predict", "{}.csv", "--target", "mood", "--model", "{}", "-o", "{}-1.csv")
do("predict", "{}.csv", "--target", "mood", "--model", "{}", "-o", "{}-1.parquet")
do("predict", "{}.parquet", "--target", "abandoned", "--model", "{}", "-o", "{}-2.csv")
do("export", "{}.xdsl", "--tables", "{}-tables", "--model", "{}")
do("elicit", "template", "{}-template", "--model", "{}")
"""
UNWRITABLE = """
import io, contextlib
from cmocnet.cli import main
for words in (["predict", "\\u00e9.csv"], ["export", "\\u00e9.xdsl"], ["export", "--tables", "\\u00e9"],
              ["query", "P(inertia)", "--priors", "\\u00e9"], ["cmocs", "--model", "\\u00e9"]):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        assert main(words) == 2, words
    assert said.getvalue().count("\\n") == 1, said.getvalue()
"""


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_read_and_written(tmp_path: Path, garden: Path, locale: str, name: str) -> None:
    model = tmp_path / os.fsdecode(NAMES[name])
    shutil.copytree(garden, model)
    priors = Path(f"{model}-priors") / "variables"
    priors.mkdir(parents=True)
    for file in (model / "variables").glob("mood.yaml"):
        shutil.copy(file, priors)
    Path(f"{model}.csv").write_text("sunlight\nsun\nshade\n")
    plots = io.BytesIO()
    pd.DataFrame({"sunlight": ["sun", "shade"]}).to_parquet(plots)
    Path(f"{model}.parquet").write_bytes(plots.getvalue())
    done = subprocess.run(
        [sys.executable, "-c", IN_TURN, NAMES[name].hex()],
        cwd=tmp_path,
        env={**os.environ, **LOCALES[locale], "CMOCNET_CACHE": str(tmp_path / "kept")},
        capture_output=True,
        check=False,
    )
    assert not done.stderr, done.stderr.decode(errors="replace")
    made = {os.fsencode(f.name).removeprefix(NAMES[name]) for f in tmp_path.iterdir()}
    assert made >= {b"-1.csv", b"-1.parquet", b"-2.csv", b".xdsl", b"-tables", b"-template"}


def test_a_name_that_the_locale_cannot_write_is_one_line(tmp_path: Path) -> None:
    """Python hands such a name over only from within, as from a list of files."""
    run = [sys.executable, "-c", UNWRITABLE]
    environment = {**os.environ, **LOCALES["ASCII"]}
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(tmp_path.iterdir()) == []
