"""Many scenarios give, row by row, what one question each gives."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cmocnet
from cmocnet.errors import CmocnetError, FileError
from cmocnet.scenarios import files, predict, predict_file
from cmocnet.scenarios.text import Checked

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


@pytest.fixture(params=["pyarrow", "no pyarrow"])
def csv_by(request, monkeypatch: pytest.MonkeyPatch) -> str:
    """CSV as pyarrow reads it, and as it is read where that is not installed."""
    if request.param == "no pyarrow":
        monkeypatch.setattr(files, "installed", lambda _: False)
    return request.param


def test_csv_is_the_same_with_and_without_pyarrow(net, tmp_path: Path, monkeypatch):
    rng = np.random.default_rng(4)
    names = ["mandate", "leadership", "resolution"]
    frame = pd.DataFrame({n: rng.choice([*net.variables[n].states, None], 40_000) for n in names})
    frame.to_csv(tmp_path / "in.csv", index=False)
    done = [predict_file(net, tmp_path / "in.csv", tmp_path / "a.csv", ["inertia", "trust"])]
    monkeypatch.setattr(files, "installed", lambda _: False)
    done.append(predict_file(net, tmp_path / "in.csv", tmp_path / "b.csv", ["inertia", "trust"]))
    assert done[0].rows == done[1].rows == 40_000
    assert done[0].columns == done[1].columns
    pd.testing.assert_frame_equal(*(pd.read_csv(tmp_path / f"{n}.csv") for n in "ab"))


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


@pytest.mark.usefixtures("csv_by")
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


@pytest.mark.usefixtures("csv_by")
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
    asked = json.loads(say("predict", source, "--json").out)["predictions"]
    printed = [line.split() for line in shown.splitlines() if line.strip()[:1].isdigit()]
    told = {float(cell) for _, *cells in printed for cell in cells}
    assert {row for row, *_ in printed} == {"1", "2"}
    assert told == {round(p, 3) for row in asked for p in row.values()}
    said = say("predict", source, "-o", out, "--target", "trust")
    assert said.out.startswith("2 scenarios answered")
    assert out.read_text().startswith('"mandate"')
    assert '"rows": 2' in say("predict", source, "-o", out, "--json", "--only-targets").out
    assert "mandate" not in out.read_text()


def test_intervals_on_the_command_line_are_those_of_the_library(say, net, tmp_path: Path):
    source = tmp_path / "in.csv"
    source.write_text("mandate\nmandated\nvoluntary\n")
    argv = ("--target", "high trust", "--interval", 0.5, "--json")
    found = json.loads(say("predict", source, *argv).out)["predictions"]
    expected = predict_file(net, source, None, ["high trust"], level=0.5).frame
    assert len(expected.columns) == 3
    assert pd.DataFrame(found).to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-12)
    assert list(found[0]) == list(expected.columns)


@pytest.mark.usefixtures("csv_by")
@pytest.mark.parametrize("heading", ['"mandate\n"', '"\nmandate"', '"cultural\r\ncompatibility"'])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_heading_over_several_lines_loses_no_column(net, tmp_path: Path, heading: str, at: int):
    names, cells = ["pace", "leadership"], ["slow", "combative"]
    broken = " ".join(heading.strip('"').split()).replace(" ", "_")
    state = net.variables[broken].states[0]
    names.insert(at, heading)
    cells.insert(at, f'"{state}\n"')  # a cell may end in a line break as well
    source = tmp_path / "in.csv"
    source.write_bytes((",".join(names) + "\r\n" + ",".join(cells) + "\r\n").encode())
    given = {"pace": "slow", "leadership": "combative", broken: state}
    right = net.posteriors(given=given)["dissolution"]["yes"]
    found = predict_file(net, source, None, ["dissolution"]).frame
    assert found.iloc[0, 0] == pytest.approx(right, abs=1e-12)


@pytest.mark.usefixtures("csv_by")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n \n", "the file is empty"),
        (b"\n\nmandate\nmandated\n", "a column without a name"),
        (b"mandate", "no column names with rows below"),
        (b'"mandate,pace\nmandated,slow\n', "every quotation mark closed"),
        (b"mandate,\xff\nmandated,x\n", "UTF-8"),
        (b"mandate\n\xff\xfe\n", "line 2: the byte 0xff is no UTF-8"),
        (b"mandate,pace\nmandated,slow\nmandated,,x\xff\n", "line 3: the byte 0xff is no UTF-8"),
        (b"mand\0ate\nmandated\n", "UTF-8"),
        (b"mandate,mandate\nmandated,mandated\n", "two columns"),
        (b"mandate,pace\nmandated,slow\nmandated\n", "row 2: 1 cells; expected 2"),
    ],
)
def test_files_that_are_no_table(net, tmp_path: Path, content: bytes, message: str):
    source = tmp_path / "in.csv"
    source.write_bytes(content)
    with pytest.raises(FileError) as error:
        predict_file(net, source, None, ["inertia"])
    assert message in str(error.value)
    assert str(source) in str(error.value)


@pytest.mark.parametrize("size", [1, 2, 3, 100, -1])
def test_text_is_checked_across_blocks(size: int):
    checked = Checked(io.BytesIO("é,ü\n".encode() * 3 + b"\xc3"), "in.csv")
    with pytest.raises(FileError, match=r"in.csv, line 4: the byte 0xc3"):
        list(iter(lambda: checked.read(size), b""))
    whole = Checked(io.BytesIO("é,ü\n".encode()), "in.csv")
    assert b"".join(iter(lambda: whole.read(size), b"")).decode() == "é,ü\n"


def test_text_is_read_whole_where_no_size_is_named():
    assert Checked(io.BytesIO("é,ü\n".encode() * 3), "in.csv").read().decode() == "é,ü\n" * 3


def _bytes_as_text(raw: bytes) -> pa.Array:
    buffers = pa.array([raw], pa.binary()).buffers()
    return pa.StringArray.from_buffers(1, *buffers[1:])


ODD = {
    "not UTF-8": ({"mandate": _bytes_as_text(b"\xff\xfe")}, "UTF8"),
    "after the year 9999": (
        {"mandate": pa.array([2**31 - 1], pa.int32()).cast(pa.date32())},
        "cannot be read",
    ),
    "a list": ({"mandate": pa.array([["mandated"]])}, "column mandate: the cells are no text"),
    "a structure": ({"mandate": pa.array([{"a": 1}])}, "column mandate: the cells are no text"),
    "bytes": ({"mandate": pa.array([b"mandated"])}, "column mandate"),
    "a decimal": ({"mandate": pa.array([Decimal("1.5")])}, "column mandate"),
    "a span of time": ({"mandate": pa.array([1], pa.duration("ns"))}, "column mandate"),
    "an empty list": ({"mandate": pa.array([None], pa.list_(pa.string()))}, None),
    "an empty structure": ({"mandate": pa.array([None], pa.struct([("a", pa.int8())]))}, None),
    "nothing at all": ({"mandate": pa.nulls(1)}, None),
    "a view": ({"mandate": pa.array(["mandated"]).cast(pa.string_view())}, None),
    "long text": ({"mandate": pa.array(["mandated"], pa.large_string())}, None),
    "a dictionary": ({"mandate": pa.array(["mandated"]).dictionary_encode()}, None),
}


@pytest.mark.parametrize("out", [None, "csv", "parquet"])
@pytest.mark.parametrize("odd", ODD)
def test_parquet_columns_of_any_type(net, tmp_path: Path, odd: str, out: str | None):
    columns, message = ODD[odd]
    source = tmp_path / "in.parquet"
    target = tmp_path / f"out.{out}" if out else None
    pq.write_table(pa.table({**columns, "pace": pa.array(["slow"])}), source)
    if message is not None:
        with pytest.raises(FileError, match=message):
            predict_file(net, source, target, ["inertia"])
        assert sorted(tmp_path.iterdir()) == [source]
        return
    done = predict_file(net, source, target, ["inertia"])
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}
    found = done.frame if out is None else read[out](target)
    seen = {"pace": "slow"} | ({"mandate": "mandated"} if columns["mandate"][0].as_py() else {})
    right = net.posteriors(given=seen)["inertia"]["yes"]
    assert found["inertia=yes"][0] == pytest.approx(right, abs=1e-12)


def test_an_index_that_csv_cannot_hold(net, tmp_path: Path):
    source = tmp_path / "in.parquet"
    columns = {"mandate": ["mandated"], "__index_level_0__": pa.array([[1]])}
    pq.write_table(pa.table(columns), source)
    with pytest.raises(FileError, match=r"'__index_level_0__' holds list.*a .parquet file"):
        predict_file(net, source, tmp_path / "out.csv", ["inertia"])
    assert predict_file(net, source, tmp_path / "out.parquet", ["inertia"]).rows == 1
    assert predict_file(net, source, tmp_path / "out.csv", ["inertia"], carry=False).rows == 1


def test_more_answers_than_memory_should_hold_are_refused(net, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(files, "KEPT", 10)
    for kind in ("csv", "parquet"):
        source = tmp_path / f"in.{kind}"
        frame = pd.DataFrame({"mandate": ["mandated"] * 4})
        getattr(frame, f"to_{kind}")(source, index=False)
        assert predict_file(net, source, None, ["inertia", "dissolution"]).rows == 4
        with pytest.raises(FileError, match=r"4 rows of 3 answers .* at most 3 rows, or a file"):
            predict_file(net, source, None, ["trust"])
        assert predict_file(net, source, tmp_path / "out.csv", ["trust"]).rows == 4
