"""Every wrong input ends in one line that names file, key or row; nothing is left half-written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cmocnet import extras
from cmocnet.cli import export
from cmocnet.errors import FileError

# --- the command line -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), ("no command", "query")),
        (("qurey", "x"), ("'qurey'", "nearest: query")),
        (("--json", "query", "x"), ("'--json'", "options after it")),
        (("query",), ("TEXT",)),
        (("query", "x", "--jsn"), ("'--jsn'", "nearest: --json")),
        (("query", "x", "--model"), ("--model", "expected one argument")),
        (("query", "x", "--engine", "pgmpi"), ("--engine", "'pgmpi'", "nearest: pgmpy")),
        (("query", "x", "--reading", "T3-07"), ("--reading", "ID=NAME")),
        (("query", "x", "--reading", "T3-07=a", "--reading", "T3-07=b"), ("T3-07", "one reading")),
        (("export",), ("nothing to export",)),
        (("export", "net.docx"), ("net.docx", ".bif, .xdsl")),
        (("app", "--port", "0"), ("port 0", "1 to 65535")),
        (("app", "--reading", "T3-07=table"), ("without", "--reading")),
        (("cmocs", "two", "words", "--port", "3"), ("unknown option '--port'",)),
    ],
)
def test_a_wrong_command_line(say, argv, words):
    say(*argv).refused(*words)


def test_a_missing_library_is_named(say, monkeypatch):
    monkeypatch.setattr(extras, "installed", lambda library: library != "streamlit")
    say("app").refused("streamlit is not installed", 'pip install "cmocnet[app]"')


def test_a_missing_page_is_named(say, monkeypatch):
    from cmocnet.cli import app

    monkeypatch.setattr(app, "entry_points", lambda **_: ())
    say("app").refused("the page is not installed", 'pip install "cmocnet[app]"')


def test_an_unknown_configuration(say, garden: Path):
    say("cmocs", "G-9", "--model", garden).refused("'G-9'", "nearest: G-0")


# --- questions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("P(disolution | mandated)", ("'disolution'", "nearest: dissolution")),
        ("P(dissolution | trust=hgih)", ("hgih", "nearest: high")),
        ("P(dissolution | mandated, voluntary)", ("mandate", "mandated", "voluntary")),
        (
            "P(trust | working_friction=low, conflict_ground=high)",
            ("impossible", "working_friction=low", "conflict_ground=high"),
        ),
        ("P(dissolution | trust ~ [0.2, 0.8])", ("trust ~ [0.2, 0.8]", "3, one for each")),
        ("P(dissolution | trust := [0.2, 0.2, 0.2])", ("sum to 0.6", "expected 1")),
        ("P(dissolution | trust ~ [-1, 1, 1])", ("-1", "negative")),
        ("P(dissolution | ", ("'('", "not closed")),
        ("", ("empty",)),
    ],
)
def test_a_wrong_question(say, question, words):
    say("query", question).refused(*words)


# --- files of a review ------------------------------------------------------------------------


def spoil(folder: Path, name: str, old: str, new: str) -> Path:
    """Replace a text in a file that must have it."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("variables/mood.yaml", "name: mood", "\tname: [mood", ("mood.yaml:1:", "a tab")),
        ("variables/mood.yaml", "label: Mood\n", "label: Mood\nlabel: M\n", ("duplicate", "label")),
        ("variables/mood.yaml", "label: Mood\n", "lable: Mood\n", ("mood.yaml", "lable", "label")),
        (
            "variables/mood_before.yaml",
            "sunlight: {weight: 3.6",
            "mood: {weight: 3.6",
            ("mood -> mood_before -> mood", "mood -> watering -> mood_before -> mood"),
        ),
        (
            "variables/mood_before.yaml",
            "sunlight: {weight",
            "sunlite: {weight",
            ("mood_before", "sunlite", "nearest: sunlight"),
        ),
        ("variables/watering.yaml", "weight: 3.6", "weight: -3", ("watering.yaml", "weight")),
        ("variables/watering.yaml", "weight: 3.6", "weight: 3000", ("watering.yaml", "weight")),
        ("variables/watering.yaml", "cites: [G-01]", "cites: [G-77]", ("watering", "G-77")),
        ("variables/watering.yaml", "cites: [G-01]", "cites: []", ("watering", "mood_before")),
        ("variables/sunlight.yaml", "[0.4, 0.6]", "[0.4, 0.7]", ("sunlight",)),
        ("cmocs/garden.yaml", "references: [1]\n", "references: [9]\n", ("G-01", "9")),
        ("cmocs/garden.yaml", "hedge: shows", "hedge: knows", ("garden.yaml", "hedge")),
    ],
)
def test_a_spoilt_review(say, garden: Path, name, old, new, words):
    """A fault a line; each of the two circles that the one arc closes is one."""
    spoil(garden, name, old, new)
    lines = sum("->" in word for word in words)
    say("query", "mood=high", "--model", garden).refused(*words, lines=max(1, lines))


def test_a_file_that_is_not_text(say, garden: Path):
    (garden / "variables" / "mood.yaml").write_bytes(b"name: \xff\xfe\x00")
    say("cmocs", "--model", garden).refused("mood.yaml", "UTF-8")


def test_a_file_of_50_megabytes(say, garden: Path):
    with (garden / "variables" / "mood.yaml").open("r+b") as file:
        file.truncate(50_000_000)
    say("cmocs", "--model", garden).refused("mood.yaml", "50,000,000 bytes")


def test_a_missing_folder(say, tmp_path: Path):
    say("query", "x", "--model", tmp_path / "none").refused("none", "no such folder")
    say("query", "x", "--priors", tmp_path / "none").refused("none", "no such folder")
    say("query", "x", "--priors", tmp_path).refused("no prior files")


# --- scenarios --------------------------------------------------------------------------------


@pytest.fixture
def ask(say, garden: Path, tmp_path: Path):
    """Predict a CSV with the given content in a folder of its own, into ``out.csv``."""
    folder = tmp_path / "work"

    def run(content: bytes | str, *argv: object, name: str = "in.csv", out: str = "out.csv"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        source = folder / name
        source.write_bytes(content.encode() if isinstance(content, str) else content)
        said = say("predict", source, "-o", folder / out, "--model", garden, *argv)
        assert {f.name for f in folder.iterdir()} <= {name, out}  # no temporary file stays
        assert (folder / out).exists() == (said.status == 0)
        return said

    return run


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ("in.csv", "the file is empty")),
        ("\n", ("in.csv", "the file is empty")),
        ("sunlight\n", ("in.csv", "no rows")),
        ("sunlite\nsun\n", ("in.csv", "'sunlite'", "nearest: sunlight")),
        ("sunlight,,\nsun,,\n", ("in.csv", "a column without a name")),
        ("sunlight\nsun\nsnu\n", ("row 2, column sunlight", "'snu'", "nearest: sun")),
        ("sunlight,sunlight\nsun,sun\n", ("column sunlight", "two columns")),
        ("sunlight,Sunlight\nsun,sun\n", ("column Sunlight", "two columns")),
        ("mood,sunlight\nlow,sun\n", ("mood is both a column and a target",)),
        ("sunlight,watering\nsun,rare\nsun\n", ("row 2", "1 cells", "2, one a column")),
        (b"sunlight\n\xff\xfe\n", ("in.csv", "UTF")),
        (b"\x00\x01\x02", ("in.csv",)),
        ("sunlight\n" + "x" * 5_000_000, ("in.csv",)),
    ],
)
def test_a_wrong_csv(ask, content, words):
    ask(content, "--target", "mood").refused(*words)


def test_a_row_far_down_is_named_and_nothing_is_written(ask):
    rows = ["sun"] * 700_000
    rows[650_000] = "snow"
    ask("sunlight\n" + "\n".join(rows), "--target", "mood").refused("row 650001", "'snow'")


def test_an_impossible_scenario_names_its_row(say, tmp_path: Path):
    source = tmp_path / "in.csv"
    rows = "working_friction,conflict_ground\n" + "low,\n" * 40_000 + "low,high\n"
    source.write_text(rows)
    for argv in ((), ("-o", tmp_path / "out.parquet")):
        said = say("predict", source, "--target", "trust", *argv)
        said.refused("row 40001", "impossible", "working_friction=low")
    assert [*tmp_path.iterdir()] == [source]


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("--target", "mod"), ("'mod'", "nearest: ")),
        (("--target", "mood=hgih"), ("hgih", "high")),
    ],
)
def test_a_wrong_target(ask, argv, words):
    ask("sunlight\nsun\n", *argv).refused(*words)


def test_wrong_files(say, ask, garden: Path, tmp_path: Path):
    ask("sunlight\nsun\n", out="out.xlsx").refused("out.xlsx", ".csv or .parquet")
    ask(b"PAR1 not really", name="in.parquet").refused("in.parquet", "not a Parquet file")
    ask("sunlight\nsun\n", name="in.txt").refused("in.txt", ".csv or .parquet")
    model = ("--model", garden)
    good = tmp_path / "good.csv"
    good.write_text("sunlight\nsun\n")
    say("predict", tmp_path / "none.csv", *model).refused("none.csv", "No such file")
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    say("predict", folder, *model).refused("folder.csv", "is a folder")
    say("predict", good, "-o", folder, *model).refused("folder.csv", "is a folder")
    say("predict", good, "-o", tmp_path / "no" / "out.csv", *model).refused("cannot be written")


def test_the_input_is_never_overwritten(say, garden: Path, tmp_path: Path):
    good, link = tmp_path / "good.csv", tmp_path / "link.csv"
    good.write_text("sunlight\nsun\n")
    link.symlink_to(good)
    for out in (good, link, tmp_path / "." / "good.csv"):
        said = say("predict", good, "-o", out, "--model", garden)
        said.refused("is the input itself")
    assert good.read_text() == "sunlight\nsun\n"


# --- export -----------------------------------------------------------------------------------


def test_exports_that_cannot_be_written(say, garden: Path, tmp_path: Path):
    model = ("--model", garden)
    for argv in ((tmp_path / "no" / "net.xdsl",), ("--tables", tmp_path / "no" / "tables")):
        say("export", *argv, *model).refused("no", "cannot be written")
    say("export", "--tables", tmp_path, *model).refused("exists already")
    assert {f.name for f in tmp_path.iterdir()} == {"garden"}


def test_tables_appear_whole_or_not_at_all(net, tmp_path: Path, monkeypatch):
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(FileError, match="No space left"):
        export.write_tables(net.discrete, tmp_path / "tables")
    assert not [*tmp_path.iterdir()]
