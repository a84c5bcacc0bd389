"""Without any extra the library answers, and what needs one says in one line what to install."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from packaging.requirements import Requirement

import cmocnet
from tests.tooling.source import ROOT

pytestmark = pytest.mark.slow

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = {
    "app": ("streamlit", "matplotlib", "fpdf"),
    "cluster": ("dask", "distributed"),
    "fast": ("numba", "llvmlite"),
    "files": ("pyarrow",),
    "global": ("SALib",),
    "pgmpy": ("pgmpy",),
    "survey": ("openpyxl",),
}
"""Extra -> the libraries that it brings, as they are imported."""

REFUSING = f"""
import sys
class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {sum(EXTRAS.values(), ())}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Refusing())
"""
COMMAND = REFUSING + "from cmocnet.cli import main\nsys.exit(main(sys.argv[1:]))"
QUESTION = "P(dissolution | mandated, low cultural compatibility)"


def bare(code: str, *argv: str | Path) -> subprocess.CompletedProcess[str]:
    """A process in which no library of an extra can be imported."""
    line = [sys.executable, "-c", code, *map(str, argv)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def told(*argv: str | Path) -> dict[str, object]:
    """What a command answers without any extra, and that it has nothing else to say."""
    done = bare(COMMAND, *argv, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_these_are_the_extras() -> None:
    extras = PROJECT["optional-dependencies"]
    ours = set(extras) - {"all", "test", "lint", "bench"}
    assert ours == set(EXTRAS)
    (everything,) = map(Requirement, extras["all"])
    assert everything.extras == ours


def test_the_headline_question_has_the_same_answer() -> None:
    answer = cmocnet.load().query(QUESTION)
    found = told("query", QUESTION)
    assert found["probability"] == pytest.approx(answer.probability, abs=1e-12)
    assert found["interval"] == pytest.approx(answer.interval, abs=1e-12)
    assert found["rivals"] == pytest.approx(dict(answer.rivals), abs=1e-12)


@pytest.mark.parametrize("argv", [("check",), ("levers", "P(abandoned)")])
def test_a_review_is_worked_through(argv: tuple[str, ...], garden: Path) -> None:
    assert told(*argv, "--model", garden)


@pytest.mark.parametrize(
    "argv",
    [
        ("sensitivity", "P(dissolution | mandated)"),
        ("explain", "P(inertia | mandated, no shared vision)"),
        ("cmocs", "--search", "vision"),
    ],
    ids=lambda argv: argv[0],
)
def test_a_command_needs_no_extra(argv: tuple[str, ...]) -> None:
    assert told(*argv)


def test_a_table_is_predicted(tmp_path: Path, garden: Path) -> None:
    source = tmp_path / "scenarios.csv"
    source.write_text("sunlight\nsun\n\nshade\n", encoding="utf-8")
    found = told("predict", source, "--target", "abandoned", "--model", garden)
    frame = pd.DataFrame({"sunlight": ["sun", None, "shade"]})
    expected = cmocnet.load(garden).predict(frame, targets=["abandoned"])
    rows = found["predictions"]
    assert isinstance(rows, list)
    assert [row["abandoned=yes"] for row in rows] == pytest.approx(list(expected.iloc[:, 0]))
    written = ("-o", tmp_path / "answers.csv", "--model", garden)
    done = bare(COMMAND, "predict", source, *written)
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(tmp_path / "answers.csv", skip_blank_lines=False)) == 3


def test_a_frame_is_predicted_and_a_network_saved(tmp_path: Path, garden: Path) -> None:
    code = f"""{REFUSING}
import json, pandas as pd, cmocnet
net = cmocnet.load({str(garden)!r})
frame = pd.DataFrame({{"sunlight": ["sun", "shade", None] * 400}})
found = net.predict(frame, targets=["abandoned"], level=0.9)
net.save({str(tmp_path / "net.xdsl")!r})
print(found.head(3).to_json())
"""
    done = bare(code)
    assert (done.returncode, done.stderr) == (0, "")
    frame = pd.DataFrame({"sunlight": ["sun", "shade", None]})
    expected = cmocnet.load(garden).predict(frame, targets=["abandoned"], level=0.9)
    for name, column in json.loads(done.stdout).items():
        assert list(column.values()) == pytest.approx(list(expected[name]), abs=1e-9)
    assert (tmp_path / "net.xdsl").stat().st_size > 1_000


def refusals(folder: Path) -> dict[str, tuple[str, tuple[str | Path, ...]]]:
    """Work that needs an extra -> the extra, and the command."""
    (folder / "scenarios.csv").write_text("mandate\nmandated\n", encoding="utf-8")
    return {
        "page": ("app", ("app",)),
        "reference": ("pgmpy", ("query", QUESTION, "--engine", "pgmpy")),
        "workbook": ("survey", ("elicit", "template", folder / "workbook")),
        "answers": ("survey", ("elicit", "fit", folder / "a.xlsx", "-o", folder / "fitted")),
        "table": ("files", ("predict", folder / "scenarios.csv", "-o", folder / "a.parquet")),
        "columns": ("files", ("predict", folder / "scenarios.parquet")),
    }


WORK = ("page", "reference", "workbook", "answers", "table", "columns")


@pytest.mark.parametrize("work", WORK)
def test_what_is_missing_is_said_in_one_line(tmp_path: Path, work: str) -> None:
    extra, argv = refusals(tmp_path)[work]
    done = bare(COMMAND, *argv)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cmocnet: ")
    assert done.stderr.endswith(f'is not installed; expected pip install "cmocnet[{extra}]"\n')
    assert done.stderr.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"scenarios.csv"}, "nothing half-written"


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("pgmpy", "net.to_pgmpy()"),
        ("global", "globally.judgement_indices(net.ask('P(dissolution | mandated)'))"),
        ("cluster", "sweep.swept(abs, scheduler='tcp://127.0.0.1:1').__enter__()"),
    ],
)
def test_a_call_says_it_too(extra: str, code: str) -> None:
    start = "import cmocnet\nfrom cmocnet.sensitivity import globally, sweep\nnet = cmocnet.load()"
    told = "except cmocnet.CmocnetError as error:\n    print(error)"
    done = bare(f"{REFUSING}\n{start}\ntry:\n    {code}\n{told}")
    assert done.stdout.endswith(f'expected pip install "cmocnet[{extra}]"\n')
    assert done.stdout.count("\n") == 1
