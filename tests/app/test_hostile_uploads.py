"""Crafted question sheets: CSV and xlsx files that expand, hide, break or mislead.

Each is the literal case; what it did before it was refused is said beside it.
"""

from __future__ import annotations

import csv
import io
import re
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import FileUploader

import cmocnet
from cmocnet.elicitation.draws import everyone
from cmocnet.errors import CmocnetError, ReviewError
from cmocnet.survey import convene, write_priors, write_template
from cmocnet_app.state import uploads

NET = cmocnet.load()
Q = "inertia/highest"
HEAD = "id,low,central,high\n"
SCRIPT = "<img src=x onerror=alert(1)>"
LONG = "".join(chr(0x4E00 + n) for n in range(20_000))


def told(*sheets: tuple[str, bytes]) -> str:
    """What a visitor is told of some sheets: one line, not long, that names none of our folders."""
    with pytest.raises(CmocnetError) as caught:
        uploads.from_sheets(NET, sheets)
    found = str(caught.value)
    assert len(found) < 700
    assert "\n" not in found
    assert "/tmp" not in found
    assert NET.review.path not in found
    return found


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEAD + "\n" * 200_000, "too long"),  # 700 MB of memory, at five million
        (HEAD + f"{Q},1,1,1\n" * 20_000, "too long"),
        (HEAD + "," * 200_000, "no rows"),
        (HEAD.strip() + ",x" * 200_000, "too wide"),
        ("x" * 200_000, "field limit"),
        (HEAD + '"' + "x\n" * 30_000, "no question"),
        (HEAD + f"{Q}\0,1,1,1", "zero byte"),
        (HEAD.encode("utf-16"), "not UTF-8"),
        (HEAD.encode("utf-16-le"), "zero byte"),
        ((HEAD + "\xe9").encode("latin-1"), "not UTF-8"),
        (HEAD.replace(",", "|"), "lacks a column"),
        (HEAD + f"{LONG},1,1,1", "no question"),
        (HEAD + f"{Q},{LONG},1,1", "a number or a word"),
        (HEAD + f"{Q},{'9' * 50_000},1,1", "a number or a word"),
        (HEAD + f"{Q},nan,inf,1e999", "low is 'nan'"),
        (HEAD + f"{Q},=cmd|' /C calc'!A0,1,1", "holds a formula"),
        (HEAD + f"=HYPERLINK(1);{Q},1,1,1", "holds a formula"),
        (HEAD + f"{SCRIPT},1,1,1", "no question"),
        (HEAD + f"{Q},{SCRIPT},1,1", "a number or a word"),
        (HEAD + f"{Q},0.1,0.2,0.3\n" * 2, "second answer"),
    ],
)
def test_a_crafted_csv_is_one_clear_message(text: str | bytes, says: str) -> None:
    data = text.encode() if isinstance(text, str) else text
    assert says in told(("a.csv", data))


GOOD = (HEAD + f"{Q},0.5,0.6,0.7\n").encode()


@pytest.mark.parametrize(
    "name",
    [
        f"{SCRIPT}.csv",
        "![](http://192.0.2.1/a.png).csv",
        "\u202egnp.\u200b\x00\x07.csv",
        "../../../etc/passwd.csv",
        "C:\\Windows\\a.csv",
        "\U0001d518" * 500 + ".csv",
        "\ud800.csv",
        "=1+1.csv",
        ".csv",
    ],
)
def test_of_a_name_only_letters_and_digits_stay(name: str) -> None:
    (text,) = uploads.from_sheets(NET, [(name, GOOD)]).values()
    said = re.search(r"judged by ([^:]+):", " ".join(text.split()))
    assert said
    assert re.fullmatch(r"[\w -]{1,60}", said[1])


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ([f"a.{'<b>' * 500}"], "unknown kind"),
        (["a?.csv", "a!.csv"], "two files of one name"),
        ([f"{n}.csv" for n in range(21)], "21 files"),
    ],
)
def test_crafted_names_are_one_clear_message(names: list[str], says: str) -> None:
    assert says in told(*[(name, GOOD) for name in names])


# --- xlsx -------------------------------------------------------------------------------------

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
ENTITIES = '<!DOCTYPE w [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FILES = '<!DOCTYPE w [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


def parts() -> dict[str, bytes]:
    """The parts of a workbook as openpyxl saves it."""
    book, whole = openpyxl.Workbook(), io.BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PARTS = parts()
NAMED = re.search(rb"<sheet [^>]*>", PARTS[BOOK])
assert NAMED


def words(*texts: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


TOP = f'<row r="1">{words("id", "low", "central", "high")}</row>'


def answer(cells: str) -> str:
    return f'<row r="2">{words(Q)}{cells}</row>'


RIGHT = answer("<c><v>0.5</v></c><c><v>0.6</v></c><c><v>0.7</v></c>")


def xml(rows: str, before: str = "", size: str = "") -> bytes:
    top = '<?xml version="1.0"?>'
    return (
        f"{top}{before}<worksheet {SPACE}>{size}<sheetData>{rows}</sheetData></worksheet>".encode()
    )


def book(more: dict[str, bytes | None], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", how) as archive:
        for name, content in {**PARTS, **more}.items():
            if content is not None:
                archive.writestr(name, content)
    return whole.getvalue()


def numbers(number: str, kind: str = "n") -> dict[str, bytes | None]:
    return {SHEET: xml(TOP + answer(f'<c t="{kind}"><v>{number}</v></c>' * 3))}


def sheets(count: int) -> bytes:
    """A workbook part in which many sheets share one part: each would be read through anew."""
    assert NAMED
    one = NAMED[0].decode().replace('name="Sheet"', 'name="S{n}"')
    return PARTS[BOOK].replace(NAMED[0], "".join(one.format(n=n) for n in range(count)).encode())


BOOKS: dict[str, tuple[dict[str, bytes | None], str]] = {
    "much white space": ({SHEET: xml(TOP + " " * 6_000_000)}, "huge size"),
    "many rows": ({SHEET: xml(TOP + "<row/>" * 60_000)}, "too long"),  # 17 s and 770 MB
    "many cells": ({SHEET: xml(TOP + "<row>" + "<c/>" * 60_000 + "</row>")}, "too long"),
    "many formats": (  # 37 s and 1.2 GB, at two million
        {STYLES: f"<styleSheet {SPACE}><cellXfs>{'<xf/>' * 20_000}</cellXfs></styleSheet>".encode()},
        "formats",
    ),
    "many sheets": ({BOOK: sheets(500)}, "500 sheets"),
    "many parts": ({f"xl/{n}.bin": b"" for n in range(1_100)}, "parts"),
    "billion laughs": ({SHEET: xml(f"<row>{words('&b;')}</row>", ENTITIES)}, "entities"),
    "laughs in the book": ({BOOK: ENTITIES.encode() + b"<x>&b;</x>"}, "entities"),
    "laughs in UTF-16": ({BOOK: (ENTITIES + "<x>&b;</x>").encode("utf-16")}, "entities"),
    "an external entity": ({SHEET: xml(f"<row>{words('&b;')}</row>", FILES)}, "entities"),
    "a formula": (
        {SHEET: xml(TOP + answer("<c><f>cmd|' /C calc'!A0</f><v>0.5</v></c>"))},
        "holds a formula",
    ),
    "a formula as text": ({SHEET: xml(TOP + answer(words("=HYPERLINK(1)")))}, "holds a formula"),
    "the last row": (  # 31 s and 1.3 GB
        {
            SHEET: xml(
                TOP + RIGHT + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
                size='<dimension ref="A1:XFD1048576"/>',
            )
        },
        "too long",
    ),
    "a row without end": ({SHEET: xml(TOP + '<row r="9999999999999"><c/></row>')}, "too long"),
    "no row": ({SHEET: xml(TOP + '<row r="x"><c/></row>')}, "not an .xlsx file"),
    "no such string": (numbers("999", "s"), "not an .xlsx file"),  # an IndexError
    "4,000 digits": (numbers("9" * 4_000), "a number or a word"),  # an OverflowError
    "5,000 digits": (numbers("9" * 5_000), "not an .xlsx file"),
    "infinite": (numbers("1e400"), "a number or a word"),
    "a date": (numbers("2020-01-01", "d"), "holds a date"),
    "true": (numbers("1", "b"), "holds true or false"),
    "an error": (numbers("#REF!", "e"), "holds an error"),
    "no workbook": ({BOOK: None}, "not an .xlsx file"),
    "no sheet": ({SHEET: None}, "no sheet with the columns"),
    "a title": (
        {BOOK: PARTS[BOOK].replace(b'name="Sheet"', b'name="&lt;img src=x&gt;' + b"y" * 5_000 + b'"')},
        "no sheet with the columns",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BOOKS)
def test_a_crafted_workbook_is_one_clear_message(case: str) -> None:
    more, says = BOOKS[case]
    assert says in told(("a.xlsx", book(more)))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (book({}, zipfile.ZIP_BZIP2), "unusual way"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000), "password"),
        (HEAD.encode(), "not an .xlsx file"),
        (b"", "not an .xlsx file"),
        (book({})[:-30], "not an .xlsx file"),
    ],
)
def test_what_is_no_workbook_says_so(data: bytes, says: str) -> None:
    assert says in told(("a.xlsx", data))


def test_a_workbook_as_csv_says_so() -> None:
    assert "not UTF-8" in told(("a.csv", book({})))


def test_a_stated_size_spares_no_true_one() -> None:
    """The workbook's part said that it had a few hundred bytes, and came to as much as one liked."""
    small, huge = PARTS[BOOK], PARTS[BOOK] + b" " * 60_000_000
    data = bytearray(book({BOOK: huge}))
    check, size = zlib.crc32(small), len(small)
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        at, directory = archive.getinfo(BOOK).header_offset, archive.start_dir
    entry = data.index(BOOK.encode(), directory) - 46
    for place in (at + 14, entry + 16):  # check sum, packed size, size
        struct.pack_into("<L", data, place, check)
        struct.pack_into("<L", data, place + 8, size)
    tracemalloc.start()
    told(("a.xlsx", bytes(data)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


def test_any_size_may_be_stated_of_a_sheet() -> None:
    data = book({SHEET: xml(TOP + RIGHT, size='<dimension ref="A1:XFD1048576"/>')})
    assert list(uploads.from_sheets(NET, [("a.xlsx", data)])) == ["variables/inertia.yaml"]


def test_pictures_beside_the_answers_do_no_harm() -> None:
    beside = {"xl/media/image1.png": b"\x89PNG\0", "xl/theme/theme1.xml": b"<!DOCTYPE x>"}
    assert uploads.from_sheets(NET, [("a.xlsx", book({SHEET: xml(TOP + RIGHT), **beside}))])


# --- what is written of it --------------------------------------------------------------------


def test_a_panels_record_names_nobody_by_a_formula(tmp_path: Path) -> None:
    sheet = tmp_path / "=cmd|' !A0.csv"
    sheet.write_bytes(GOOD)
    write_priors(NET.review, convene(NET.review, [sheet]), tmp_path / "set")
    with (tmp_path / "set" / "answers.csv").open(newline="") as file:
        assert {row["expert"] for row in csv.DictReader(file)} == {
            "'=cmd|' !A0",
            "(linear pool)",
        }


def test_a_question_that_looks_like_a_formula_is_asked_as_text(tmp_path: Path) -> None:
    files = {"variables/inertia.yaml": 'question: "=1+1"'}
    review = uploads.laid_over(NET, files).review
    write_template(review, tmp_path / "asked", ["inertia"])
    rows = openpyxl.load_workbook(tmp_path / "asked" / "questions.xlsx")["Questions"]
    cells = [cell for row in rows.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=1+1") for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
    with (tmp_path / "asked" / "questions.csv").open(encoding="utf-8-sig", newline="") as file:
        asked = {row["question"][0] for row in csv.DictReader(file)}
    assert "=" not in asked


# --- the page ---------------------------------------------------------------------------------


def script() -> None:
    import streamlit as st

    import cmocnet
    from cmocnet_app.screens import judgements

    judgements.page(st.cache_resource(cmocnet.load)())


def uploader(page: AppTest, kind: str) -> FileUploader:
    """The uploader that stands there now; another takes its place once its files are read."""
    (found,) = [u for u in page.file_uploader if str(u.key).startswith(f"upload:{kind}")]
    return found


def tried() -> Iterator[tuple[str, bytes]]:
    yield f"{SCRIPT}.csv", (HEAD + f"{SCRIPT},1,1,1").encode()
    yield "a.xlsx", book(BOOKS["no such string"][0])
    yield "a.xlsx", book(BOOKS["billion laughs"][0])


def test_a_crafted_sheet_changes_nothing_on_the_page() -> None:
    page = AppTest.from_function(script, default_timeout=60).run()
    page.selectbox(key="view.about").set_value("inertia").run()
    before = {j.address: j.central for j in everyone(NET.review)}[Q]
    for name, data in tried():
        uploader(page, "sheets").set_value([(name, data, "text/csv")]).run()
        assert not page.exception
        (error,) = page.error
        assert "<" not in error.value.replace("\\<", "")
        assert page.slider(key=f"judged:{Q}").value == pytest.approx(100 * before)


def test_all_faults_of_a_prior_set_are_told_without_its_folder() -> None:
    with pytest.raises(ReviewError) as caught:
        uploads.laid_over(NET, {"variables/inertia.yaml": "lable: A\nlayr: B\n"})
    told = [str(fault) for fault in caught.value.faults]
    assert ["lable" in told[0], "layr" in told[1]] == [True, True]
    assert all(line.startswith("variables/inertia.yaml:") for line in told)
