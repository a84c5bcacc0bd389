"""Files that visitors upload, taken as untrusted: a zip of a prior set, filled-in sheets.

A prior set is held as text, relative path -> YAML. Nothing of an upload is written under a name
that it chose, save ``variables/<name>.yaml`` and ``protocol.yaml``; no message names our folders.
"""

from __future__ import annotations

import io
import re
import tempfile
import weakref
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, get_args

import cmocnet
from cmocnet.errors import CmocnetError, FileError, ReviewError
from cmocnet.registry.files import parse_yaml
from cmocnet.registry.judged import Basis
from cmocnet.registry.solved import applied
from cmocnet.survey import convene, write_priors
from cmocnet.survey.archive import BROKEN, member
from cmocnet_app.words import LONGEST, short

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry import Variable
    from cmocnet.registry.solution import Solved

Files = Mapping[str, str]
"""A prior set: relative path -> YAML text."""

MAX_PACKED = 2_000_000
MAX_UNPACKED = 1_000_000
MAX_FILES = 300
MAX_VALUES = 50_000
"""In all files together: twenty experts who answer every question of the review come to 4,000."""
MAX_SHEETS, MAX_SHEETS_SIZE = 20, 10_000_000
LONGEST_LABEL = 120
MOST_TOLD = 300
"""Characters of each part of a message, which may repeat what an upload says."""
NAME = re.compile(r"variables/[a-z][a-z0-9_]{0,59}\.yaml|protocol\.yaml")
BESIDE = ("answers.csv", "variables", "")
"""What ``cmocnet elicit fit`` writes beside the priors, and folders; neither is read."""
EXPECTED = "variables/NAME.yaml and protocol.yaml, as cmocnet elicit fit writes them"


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
    files: dict[str, str] = {}
    left = MAX_VALUES
    for name, content in packed.items():
        files[name], values = _text(name, content)
        left -= values
        if left < 0:
            raise FileError("holds too much", expected=f"at most {MAX_VALUES:,} keys and values")
    if not files:
        raise FileError("the archive holds no prior files", expected=EXPECTED)
    return files


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > MAX_FILES:
        raise FileError(f"the archive holds {len(members)} files", expected=f"at most {MAX_FILES}")
    packed: dict[str, bytes] = {}
    left = MAX_UNPACKED
    for one, name in zip(members, _names(members), strict=True):
        if one.is_dir() or name in BESIDE:
            continue
        if not NAME.fullmatch(name):
            raise FileError("does not belong in a prior set", where=short(name), expected=EXPECTED)
        if name in packed:
            raise FileError("stands in the archive twice", where=name)
        # The size an archive states may be a lie: no more than is left is ever unpacked.
        packed[name] = member(archive, one, left)
        left -= len(packed[name])
        if left < 0:
            raise FileError("unpacks to a huge size", expected=f"at most {MAX_UNPACKED:,} bytes")
    return packed


def _names(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The members' names, less the one folder that a zipped folder puts around them all."""
    names = [m.filename for m in members]
    tops = {PurePosixPath(n).parts[:1] for n in names}
    (top,) = tops if len(tops) == 1 else ((),)
    around = f"{top[0]}/" if top and top[0] not in ("variables", "protocol.yaml", "/", "..") else ""
    return [n.removeprefix(around).rstrip("/") for n in names]


def _text(name: str, content: bytes) -> tuple[str, int]:
    """A file as text, and how many keys and values it holds."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise FileError("not text", where=name, expected="a UTF-8 text file") from None
    settings = parse_yaml(text, name)
    if not isinstance(settings, dict):
        raise FileError("holds no settings", where=name, expected="a mapping of keys to values")
    return text, _values(settings)


def _values(held: Any) -> int:
    inside = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    return 1 + sum(1 + _values(each) for each in inside)


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
    size = sum(len(data) for _, data in sheets)
    if size > MAX_SHEETS_SIZE:
        raise FileError(f"{size:,} bytes at once", expected=f"at most {MAX_SHEETS_SIZE:,}")
    with spare_folder(net.review.path) as folder:
        paths = [_kept(folder, name, data) for name, data in sheets]
        panel = convene(net.review, paths)
        write_priors(net.review, panel, folder / "priors")
        return read(folder / "priors")


def _kept(folder: Path, name: str, data: bytes) -> Path:
    """A sheet as a file, named by the letters and digits of the name it came under."""
    stem, _, kind = name.rpartition(".")
    if kind.lower() not in ("csv", "xlsx"):
        raise FileError("an unknown kind of file", where=short(name), expected=".csv or .xlsx")
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
            archive.writestr(
                zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED
            )
    return packed.getvalue()


def laid_over(net: Network, files: Files, solved: Solved | None = None) -> Network:
    """The network with a prior set laid over its review.

    Where the set leaves the review's own numbers, another solution of them may be given.

    Raises
    ------
    CmocnetError
        The set does not fit the review: names file and key.
    """
    for name, text in files.items():
        if not NAME.fullmatch(name):
            raise FileError("does not belong in a prior set", where=short(name))
        variable = net.variables.get(PurePosixPath(name).stem)
        if variable is not None and name.startswith("variables/"):
            _same_names(variable, parse_yaml(text, name), name)
    spare = tempfile.TemporaryDirectory()
    try:
        with _untold(spare.name, net.review.path):
            made = _loaded(net, files, Path(spare.name))
        _same_shape(net, made)
        if solved is not None:
            made = type(made)(applied(made.review, solved), engine=made.engine, priors=made.priors)
    except BaseException:
        spare.cleanup()
        raise
    # A network reads its files again for the rival readings: they stay as long as it does.
    weakref.finalize(made, spare.cleanup)
    return made


def _loaded(net: Network, files: Files, folder: Path) -> Network:
    (folder / "variables").mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return cmocnet.load(net.review.path, priors=folder, readings=net.review.readings)


def _same_names(variable: Variable, content: Any, name: str) -> None:
    """A set on this page brings other numbers; more states or arcs could outgrow the machine.

    This is looked up before anything is worked out: two dozen more parents already take hours.
    """
    said = content if isinstance(content, Mapping) else {}
    states, table = said.get("states"), said.get("table")
    named = {*map(str, states)} if isinstance(states, Mapping) else set()
    if not named <= {*variable.states} or not {*_parents(table)} <= {*variable.parents}:
        raise _other_shape(name)


def _parents(table: Any) -> Iterator[str]:
    """Every variable that a table names, at whatever depth."""
    if isinstance(table, Mapping):
        for key, item in table.items():
            if key == "parents" and isinstance(item, Mapping):
                yield from map(str, item)
            if key == "by" and item not in get_args(Basis):
                yield str(item)
            yield from _parents(item)
    elif isinstance(table, list):
        for item in table:
            yield from _parents(item)


def _same_shape(net: Network, made: Network) -> None:
    for name, variable in made.variables.items():
        old, file = net.variables[name], f"variables/{name}.yaml"
        if variable.states != old.states or not {*variable.parents} <= {*old.parents}:
            raise _other_shape(file)
        longest = max(map(len, (variable.label, *variable.state_labels.values())))
        if longest > LONGEST_LABEL:
            raise FileError(
                f"a label of {longest:,} characters",
                where=file,
                expected=f"at most {LONGEST_LABEL}",
            )


def _other_shape(file: str) -> FileError:
    return FileError(
        "changes the states or adds an arc",
        where=file,
        expected="other numbers for the same network",
    )


@contextmanager
def spare_folder(review: str | None = None) -> Iterator[Path]:
    """A folder for the time being; an error from within says neither where it is nor is long.

    Parameters
    ----------
    review
        The review's folder, which an error does not name either.
    """
    with tempfile.TemporaryDirectory() as spare, _untold(spare, review):
        yield Path(spare)


@contextmanager
def _untold(*folders: str | None) -> Iterator[None]:
    """An error from within does not name these folders, and repeats little of an upload."""
    own = "|".join(re.escape(folder) for folder in folders if folder)
    # What is written into one stands in a folder of its own until it is whole.
    within = rf"(?:{own})(?:[/\\](?:\.priors\.[^/\\]*[/\\])?(?:priors[/\\])?)?"

    def told(text: str | None) -> str | None:
        return short(re.sub(within, "", text or ""), MOST_TOLD) or None

    def retold(error: CmocnetError) -> FileError:
        return FileError(
            told(error.what) or "cannot be used",
            where=told(error.where),
            expected=told(error.expected),
            nearest=[short(n) for n in error.nearest],
        )

    try:
        yield
    except ReviewError as error:
        raise ReviewError(map(retold, error.faults)) from None
    except CmocnetError as error:
        raise retold(error) from None
