"""What was worked out from a review's files, kept for the next time they are the same.

Reading the files and building the tables takes longer than a question. The results are kept (by
:mod:`.keeping`, which says where) under a key made of every file's content and of this package's
own code, as MessagePack and NumPy arrays (never pickle). A missing, foreign or damaged entry is
made anew. Where ``CMOCNET_CACHE`` is empty, none is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import numpy as np

from cmocnet import keeping
from cmocnet.registry.records import Review
from cmocnet.typing import Array

CODE = ("registry/*.py", "elicitation/*.py", "rounds.py", "model.py")
"""The modules by which a review's files become what is kept."""
LARGE = 8_000_000
"""Bytes from which on a file's size and date stand for its content: no review has such a file."""


def key(folders: Iterable[Path], readings: Mapping[str, str]) -> str | None:
    """A name for what these folders' files and readings say, as this code understands them.

    None where they cannot be read, so that nothing is kept and the reader says why.
    """
    package = Path(__file__).resolve().parent
    digest = hashlib.sha256(repr(sorted(readings.items())).encode("utf-8", "surrogateescape"))
    try:
        for source in sorted(found for names in CODE for found in package.glob(names)):
            now = source.stat()
            digest.update(f"{source.name} {now.st_size} {now.st_mtime_ns}\n".encode())
        for root in folders:
            digest.update(os.fsencode(root.resolve(strict=True)) + b"\n")
            for part in _contents(root):
                digest.update(part)
    except (OSError, ValueError, RuntimeError):
        return None
    return digest.hexdigest()[:32]


def _contents(root: Path) -> Iterator[bytes]:
    """Name, size and content of every file that belongs to a review."""
    for file in sorted([*root.glob("*.*"), *root.glob("*/*.yaml")]):
        now = file.stat()
        if stat.S_ISREG(now.st_mode):
            yield os.fsencode(file.relative_to(root)) + f" {now.st_size}\n".encode()
            large = now.st_size > LARGE
            yield str(now.st_mtime_ns).encode() if large else file.read_bytes()


def review(name: str | None, make: Callable[[], Review]) -> Review:
    """The review kept under a name, or made and kept."""
    if name is None:
        return make()
    name = f"{name}-review"
    kept = keeping.fetch(name)
    if kept is not None:
        try:
            return msgspec.msgpack.decode(kept, type=Review)
        except msgspec.MsgspecError:
            keeping.doubt(name)
    made = make()
    with contextlib.suppress(UnicodeError):  # the name of its folder need not be text
        keeping.keep(name, msgspec.msgpack.encode(made))
    return made


def arrays(
    name: str | None, kind: str, make: Callable[[], Mapping[str, Array]]
) -> dict[str, Array]:
    """Arrays kept under a name, or made and kept."""
    if name is None:
        return dict(make())
    name = f"{name}-{kind}"
    kept = keeping.fetch(name)
    if kept is not None:
        try:
            with np.load(io.BytesIO(kept), allow_pickle=False) as found:
                return {entry: found[entry] for entry in found.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            keeping.doubt(name)
    made = dict(make())
    buffer = io.BytesIO()
    np.savez(buffer, **made)  # type: ignore[arg-type]  # keywords are array names
    keeping.keep(name, buffer.getvalue())
    return made
