"""Where in a file something stands, and errors that say so."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple, NoReturn, Protocol

from cmocnet.errors import FileError, nearest

LINE_END = re.compile(r"\r\n?|\n")
COMPARED, LONG = 1000, 80
"""How many names are compared where the nearest is sought, and how many letters of one."""


class Source(Protocol):
    """A file that is read, under the name it was given by."""

    name: str

    def place(self, at: int) -> str:
        """The file, line and column of a position."""


class Word(NamedTuple):
    """A name or a number as the file has it, and where it begins."""

    text: str
    at: int
    quoted: bool = False


class Text:
    """The text of a file; positions are characters from its beginning.

    >>> Text("a.bif", "one\\ntwo").place(5)
    'a.bif, line 2, column 2'
    """

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self._starts: list[int] = []

    def place(self, at: int) -> str:
        """The file, line and column of a position."""
        if not self._starts:
            self._starts = [0, *(end.end() for end in LINE_END.finditer(self.text))]
        line = bisect_right(self._starts, at)
        return spot(self.name, line, at - self._starts[line - 1] + 1)


LONGEST = 300
"""Characters of what is wrong that a message tells."""


def spot(name: str, line: int, column: int) -> str:
    """A place in words; lines and columns count from one."""
    return f"{name}, line {line}, column {column}"


def fail(
    what: str,
    where: str,
    expected: str | None = None,
    like: tuple[str, Iterable[str]] | None = None,
) -> NoReturn:
    """Refuse the file; ``like`` is a wrong word and the right ones: the nearest are told."""
    close: tuple[str, ...] = ()
    if like is not None:
        word, right = like
        few = [name for name in islice(right, COMPARED) if name and len(name) <= LONG]
        close = nearest(word[:LONG], few)
    if len(what) > LONGEST:  # it may repeat what the file says
        what = f"{what[:LONGEST]}..."
    raise FileError(what, where=where, expected=expected, nearest=close)


def shown(text: str, most: int = 40) -> str:
    """A piece of the file for a message: quoted, and cut where it is long.

    >>> shown("a" * 50)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'"
    """
    return repr(text if len(text) <= most else text[:most] + "...")
