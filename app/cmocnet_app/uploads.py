"""Files that visitors upload, taken as untrusted: a zip of a prior set, filled-in sheets.

A prior set is held as text, relative path -> YAML. Nothing of an upload is written under a name
that it chose, save ``variables/<name>.yaml`` and ``protocol.yaml``; no message names our folders.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import cmocnet
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry.files import parse_yaml
from cmocnet.survey import convene, write_priors

if TYPE_CHECKING:
    from cmocnet import Network

Files = Mapping[str, str]
"""A prior set: relative path -> YAML text."""

MAX_PACKED = 2_000_000
MAX_UNPACKED = 5_000_000
MAX_FILES = 300
MAX_SHEETS = 20
LONGEST = 60
NAME = re.compile(r"variables/[a-z][a-z0-9_]{0,59}\.yaml|protocol\.yaml")
BESIDE = ("answers.csv", "variables", "")
"""What ``cmocnet elicit fit`` writes beside the priors, and folders; neither is read."""
EXPECTED = "variables/NAME.yaml and protocol.yaml, as “cmocnet elicit fit” writes them"
BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError,
    ValueError, OverflowError,
)  # fmt: skip
"""What :mod:`zipfile` raises on an archive that is damaged, locked or packed in an unknown way."""


def unpack(data: bytes) -> Files:
    """The prior set in a zip archive; everything in it is checked to be plain YAML of modest size.

    Raises
    ------
    FileError
        The archive is huge, damaged or locked; it holds a file of another name or a path that
        leads elsewhere; a file is not strict YAML. One message, which names the file.
    """
    if len(data) > MAX_PACKED:
        raise FileError(f"the upload has {len(data):,} bytes", expected=f"at most {MAX_PACKED:,}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            packed = _read(archive)
    except FileError:
        raise
    except BROKEN:
        raise FileError(
            "not a zip archive that can be read", expected="a zip of YAML files"
        ) from None
    files = {name: _text(name, content) for name, content in packed.items()}
    if not files:
        raise FileError("the archive holds no prior files", expected=EXPECTED)
    return files


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > MAX_FILES:
        raise FileError(f"the archive holds {len(members)} files", expected=f"at most {MAX_FILES}")
    found: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for member, name in zip(members, _names(members), strict=True):
        if member.is_dir() or name in BESIDE:
            continue
        if not NAME.fullmatch(name):
            raise FileError("does not belong in a prior set", where=_short(name), expected=EXPECTED)
        if name in found:
            raise FileError("stands in the archive twice", where=name)
        # The size an archive states may be a lie: no more than is left is ever unpacked.
        with archive.open(member) as packed:
            found[name] = packed.read(left + 1)
        left -= len(found[name])
        if left < 0:
            raise FileError("unpacks to a huge size", expected=f"at most {MAX_UNPACKED:,} bytes")
    return found


def _names(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The members' names, less the one folder that a zipped folder puts around them all."""
    names = [m.filename for m in members]
    tops = {PurePosixPath(n).parts[:1] for n in names}
    (top,) = tops if len(tops) == 1 else ((),)
    around = f"{top[0]}/" if top and top[0] not in ("variables", "protocol.yaml", "/", "..") else ""
    return [n.removeprefix(around).rstrip("/") for n in names]


def _text(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise FileError("not text", where=name, expected="a UTF-8 text file") from None
    if not isinstance(parse_yaml(text, name), dict):
        raise FileError("holds no settings", where=name, expected="a mapping of keys to values")
    return text


def from_sheets(net: Network, sheets: Sequence[tuple[str, bytes]]) -> Files:
    """The prior set that experts' filled-in sheets come to, pooled where there are several.

    Parameters
    ----------
    sheets
        Name and content of each ``.csv`` or ``.xlsx`` file.

    Raises
    ------
    CmocnetError
        A sheet cannot be read, or answers what was not asked: names file, sheet and row.
    """
    if len(sheets) > MAX_SHEETS:
        raise FileError(f"{len(sheets)} files at once", expected=f"at most {MAX_SHEETS}")
    with spare_folder() as folder:
        paths = [_kept(folder, name, data) for name, data in sheets]
        panel = convene(net.review, paths)
        write_priors(net.review, panel, folder / "priors")
        return read(folder / "priors")


def _kept(folder: Path, name: str, data: bytes) -> Path:
    """A sheet as a file, named by the letters and digits of the name it came under."""
    stem, _, kind = name.rpartition(".")
    if kind.lower() not in ("csv", "xlsx"):
        raise FileError("an unknown kind of file", where=_short(name), expected=".csv or .xlsx")
    safe = re.sub(r"[^\w -]", "", stem)[:LONGEST].strip() or "expert"
    path = folder / f"{safe}.{kind.lower()}"
    if path.exists():
        raise FileError("two files of one name", where=path.name, expected="one file an expert")
    path.write_bytes(data)
    return path


def read(folder: Path) -> Files:
    """The prior files of a folder."""
    paths = [*sorted((folder / "variables").glob("*.yaml")), folder / "protocol.yaml"]
    return {
        str(p.relative_to(folder).as_posix()): p.read_text("utf-8") for p in paths if p.is_file()
    }


def zipped(files: Files) -> bytes:
    """A prior set as a zip archive; unpacked, it is what ``cmocnet --priors DIR`` takes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            # A fixed date: the same prior set gives the same archive.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text)
    return packed.getvalue()


def laid_over(net: Network, files: Files) -> Network:
    """The network with a prior set laid over its review.

    Raises
    ------
    CmocnetError
        The set does not fit the review: names file and key.
    """
    with spare_folder() as folder:
        (folder / "variables").mkdir()
        for name, text in files.items():
            if not NAME.fullmatch(name):
                raise FileError("does not belong in a prior set", where=_short(name))
            (folder / name).write_text(text, encoding="utf-8")
        made = cmocnet.load(net.review.path, priors=folder, readings=net.review.readings)
    _same_shape(net, made)
    return made


def _same_shape(net: Network, made: Network) -> None:
    """A set on this page brings other numbers; more states or arcs could outgrow the machine."""
    for name, variable in made.variables.items():
        old = net.variables[name]
        if variable.states != old.states or not {*variable.parents} <= {*old.parents}:
            raise FileError(
                "changes the states or adds an arc",
                where=f"variables/{name}.yaml",
                expected="other numbers for the same network",
            )


@contextmanager
def spare_folder() -> Iterator[Path]:
    """A folder for the time being; an error from within does not say where it is."""
    with tempfile.TemporaryDirectory() as spare:
        try:
            yield Path(spare)
        except CmocnetError as error:
            where = re.sub(rf"{re.escape(spare)}[/\\]?(priors[/\\])?", "", error.where or "")
            expected = (error.expected or "").replace(f"{spare}/", "")
            raise FileError(
                error.what.replace(spare, ""),
                where=where or None,
                expected=expected or None,
                nearest=error.nearest,
            ) from None


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."
