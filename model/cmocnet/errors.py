"""Errors for people: what is wrong, where, what was expected, and the nearest valid thing.

Every error a user can cause is a :class:`CmocnetError`; the command line prints it as one line and
exits with status 2. Anything else that escapes is a defect of the program.
"""

from __future__ import annotations

import copyreg
import difflib
import sys
from collections.abc import Iterable
from typing import Any


def nearest(word: str, candidates: Iterable[str], n: int = 3) -> tuple[str, ...]:
    """The up to ``n`` candidates most like ``word``, best first; never empty if there are any.

    >>> nearest("dissolutoin", ["trust", "dissolution", "resolution"], n=2)
    ('dissolution', 'resolution')
    """
    pool = {c.casefold(): c for c in sorted(set(candidates), reverse=True)}
    close = difflib.get_close_matches(word.casefold(), pool, n=n, cutoff=0.0)
    return tuple(pool[c] for c in close)


UNSEEN = dict.fromkeys(
    (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"
)
"""Characters that would steer a terminal or turn a line round, and what a message shows instead."""


LONGEST_WORD, LONGEST = 200, 1_000
"""Characters of a word of a message, as a path may need, and of all of it."""


def brief(text: str) -> str:
    """A message without the middle of what is too long to read.

    >>> len(brief(999 * "x")), len(brief(9999 * "many words ")), brief("short")
    (199, 999, 'short')
    """
    return _cut(" ".join(_cut(word, LONGEST_WORD) for word in text.split()), LONGEST)


def _cut(text: str, most: int) -> str:
    half = (most - 1) // 2
    return text if len(text) <= most else f"{text[:half]}…{text[-half:]}"


class CmocnetError(ValueError):
    """Something the user can put right.

    Parameters
    ----------
    what
        What is wrong, as one sentence without a full stop.
    where
        File, key, row or position it concerns.
    expected
        What would have been right.
    nearest
        Valid things like the one given, best first.

    >>> print(CmocnetError("unknown state 'hgih'", where="mandate", nearest=("high",)))
    mandate: unknown state 'hgih'; nearest: high

    It comes back whole from another process, and from a copy.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        nearest: Iterable[str] = (),
    ) -> None:
        self.what = what
        self.where = where
        self.expected = expected
        self.nearest = tuple(nearest)
        super().__init__(what, where, expected, self.nearest)

    def __reduce__(self) -> tuple[Any, ...]:
        # Made anew without __init__, which takes keywords; all that it sets is carried over.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        if self.expected:
            line += f"; expected {self.expected}"
        if self.nearest:
            line += f"; nearest: {', '.join(self.nearest)}"
        return brief(line).translate(UNSEEN)


class FileError(CmocnetError):
    """A file of the model, or one given by the user, that cannot be used."""


def unusable(path: object, error: Exception, how: str = "read") -> FileError:
    """What a path's error comes to for people: one line, whatever the path and the system.

    Parameters
    ----------
    path
        What was named.
    error
        What Python raised for it: an OSError, a name that the system's encoding cannot write or
        that holds a null character (ValueError), links that lead in a circle (RuntimeError).
    how
        What could not be done with it: ``read``, ``listed``, ``written``.

    >>> print(unusable("a/b.csv", FileNotFoundError(2, "No such file or directory")))
    a/b.csv: cannot be read (No such file or directory)
    """
    if isinstance(error, OSError):
        reason = error.strerror or str(error) or type(error).__name__
    elif isinstance(error, UnicodeError):
        reason = f"its name cannot be written in {sys.getfilesystemencoding()}, as this system does"
    elif isinstance(error, RuntimeError):
        reason = "its links lead in a circle"
    else:
        reason = f"no possible name: {error}"
    return FileError(f"cannot be {how} ({reason})", where=_cut(str(path), LONGEST_WORD))


class ModelError(CmocnetError):
    """Files that are well formed but do not make a valid network."""


class ReviewError(FileError, ModelError):
    """Everything found wrong with a review's files; ``faults`` holds one error each.

    >>> found = ReviewError([FileError("no key 'a'", where="x:1"), ModelError("arc", where="y:2")])
    >>> print(found)
    x:1: no key 'a'; and 1 more fault
    >>> [fault.where for fault in found.faults]
    ['x:1', 'y:2']
    """

    def __init__(self, faults: Iterable[CmocnetError]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(
            first.what, where=first.where, expected=first.expected, nearest=first.nearest
        )

    def __str__(self) -> str:
        others = len(self.faults) - 1
        more = f"; and {others:,} more fault{'s' * (others > 1)}" if others else ""
        return brief(f"{self.faults[0]}{more}")


class QueryError(CmocnetError):
    """A question that cannot be understood."""


class EvidenceError(CmocnetError):
    """Evidence that contradicts itself, is impossible, or cannot be met."""
