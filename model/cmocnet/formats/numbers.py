"""Probabilities as they are printed: read to the nearest double, rows held to a sum of one.

A row that is off by no more than rounding to its printed digits explains is rescaled and told;
any other is refused. Programs print between two and seventeen digits, some in single precision.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.formats.places import Word, fail, shown
from cmocnet.typing import Array

NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
EXACT = 1e-12
"""Sums this near to one are left as they are."""
SINGLE = 1e-7
"""What a probability kept in single precision may be off by."""
MOST_DIGITS = 400
"""More decimals than any double has: more are counted as so many."""


@dataclass(frozen=True)
class Numbers:
    """Probabilities in the file's order, with the digits each was printed with and its place."""

    values: Array
    digits: NDArray[np.int16]
    spots: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def of(cls, words: Iterable[Word], place: Callable[[int], str]) -> Numbers:
        """The numbers as printed; refused is what is none, or negative, above one or infinite."""
        values, digits, spots = array("d"), array("h"), array("q")
        for word in words:
            if word.quoted or not NUMBER.fullmatch(word.text):
                what = f"{shown(word.text)} is not a probability"
                fail(what, place(word.at), "a number from 0 to 1")
            values.append(float(word.text))
            if values[-1] > 1 + SINGLE:
                fail(f"{shown(word.text)} is more than 1", place(word.at), "a number from 0 to 1")
            digits.append(decimals(word.text))
            spots.append(word.at)
        return cls(np.array(values), np.array(digits), np.array(spots))


def printed(values: Array, between: str = " ") -> list[str]:
    """The rows of a table, each number as it reads back to the same double.

    >>> printed(np.array([[0.1, 0.9], [0.25, 0.75]]))
    ['0.1 0.9', '0.25 0.75']
    """
    rows = values.reshape(-1, values.shape[-1]).tolist()
    return [between.join(map(repr, row)) for row in rows]


def decimals(text: str) -> int:
    """How many decimals a number is printed to; less than zero (-1 - decimals) with an exponent.

    >>> decimals("0.250"), decimals("1"), decimals("2.5e-3")
    (3, 0, -5)
    """
    mantissa, _, exponent = text.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    if not exponent:
        return min(places, MOST_DIGITS)
    power = int(exponent) if len(exponent) < 6 else -MOST_DIGITS
    return -1 - min(max(places - power, 0), MOST_DIGITS)


@dataclass(frozen=True)
class Rows:
    """One row a configuration of the parents, the last parent running fastest.

    ``values`` and ``digits`` have shape (configurations, states); ``spots`` says where each row
    begins.
    """

    values: Array
    digits: NDArray[np.int16]
    spots: NDArray[np.int64]

    @classmethod
    def of(cls, numbers: Numbers, shape: Sequence[int], axes: Sequence[int] = ()) -> Rows:
        """All numbers of a table of this shape, a side a parent and the own states' side last.

        ``axes`` are the sides as the file runs through them, slowest first, where it does so in
        another order.

        >>> numbers = Numbers.of((Word(x, 0) for x in "0.1 0.4 0.9 0.6".split()), str)
        >>> Rows.of(numbers, (2, 2), axes=(1, 0)).values.tolist()
        [[0.1, 0.9], [0.4, 0.6]]
        """
        parts: list[NDArray[Any]] = [numbers.values, numbers.digits, numbers.spots]
        if axes:
            sides, ours = [shape[axis] for axis in axes], np.argsort(axes)
            parts = [part.reshape(sides).transpose(ours) for part in parts]
        values, digits, spots = (part.reshape(-1, shape[-1]) for part in parts)
        return cls(values, digits, spots[:, 0])


def scaled(rows: Rows) -> tuple[Array, list[int], int | None]:
    """The rows with sums of one, the numbers of those rescaled, and the first that cannot be.

    >>> numbers = Numbers.of((Word(x, 0) for x in "0.333 0.333 0.333".split()), str)
    >>> scaled(Rows.of(numbers, (3,)))[0].round(6).tolist()
    [[0.333333, 0.333333, 0.333333]]
    """
    sums = rows.values.sum(axis=1)
    values = rows.values.copy()
    changed: list[int] = []
    for row in map(int, np.flatnonzero(np.abs(sums - 1) > EXACT)):
        if not _rounded(rows.values[row], rows.digits[row], float(sums[row])):
            return values, changed, row
        values[row] /= sums[row]
        changed.append(row)
    return values, changed, None


def _rounded(values: Array, digits: NDArray[np.int16], total: float) -> bool:
    """Is the sum off by no more than the rounding of each number explains?

    Every number may be off by half a unit of the last digit that the row is printed to, and
    rescaling must move none by more than a unit.
    """
    off = abs(total - 1)
    if total <= 0:
        return False
    if off <= SINGLE * len(values):
        return True
    finest = int(digits.max())
    if finest < 0:
        finest = -1 - int(digits[values.argmax()])
    if finest == 0:
        return False
    unit = 10.0**-finest
    moved = float(np.abs(values / total - values).max())
    return off < unit * len(values) / 2 * (1 - 1e-9) and moved <= unit
