"""What was worked out from a review's files, kept for the next time they are the same.

Reading the files and building the tables takes longer than a question. The results are kept in the
user's cache folder under a key made of every file's content and of this package's own code, as
MessagePack and NumPy arrays (never pickle). A missing, foreign or damaged entry is made anew.
``CMOCNET_CACHE`` names another folder, or none if it is empty.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec
import numpy as np

from cmocnet.errors import CmocnetError
from cmocnet.exchange import write_whole
from cmocnet.registry.records import Review
from cmocnet.typing import Array

VARIABLE = "CMOCNET_CACHE"
KEPT_DAYS = 30


def folder() -> Path | None:
    """Where results are kept; None if they are not to be."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "cmocnet"
    except RuntimeError:  # no home
        return None


def key(folders: Iterable[Path], readings: Mapping[str, str]) -> str:
    """A name for what these folders' files and readings say, as this code understands them."""
    digest = hashlib.sha256(repr(sorted(readings.items())).encode())
    package = Path(__file__).resolve().parent
    for source in sorted([*package.glob("registry/*.py"), *package.glob("elicitation/*.py")]):
        stat = source.stat()
        digest.update(f"{source.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    for root in folders:
        digest.update(f"{root.resolve()}\n".encode())
        for file in sorted([*root.glob("*.*"), *root.glob("*/*.yaml")]):
            digest.update(f"{file.relative_to(root)} {file.stat().st_size}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:32]


def review(name: str | None, make: Callable[[], Review]) -> Review:
    """The review kept under a name, or made and kept."""
    path = _place(name, "review.msgpack")
    if path is not None:
        try:
            return msgspec.msgpack.decode(path.read_bytes(), type=Review)
        except (OSError, msgspec.MsgspecError):
            pass
    made = make()
    _keep(path, msgspec.msgpack.encode(made))
    return made


def arrays(
    name: str | None, kind: str, make: Callable[[], Mapping[str, Array]]
) -> dict[str, Array]:
    """Arrays kept under a name, or made and kept."""
    path = _place(name, f"{kind}.npz")
    if path is not None:
        try:
            with np.load(path, allow_pickle=False) as kept:
                return {entry: kept[entry] for entry in kept.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            pass
    made = dict(make())
    buffer = io.BytesIO()
    np.savez(buffer, **made)  # type: ignore[arg-type]  # keywords are array names
    _keep(path, buffer.getvalue())
    return made


def _place(name: str | None, file: str) -> Path | None:
    root = folder()
    return None if root is None or name is None else root / f"{name}-{file}"


def _keep(path: Path | None, data: bytes) -> None:
    """Keep for next time if that is possible; an answer never waits on it."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, data)
        old = time.time() - KEPT_DAYS * 86400
        for stale in path.parent.glob("*-*.*"):
            if stale.stat().st_mtime < old:
                stale.unlink(missing_ok=True)
    except (OSError, CmocnetError):
        pass
