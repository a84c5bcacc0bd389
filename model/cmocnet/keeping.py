"""Bytes kept from one run to the next, believed only when proven whole and our own.

They are kept in a folder ``cmocnet-cache`` of our own, below the one that ``CMOCNET_CACHE`` names
or else where this system keeps a user's caches; where neither can be written, in one below the
folder for temporary files; and where that cannot be either, not at all. Each file begins with the
version that made it, its own name and a checksum. What does not check is as good as absent, and
said once.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_cache_path

from cmocnet import __version__
from cmocnet.errors import CmocnetError
from cmocnet.writing import write_whole

VARIABLE = "CMOCNET_CACHE"
OWN = "cmocnet-cache"
ENDING = ".kept"
DAYS = 30
"""What was kept longer ago than this is made anew when it is next asked for."""
SUM = 32
"""Bytes of a checksum."""
HEAD = re.compile(rb"cmocnet \S+ (\S+)\n")
LONG = 300
"""Bytes that hold any first line."""

_log = logging.getLogger("cmocnet")
_told: set[Path] = set()


def fetch(name: str, *, home: bool = False) -> memoryview | None:
    """What was kept under a name, or None.

    Parameters
    ----------
    name
        Letters, digits, hyphens.
    home
        Keep in the user's own folder even where ``CMOCNET_CACHE`` is empty.
    """
    path = place(name, home=home)
    if path is None:
        return None
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        raw = b""
    head = _head(name)
    start = len(head) + SUM
    if raw[:start] == head + _sum(head, memoryview(raw)[start:]):
        return memoryview(raw)[start:]
    doubt(name, home=home)
    return None


def keep(name: str, data: bytes, *, home: bool = False) -> None:
    """Keep for next time if that is possible; an answer never waits on it."""
    path = place(name, home=home)
    if path is None:
        return
    head = _head(name)
    with contextlib.suppress(OSError, CmocnetError):
        write_whole(path, head + _sum(head, memoryview(data)) + data)
        for stale in _stale(path.parent):
            stale.unlink(missing_ok=True)


def doubt(name: str, *, home: bool = False) -> None:
    """Say, once a run, that what was kept under a name cannot be used and is made anew."""
    path = place(name, home=home)
    if path is not None and path not in _told:
        _told.add(path)
        _log.warning("cmocnet: %s was damaged and is made anew", path)


def place(name: str, *, home: bool = False) -> Path | None:
    """The file that keeps what has this name; None where nothing can be kept."""
    root = folder(home=home)
    return None if root is None else root / (name + ENDING)


def folder(*, home: bool = False) -> Path | None:
    """Our own folder, made if missing; None where nothing can or shall be kept."""
    named = os.environ.get(VARIABLE)
    if named == "" and not home:
        return None
    return next((path for path in _candidates(named) if _usable(path)), None)


def _candidates(named: str | None) -> Iterator[Path]:
    if named:
        yield Path(named) / OWN
    else:
        with contextlib.suppress(RuntimeError):  # no home
            own = user_cache_path(OWN, appauthor=False, opinion=False)
            if own.is_absolute():  # where older releases find no home, they answer "~"
                yield own
    with contextlib.suppress(OSError):
        user = os.geteuid() if hasattr(os, "geteuid") else "user"
        yield Path(tempfile.gettempdir()) / f"{OWN}-{user}"


def _usable(path: Path) -> bool:
    """Can this be our folder: ours, written by nobody else, and no link to elsewhere?"""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except (OSError, ValueError):
        return False
    if hasattr(os, "geteuid"):
        shared = found.st_uid != os.geteuid() or found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if shared:
            return False
    return stat.S_ISDIR(found.st_mode) and os.access(path, os.R_OK | os.W_OK | os.X_OK)


def _head(name: str) -> bytes:
    return f"cmocnet {__version__} {name}\n".encode()


def _sum(head: bytes, data: memoryview) -> bytes:
    digest = hashlib.sha256(head)  # which processors compute by themselves
    digest.update(data)
    return digest.digest()


def _stale(root: Path) -> Iterator[Path]:
    """Old files that begin as only we begin them, with their own name."""
    old = time.time() - DAYS * 86400
    for path in root.glob(f"*{ENDING}"):
        found = path.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_mtime < old:
            with path.open("rb") as file:
                head = HEAD.match(file.read(LONG))
            if head and head[1] == os.fsencode(path.stem):
                yield path
