"""Bad input of every kind: one line that names file, sheet and row; nothing half-written."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmocnet.elicitation.draws import everyone
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry import Review, bundled
from cmocnet.survey import convene, write_priors, write_template
from cmocnet.survey.answers import read_answers
from cmocnet.survey.verbal import scales

Fill = Callable[[str, Mapping[str, object]], Path]
Q, W = "inertia/lowest", "progress/weight.achievement"
HIGHEST = "inertia/highest"
GOOD = (0.1, 0.2, 0.3)

BAD = {
    "out of order": (Q, (0.3, 0.2, 0.4), "out of order"),
    "reversed": (Q, (0.3, 0.2, 0.1), "out of order"),
    "no width": (Q, (0.2, 0.2, 0.2), "no width"),
    "above one": (Q, (0.1, 0.2, 1.2), "high is 1.2"),
    "per cent above": (Q, (0.1, 0.2, "120%"), "high is 1.2"),
    "below nought": (Q, (-0.1, 0.2, 0.3), "low is -0.1"),
    "not a word": (Q, (0.1, "oftentimes", 0.3), "nearest:"),
    "word of the other scale": (W, (1, "probable", 5), "'probable'"),
    "not a number": (Q, (0.1, "nan", 0.3), "'nan'"),
    "infinite": (W, (0.1, 1, "inf"), "'inf'"),
    "half": (Q, (0.1, 0.2, ""), "no high"),
    "number alone": (Q, ("", 0.2, ""), "no low and high"),
    "weight of nothing": (W, (0, 0, 1), "central is 0"),
    "weight too large": (W, (1, 2, 200), "high is 200"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_bad_answers(name: str, ending: str, fill: Fill, review: Review) -> None:
    question, cells, said = BAD[name]
    path = fill(f"expert{ending}", {question: cells})
    row = 2 + [j.address for j in everyone(review)].index(question)
    with pytest.raises(FileError) as caught:
        convene(review, [path])
    where = f"{path}, sheet Questions, row {row}" if ending == ".xlsx" else f"{path}, row {row}"
    assert caught.value.where == where
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_sheet_of_questions_shows_where_to_answer(template: Path) -> None:
    sheet = openpyxl.load_workbook(template / "questions.xlsx")["Questions"]
    assert all(cell.font.bold for cell in sheet[1])
    for line in sheet.iter_rows(min_row=2):
        assert [cell.fill.fill_type for cell in line] == [None] * (len(line) - 3) + ["solid"] * 3
        assert not any(cell.font.bold for cell in line)


def test_a_locked_workbook_is_told_to_be_locked(fill: Fill, review: Review) -> None:
    path = fill("expert.xlsx", {Q: GOOD})
    whole = bytearray(path.read_bytes())
    for head, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(head)
        while at >= 0:
            whole[at + flags] |= 1
            at = whole.find(head, at + 1)
    path.write_bytes(whole)
    with pytest.raises(FileError, match="locked with a password; expected a file without one"):
        convene(review, [path])


def _rows(path: Path, *rows: tuple[object, ...], head: str = "id,low,central,high") -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head.split(","), *rows])
    return path


def test_unknown_and_twice(review: Review, tmp_path: Path) -> None:
    path = _rows(tmp_path / "a.csv", ("inertia/lowst", *GOOD))
    with pytest.raises(
        FileError, match=r"a.csv, row 2: no question 'inertia/lowst'.*inertia/lowest"
    ):
        convene(review, [path])
    path = _rows(tmp_path / "b.csv", (Q, *GOOD), ("", "", "", ""), (Q, *GOOD))
    with pytest.raises(FileError, match=r"b.csv, row 4: a second answer.*row 2"):
        convene(review, [path])
    path = _rows(tmp_path / "c.csv", ("", *GOOD))
    with pytest.raises(FileError, match=r"row 2: an answer without a question's id"):
        convene(review, [path])
    path = _rows(tmp_path / "d.csv", (Q, 0.5, 0.6, 0.7), ("inertia/highest", *GOOD))
    with pytest.raises(FileError, match=r"row 2: .*above 0.2 for inertia/highest"):
        convene(review, [path])


def test_files_that_are_none(review: Review, tmp_path: Path, template: Path) -> None:
    def refused(path: Path, what: str) -> None:
        with pytest.raises(FileError, match=what) as caught:
            convene(review, [path])
        assert str(path) in str(caught.value)

    fake = tmp_path / "fake.xlsx"
    fake.write_text("id,low,central,high\n")
    refused(fake, "not an .xlsx file")
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    refused(tmp_path / "zip.xlsx", "not an .xlsx file")
    refused(tmp_path / "none.csv", "cannot be read")
    refused(tmp_path, "unknown kind")
    refused(template / "questions.csv", "no question is answered")
    refused(_rows(tmp_path / "head.csv", (Q, *GOOD), head="id,low,high,best"), "lacks a column")
    (tmp_path / "empty.csv").write_text("")
    refused(tmp_path / "empty.csv", "lacks a column")
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    refused(tmp_path / "bytes.csv", "not text")
    (tmp_path / "huge.csv").write_text("x" * 6_000_000)
    refused(tmp_path / "huge.csv", "6,000,000 bytes")
    (tmp_path / "huge.xlsx").write_bytes(b"PK" + b"x" * 6_000_000)
    refused(tmp_path / "huge.xlsx", "bytes")
    refused(_rows(tmp_path / "long.csv", *[(Q, *GOOD)] * 10_001), "too long")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"0" * 70_000_000)
    refused(tmp_path / "bomb.xlsx", "huge size")


def test_cells_that_are_neither_number_nor_word(review: Review, tmp_path: Path) -> None:
    from datetime import date

    for name, value, what in (
        ("formula", "=1/5", "B2 holds a formula"),
        ("date", date(2020, 1, 2), "B2 holds a date"),
        ("truth", True, "B2 holds true or false"),
        ("error", "#DIV/0!", "B2 holds an error"),
    ):
        book = openpyxl.Workbook()
        book.active.append(["id", "low", "central", "high"])
        book.active.append([Q, value, 0.2, 0.3])
        path = tmp_path / f"{name}.xlsx"
        book.save(path)
        with pytest.raises(FileError, match=what) as caught:
            convene(review, [path])
        assert caught.value.where == f"{path}, sheet Sheet, row 2"
    path = _rows(tmp_path / "formula.csv", (Q, "=1/5", 0.2, 0.3))
    with pytest.raises(FileError, match=r"row 2: the cell low holds a formula"):
        convene(review, [path])


def test_two_files_of_one_expert(review: Review, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    files = [_rows(folder / "a.csv", (Q, *GOOD)) for folder in (tmp_path, tmp_path / "x")]
    with pytest.raises(FileError, match="second file for the expert 'a'"):
        convene(review, files)
    with pytest.raises(CmocnetError, match="sum to nothing"):
        convene(review, files[:1], weights=[0])


def test_nothing_half_written(review: Review, tmp_path: Path) -> None:
    """A set that would not load, or a folder that is there, leaves no trace."""
    panel = convene(review, [_rows(tmp_path / "a.csv", (Q, 0.9, 0.95, 0.99))])
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FileError, match=r"a.csv, row 2: inertia/lowest comes to .* above the 0.75"):
        write_priors(review, panel, tmp_path / "set")
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "there").mkdir()
    with pytest.raises(FileError, match="exists already"):
        write_template(review, tmp_path / "there")
    with pytest.raises(FileError, match="cannot be written"):
        write_template(review, tmp_path / "no" / "such" / "folder")
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "there"])


def test_words_numbers_and_separators(review: Review, tmp_path: Path) -> None:
    questions = {j.address: j for j in everyone(review)}
    words = scales(bundled())
    path = tmp_path / "a.csv"
    path.write_text(
        "\ufeffid;low;central;high (95th percentile)\r\n"
        f"{Q};0,1;20 %;Fifty Fifty\r\n"
        "inertia/highest;;(Almost) Certain;\r\n"
        f"{W};;very strong;\r\n",
        encoding="utf-8",
    )
    found = read_answers(path, questions, words).answers
    assert found[Q].values == (0.1, 0.2, 0.5)
    assert found["inertia/highest"].values == (0.85, 1.0, 1.0)
    assert found[W].values == (4.5, 7.0, 7.0)
    assert all(a.worded for a in found.values())


def test_the_verbal_scale_is_the_published_one() -> None:
    """Renooij and Witteman 1999: seven expressions and their percentages."""
    scale = scales(bundled()).probability
    assert {s.words[0]: round(100 * s.value) for s in scale.steps} == {
        "(almost) impossible": 0,
        "improbable": 15,
        "uncertain": 25,
        "fifty-fifty": 50,
        "expected": 75,
        "probable": 85,
        "(almost) certain": 100,
    }
    assert "Renooij" in (scale.source or "")
    assert scales(bundled()).weight.by == "coder"


def test_scales_that_do_not_do(tmp_path: Path) -> None:
    good = (bundled() / "verbal.yaml").read_text()
    for wrong, what in (
        (good.replace("value: 0.25", "value: 0.05"), "rising"),
        (good.replace("value: 1.00", "value: 1.50"), "rising"),
        (good.replace("by: published", "by: hearsay"), "hearsay"),
        (good.replace("  source: >-", "  sauce: >-"), "sauce"),
    ):
        (tmp_path / "verbal.yaml").write_text(wrong)
        with pytest.raises(FileError, match=what):
            scales(tmp_path)


cells = st.one_of(
    st.none(),
    st.floats(allow_nan=True),
    st.text(max_size=8),
    st.sampled_from(["probable", "5%", 0.5]),
)


@given(st.lists(st.tuples(st.sampled_from([Q, W, "x"]), cells, cells, cells), max_size=4))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_rows_answer_or_one_line(
    review: Review, tmp_path: Path, rows: list[tuple[object, ...]]
) -> None:
    path = _rows(tmp_path / "any.csv", *rows)
    try:
        said = f"{len(convene(review, [path]).results)} results"
    except CmocnetError as error:
        said = str(error)
    assert said
    assert "\n" not in said


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_headings_with_line_breaks_and_other_separators(
    review: Review, tmp_path: Path, mark: str
) -> None:
    path = tmp_path / "a.csv"
    heads = ('"id, as\nwe know it"', "id", '"low\n(5th, really)"', '"central\n"', '"\nhigh"')
    rows = [mark.join(heads), mark.join(["x", Q, *map(str, GOOD)])]
    path.write_text("\r\n".join(rows), encoding="utf-8", newline="")
    assert convene(review, [path]).results[Q].opinions[0].answer.values == GOOD


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("column", ["id", "low", "Central (50th percentile)", "HIGH "])
def test_a_column_that_stands_twice_is_refused(
    review: Review, tmp_path: Path, ending: str, column: str
) -> None:
    path = tmp_path / f"a{ending}"
    table = [["id", "low", "central", "high", column], [Q, *GOOD, GOOD[0]]]
    if ending == ".csv":
        _rows(path, table[1], head=",".join(table[0]))
    else:
        book = openpyxl.Workbook()
        for line in table:
            book.active.append(line)
        book.save(path)
    plain = column.partition("(")[0].strip().lower()
    with pytest.raises(FileError, match=f"'{plain}' stands twice, as columns . and 5"):
        convene(review, [path])


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_nothing_to_the_right_is_dropped_in_silence(
    review: Review, tmp_path: Path, ending: str
) -> None:
    path, wide = tmp_path / f"a{ending}", ["id", "low", "central", "high", *[None] * 96, "low"]
    if ending == ".csv":
        _rows(path, (Q, *GOOD), head=",".join(cell or "" for cell in wide))
    else:
        book = openpyxl.Workbook()
        book.active.append(wide)
        book.active.append([Q, *GOOD])
        book.save(path)
    with pytest.raises(FileError, match=r"row 1: the row is too wide; expected at most 100 cells"):
        convene(review, [path])


@pytest.mark.parametrize(
    ("experts", "named", "what"),
    [
        ({"a": [(Q, 0.9, 0.95, 0.99)]}, "a.csv, row 2", "above the 0.75 of the highest row"),
        ({"a": [(HIGHEST, 0.01, 0.02, 0.03)]}, "a.csv, row 2", "below the .* of the lowest row"),
        (
            {"a": [(Q, 0.1, 0.2, 0.3)], "b": [(W, 1, 2, 3), (Q, 0.97, 0.98, 0.99), (HIGHEST, 0.98, 0.985, 0.99)],
             "c": [(HIGHEST, 0.01, 0.02, 0.03)]},
            "b.csv, row 3", "above the .* of the highest row",
        ),
    ],
)  # fmt: skip
def test_an_answer_that_turns_a_table_round_is_told_at_the_answer(
    review: Review,
    tmp_path: Path,
    experts: dict[str, list[tuple[object, ...]]],
    named: str,
    what: str,
) -> None:
    files = [_rows(tmp_path / f"{name}.csv", *rows) for name, rows in experts.items()]
    panel = convene(review, files)
    with pytest.raises(FileError, match=what) as caught:
        write_priors(review, panel, tmp_path / "set")
    assert caught.value.where == f"{tmp_path}/{named}"
    assert not (tmp_path / "set").exists()
