"""A solution as a record: solved numbers, and the shape of what is left unsure around them.

What is sure of the judgements given the statements is little: the covariance of their normal scores
is one everywhere but along a few directions. These are kept, so that drawing needs no solver.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from msgspec import Meta

from cmocnet.registry.judged import Found, Record, Rule
from cmocnet.typing import Array

NAME = "solved.json"
"""The generated file of a review's folder that holds its solutions."""
HALF = np.dtype("<f2")
"""Directions are kept in half precision: three digits, in draws that differ in the second."""


class Solved(Record, frozen=True):
    """One solution of a review.

    readings, rule
        the rival readings and the rule of combination under which it was solved
    numbers
        address -> the number, in the order of the directions' components
    directions, left
        along each direction of the unknown scores (the numbers' own parts, then what is common to
        all: the coder's tendency to overstate), of unit length, the standard deviation that the
        statements leave; it is 1 everywhere else
    """

    readings: dict[str, str]
    rule: Rule
    numbers: dict[str, Found]
    directions: tuple[bytes, ...]
    left: tuple[Annotated[float, Meta(gt=0, le=1)], ...]

    @property
    def axes(self) -> Array:
        """The directions, shape (directions, numbers + 1)."""
        flat = np.frombuffer(b"".join(self.directions), HALF)
        return flat.reshape(len(self.directions), len(self.numbers) + 1).astype(np.float64)

    def narrowed(self, free: Array) -> Array:
        """Standard normal scores (numbers + 1, n) -> the same with the statements' covariance.

        >>> one = Found(value=1.0, score=0.0, left=0.5, was=1.0, spread=1.0, by="coder")
        >>> axis = np.array([1.0, 0.0], HALF).tobytes()
        >>> solved = Solved(readings={}, rule="sum", numbers={"y/weight.x": one},
        ...     directions=(axis,), left=(0.5,))
        >>> solved.narrowed(np.array([[2.0], [2.0]])).ravel().tolist()
        [1.0, 2.0]
        """
        axes, taken = self.axes, 1.0 - np.array(self.left)
        return np.asarray(free - axes.T @ (taken[:, None] * (axes @ free)))
