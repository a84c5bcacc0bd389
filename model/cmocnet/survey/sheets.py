"""The rows of a filled-in file, CSV or .xlsx: plain cells, and where each row stands."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cmocnet.errors import FileError
from cmocnet.registry.files import read_text

COLUMNS = ("id", "low", "central", "high")
"""What a sheet of answers must have; other columns are for the reader."""
MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 10_000

Cell = str | float | None


@dataclass(frozen=True)
class Row:
    """One row below the headings: its cells by column, and where it stands."""

    where: str
    cells: Mapping[str, Cell]


def rows(path: Path) -> list[Row]:
    """Every row of the sheet of answers in a ``.csv`` or ``.xlsx`` file.

    Raises
    ------
    FileError
        The file is missing, huge, of another kind or not what its name says; a heading is missing;
        a cell holds a formula, a date or an error. Names file, sheet and row.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise FileError(
            "an unknown kind of file", where=str(path), expected="a name in .csv or .xlsx"
        )
    found = list(_csv(path) if kind == ".csv" else _xlsx(path))
    if not found:
        raise FileError("no rows", where=str(path), expected="a question a row")
    return found


def _csv(path: Path) -> Iterator[Row]:
    text = read_text(path, limit=MAX_BYTES).removeprefix("\ufeff")
    if "\0" in text:
        raise FileError("not a CSV file of text", where=str(path))
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise FileError(f"not a CSV file ({error})", where=str(path)) from None
    yield from _rows([[_text(c) for c in line] for line in table], str(path))


def _xlsx(path: Path) -> Iterator[Row]:
    book = _workbook(path)
    try:
        named = [sheet for sheet in book.worksheets if _columns(_headings(sheet))]
        if not named:
            titles = ", ".join(sheet.title for sheet in book.worksheets)
            raise FileError(
                f"no sheet with the columns {', '.join(COLUMNS)} (sheets: {titles})",
                where=str(path),
                expected="the sheet that elicit template writes",
            )
        if len(named) > 1:
            raise FileError(
                f"answers on two sheets, {named[0].title} and {named[1].title}",
                where=str(path),
                expected="one sheet",
            )
        (sheet,) = named
        where = f"{path}, sheet {sheet.title}"
        lines = ([_cell(c, where) for c in line] for line in sheet.iter_rows())
        yield from _rows(_few(lines, where), where)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, SyntaxError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError("not an .xlsx file that can be read", where=str(path)) from None
    finally:
        book.close()


def _workbook(path: Path) -> Any:
    """The workbook, opened only if it is a zip archive of a sensible size."""
    import openpyxl

    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise FileError(
                f"the file has {size:,} bytes",
                where=str(path),
                expected=f"at most {MAX_BYTES:,} bytes",
            )
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise FileError(
                    "the file unpacks to a huge size",
                    where=str(path),
                    expected=f"at most {MAX_UNPACKED:,} bytes",
                )
        return openpyxl.load_workbook(path, read_only=True, data_only=False)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"cannot be read ({error.strerror})", where=str(path)) from None
    except Exception:  # openpyxl has no error of its own for a broken workbook
        raise FileError("not an .xlsx file", where=str(path)) from None


def _headings(sheet: Any) -> list[Cell]:
    first = next(iter(sheet.iter_rows(max_row=1, values_only=True)), ())
    return [str(c) if c is not None else None for c in first]


def _few(lines: Iterable[list[Cell]], where: str) -> list[list[Cell]]:
    """All rows, as long as there are few."""
    kept: list[list[Cell]] = []
    for line in lines:
        kept.append(line)
        if len(kept) > MAX_ROWS:
            raise FileError("the sheet is too long", where=where, expected=f"{MAX_ROWS:,} rows")
    return kept


def _cell(cell: Any, where: str) -> Cell:
    """A cell's text or number; a formula's result depends on who opens it, so it is refused."""
    value = cell.value
    if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)):
        formula = getattr(cell, "data_type", "n") == "f"
        wrong = getattr(cell, "data_type", "n") == "e"
        if not (formula or wrong):
            return _text(value) if isinstance(value, str) else value
        what = "a formula" if formula else "an error"
    else:
        what = "true or false" if isinstance(value, bool) else "a date"
        what = what if getattr(cell, "data_type", "") in ("b", "d") else "a formula"
    place = f"{where}, row {cell.row}"
    raise FileError(
        f"cell {cell.coordinate} holds {what}", where=place, expected="a number or a word"
    )


def _text(value: str) -> Cell:
    return value.strip() or None


def _columns(headings: Iterable[Cell]) -> dict[str, int] | None:
    """Where each known column is, or None if one is missing; what stands in brackets is a note."""
    names = [str(h or "").partition("(")[0].strip().lower() for h in headings]
    return {c: names.index(c) for c in COLUMNS} if {*COLUMNS} <= {*names} else None


def _rows(table: list[list[Cell]], where: str) -> Iterator[Row]:
    if len(table) > MAX_ROWS:
        raise FileError("the sheet is too long", where=where, expected=f"{MAX_ROWS:,} rows")
    columns = _columns(table[0]) if table else None
    if columns is None:
        raise FileError("the first row lacks a column", where=where, expected=", ".join(COLUMNS))
    for number, line in enumerate(table[1:], start=2):
        place = f"{where}, row {number}"
        cells = {name: line[at] if at < len(line) else None for name, at in columns.items()}
        for name, cell in cells.items():
            if isinstance(cell, str) and cell.startswith("="):
                raise FileError(
                    f"the cell {name} holds a formula", where=place, expected="a number or a word"
                )
        if any(cell is not None for cell in cells.values()):
            yield Row(place, cells)
