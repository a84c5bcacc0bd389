"""Crafted addresses, archives of priors, and text that a download must not pass on as a formula.

Each is the literal case; what it did before it was refused is said beside it. Sheets that experts
fill in are in ``test_hostile_uploads``.
"""

from __future__ import annotations

import csv
import gc
import io
import warnings
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from cmocnet.elicitation.draws import everyone
from cmocnet.errors import CmocnetError, FileError, QueryError
from cmocnet.registry.judged import Given
from cmocnet_app import main
from cmocnet_app.exports import downloads, risk_sheet, risk_sheet_html, risk_sheet_pdf
from cmocnet_app.state import prior_set, uploads
from cmocnet_app.state.links import from_query, unpacked
from cmocnet_app.state.prior_set import PriorSet
from cmocnet_app.state.scenario import Scenario
from cmocnet_app.state.theory import readings

NET = main.network(None)  # the one that the pages show, loaded once
FILE = "variables/inertia.yaml"
SCRIPT = "<img src=x onerror=alert(1)>"
PICTURE = "![](http://192.0.2.1/a.png)"


def zipped(files: dict[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def locked(data: bytes) -> bytes:
    """An archive whose members say that they are encrypted."""
    found = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = found.find(mark)
        while start >= 0:
            found[start + at] |= 1
            start = found.find(mark, start + 4)
    return bytes(found)


def link(name: str, to: str) -> bytes:
    """An archive with a symbolic link in it."""
    whole = io.BytesIO()
    one = zipfile.ZipInfo(name)
    one.external_attr = 0o120777 << 16
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(one, to)
    return whole.getvalue()


def message(error: CmocnetError) -> str:
    """What a visitor is told: one line, not long, that names none of our folders."""
    told = str(error)
    assert len(told) < 700
    assert "\n" not in told
    assert "/tmp" not in told
    assert NET.review.path not in told
    return told


# --- archives ---------------------------------------------------------------------------------

ROOTS = [name for name, v in NET.variables.items() if not v.parents]
ROOT = next(name for name in ROOTS if isinstance(NET.variables[name].table, Given))
MANY = {"table": {"parents": {r: {"cites": ["T3-30"]} for r in ROOTS if r != ROOT}}}
LONG = "".join(chr(0x4E00 + n) for n in range(10_000))

SETS: dict[str, tuple[str, str]] = {
    "aliases": ("a: &a [x, x]\nb: &b [*a, *a]\n", "alias"),
    "a long alias": (f"a: *{'k' * 10_000}", "alias"),  # the message repeated all of it
    "nested flow": ("a: " + "[" * 10_000, "levels deep"),
    "nested block": ("\n".join(" " * n + "a:" for n in range(200)), "levels deep"),
    "many values": ("a: [" + "1," * 60_000 + "1]", "keys and values"),  # 1 kB of memory each
    "a huge text": ("label: " + "x" * 30_000, "30,000 characters"),
    "counted in sixties": ("label: 1" + ":1" * 5_000, "a number"),  # minutes, at a million
    "hexadecimal": ("table: {lowest: {value: 0x" + "f" * 9_000 + "}}", "a number"),  # traceback
    "binary": ("table: {lowest: {value: 0b" + "1" * 18_000 + "}}", "a number"),
    "an explicit number": ('label: !!int "0x' + "f" * 9_000 + '"', "a number"),
    "a number that is a list": ("label: !!int [1]", "scalar"),
    "not a number": ("table: {lowest: {value: .nan}}", "key table.lowest.value"),
    "a zero byte": ("label: a\0b", "control characters"),
    "a zero byte escaped": ('label: "a\\0b"', "U+0000"),  # made an XDSL file nobody could read
    "turned around": ('label: "\u202etsurT"', "U+202E"),
    "half a character": ('label: "\\ud800"', "Unicode"),
    "twice the same key": (f'"{"k" * 900}": 1\n"{"k" * 900}": 1', "duplicate key"),
    "an object": ('a: !!python/object/apply:os.system ["id"]', "a tag"),
    "a tag by another name": ("%TAG ! tag:yaml.org,2002:python/\n---\na: !object:x y", "a tag"),
    "a long tag": (f"a: !{'k' * 900} 1", "a tag"),
    "an unhashable key": ("? [a, b]\n: 1", "unhashable"),
    "a long label": ("label: " + "x y" * 1_000, "a label of"),  # drawing it took minutes
    "a long state": (f"favourable: {LONG}", "no state"),  # a message of 10,000 characters
    "a long layer": (f"layer: {LONG}", "key layer"),
    "another folder": ("name: trust", "name is 'trust'"),  # named where the review lies
    "two documents": ("label: a\n---\nlabel: b", "document"),
    "nothing": ("", "no settings"),
    "two dozen parents": (yaml.safe_dump(MANY), "adds an arc"),  # hours, before it was refused
    "another moderator": ("table: {by: mandate, cells: {}}", "adds an arc"),
    "another state": ("states: {zzz: {label: x}}", "changes the states"),
}  # fmt: skip


@pytest.mark.parametrize("case", SETS)
def test_a_crafted_prior_file_is_one_clear_message(case: str) -> None:
    text, says = SETS[case]
    name = f"variables/{ROOT}.yaml" if "parents" in case else FILE
    with pytest.raises(FileError) as caught:
        uploads.laid_over(NET, uploads.unpack(zipped({name: text})))
    assert says in message(caught.value)
    assert name in message(caught.value)


def test_the_shape_is_looked_up_before_anything_is_worked_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploads.cmocnet, "load", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(FileError, match="adds an arc"):
        uploads.laid_over(NET, {f"variables/{ROOT}.yaml": yaml.safe_dump(MANY)})


def archives() -> Iterator[tuple[str, bytes, str]]:
    good = {FILE: "label: Inertia"}
    zeros = b"\0" * 3_000_000
    # 2 kB of bzip2 came to 6 GB of memory: Python unpacks a member packed in this way at one go.
    yield "bzip2", zipped({FILE: zeros}, zipfile.ZIP_BZIP2), "unusual way"
    yield "lzma", zipped({FILE: zeros}, zipfile.ZIP_LZMA), "unusual way"
    yield "zeros", zipped({FILE: zeros}), "huge size"
    yield "a password", locked(zipped(good)), "password"
    yield "a zip in a zip", zipped({FILE: zipped(good)}), "not text"
    yield "UTF-16", zipped({FILE: "label: x".encode("utf-16")}), "not text"
    yield "Latin-1", zipped({FILE: "label: \xe9".encode("latin-1")}), "not text"
    yield "a symbolic link", link(FILE, "/etc/passwd"), "no settings"
    yield "a backslash", zipped({"variables\\inertia.yaml": "a: 1"}), "does not belong"
    yield "a new line", zipped({FILE + "\n": "a: 1"}), "does not belong"
    yield "a long name", zipped({"a" * 60_000: "x"}), "does not belong"
    yield (
        "too much of all",
        zipped({f"variables/{n}.yaml": "names: [" + "a," * 4_900 + "a]" for n in NET.variables}),
        "keys and values",
    )


@pytest.mark.parametrize(("data", "says"), [pytest.param(*r, id=i) for i, *r in archives()])
def test_a_crafted_archive_is_one_clear_message(data: bytes, says: str) -> None:
    with pytest.raises(FileError) as caught:
        uploads.unpack(data)
    assert says in message(caught.value)


def test_a_name_that_stands_twice_is_refused() -> None:
    whole = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(whole, "w") as archive:
        warnings.simplefilter("ignore")
        for text in ("label: a", "label: b"):
            archive.writestr(FILE, text)
    with pytest.raises(FileError, match="twice"):
        uploads.unpack(whole.getvalue())


def test_own_numbers_can_be_read_the_other_ways_too() -> None:
    """The page "Why" said of them: /tmp/tmpuewa9a_v: no such folder."""
    files = prior_set.files(NET, PriorSet(numbers={"inertia/highest": 0.6}))
    made = uploads.laid_over(NET, files)
    assert made.query("P(inertia)").rivals
    folder = Path(str(made.priors))
    del made
    gc.collect()
    assert not folder.exists()


# --- addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"mandate={quote(SCRIPT)}", "unknown state"),
        (f"{quote(PICTURE)}=x", "no scenario"),
        ("mandate=%00", "unknown state"),
        ("mandate=%ed%a0%80", "unknown state"),
        ("mandate=" + "%25" * 3_000, "unknown state"),
        ("mandate=a&mandate=b", "more than once"),
        ("from.situation=a&from.situation=b", "more than once"),
        ("a=1&" * 10_000, "at most"),
        ("x" * 30_000, "at most"),
        ("a=1&" * 500, "too many items"),
        ("http://192.0.2.1/", "no scenario"),
        ("view.with=" + quote("view.with=" + quote("mandate=x")), ""),  # what is shown is no part
    ],
)
def test_a_crafted_scenario_is_one_clear_message(text: str, says: str) -> None:
    if not says:
        assert unpacked(NET, text) == Scenario()
        return
    with pytest.raises(QueryError) as caught:
        unpacked(NET, text)
    assert says in message(caught.value)


def test_ten_thousand_parameters_are_one_message() -> None:
    with pytest.raises(QueryError) as caught:
        from_query(NET, {f"p{n}": ["1"] for n in range(10_000)})
    assert "too many items" in message(caught.value)


@pytest.mark.parametrize(
    "parameters",
    [{f"reading.{SCRIPT}": ["x"]}, {"reading.T3-20": [PICTURE]}, {"reading.T3-20": ["a", "b"]}],
)
def test_a_crafted_reading_is_one_clear_message(parameters: dict[str, list[str]]) -> None:
    with pytest.raises(QueryError) as caught:
        readings(NET, parameters)
    assert message(caught.value)


def compare() -> None:
    from cmocnet_app import main
    from cmocnet_app.screens import compare

    compare.page(main.network(None))


def test_what_is_pasted_to_compare_is_one_message() -> None:
    page = AppTest.from_function(compare, default_timeout=60)
    page.query_params["mandate"] = "mandated"
    page.run()
    for text in (f"?mandate={SCRIPT}", PICTURE, "\x00", "?a=1&" * 6_000):
        page.text_input(key="pasted").set_value(text).run()
        (error,) = page.error
        assert not page.exception
        assert len(error.value) < 500
        assert "<" not in error.value.replace("\\<", "")
        assert "![" not in error.value
    page.query_params["view.with"] = ["mandate=voluntary"] * 100
    page.run()
    assert not page.exception
    assert not page.error


# --- downloads --------------------------------------------------------------------------------

FORMULAS = (
    "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1",
    "\ufeff=1", "\u200b=1", "\u202e=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(1)",
    " \uff1d1", "\x00=1", "\tx",
)  # fmt: skip


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_of_a_download_begins_a_formula(cell: str) -> None:
    made = downloads.rows_as_csv([[cell], [cell, 0.5], ["Trust", -0.5]]).decode("utf-8-sig")
    (head,), *rows = csv.reader(io.StringIO(made, newline=""))
    assert head == rows[0][0]
    assert head[0] == "'"
    assert head.replace("'", "") == cell.replace("'", "")
    assert rows[1] == ["Trust", "-0.5"]


@pytest.mark.parametrize("between", [";", "; ", "\t", "\r\n"])
def test_no_formula_begins_where_another_country_parts_cells(between: str) -> None:
    # A spreadsheet set to decimal commas parts cells at semicolons, in the middle of this one.
    made = downloads.rows_as_csv([["Outcome"], [f"Trust{between}=1+1"]]).decode()
    assert "'" in made.partition("Trust")[2].partition("=1+1")[0]


def test_sheets_and_networks_keep_a_hostile_label_as_text() -> None:
    label = f'=cmd()"]]>&{SCRIPT}{PICTURE}'
    text = yaml.safe_dump({"label": label, "description": SCRIPT})
    made = uploads.laid_over(NET, {"variables/leadership.yaml": text})
    scenario = Scenario({"leadership": "combative", "mandate": "mandated"})
    sheet = risk_sheet.compose(made, scenario, f"{SCRIPT}\x00\u202e")
    drawn = risk_sheet_html.html(sheet)
    assert "&lt;img src=x" in drawn
    assert "<img" not in drawn
    assert risk_sheet_pdf.pdf(sheet).startswith(b"%PDF")
    root = ET.fromstring(downloads.xdsl(made))
    assert label in [element.text for element in root.iter("name")]


def test_the_download_of_judgements_holds_what_can_be_uploaded_again() -> None:
    numbers = {j.address: (0.4 if j.kind == "probability" else 2.0) for j in everyone(NET.review)}
    files = prior_set.files(NET, PriorSet(numbers=numbers))
    packed = uploads.zipped(files)
    assert uploads.unpack(packed) == files
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert all(uploads.NAME.fullmatch(name) for name in archive.namelist())


# --- in a browser -----------------------------------------------------------------------------
