"""CSV by Python's own reader, where pyarrow is not installed: the same rows, more slowly."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from cmocnet.errors import FileError
from cmocnet.scenarios.text import Checked

if TYPE_CHECKING:
    import pandas as pd


def header(source: Path) -> list[str]:
    """The names of a file's columns.

    Raises
    ------
    FileError
        There is no row below them, or a quotation mark is never closed.
    """
    with source.open("rb") as file:
        try:
            names, _ = islice(_records(file, str(source)), 2)
        except (csv.Error, ValueError) as error:
            if isinstance(error, FileError):
                raise
            raise FileError(
                "no column names with rows below",
                where=str(source),
                expected="a line of column names, then rows; every quotation mark closed",
            ) from None
    return names or [""]


def batches(
    source: Path, names: list[str], size: int
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """The file's rows, ``size`` at a time: to be carried over, and to be answered."""
    import pandas as pd

    with source.open("rb") as file:
        rows = _rows(_records(file, str(source)), names, str(source))
        while chunk := list(islice(rows, size)):
            columns = zip(names, zip(*chunk, strict=True), strict=True)
            frame = pd.DataFrame({name: list(cells) for name, cells in columns})
            yield frame, frame


def _records(file: BinaryIO, where: str) -> Iterator[list[str]]:
    """Every record of a file, the first of them its header."""
    text = io.TextIOWrapper(io.BufferedReader(Checked(file, where)), "utf-8-sig", newline="")
    return csv.reader(text, strict=True)


def _rows(records: Iterator[list[str]], names: list[str], where: str) -> Iterator[list[str | None]]:
    """The rows below the header, an empty cell as None; of a lone column, an empty line is one."""
    next(records)
    number = 0
    try:
        for record in records:
            row = record or [""]
            if not record and len(names) > 1:
                continue
            number += 1
            if len(row) != len(names):
                raise FileError(
                    f"{len(row)} cells",
                    where=f"{where}, row {number}",
                    expected=f"{len(names)}, one a column",
                )
            yield [cell or None for cell in row]
    except csv.Error as error:
        raise FileError(f"cannot be read ({error})", where=where) from None


class Sink:
    """A CSV file that grows by chunks."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.begun = False

    def write(self, carried: pd.DataFrame | None, found: dict[str, Any]) -> None:
        """Append the chunk's own columns, if any, and the answers."""
        import pandas as pd

        table = pd.DataFrame(found)
        if carried is not None:
            table = pd.concat([carried, table], axis=1)
        table.to_csv(self.file, index=False, header=not self.begun, mode="wb", lineterminator="\n")
        self.begun = True

    def close(self) -> None:
        """Nothing: every chunk is written as it comes."""
