"""Files of networks: opened with care, and told apart by ending and by content."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn

from cmocnet.errors import FileError, nearest
from cmocnet.formats.places import Text, fail, spot
from cmocnet.reading import read_whole, shown

LARGEST = 32 * 2**20
"""Bytes: three times the largest network in public repositories."""
ENDINGS = {
    ".bif": "BIF",
    ".xdsl": "XDSL",
    ".xmlbif": "XMLBIF",
    ".bifxml": "XMLBIF",
    ".xml": "XMLBIF",
    ".net": "NET",
    ".uai": "UAI",
}
"""What each ending means. ``.bifxml`` is what pyAgrum calls XMLBIF."""
SIGNS = {
    "XDSL": re.compile(r"<smile[\s>/]"),
    "XMLBIF": re.compile(r"<(?:BIF|!DOCTYPE\s+BIF)[\s>/\[]"),
    "XML of another kind": re.compile(r"<[A-Za-z]"),
    "UAI": re.compile(r"(?:BAYES|MARKOV)\b"),
    "NET": re.compile(r"(?:net|class|(?:discrete\s+|continuous\s+)?node|potential)\b[^=;]*?[{(]"),
    "BIF": re.compile(r"(?:network|variable|probability)\b[^=;]*?[{(]"),
    "Netica's DNET": re.compile(r"bnet\b"),
    "JSON": re.compile(r"[{\[]"),
}
BLANKS = re.compile(
    r"(?:\s++|//[^\r\n]*+|%[^\r\n]*+|#[^\r\n]*+|/\*(?s:.*?)\*/|<!--(?s:.*?)-->|<\?(?s:.*?)\?>)++"
)
BINARY = {b"%PDF": "PDF", b"PK\x03\x04": "a ZIP archive or workbook", b"\x1f\x8b": "gzip"}
BEGINNING = 4096
"""Characters looked at where a format is told by its content."""


def kind(path: Path) -> str:
    """The format that a path's ending names.

    >>> kind(Path("net.BIF"))
    'BIF'

    Raises
    ------
    FileError
        With the endings there are, and the nearest.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        what = f"an unknown ending {path.suffix!r}" if ending else "a name without an ending"
        close = nearest(ending, ENDINGS, n=1) if ending else ()
        raise FileError(what, where=str(path), expected=", ".join(ENDINGS), nearest=close)
    return ENDINGS[ending]


def contents(path: Path) -> bytes:
    """What a regular file holds that is neither empty nor larger than :data:`LARGEST`."""
    try:
        data = read_whole(path, LARGEST)
    except FileError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise FileError("no such file", where=shown(path), nearest=_beside(path)) from None
        raise
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileError("an empty file", where=shown(path), expected=f"a network in {kind(path)}")
    return data


def _beside(path: Path) -> tuple[str, ...]:
    """The network most like a missing one in its folder."""
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix.lower() in ENDINGS]
    except OSError:
        return ()
    return nearest(path.name, names[:1000], n=1)


def text(path: Path, data: bytes) -> Text:
    """The text of a file in UTF-8, with or without a byte-order mark."""
    try:
        return Text(str(path), data.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        byte = data[error.start]
        fail(
            f"the byte {byte:#04x} is no UTF-8", Text(str(path), before).place(len(before)), "UTF-8"
        )


def foreign(path: Path, data: bytes) -> None:
    """Refuse content that is plainly of another format than the ending says, naming it."""
    named = kind(path)
    for sign, binary in BINARY.items():
        if data.startswith(sign):
            _other(path, named, binary)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        if named not in {"XDSL", "XMLBIF"}:
            fail("text in UTF-16", spot(str(path), 1, 1), "UTF-8")
        return
    found = look(data)
    if found is not None and found != named:
        _other(path, named, found)


def look(data: bytes) -> str | None:
    """The format that the content looks like, or None.

    >>> look(b"// a comment\\nnetwork n { }")
    'BIF'
    """
    start = data[:BEGINNING].decode("utf-8", "replace").removeprefix("\ufeff")
    if "[DNET-" in start:
        return "Netica's DNET"
    if skipped := BLANKS.match(start):
        start = start[skipped.end() :]
    return next((name for name, sign in SIGNS.items() if sign.match(start)), None)


def _other(path: Path, named: str, found: str) -> NoReturn:
    endings = [ending for ending, meant in ENDINGS.items() if meant == found]
    expected = f"{named}, or the ending {endings[0]}" if endings else named
    fail(f"looks like {found}, though its ending says {named}", str(path), expected)
