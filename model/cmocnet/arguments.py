"""Arguments from Python checked at the door: shares and paths."""

from __future__ import annotations

import os
from numbers import Real
from pathlib import Path

from cmocnet.errors import CmocnetError
from cmocnet.wording import shown


def is_share(value: object) -> bool:
    """Whether this is a number strictly between 0 and 1.

    >>> is_share(0.9), is_share("0.9"), is_share(1)
    (True, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool) and bool(0 < float(value) < 1)


def share(value: object, name: str) -> float:
    """A number strictly between 0 and 1, as the mass of an interval is.

    >>> share(0.9, "level")
    0.9
    """
    if isinstance(value, Real) and is_share(value):
        return float(value)
    raise _wrong(value, name, "a share between 0 and 1, as 0.9")


def path(value: object, name: str) -> Path:
    """A path, given as text or as one."""
    if isinstance(value, (str, os.PathLike)) and isinstance(os.fspath(value), str):
        return Path(os.fspath(value))
    raise _wrong(value, name, "a path, as text")


def _wrong(value: object, name: str, expected: str) -> CmocnetError:
    what = f"{shown(value)}, {type(value).__name__}" if isinstance(value, str) else shown(value)
    return CmocnetError(what, where=name, expected=expected)
