"""Every script runs on a small setting, and what it draws is there: PNG, SVG and CSV."""

from __future__ import annotations

import csv
import runpy
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
SMALL = {
    "tornado": ["P(inertia | mandated)", "--top", "3"],
    "sensitivity_function": ["P(trust_breach | conflict = high)", "--top", "2"],
    "evidence_value": ["P(inertia | mandated)", "--top", "4", "--options", "2"],
    "sobol": ["P(clash high | close)", "--n", "8", "--vary", "3", "--seed", "1"],
    "robustness": ["P(clash high | close)", "--against", "P(clash high | distant)", "--top", "3"],
    "contributions": ["P(inertia | mandated, do(strong legal agreements))"],
    "pathways": ["P(trust low | mandated)", "--top", "3"],
    "levers": ["P(inertia | mandated)", "-k", "1", "--draws", "5", "--top", "4"],
    "firmness": ["--draws", "4", "--top", "4"],
}


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch):
    """Runs a script as ``python scripts/NAME.py ...`` does, in this process."""

    def run(name: str, *argv: object) -> None:
        monkeypatch.syspath_prepend(str(SCRIPTS))
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *map(str, argv)])
        runpy.run_path(str(SCRIPTS / f"{name}.py"), run_name="__main__")

    return run


@pytest.mark.parametrize("name", SMALL)
def test_its_figure_is_drawn(name, call, garden, tmp_path, capsys):
    if name == "sobol":
        pytest.importorskip("SALib")
    small = ("--model", garden) if name == "firmness" else ()  # 110 configurations take longer
    call(name, *SMALL[name], *small, "--out", tmp_path)
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert {p.name for p in written} >= {f"{name}.{kind}" for kind in ("png", "svg", "csv")}
    for path in written:
        {".png": a_picture, ".svg": a_drawing, ".csv": a_table}[path.suffix](path)


def a_picture(path: Path) -> None:
    """Marks of several lightnesses on white, nothing but white along the edges."""
    from matplotlib.image import imread

    pixels = imread(path)[..., :3].mean(axis=2)
    assert min(pixels.shape) > 200
    assert 0.01 < (pixels < 0.9).mean() < 0.9
    assert len(np.unique(pixels.round(1))) > 3
    right = pixels[:, -2:]
    assert (right > 0.9).mean() > 0.98, "something is cut off at the right"


def a_drawing(path: Path) -> None:
    words = [t.text or "" for t in ET.parse(path).iter() if t.tag.endswith(("text", "tspan"))]
    assert len(words) > 5
    raw = [w for w in words if "_" in w or "=" in w]
    assert not raw, "a raw name stands where words should"


def a_table(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert all(rows[0])


def test_the_same_seed_draws_the_same(call, tmp_path):
    for folder in ("one", "two"):
        argv = (SMALL["contributions"][0], "-k", 1, "--draws", 3, "--seed", 3, "--top", 2)
        call("levers", *argv, "--out", tmp_path / folder)
    for kind in ("svg", "csv"):
        one, two = ((tmp_path / f / f"levers.{kind}").read_bytes() for f in ("one", "two"))
        assert one == two


@pytest.mark.parametrize(
    ("name", "argv", "words"),
    [
        ("tornado", ["P(dissolution | dissolution)"], "both asked for and given"),
        ("levers", ["P(inertia | mandated)", "--cost", "leadership=-1"], "0 or more"),
        ("levers", ["P(inertia | mandated)", "--budget", "0.1"], "below every cost"),
        ("robustness", ["P(inertia)", "--against", "P(trust low)"], "two different events"),
        ("sobol", ["--n", "3"], "power of 2"),
        ("firmness", ["--draws", "0"], "draws"),
    ],
)
def test_bad_input_is_one_line(name, argv, words, call, tmp_path, capsys):
    if name == "sobol":
        pytest.importorskip("SALib")
    with pytest.raises(SystemExit) as left:
        call(name, *argv, "--out", tmp_path / "none")
    assert left.value.code == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", SMALL)
def test_help_says_what_it_answers(name, call, capsys):
    with pytest.raises(SystemExit) as left:
        call(name, "--help")
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "--out" in said
    assert "--seed" in said
    assert "?" in said or "What to change" in said


def test_a_script_runs_from_anywhere(tmp_path):
    run = [sys.executable, str(SCRIPTS / "tornado.py"), "--help"]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Which judgement" in done.stdout


def test_every_script_is_tried_and_documented():
    others = {"figures", "self_consistency"}
    names = {path.stem for path in SCRIPTS.glob("*.py")} - others
    page = (SCRIPTS.parent / "docs" / "analyses.md").read_text(encoding="utf-8")
    assert {*SMALL} <= names
    for name in SMALL:
        assert f"scripts/{name}.py" in page
        assert f"figures/{name}.svg" in page
        assert (SCRIPTS.parent / "docs" / "figures" / f"{name}.svg").stat().st_size > 1000


def test_without_a_question_a_script_asks_what_the_review_asks(call, garden, tmp_path, capsys):
    call("pathways", "--out", tmp_path)
    assert "pathways.svg" in capsys.readouterr().out
    call("robustness", "--model", garden, "--out", tmp_path, "--top", "2")
    assert "robustness.svg" in capsys.readouterr().out


def test_one_case_alone_is_held_against_nothing(call, capsys):
    with pytest.raises(SystemExit):
        call("robustness", "P(inertia | mandated)")
    assert "--against QUESTION" in capsys.readouterr().err
