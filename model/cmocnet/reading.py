"""Files read with care: only regular ones, only of a size that somebody expected.

A pipe or a device in a file's place never ends; it is refused before anything is read.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cmocnet.errors import FileError, unusable

LONGEST = 300
"""Characters of a path that a message repeats."""


def shown(path: str | Path, longest: int = LONGEST) -> str:
    """A path as a message shows it: on one line, in letters that any encoding of text holds.

    >>> shown("a\\nb\\udcff")
    'a\\\\nb\\\\udcff'
    """
    text = str(path).encode("utf-8", "backslashreplace").decode()
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return line if len(line) <= longest else f"...{line[-longest:]}"


def read_whole(path: Path, most: int) -> bytes:
    """What a regular file of at most ``most`` bytes holds.

    Raises FileError where it is none, or cannot be read; its cause is the system's error.
    """
    try:
        found, content = _read(path, most)
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise unusable(shown(path), error) from error
    if (size := max(found, len(content))) > most:
        what, where = f"the file has {size:,} bytes", shown(path)
        raise FileError(what, where=where, expected=f"at most {most:,} bytes")
    return content


def _read(path: Path, most: int) -> tuple[int, bytes]:
    """The size that a file tells, and no more of it than shows that it is larger than ``most``."""
    # Without O_NONBLOCK the opening of a pipe waits for somebody to write.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise _irregular(path, found.st_mode)
        if found.st_size > most:
            return found.st_size, b""
        with os.fdopen(handle, "rb", closefd=False) as file:
            return found.st_size, file.read(most + 1)  # it may grow meanwhile, or tell no size
    finally:
        os.close(handle)


def _irregular(path: Path, mode: int) -> FileError:
    kinds = {stat.S_ISDIR: "a folder", stat.S_ISFIFO: "a pipe", stat.S_ISSOCK: "a socket"}
    kind = next((name for test, name in kinds.items() if test(mode)), "a device")
    what = f"cannot be read: {kind} in a file's place"
    return FileError(what, where=shown(path), expected="a regular file")
