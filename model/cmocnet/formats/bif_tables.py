"""The probability blocks of a BIF file, once every variable is declared: names to tables.

A name of several words may stand bare where commas part it from others; where blanks alone part
names, as the grammar allows, they are told apart by what is declared. What could be read both ways
is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import prod

import numpy as np

from cmocnet.formats.drafts import Draft
from cmocnet.formats.numbers import Numbers, Rows
from cmocnet.formats.places import Word, fail, shown

Segment = list[Word]
"""Words with no comma between them: one name of several words, or several names."""


@dataclass
class Block:
    """A probability block: its heading and its rows, before names are looked up."""

    at: int
    before: list[Segment]
    after: list[Segment] | None = None
    rows: list[tuple[list[Segment], int, Numbers]] = field(default_factory=list)
    table: tuple[int, Numbers] | None = None
    default: tuple[int, Numbers] | None = None


def whole(segment: Segment) -> Word | None:
    """A segment taken as one name; None where strings stand beside other words."""
    if len(segment) == 1:
        return segment[0]
    if any(word.quoted for word in segment):
        return None
    return Word(" ".join(word.text for word in segment), segment[0].at)


def names(segments: Sequence[Segment], many: int) -> list[Word]:
    """So many names: each segment taken as one where these are as many, else word by word."""
    wholes = [word for word in map(whole, segments) if word is not None]
    return wholes if len(wholes) == len(segments) == many else list(chain(*segments))


def define(draft: Draft, block: Block) -> None:
    """Look the names of a block up and put its rows in their places."""
    child, parents = _family(draft, block)
    shape = draft.head(child, parents)
    if block.table is None:
        rows = _rows(draft, block, child, [p.text for p in parents], shape)
    else:
        at, numbers = block.table
        draft.count(child, shape, len(numbers), at)
        rows = Rows.of(numbers, shape, axes=(len(parents), *range(len(parents))))
    draft.define(child, parents, rows)


def _family(draft: Draft, block: Block) -> tuple[Word, list[Word]]:
    """The child of a block, and its parents."""
    before = [word for segment in block.before for word in _known(draft, segment)]
    where = draft.place(block.at)
    if not before:
        fail("a probability block without a variable", where, "( variable | parents )")
    if block.after is None:
        return before[0], before[1:]
    if len(before) > 1:
        fail(f"{len(before)} variables before the bar", where, "one variable, then | and parents")
    return before[0], [word for segment in block.after for word in _known(draft, segment)]


def _known(draft: Draft, segment: Segment) -> list[Word]:
    """The variables of a segment: one name of several words, or several names."""
    joined = whole(segment)
    parted = all(word.text in draft.states for word in segment)
    if joined is None or len(segment) == 1 or joined.text not in draft.states:
        if joined is not None and not parted:
            draft.known(joined)
        for word in segment:
            draft.known(word)
        return segment
    if parted:
        what = f"{shown(joined.text)} is one variable and several"
        fail(what, draft.place(joined.at), "commas, or quotation marks")
    return [joined]


def _rows(
    draft: Draft, block: Block, child: Word, parents: Sequence[str], shape: Sequence[int]
) -> Rows:
    """Rows in any order, and the default for those that are not given."""
    *sides, own = shape
    many = prod(sides)
    values, digits = np.zeros((many, own)), np.zeros((many, own), dtype=np.int16)
    spots = np.full(many, -1, dtype=np.int64)
    for segments, at, numbers in block.rows:
        row = 0
        for side, state in zip(sides, _states_of(draft, segments, parents, at), strict=True):
            row = row * side + state
        _full(draft, child, own, at, numbers)
        if spots[row] >= 0:
            given = draft.configuration(parents, row) or "nothing"
            what = f"a second row of {shown(child.text)} given {given}"
            fail(what, draft.place(at))
        values[row], digits[row], spots[row] = numbers.values, numbers.digits, at
    missing = spots < 0
    if missing.any() and block.default is not None:
        at, numbers = block.default
        _full(draft, child, own, at, numbers)
        values[missing], digits[missing], spots[missing] = numbers.values, numbers.digits, at
    elif missing.any():
        given = draft.configuration(parents, int(missing.argmax()))
        what = f"no row of {shown(child.text)}" + (f" given {given}" if given else "")
        fail(what, draft.place(block.at), "a row for every configuration, or a default")
    return Rows(values, digits, spots)


def _states_of(draft: Draft, segments: list[Segment], parents: Sequence[str], at: int) -> list[int]:
    """The numbers of a row's states, one a parent."""
    found = names(segments, len(parents))
    if len(found) != len(parents):
        what = f"a row of {len(found)} states"
        expected = f"{len(parents)}, one for each of {', '.join(parents)}" if parents else "table"
        fail(what, draft.place(at), expected)
    return [draft.state(p, word) for p, word in zip(parents, found, strict=True)]


def _full(draft: Draft, child: Word, own: int, at: int, numbers: Numbers) -> None:
    """Refuse a row with too few or too many numbers."""
    if len(numbers) != own:
        what = f"{len(numbers)} numbers in a row of {shown(child.text)}"
        fail(what, draft.place(at), f"{own}, one a state")
