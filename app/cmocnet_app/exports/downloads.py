"""Files to take away, and the buttons that hand them out; each is made only when it is asked for.

A cell that a spreadsheet would run as a formula is made plain text.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet import parts
from cmocnet.formats import csv_tables
from cmocnet.survey.cells import plain

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.typing import DiscreteNetwork

Rows = Iterable[Iterable[object]]


def table(
    label: str, name: str, head: Iterable[str], rows: Callable[[], Rows], *, wide: bool = False
) -> None:
    """A button for a table as CSV, safe to open in a spreadsheet."""
    columns = tuple(head)
    file(label, name, "text/csv", lambda: rows_as_csv([columns, *rows()]), wide=wide)


def file(
    label: str, name: str, kind: str, make: Callable[[], bytes], *, wide: bool = False
) -> None:
    """A button for any file; ``kind`` is its media type. ``wide`` fills the button's column."""
    st.download_button(
        label, make, name, kind, on_click="ignore", width="stretch" if wide else "content"
    )


def rows_as_csv(rows: Rows) -> bytes:
    """A CSV file, its head the first row, marked as UTF-8 so that spreadsheets read it as such.

    >>> rows_as_csv([["Outcome"], ["Trust"]]).decode("utf-8-sig").split()
    ['Outcome', 'Trust']
    """
    text = io.StringIO()
    csv.writer(text).writerows([plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xdsl(net: Network) -> bytes:
    """The network as an XDSL file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.xdsl"
        net.save(path)
        return path.read_bytes()


def zipped_tables(network: DiscreteNetwork) -> bytes:
    """Every table of the network as a CSV file, in one ZIP file."""
    network = parts.whole(network)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in network.tables.items():
            archive.writestr(f"{name}.csv", rows_as_csv(csv_tables.rows(network, each)))
    return whole.getvalue()
