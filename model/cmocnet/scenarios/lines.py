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


def header(file: BinaryIO, where: str) -> list[str]:
    """The names of a file's columns; ValueError where there is no row below them."""
    names, _ = islice(_records(file, where), 2)
    return names or [""]


def batches(
    source: Path, names: list[str], size: int
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """The file's rows, ``size`` at a time: to be carried over, and to be answered.

    An empty cell is None; an empty line is a row where there is one column only.
    """
    import pandas as pd

    before = 0
    with source.open("rb") as file:
        records = _records(file, str(source))
        next(records)
        rows = (row or [""] for row in records if row or len(names) == 1)
        while chunk := _taken(rows, size, source):
            for number, row in enumerate(chunk, start=before + 1):
                if len(row) != len(names):
                    raise FileError(
                        f"{len(row)} cells",
                        where=f"{source}, row {number}",
                        expected=f"{len(names)}, one a column",
                    )
            columns = zip(names, zip(*chunk, strict=True), strict=True)
            frame = pd.DataFrame({name: [c or None for c in cells] for name, cells in columns})
            yield frame, frame
            before += len(chunk)


def _records(file: BinaryIO, where: str) -> Iterator[list[str]]:
    """Every record of a file, the first of them its header."""
    text = io.TextIOWrapper(io.BufferedReader(Checked(file, where)), "utf-8-sig", newline="")
    return csv.reader(text, strict=True)


def _taken(rows: Iterator[list[str]], size: int, source: Path) -> list[list[str]]:
    try:
        return list(islice(rows, size))
    except csv.Error as error:
        raise FileError(f"cannot be read ({error})", where=str(source)) from None


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
