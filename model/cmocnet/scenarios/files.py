"""Scenarios from CSV and Parquet files, answered chunk by chunk and written whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from cmocnet.errors import FileError, unusable
from cmocnet.extras import installed, require
from cmocnet.model import Model
from cmocnet.scenarios import lines
from cmocnet.scenarios.table import answer, plan
from cmocnet.scenarios.text import Checked
from cmocnet.writing import passes_on, whole

if TYPE_CHECKING:
    import pandas as pd


Progress = Callable[[int, int | None], None]
"""Called with the rows done and, where known, the rows there are."""

CHUNK = 32_768
"""Scenarios answered at once."""
BLOCK = 4_000_000
"""Bytes of CSV read at once; a line must fit in."""
KINDS = (".csv", ".parquet")
KEPT = 32_000_000
"""Numbers held in memory, 256 MB, where no output is named."""


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
    net: Model,
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
        As :func:`~cmocnet.scenarios.predict`, for files that cannot be read or written, and for
        more answers than fit into memory; rows are counted through the whole file.
    """
    import pandas as pd

    names, total = header(source)
    planned = plan(net, names, targets, str(source), level)
    if out is not None:
        _apart(source, out)
    else:
        _held(total or 0, len(planned.names), source)
    kept: list[pd.DataFrame] = []
    rows = 0
    with nullcontext() if out is None else _sink(out) as sink:
        for batch, frame in _batches(source, names):
            found = answer(net, planned, frame, rows)
            rows += len(frame)
            if sink is None:
                _held(rows, len(planned.names), source)
                kept.append(pd.DataFrame(found))
            else:
                sink.write(batch if carry else None, found)
            if progress is not None:
                progress(rows, total)
        if not rows:
            raise FileError("no rows", where=str(source), expected="a scenario a row")
    collected = pd.concat(kept, ignore_index=True) if out is None else None
    return Predicted(rows, planned.names, out, collected)


def _held(rows: int, columns: int, source: Path) -> None:
    """Refuse to keep more in memory than :data:`KEPT` numbers."""
    if rows * columns > KEPT:
        raise FileError(
            f"{rows:,} rows of {columns} answers are too many to hold in memory",
            where=str(source),
            expected=f"at most {KEPT // columns:,} rows, or a file to write the answers to",
        )


# --- reading ----------------------------------------------------------------------------------


def header(source: Path) -> tuple[list[str], int | None]:
    """The names of a file's columns and, for Parquet, how many rows follow."""
    where = str(source)
    _known(source)
    try:
        if source.is_dir():
            raise FileError("is a folder", where=where, expected="a .csv or .parquet file")
        found = _parquet_header(source) if _is_parquet(source) else (_csv_header(source), None)
    except UnicodeDecodeError:
        raise FileError("not a CSV or Parquet file of UTF-8 text", where=where) from None
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise unusable(source, error) from None
    if any("\0" in name for name in found[0]):
        raise FileError("not a CSV file of UTF-8 text", where=where)
    return found


def _is_parquet(source: Path) -> bool:
    return source.suffix.lower() == ".parquet"


def _known(path: Path) -> None:
    """Refuse a kind of file that is neither read nor written, or not without a library."""
    if path.suffix.lower() not in KINDS:
        expected = "a name in .csv or .parquet"
        raise FileError("an unknown kind of file", where=str(path), expected=expected)
    if _is_parquet(path):
        require("pyarrow", "files")


def _csv_header(source: Path) -> list[str]:
    """Names of the columns as the reader of the rows has them: a name may run over lines."""
    where, expected = str(source), "a line of column names, then rows"
    with source.open("rb") as file:
        if not file.read(BLOCK).strip(b"\xef\xbb\xbf \t\r\n"):
            raise FileError("the file is empty", where=where, expected=expected)
        file.seek(0)
        try:
            if not installed("pyarrow"):
                return lines.header(file, where)
            with _opened(Checked(file, where), lambda _: "skip") as reader:
                return list(reader.schema.names)
        except FileError:
            raise
        except (csv.Error, ValueError):  # as pyarrow's own errors are
            what = "no column names with rows below"
            expected += "; every quotation mark closed"
            raise FileError(what, where=where, expected=expected) from None


def _parquet_header(source: Path) -> tuple[list[str], int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with source.open("rb") as file:  # so that a missing file is Python's error, with its reason
        try:
            found = pq.ParquetFile(file)
            return list(found.schema_arrow.names), int(found.metadata.num_rows)
        except (pa.ArrowException, OSError):
            raise FileError("not a Parquet file", where=str(source)) from None


def _batches(source: Path, names: list[str]) -> Iterator[tuple[Any, pd.DataFrame]]:
    """The file's rows, some thousands at a time: as they are carried over, and as a frame."""
    if not installed("pyarrow"):
        yield from lines.batches(source, names, CHUNK)
        return
    import pyarrow as pa

    spoilt: list[Any] = []
    try:
        for batch in _parquet(source) if _is_parquet(source) else _csv(source, names, spoilt):
            batch.validate(full=True)  # a Parquet file may hold text that is not UTF-8
            yield batch, batch.to_pandas(ignore_metadata=True)
    except FileError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError, NotImplementedError) as error:
        if spoilt:
            bad = spoilt[0]
            raise FileError(
                f"{bad.actual_columns} cells",
                where=f"{source}, row {bad.number - 1}",
                expected=f"{bad.expected_columns}, one a column",
            ) from None
        raise FileError(f"cannot be read ({_reason(error)})", where=str(source)) from None


def _reason(error: Exception) -> str:
    """The first line of what a library says, or at least the kind of its error."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _parquet(source: Path) -> Iterator[Any]:
    import pyarrow.parquet as pq

    # Opened here and below by Python, which knows names that are no UTF-8.
    with source.open("rb") as raw, pq.ParquetFile(raw, pre_buffer=False) as file:
        yield from file.iter_batches(batch_size=CHUNK, use_threads=False)


def _csv(source: Path, names: list[str], spoilt: list[Any]) -> Iterator[Any]:
    def note(row: Any) -> str:
        spoilt.append(row)
        return "error"

    with source.open("rb") as raw:
        checked = Checked(raw, str(source))
        with _opened(checked, note, names) as reader:
            yield from reader


def _opened(source: Any, spoilt: Callable[[Any], str], names: Sequence[str] = ()) -> Any:
    """A reader of CSV; ``spoilt`` says what becomes of a row with too few or too many cells."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    # One thread, because only then are spoilt rows numbered. A lone column's empty cell is an
    # empty line, which must count.
    return arrow.open_csv(
        source,
        read_options=arrow.ReadOptions(use_threads=False, block_size=BLOCK),
        parse_options=arrow.ParseOptions(
            invalid_row_handler=spoilt, ignore_empty_lines=len(names) > 1, newlines_in_values=True
        ),
        convert_options=arrow.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=True,
            null_values=[""],
        ),
    )


# --- writing ----------------------------------------------------------------------------------


def _apart(source: Path, out: Path) -> None:
    """Refuse an output that is of no known kind, a folder, or the input itself."""
    if _is_parquet(out) or not passes_on(out):
        _known(out)
    try:
        same = out.samefile(source)
    except (OSError, ValueError):  # not there, or cannot be written either: told when it is
        return
    if same:
        raise FileError("is the input itself", where=str(out), expected="another file to write")


@contextmanager
def _sink(out: Path) -> Iterator[_Sink | lines.Sink]:
    """What takes the chunks of a file that takes the place of ``out`` once all went well."""
    with whole(out) as file:
        if not installed("pyarrow"):
            yield lines.Sink(file)
            return
        with closing(_Sink(file, out)) as sink:
            yield sink


class _Sink:
    """A CSV or Parquet file that grows by chunks; its columns are those of the first."""

    def __init__(self, file: BinaryIO, out: Path) -> None:
        self.file, self.where = file, str(out)
        self.parquet = _is_parquet(out)
        self.writer: Any = None

    def write(self, batch: Any, found: dict[str, Any]) -> None:
        """Append the chunk's own columns, if any, and the answers."""
        import pyarrow as pa
        from pyarrow import csv as arrow
        from pyarrow import parquet as pq

        table = pa.table(found)
        if batch is not None:
            carried = pa.Table.from_batches([batch]).replace_schema_metadata(None)
            if not self.parquet:
                carried = _as_text(carried, self.where)
            for name, column in zip(table.column_names, table.columns, strict=True):
                carried = carried.append_column(name, column)
            table = carried
        if self.writer is None:
            kind = pq.ParquetWriter if self.parquet else arrow.CSVWriter
            self.writer = kind(self.file, table.schema)
        self.writer.write_table(table)

    def close(self) -> None:
        """Finish the file."""
        if self.writer is not None:
            self.writer.close()


def _as_text(carried: Any, where: str) -> Any:
    """A file's own columns as CSV can hold them."""
    import pyarrow as pa

    for i, (name, column) in enumerate(zip(carried.column_names, carried.columns, strict=True)):
        kind = column.type
        if pa.types.is_primitive(kind) or pa.types.is_string(kind):
            continue
        try:
            empty = column.null_count == len(column)
            text = pa.nulls(len(column), pa.string()) if empty else column.cast(pa.string())
        except pa.ArrowException:
            what = f"the column {name[:80]!r} holds {kind}, which CSV cannot"
            expected = "a .parquet file to write, or the answers alone"
            raise FileError(what, where=where, expected=expected) from None
        carried = carried.set_column(i, name, text)
    return carried
