"""Zip archives from elsewhere, unpacked within bounds: a prior set, the parts of an .xlsx file."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from cmocnet.errors import FileError

PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What is packed in any other way Python unpacks at one go: 2 kB of bzip2 make gigabytes."""
BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError,
    ValueError, OverflowError,
)  # fmt: skip
"""What :mod:`zipfile` raises on an archive that is damaged or cut short."""

MAX_MEMBERS = 1_000
MAX_STATED = 60_000_000
MAX_UNPACKED = 5_000_000
"""Bytes that all members state, pictures among them, and bytes that are in fact unpacked."""
MAX_MARKS = 50_000
MAX_STYLES = 10_000
"""Marks of XML, of which a format of cells takes longest to read."""
MAX_SHEETS = 20
LONGEST = 60
"""Characters of a member's name that a message repeats."""
PLACES = ("", "_rels", "xl", "xl/_rels", "xl/worksheets")
"""Where the parts lie that cells are read from; pictures, themes and the like are left packed."""
LOCKED = b"\xd0\xcf\x11\xe0"
"""How a workbook with a password begins, and one of before 2007: neither is a zip archive."""


def member(archive: zipfile.ZipFile, one: zipfile.ZipInfo, most: int) -> bytes:
    """One member's content, cut off at ``most`` + 1 bytes whatever size it states.

    Raises
    ------
    FileError
        It is locked, or packed in a way that cannot be unpacked bit by bit.
    """
    where = one.filename[:LONGEST]
    if one.flag_bits & 0x1:
        raise FileError("locked with a password", where=where, expected="a file without one")
    if one.compress_type not in PACKED:
        raise FileError("packed in an unusual way", where=where, expected="zip's ordinary deflate")
    with archive.open(one) as packed:
        return packed.read(most + 1)


def workbook_parts(data: bytes, where: str) -> io.BytesIO:
    """An ``.xlsx`` file packed anew, with nothing in it that a reader of cells could choke on.

    Only the parts that cells are read from come along. They are small together, of few marks, on
    few sheets, and declare no entities: whoever reads them needs little time and memory.

    Raises
    ------
    FileError
        It is no such file, locked or too large; names the file, ``where``.
    """
    if data[:4] == LOCKED:
        raise FileError(
            "locked with a password, or of Excel before 2007",
            where=where,
            expected="an .xlsx file without a password",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive)
    except FileError as error:
        raise FileError(error.what, where=where, expected=error.expected) from None
    except BROKEN:
        raise FileError("not an .xlsx file", where=where, expected="a workbook") from None
    _modest(parts, where)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as anew:
        for name, content in parts.items():
            anew.writestr(name, content)
    return whole


def _parts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise FileError(f"the file has {len(members):,} parts", expected=f"at most {MAX_MEMBERS:,}")
    if sum(one.file_size for one in members) > MAX_STATED:
        raise _huge(MAX_STATED)
    found: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for one in members:
        place = PurePosixPath(one.filename)
        folder = str(place.parent) if len(place.parts) > 1 else ""
        if folder not in PLACES or place.suffix not in (".xml", ".rels"):
            continue
        found[one.filename] = member(archive, one, left)
        left -= len(found[one.filename])
        if left < 0:
            raise _huge(MAX_UNPACKED)
    return found


def _huge(most: int) -> FileError:
    return FileError("the file unpacks to a huge size", expected=f"at most {most:,} bytes")


def _modest(parts: dict[str, bytes], where: str) -> None:
    """Refuse what unpacks to little and yet takes long to read."""
    marks = {name: part.count(b"<") for name, part in parts.items()}
    styles = sum(n for name, n in marks.items() if "styles" in name.lower())
    for what, found, most in (
        ("the sheet is too long", sum(marks.values()), MAX_MARKS),
        ("too many formats of cells", styles, MAX_STYLES),
    ):
        if found > most:
            told = f"{what} ({found:,} marks of XML)"
            raise FileError(told, where=where, expected=f"at most {most:,}")
    # Every entry for a sheet has this attribute; thousands may share one part.
    sheets = sum(part.count(b"sheetId") for part in parts.values())
    if sheets > MAX_SHEETS:
        raise FileError(f"{sheets:,} sheets", where=where, expected=f"at most {MAX_SHEETS}")
    for name, part in parts.items():
        # Entities can grow without bounds or name other files. No zero byte: no UTF-16 either.
        if re.search(rb"<!(DOCTYPE|ENTITY)|\0", part):
            raise FileError(
                "not an .xlsx file: it declares entities, or is no plain XML",
                where=f"{where}, part {name[:LONGEST]}",
                expected="a workbook as a spreadsheet program saves it",
            )
