"""Scenarios from CSV and Parquet files, answered chunk by chunk and written whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from cmocnet.errors import FileError, unusable
from cmocnet.scenarios.table import answer, plan
from cmocnet.writing import passes_on, whole

if TYPE_CHECKING:
    import pandas as pd

    from cmocnet.network import Network

Progress = Callable[[int, int | None], None]
"""Called with the rows done and, where known, the rows there are."""

CHUNK = 32_768
"""Scenarios answered at once."""
BLOCK = 4_000_000
"""Bytes of CSV read at once; a line must fit in."""
KINDS = (".csv", ".parquet")


@dataclass(frozen=True)
class Predicted:
    """What came of a file: how many rows, which columns were added, and where they are.

    ``frame`` holds the answers when no output was asked for, else it is None.
    """

    rows: int
    columns: tuple[str, ...]
    out: Path | None
    frame: pd.DataFrame | None


def predict_file(
    net: Network,
    source: Path,
    out: Path | None,
    targets: Iterable[str],
    *,
    progress: Progress | None = None,
    carry: bool = True,
    level: float | None = None,
) -> Predicted:
    """Probabilities of the targets for every row of a CSV or Parquet file.

    Parameters
    ----------
    net
        The network.
    source, out
        Files ending in ``.csv`` or ``.parquet``; ``out`` is written whole or not at all, and None
        collects the answers in memory instead.
    targets
        As in :func:`~cmocnet.scenarios.predict`.
    progress
        Called after every chunk with the rows done and, for Parquet, the rows there are.
    carry
        Whether the columns of ``source`` come before the answers in ``out``.
    level
        As in :func:`~cmocnet.scenarios.predict`.

    Raises
    ------
    FileError, EvidenceError, QueryError
        As :func:`~cmocnet.scenarios.predict`, and for files that cannot be read or written; rows
        are counted through the whole file.
    """
    names, total = header(source)
    planned = plan(net, names, targets, str(source), level)
    if out is not None:
        _apart(source, out)
    kept: list[pd.DataFrame] = []
    with nullcontext() if out is None else whole(out) as file:
        rows = 0
        sink = None if out is None or file is None else _Sink(file, out)
        try:
            for batch in _batches(source, names):
                frame = batch.to_pandas(ignore_metadata=True)
                found = answer(net, planned, frame, rows)
                rows += len(frame)
                if sink is None:
                    kept.append(_framed(found))
                else:
                    sink.write(batch if carry else None, found)
                if progress is not None:
                    progress(rows, total)
        finally:
            if sink is not None:
                sink.close()
        if not rows:
            raise FileError("no rows", where=str(source), expected="a scenario a row")
    return Predicted(rows, planned.names, out, _joined(kept) if sink is None else None)


def _framed(found: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(found)


def _joined(frames: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    return pd.concat(frames, ignore_index=True)


# --- reading ----------------------------------------------------------------------------------


def header(source: Path) -> tuple[list[str], int | None]:
    """The names of a file's columns and, for Parquet, how many rows follow."""
    where = str(source)
    if source.suffix.lower() not in KINDS:
        raise FileError(
            "an unknown kind of file", where=where, expected="a name in .csv or .parquet"
        )
    try:
        if source.is_dir():
            raise FileError("is a folder", where=where, expected="a .csv or .parquet file")
        if source.suffix.lower() == ".parquet":
            return _parquet_header(source)
        with source.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(BLOCK)
        names = next(csv.reader([first]), [])
    except (UnicodeDecodeError, csv.Error):
        raise FileError("not a CSV file of UTF-8 text", where=where) from None
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise unusable(source, error) from None
    if not first.strip():
        raise FileError(
            "the file is empty", where=where, expected="a line of column names, then rows"
        )
    if "\0" in first:
        raise FileError("not a CSV file of UTF-8 text", where=where)
    return names, None


def _parquet_header(source: Path) -> tuple[list[str], int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with source.open("rb") as file:  # so that a missing file is Python's error, with its reason
        try:
            found = pq.ParquetFile(file)
        except (pa.ArrowException, OSError):
            raise FileError("not a Parquet file", where=str(source)) from None
        return list(found.schema_arrow.names), int(found.metadata.num_rows)


def _batches(source: Path, names: list[str]) -> Iterator[Any]:
    """The file's rows, some thousands at a time, as pyarrow record batches."""
    import pyarrow as pa

    spoilt: list[Any] = []
    parquet = source.suffix.lower() == ".parquet"
    try:
        yield from _parquet(source) if parquet else _csv(source, names, spoilt)
    except (pa.ArrowException, OSError) as error:
        if spoilt:
            bad = spoilt[0]
            raise FileError(
                f"{bad.actual_columns} cells",
                where=f"{source}, row {bad.number - 1}",
                expected=f"{bad.expected_columns}, one a column",
            ) from None
        reason = str(error).splitlines()[0][:200]
        raise FileError(f"cannot be read ({reason})", where=str(source)) from None


def _parquet(source: Path) -> Iterator[Any]:
    import pyarrow.parquet as pq

    # Opened here and below by Python, which knows names that are no UTF-8.
    with source.open("rb") as raw, pq.ParquetFile(raw, pre_buffer=False) as file:
        yield from file.iter_batches(batch_size=CHUNK, use_threads=False)


def _csv(source: Path, names: list[str], spoilt: list[Any]) -> Iterator[Any]:
    import pyarrow as pa
    from pyarrow import csv as arrow

    def note(row: Any) -> str:
        spoilt.append(row)
        return "error"

    # One thread, because only then are spoilt rows numbered. A lone column's empty cell is an
    # empty line, which must count.
    with (
        source.open("rb") as raw,
        arrow.open_csv(
            raw,
            read_options=arrow.ReadOptions(use_threads=False, block_size=BLOCK),
            parse_options=arrow.ParseOptions(
                invalid_row_handler=note, ignore_empty_lines=len(names) > 1
            ),
            convert_options=arrow.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=True,
                null_values=[""],
            ),
        ) as reader,
    ):
        yield from reader


# --- writing ----------------------------------------------------------------------------------


def _apart(source: Path, out: Path) -> None:
    """Refuse an output that is of no known kind, a folder, or the input itself."""
    if out.suffix.lower() not in KINDS and not passes_on(out):
        where = str(out)
        raise FileError(
            "an unknown kind of file", where=where, expected="a name in .csv or .parquet"
        )
    try:
        same = out.samefile(source)
    except (OSError, ValueError):  # not there, or cannot be written either: told when it is
        return
    if same:
        raise FileError("is the input itself", where=str(out), expected="another file to write")


class _Sink:
    """A CSV or Parquet file that grows by chunks; its columns are those of the first."""

    def __init__(self, file: BinaryIO, out: Path) -> None:
        self.file = file
        self.parquet = out.suffix.lower() == ".parquet"
        self.writer: Any = None

    def write(self, batch: Any, found: dict[str, Any]) -> None:
        """Append the chunk's own columns, if any, and the answers."""
        import pyarrow as pa

        table = pa.table(found)
        if batch is not None:
            carried = pa.Table.from_batches([batch]).replace_schema_metadata(None)
            for name, column in zip(table.column_names, table.columns, strict=True):
                carried = carried.append_column(name, column)
            table = carried
        if self.writer is None:
            self.writer = self._opened(table.schema)
        self.writer.write_table(table)

    def _opened(self, schema: Any) -> Any:
        from pyarrow import csv as arrow
        from pyarrow import parquet as pq

        kind = pq.ParquetWriter if self.parquet else arrow.CSVWriter
        return kind(self.file, schema)

    def close(self) -> None:
        """Finish the file."""
        if self.writer is not None:
            self.writer.close()
