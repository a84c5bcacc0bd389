"""Text as it may stand in a cell: none that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet may run."""

_FORMULA = "[-=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
"""With the full-width and small forms, which some spreadsheets take for the same."""
_UNSEEN = "[\\s\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_START = re.compile(rf"[\t\r\n]|{_UNSEEN}{_FORMULA}")
_AFTER = re.compile(rf"([;\t\r\n])(?={_UNSEEN}{_FORMULA})")
"""Where commas are decimal points a spreadsheet begins a new cell at a semicolon."""


def plain(cell: object) -> object:
    """A cell as it may stand in a spreadsheet: text that looks like a formula gets a quote.

    >>> plain("=1+1"), plain(" \uff1d1+1"), plain("Trust"), plain(-0.5)
    ("'=1+1", "' \uff1d1+1", 'Trust', -0.5)
    >>> plain("Trust;=1+1")
    "Trust;'=1+1"
    """
    if not isinstance(cell, str):
        return cell
    inside = _AFTER.sub(r"\1'", cell)
    return f"'{inside}" if _START.match(cell) else inside


def text(rows: Iterable[Iterable[object]]) -> str:
    """Rows as a CSV file, each cell :func:`plain`.

    >>> text([("id", "low"), ("=1+1", 0.5)]).splitlines()
    ['id,low', "'=1+1,0.5"]
    """
    file = io.StringIO(newline="")
    csv.writer(file).writerows(map(plain, row) for row in rows)
    return file.getvalue()
