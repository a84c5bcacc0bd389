"""The one generated file of a review's folder: its solutions, read strictly, and found stale.

``cmocnet solve --write`` writes it, as JSON so that it is read at once; a number stands on a line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec.structs import replace

from cmocnet.errors import CmocnetError, QueryError
from cmocnet.reading import read_whole, shown
from cmocnet.registry.address import Address
from cmocnet.registry.faults import Spot
from cmocnet.registry.judged import Record, Rule
from cmocnet.registry.places import Layer
from cmocnet.registry.records import Cmoc, Review
from cmocnet.registry.solution import HALF, NAME, Solved
from cmocnet.registry.solved import applied, changed

MAX_BYTES = 50_000_000
ABOUT = "Written by cmocnet solve --write: the most probable numbers given what the review states."
WRITTEN = "the file as cmocnet solve --write writes it, or none"
PROSE = {"why", "note", "says"}
"""Fields of a record that no number depends on."""


class SolvedFile(Record, frozen=True):
    """The content of the file: ``of`` is a :func:`stamp` of the files that were solved."""

    about: str
    of: str
    solutions: tuple[Solved, ...]


# --- which files ----------------------------------------------------------------------------------


def stamp(review: Review) -> str:
    """A name for what decides the solution in a review's files, as it stands."""
    about, situations = review.about, review.situations.values()
    deciding = (
        (review.protocol, about.rounds, about.headline, about.base_rates),
        [(s.given, s.seen) for s in situations if s.seen],
        [(v.name, v.layer, v.states, v.table) for v in review.variables.values()],
        [_stated(cmoc) for cmoc in review.cmocs.values()],
    )
    said = repr(_plain(deciding)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(said).hexdigest()[:32]


def _stated(cmoc: Cmoc) -> object:
    codes = (cmoc.hedge, cmoc.evidence, cmoc.agreement, cmoc.references)
    return cmoc.id, cmoc.type, codes, cmoc.tests, cmoc.readings, cmoc.adopted, cmoc.same_as


def _plain(value: Any) -> Any:
    """As lists of plain values, without prose."""
    if isinstance(value, msgspec.Struct):
        fields = ((f, getattr(value, f)) for f in value.__struct_fields__ if f not in PROSE)
        return [type(value).__name__, *([f, _plain(x)] for f, x in fields)]
    if isinstance(value, Mapping):
        return [[str(k), _plain(v)] for k, v in value.items()]
    return [_plain(v) for v in value] if isinstance(value, (list, tuple)) else value


# --- reading --------------------------------------------------------------------------------------


def solved(review: Review, standing: Callable[[], Review], rule: Rule, spot: Spot) -> Review:
    """The review with the solved numbers of its folder; as it is where it has none.

    Parameters
    ----------
    review
        With everything laid over it.
    standing
        Gives the review as it stands, with nothing laid over it.
    rule
        The rule of combination whose solution is wanted.
    spot
        Where a damaged file is told.
    """
    path = Path(review.path)
    spot.faults.places.layers[NAME] = (Layer(path / NAME),)
    content = _content(path / NAME, spot)
    if content is None:
        return review
    notices = []
    if content.of != stamp(standing()):
        again = f"solve anew with: cmocnet solve --write --model {shown(path)}"
        notices.append(f"{shown(path / NAME)}: solved numbers are older than the files; {again}")
    wanted = changed(review.cmocs, review.readings)
    by_key = {(tuple(sorted(s.readings.items())), s.rule): s for s in content.solutions}
    found = by_key.get((tuple(sorted(wanted.items())), rule))
    if found is None:
        found = by_key.get(((), "sum"))
        under = [f"{key}={name}" for key, name in wanted.items()]
        told = ", ".join([*under, *(["effects combined by product"] if rule == "product" else [])])
        instead = "those of the review as it stands are used" if found else "none are used"
        notices.append(f"{shown(path / NAME)}: no solved numbers under {told}; {instead}")
    review = replace(review, notices=(*review.notices, *notices))
    return applied(review, found) if found else review


def _content(path: Path, spot: Spot) -> SolvedFile | None:
    """What the file says; None where there is none, or it is damaged, which is a fault."""
    if not path.exists() and not path.is_symlink():
        return None
    try:
        raw = read_whole(path, MAX_BYTES)
    except CmocnetError as error:
        spot.wrong(error.what, expected=error.expected, shape=True)
        return None
    try:
        content = msgspec.json.decode(raw, type=SolvedFile)
    except msgspec.DecodeError as error:
        what, _, place = str(error).partition(" - at `")
        byte = re.search(r"\(byte (\d+)\)", what)
        line = raw[: int(byte[1])].count(b"\n") + 1 if byte else None
        inside = place.strip("`").removeprefix("$").lstrip(".")
        spot = spot / inside if inside else spot
        spot.wrong(what[:1].lower() + what[1:], expected=WRITTEN, line=line, shape=True)
        return None
    wrong = [fault for n, one in enumerate(content.solutions) for fault in _unsound(one, n)]
    for key, what in wrong[:1]:
        (spot / key).wrong(what, expected=WRITTEN, shape=True)
    return None if wrong else content


def _unsound(one: Solved, n: int) -> Iterator[tuple[str, str]]:
    """What cannot be in a solution, and where."""
    at = f"solutions[{n + 1}]"
    for text, found in one.numbers.items():
        try:
            weight = Address.parse(text).part == "weight"
        except QueryError as error:
            yield f"{at}.numbers", error.what
            continue
        if found.value > 1.0 and not weight:
            yield f"{at}.numbers.{text}", f"{found.value:g} is no probability"
    long = (len(one.numbers) + 1) * HALF.itemsize
    if len(one.directions) != len(one.left):
        yield f"{at}.left", f"{len(one.left)} for {len(one.directions)} directions"
    for k, direction in enumerate(one.directions, start=1):
        if len(direction) != long or not np.isfinite(np.frombuffer(direction, HALF)).all():
            yield f"{at}.directions[{k}]", f"not {len(one.numbers) + 1} numbers"


# --- writing --------------------------------------------------------------------------------------


def written(of: str, solutions: Iterable[Solved]) -> str:
    """The text of the file, for solutions of the files that have this stamp."""
    inside = ",\n".join(map(_told, solutions))
    about, mark = _json(ABOUT), _json(of)
    return f'{{"about": {about},\n"of": {mark},\n"solutions": [\n{inside}]}}\n'


def _told(one: Solved) -> str:
    """A solution, a number a line, so that a difference between two can be read."""
    numbers = (f"{_json(str(key))}: {_json(found)}" for key, found in one.numbers.items())
    others = (f for f in one.__struct_fields__ if f != "numbers")
    rest = "".join(f",\n{_json(f)}: {_json(getattr(one, f))}" for f in others)
    return '{"numbers": {\n' + ",\n".join(numbers) + "}" + rest + "}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
