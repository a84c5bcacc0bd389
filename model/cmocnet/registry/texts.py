"""One file as text: only regular files, only of a size that a person writes, only UTF-8.

A pipe or a device in a file's place never ends; it is refused before it is opened.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cmocnet.errors import FileError, unusable

MAX_BYTES = 2_000_000
"""A file of judgements is prose and a few numbers; anything larger is not one."""
MAX_TOTAL = 100_000_000
"""Bytes of a whole review; five thousand variables take a tenth of it."""
MAX_FILES = 20_000
LONGEST_NAME = 300
"""Characters of a path that a message repeats."""


def shown(path: str | Path, longest: int = LONGEST_NAME) -> str:
    """A path as a message shows it: on one line, in letters that any encoding of text holds.

    >>> shown("a\\nb\\udcff")
    'a\\\\nb\\\\udcff'
    """
    text = str(path).encode("utf-8", "backslashreplace").decode()
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return line if len(line) <= longest else f"...{line[-longest:]}"


def read_text(path: Path, *, limit: int = MAX_BYTES) -> str:
    """The text of a regular file of at most ``limit`` bytes, as UTF-8.

    Raises
    ------
    FileError
        If it is missing, no regular file, too large, or not text.
    """
    try:
        # Without O_NONBLOCK the opening of a pipe waits for somebody to write.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise _irregular(path, found.st_mode)
            if found.st_size > limit:
                raise _too_large(path, found.st_size, limit)
            content = file.read(limit + 1)
        if len(content) > limit:  # it grew meanwhile, or told no size
            raise _too_large(path, len(content), limit)
        return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise FileError(
            f"not text: byte {error.start} is not UTF-8",
            where=shown(path),
            expected="a UTF-8 text file",
        ) from None
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise unusable(shown(path), error) from None


def _irregular(path: Path, mode: int) -> FileError:
    kinds = {stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket"}
    kind = next((name for test, name in kinds.items() if test(mode)), "a device")
    what = f"cannot be read: {kind} in a file's place"
    return FileError(what, where=shown(path), expected="a regular file")


def _too_large(path: Path, size: int, limit: int) -> FileError:
    return FileError(
        f"the file has {size:,} bytes", where=shown(path), expected=f"at most {limit:,} bytes"
    )


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
