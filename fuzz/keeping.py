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
from fuzz.drive import Case, Door, WrongError, write
from fuzz.mutation import flipped
from fuzz.reviews import VALID

QUESTION = "P(mood=high | sunlight=sun)"
DRAWS = 20
"""Draws of the judgements."""


@cache
def home() -> tuple[tempfile.TemporaryDirectory[str], Path, dict[str, bytes], tuple[float, ...]]:
    """A folder, the review in it, everything that is kept of it, and the right answers."""
    held = tempfile.TemporaryDirectory(prefix="cmocnet-fuzz-")
    review = Path(held.name) / "review"
    write(VALID, review)
    with _kept_in(Path(held.name)):
        right = _answers(review)
        found = keeping.folder()
        assert found is not None
        kept = {path.name: path.read_bytes() for path in sorted(found.iterdir())}
    return held, review, kept, right


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
    draws = net.samples({"mood": "high"}, answer.query.evidence, n=DRAWS)
    return (answer.probability or 0.0, answer.baseline or 0.0, *map(float, draws))


def _make(rng: Random) -> Case:
    """How each file is damaged, by its kind: names differ from one folder to the next."""
    kinds = sorted(name.partition("-")[2] for name in home()[2])
    kind = rng.choice(kinds)
    content = next(data for name, data in home()[2].items() if name.endswith(kind))
    other = rng.choice(list(home()[2].values()))
    ways = (flipped(rng, content), flipped(rng, content), b"", other, rng.randbytes(100))
    return {kind: rng.choice(ways)}


def _open(given: Case, _: Path) -> None:
    held, review, kept, right = home()
    with _kept_in(Path(held.name)):
        folder = keeping.folder()
        assert folder is not None
        for name in kept:
            if (kind := name.partition("-")[2]) in given:
                (folder / name).write_bytes(given[kind])
        if _answers(review) != right:
            raise WrongError("another answer than the right one")
        wrong = [name for name, data in kept.items() if (folder / name).read_bytes() != data]
        for name in wrong:
            (folder / name).write_bytes(kept[name])


DOOR = Door("kept", _make, _open)
