"""What was worked out from a review's files, kept for the next time they are the same.

Reading the files, listing their phrases and building the tables takes longer than a question. The
results are kept (by :mod:`.keeping`, which says where) under a key made of every file's content and
of this package's own code, as MessagePack (never pickle). A missing, foreign or damaged entry is
made anew. Where ``CMOCNET_CACHE`` is empty, none is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from cmocnet import keeping
from cmocnet.folding import Folding
from cmocnet.lexicon import Lexicon, Listed
from cmocnet.registry.records import Review
from cmocnet.typing import Array

T = TypeVar("T")
Packed = dict[str, tuple[str, tuple[int, ...], memoryview]]
"""Arrays by name: what each number is, the shape, the numbers."""

CODE = (
    "registry/*.py",
    "elicitation/*.py",
    "limits.py",
    "parts.py",
    "typing.py",
    "rounds.py",
    "model.py",
    "rivals.py",
    "shelf.py",
    "keeping.py",
    "lexicon.py",
    "folding.py",
    "comparing.py",
    "wording.py",
)
"""The modules by which a review's files become what is kept, and say how it is kept."""
LARGE = 8_000_000
"""Bytes from which on a file's size and date stand for its content: no review has such a file."""

_last: list[tuple[object, Lexicon]] = []
"""What the phrases listed last were made of, and they."""


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
    return _kept(name, "review", Review, make)


def lexicon(name: str | None, review: Review) -> Lexicon:
    """The words of a review, with the phrases kept under a name, or listed and kept."""

    def make() -> tuple[Folding, Listed]:
        built = _spoken(review)
        return built.folding, built.listed()

    folding, listed = _kept(name, "phrases", tuple[Folding, Listed], make)
    return Lexicon(review.variables, folding, *listed)


def _spoken(review: Review) -> Lexicon:
    """The words of a review; one that differs from the last in numbers alone has its phrases."""
    said = (
        review.words,
        [
            (name, v.label, v.names, v.states, v.state_words, v.state_labels, v.bare)
            for name, v in review.variables.items()
        ],
    )
    built = next((known for words, known in _last if words == said), None)
    if built is None:
        built = Lexicon.build(review.variables, review.words)
        _last[:] = [(said, built)]
    return Lexicon(review.variables, built.folding, *built.listed())


def arrays(
    name: str | None, kind: str, make: Callable[[], Mapping[str, Array]]
) -> dict[str, Array]:
    """Arrays kept under a name, or made and kept."""
    if name is None:
        return dict(make())  # unpacked
    found = _kept(name, kind, Packed, lambda: _packed(make()))
    return {
        entry: np.frombuffer(data, dtype).reshape(shape).copy()  # aligned, and to be written to
        for entry, (dtype, shape, data) in found.items()
    }


def _packed(made: Mapping[str, Array]) -> Packed:
    return {
        entry: (values.dtype.str, values.shape, memoryview(values.tobytes()))
        for entry, values in made.items()
    }


def _kept(name: str | None, what: str, kind: type[T], make: Callable[[], T]) -> T:
    """What is kept under a name, or made and kept."""
    if name is None:
        return make()
    place = f"{name}-{what}"
    kept = keeping.fetch(place)
    if kept is not None:
        try:
            return msgspec.msgpack.decode(kept, type=kind)
        except msgspec.MsgspecError:
            keeping.doubt(place)
    made = make()
    with contextlib.suppress(UnicodeError):  # the name of a review's folder need not be text
        keeping.keep(place, msgspec.msgpack.encode(made))
    return made
