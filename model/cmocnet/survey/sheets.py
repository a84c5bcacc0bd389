"""The rows of a filled-in file, CSV or .xlsx: plain cells, and where each row stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cmocnet.errors import FileError
from cmocnet.extras import require
from cmocnet.reading import read_whole
from cmocnet.registry.texts import read_text
from cmocnet.survey.archive import workbook_parts

COLUMNS = ("id", "low", "central", "high")
"""What a sheet of answers must have; other columns are for the reader."""
MAX_BYTES = 5_000_000
MAX_ROWS = 10_000
WIDEST = 100
"""Columns that are looked at."""
LONGEST = 80
"""Characters of a sheet's title that a message repeats."""
REFUSED = {"f": "a formula", "e": "an error", "b": "true or false", "d": "a date"}
"""What a cell may not hold, by what openpyxl calls it."""

Cell = str | float | None


@dataclass(frozen=True)
class Row:
    """One row below the headings: its cells by column, and where it stands."""

    where: str
    cells: Mapping[str, Cell]

    def wrong(self, what: str, expected: str | None = None, like: Iterable[str] = ()) -> FileError:
        """The error of something in it; ``like`` is the nearest valid thing."""
        return FileError(what, where=self.where, expected=expected, nearest=like)


def rows(path: Path) -> list[Row]:
    """Every row of the sheet of answers in a ``.csv`` or ``.xlsx`` file.

    Raises
    ------
    FileError
        The file is missing, huge, of another kind or not what its name says; a heading is missing;
        a cell holds a formula, a date or an error. Names file, sheet and row.
    """
    readers = {".csv": _csv, ".xlsx": _xlsx}
    read = readers.get(path.suffix.lower())
    if read is None:
        expected = "a name in .csv or .xlsx"
        raise FileError("an unknown kind of file", where=str(path), expected=expected)
    found = list(_rows(*read(path)))
    if not found:
        raise FileError("no rows", where=str(path), expected="a question a row")
    return found


def _csv(path: Path) -> tuple[list[list[Cell]], str]:
    where, text = str(path), read_text(path, limit=MAX_BYTES).removeprefix("\ufeff")
    if "\0" in text:
        what = "not a CSV file of text (a zero byte)"
        raise FileError(what, where=where, expected="CSV in UTF-8")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
        return _few(([_text(c) for c in line] for line in reader), where), where
    except csv.Error as error:
        what = f"not a CSV file ({error})"
        raise FileError(what, where=where, expected="a question a row") from None


def _separator(text: str) -> str:
    """What parts the cells: a heading may itself hold commas, and run over several lines."""
    heads = {mark: _heading(text, mark) for mark in ",;\t"}
    return max(heads, key=lambda mark: (len({*COLUMNS} & {*_names(heads[mark])}), len(heads[mark])))


def _heading(text: str, mark: str) -> list[str]:
    """The first row's cells; none where the mark leaves a cell too long to be one."""
    try:
        return next(csv.reader(io.StringIO(text), delimiter=mark), [])
    except csv.Error:
        return []


def _xlsx(path: Path) -> tuple[list[list[Cell]], str]:
    require("openpyxl", "survey")
    import openpyxl

    parts = workbook_parts(read_whole(path, MAX_BYTES), str(path))
    try:
        with closing(openpyxl.load_workbook(parts, read_only=True, keep_links=False)) as book:
            sheet = _answered(book, path)
            where = f"{path}, sheet {sheet.title[:LONGEST]}"
            # A sheet may state any size: without a bound, empty cells are made up to fill it.
            wide = sheet.iter_rows(max_col=WIDEST + 1)
            return _few(([_cell(c, where) for c in line] for line in wide), where), where
    except FileError:
        raise
    except Exception:  # openpyxl has no error of its own for a broken workbook
        what = "not an .xlsx file that can be read"
        expected = "a workbook as a spreadsheet program saves it"
        raise FileError(what, where=str(path), expected=expected) from None


def _answered(book: Any, path: Path) -> Any:
    """The one sheet that holds answers."""
    named = [sheet for sheet in book.worksheets if _columns(_headings(sheet))]
    if len(named) == 1:
        return named[0]
    if named:
        first, second, *_ = (sheet.title[:LONGEST] for sheet in named)
        what, expected = f"answers on two sheets, {first} and {second}", "one sheet"
    else:
        titles = ", ".join(sheet.title for sheet in book.worksheets)[:LONGEST]
        what = f"no sheet with the columns {', '.join(COLUMNS)} (sheets: {titles})"
        expected = "the sheet that elicit template writes"
    raise FileError(what, where=str(path), expected=expected)


def _headings(sheet: Any) -> list[Cell]:
    first = next(sheet.iter_rows(max_row=1, max_col=WIDEST + 1, values_only=True), ())
    return [str(c) if c is not None else None for c in first]


def _few(lines: Iterable[list[Cell]], where: str) -> list[list[Cell]]:
    """All rows, as long as there are few and none is wide."""
    kept: list[list[Cell]] = []
    for line in lines:
        if any(cell is not None for cell in line[WIDEST:]):
            place = f"{where}, row {len(kept) + 1}"
            raise FileError("the row is too wide", where=place, expected=f"at most {WIDEST} cells")
        kept.append(line)
        if len(kept) > MAX_ROWS:
            expected = f"at most {MAX_ROWS:,} rows"
            raise FileError("the sheet is too long", where=where, expected=expected)
    return kept


def _cell(cell: Any, where: str) -> Cell:
    """A cell's text or number; a formula's result depends on who opens it, so it is refused."""
    value = cell.value
    if value is None or cell.data_type not in REFUSED:
        return _text(value) if isinstance(value, str) else value
    what = f"cell {cell.coordinate} holds {REFUSED[cell.data_type]}"
    raise FileError(what, where=f"{where}, row {cell.row}", expected="a number or a word")


def _text(value: str) -> Cell:
    return value.strip() or None


def _names(headings: Iterable[Cell]) -> list[str]:
    """Headings as they are compared; what stands in brackets is a note."""
    return [" ".join(str(h or "").partition("(")[0].split()).lower() for h in headings]


def _columns(headings: Iterable[Cell]) -> bool:
    """Whether each known column is there."""
    return {*COLUMNS} <= {*_names(headings)}


def _places(headings: list[Cell], where: str) -> dict[str, int]:
    """Where each known column is; one that stands twice is refused, whichever was meant."""
    if not _columns(headings):
        raise FileError("the first row lacks a column", where=where, expected=", ".join(COLUMNS))
    names = _names(headings)
    for column in COLUMNS:
        if names.count(column) > 1:
            at = " and ".join(str(i + 1) for i, name in enumerate(names) if name == column)
            what = f"the column {column!r} stands twice, as columns {at}"
            raise FileError(what, where=where, expected="one of each")
    return {column: names.index(column) for column in COLUMNS}


def _rows(table: list[list[Cell]], where: str) -> Iterator[Row]:
    columns = _places(table[0] if table else [], where)
    for number, line in enumerate(table[1:], start=2):
        cells = {name: line[at] if at < len(line) else None for name, at in columns.items()}
        row = Row(f"{where}, row {number}", cells)
        for name, cell in cells.items():
            if isinstance(cell, str) and cell.startswith("="):
                raise row.wrong(f"the cell {name} holds a formula", "a number or a word")
        if any(cell is not None for cell in cells.values()):
            yield row
