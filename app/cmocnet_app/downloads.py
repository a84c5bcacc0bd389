"""Files to take away. A cell that a spreadsheet would run as a formula is made plain text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cmocnet.survey.cells import STARTS, plain

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.typing import DiscreteNetwork, Table

__all__ = ["STARTS", "plain", "table", "tables", "xdsl"]


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A CSV file, marked as UTF-8 so that spreadsheets read it as such.

    >>> table(["Outcome"], [["Trust"]]).decode("utf-8-sig").split()
    ['Outcome', 'Trust']
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([plain(cell) for cell in head])
    writer.writerows([plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xdsl(net: Network) -> bytes:
    """The network as an XDSL file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.xdsl"
        net.save(path)
        return path.read_bytes()


def tables(network: DiscreteNetwork) -> bytes:
    """Every table of the network as a CSV file, in one ZIP file."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in network.tables.items():
            archive.writestr(f"{name}.csv", _table(network, each))
    return whole.getvalue()


def _table(network: DiscreteNetwork, each: Table) -> bytes:
    own = network.states[each.variable]
    head = [*each.parents, *(f"{each.variable}={state}" for state in own)]
    cases = product(*(network.states[parent] for parent in each.parents))
    rows = each.values.reshape(-1, len(own)).tolist()
    return table(head, ([*case, *row] for case, row in zip(cases, rows, strict=True)))
