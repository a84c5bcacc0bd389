"""Many scenarios give, row by row, what one question each gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import cmocnet
from cmocnet.errors import CmocnetError, FileError
from cmocnet.scenarios import predict, predict_file

FRAME = pd.DataFrame(
    {
        "mandate": ["mandated", None, "voluntary", np.nan, "imposed"],
        "Cultural compatibility": ["low", "", "high", None, "similar cultures"],
    },
    index=[7, 3, 9, 1, 0],
)


def test_rows_equal_single_questions(net):
    found = net.predict(FRAME, ["dissolution", "trust"])
    assert list(found.index) == list(FRAME.index)
    assert list(found) == ["dissolution=yes", "trust=low", "trust=medium", "trust=high"]
    given = [{"mandate": "mandated", "cultural_compatibility": "low"}, {}]
    for row, evidence in enumerate(given):
        result = net.posteriors(given=evidence)
        assert found.iloc[row, 0] == pytest.approx(result["dissolution"]["yes"], abs=1e-12)
        assert found.iloc[row, 3] == pytest.approx(result["trust"]["high"], abs=1e-12)
    assert found.iloc[1].tolist() == found.iloc[3].tolist()


def test_the_reference_engine_gives_the_same(garden: Path):
    frame = pd.DataFrame({"sunlight": ["sun", None, "shade", "sun"], "watering": None})
    one, other = (
        predict(cmocnet.load(garden, engine=engine), frame, ["mood"])
        for engine in ("compiled", "pgmpy")
    )
    assert np.abs(one - other).to_numpy().max() < 1e-12


def test_categories_and_states_asked_for_singly(net):
    frame = pd.DataFrame({"mandate": pd.Categorical(["mandated", None], ["mandated", "odd one"])})
    found = net.predict(frame, ["high trust", "trust=low", "trust=high"])
    assert list(found) == ["trust=high", "trust=low"]


@pytest.mark.parametrize(
    ("frame", "targets", "message"),
    [
        (pd.DataFrame({"mandate": []}), ["trust"], "no rows"),
        (pd.DataFrame({"mandat": ["x"]}), ["trust"], "unknown column 'mandat'; nearest: mandate"),
        (pd.DataFrame({"mandate;trust": ["x;y"]}), ["trust"], "expected columns parted by commas"),
        (pd.DataFrame({"mandate": ["x"]}), ["trust"], "row 1, column mandate: unknown state 'x'"),
        (pd.DataFrame({"mandate": [[1]]}), ["trust"], "column mandate: the cells are no text"),
        (pd.DataFrame({"mandate": [3.5]}), ["trust"], "unknown state '3.5'"),
        (pd.DataFrame({"trust": ["low"]}), ["trust"], "both a column and a target"),
        (pd.DataFrame([["a", "b"]], columns=["mandate"] * 2), ["trust"], "two columns"),
        (pd.DataFrame({"mandate": ["mandated"]}), [], "no target"),
        (pd.DataFrame({"mandate": ["mandated"]}), ["trsut"], "nearest: trust"),
    ],
)
def test_wrong_frames(net, frame, targets, message):
    with pytest.raises(CmocnetError) as error:
        net.predict(frame, targets)
    assert message in str(error.value)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("out", ["csv", "parquet"])
def test_files_equal_frames(net, tmp_path: Path, kind: str, out: str):
    rng = np.random.default_rng(3)
    names = ["mandate", "leadership", "resolution"]
    columns = {n: rng.choice([*net.variables[n].states, None], 70_000) for n in names}
    frame = pd.DataFrame(columns)
    source, target = tmp_path / f"in.{kind}", tmp_path / f"out.{out}"
    getattr(frame, f"to_{kind}")(source, index=False)
    steps: list[int] = []
    done = predict_file(
        net, source, target, ["inertia"], progress=lambda rows, _: steps.append(rows)
    )
    found = pd.read_csv(target, keep_default_na=False) if out == "csv" else pd.read_parquet(target)
    assert list(found) == [*names, "inertia=yes"]
    assert (done.rows, steps[-1], steps) == (70_000, 70_000, sorted(steps))
    whole = net.predict(frame, ["inertia"])["inertia=yes"]
    assert np.abs(found["inertia=yes"] - whole).max() < 1e-15
    assert {f.name for f in tmp_path.iterdir()} == {source.name, target.name}


def test_without_an_output_the_answers_come_back(net, tmp_path: Path):
    source = tmp_path / "in.csv"
    source.write_text("\ufeffmandate\nmandated\n\nNA\n", encoding="utf-8")  # an empty line counts
    done = predict_file(net, source, None, ["inertia"])
    assert done.frame is not None
    assert done.rows == len(done.frame) == 3
    assert done.frame["inertia=yes"][1] == done.frame["inertia=yes"][2]


def test_input_columns_can_be_left_out_and_an_index_is_no_variable(net, tmp_path: Path):
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    FRAME.to_parquet(source)
    predict_file(net, source, out, ["inertia"], carry=False)
    assert pq.read_schema(out).names == ["inertia=yes"]
    predict_file(net, source, out, ["inertia"])
    assert pd.read_parquet(out)["__index_level_0__"].tolist() == list(FRAME.index)


def test_an_interruption_leaves_the_old_output(net, tmp_path: Path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("mandate\nmandated\n")
    out.write_text("old")

    def interrupted(rows: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        predict_file(net, source, out, ["inertia"], progress=interrupted)
    assert out.read_text() == "old"
    assert {f.name for f in tmp_path.iterdir()} == {"in.csv", "out.csv"}


def test_a_parquet_file_of_odd_columns(net, tmp_path: Path):
    source = tmp_path / "in.parquet"
    pd.DataFrame({"mandate": [{"a": 1}]}).to_parquet(source)
    with pytest.raises(FileError, match="column mandate"):
        predict_file(net, source, None, ["inertia"])
    pd.DataFrame({"mandate": [None, None]}).to_parquet(source)
    assert predict_file(net, source, None, ["inertia"]).rows == 2
    source.write_bytes(source.read_bytes()[:-40])
    with pytest.raises(FileError, match="not a Parquet file"):
        predict_file(net, source, None, ["inertia"])


def test_predict_on_the_command_line(say, tmp_path: Path):
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("mandate\nmandated\nvoluntary\n")
    shown = say("predict", source).out
    for column in ("synergy", "inertia=yes", "dissolution=yes"):
        assert column in shown
    said = say("predict", source, "-o", out, "--target", "trust")
    assert said.out.startswith("2 scenarios answered")
    assert '"rows": 2' in say("predict", source, "-o", out, "--json", "--only-targets").out
