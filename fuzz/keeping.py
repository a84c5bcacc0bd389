"""Kept files: whatever became of them, the answer is the right one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import cmocnet
from cmocnet import keeping
from fuzz.drive import Case, Door, WrongError, place, write
from fuzz.mutation import flipped
from fuzz.reviews import VALID

QUESTION = "P(mood=high | sunlight=sun)"
KINDS = ("review", "tables", "draws", "rivals")
"""What is kept of a review; compiled loops are read once a run, so that a new one is needed."""


@cache
def home() -> tuple[tempfile.TemporaryDirectory[str], Path, dict[str, bytes], tuple[float, ...]]:
    """A folder, the review in it, everything that is kept of it, and the right answers."""
    held = place()
    review = Path(held.name) / "review"
    write(VALID, review)
    with _kept_in(Path(held.name)):
        right = _answers(review)
        found = keeping.folder()
        assert found is not None
        files = [path for path in sorted(found.iterdir()) if kind_of(path.name) in KINDS]
        kept = {path.name: path.read_bytes() for path in files}
    return held, review, kept, right


def kind_of(name: str) -> str:
    """What a kept file holds.

    >>> kind_of("0123abcd-tables.kept")
    'tables'
    """
    return name.partition("-")[2].removesuffix(keeping.ENDING)


@contextlib.contextmanager
def _kept_in(folder: Path) -> Iterator[None]:
    before = os.environ.get(keeping.VARIABLE)
    os.environ[keeping.VARIABLE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[keeping.VARIABLE]
        else:
            os.environ[keeping.VARIABLE] = before


def _answers(review: Path) -> tuple[float, ...]:
    net = cmocnet.load(review)
    answer = net.query(QUESTION)
    draws = net.samples({"mood": "high"}, answer.query.evidence)
    rivals = [float(values.sum()) for values in net.rivals.tables.values()]
    return (answer.probability or 0.0, answer.baseline or 0.0, *map(float, draws), *rivals)


def _make(rng: Random) -> Case:
    """A damaged file under its kind: its name differs from one folder to the next."""
    kind = rng.choice(KINDS)
    content = next(data for name, data in home()[2].items() if kind_of(name) == kind)
    other = rng.choice(list(home()[2].values()))
    ways = (flipped(rng, content), flipped(rng, content), b"", other, rng.randbytes(100))
    return {kind: rng.choice(ways)}


def _open(given: Case, _: Path) -> None:
    held, review, kept, right = home()
    with _kept_in(Path(held.name)):
        folder = keeping.folder()
        assert folder is not None
        for name in kept:
            if (kind := kind_of(name)) in given:
                (folder / name).write_bytes(given[kind])
        if _answers(review) != right:
            raise WrongError("another answer than the right one")
        wrong = [name for name, data in kept.items() if (folder / name).read_bytes() != data]
        for name in wrong:
            (folder / name).write_bytes(kept[name])


DOOR = Door("kept", _make, _open)
