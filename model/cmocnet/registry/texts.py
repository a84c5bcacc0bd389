"""One file as text, only of a size that a person writes and only UTF-8; and what a folder holds."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cmocnet.errors import FileError, unusable
from cmocnet.reading import read_whole, shown

MAX_BYTES = 2_000_000
"""A file of judgements is prose and a few numbers; anything larger is not one."""
MAX_TOTAL = 100_000_000
"""Bytes of a whole review; five thousand variables take a tenth of it."""
MAX_FILES = 20_000


def read_text(path: Path, *, limit: int = MAX_BYTES) -> str:
    """The text of a regular file of at most ``limit`` bytes, as UTF-8.

    Raises
    ------
    FileError
        If it is missing, no regular file, too large, or not text.
    """
    content = read_whole(path, limit)
    try:
        return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        what = f"not text: byte {error.start} is not UTF-8"
        raise FileError(what, where=shown(path), expected="a UTF-8 text file") from None


def listing(folder: Path, ending: str) -> list[Path]:
    """The entries of a folder whose names end so, sorted; a folder that isn't there has none.

    Raises
    ------
    FileError
        It cannot be listed, is no folder, or holds more than a review's files.
    """
    try:
        with os.scandir(folder) as entries:
            found = [Path(e.path) for e in entries if e.name.endswith(ending)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise unusable(shown(folder), error, "listed") from None
    if len(found) > MAX_FILES:
        what = f"{len(found):,} files"
        raise FileError(what, where=shown(folder), expected=f"at most {MAX_FILES:,}")
    return sorted(found)


def is_folder(path: Path) -> bool:
    """Whether there is a folder of that name; False for a name that no system could hold.

    Raises
    ------
    FileError
        The system refuses to say: no permission, a circle of links, a name too long.

    >>> is_folder(Path("no/such/folder"))
    False
    """
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise unusable(shown(path), error) from None


def plain(folder: Path) -> bool:
    """Whether everything in a review's folder can be read to its end, so that it may be hashed.

    >>> plain(Path("no/such/folder"))
    False
    """
    try:
        str(folder.resolve()).encode("utf-8")
        stats = [f.stat() for pattern in ("*.*", "*/*.yaml") for f in folder.glob(pattern)]
        regular = all(stat.S_ISREG(s.st_mode) for s in stats)
        return bool(stats) and regular and sum(s.st_size for s in stats) <= MAX_TOTAL
    except (OSError, ValueError, RuntimeError):  # the last is a circle of links
        return False


def bundled() -> Path:
    """The folder of the review that comes with the package, in a wheel and in a checkout alike."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "priors", package.parent.parent / "priors"):
        if (folder / "review.yaml").is_file():
            return folder
    raise FileError("the bundled review is missing", where=str(package / "priors"))
