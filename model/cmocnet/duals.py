"""Numbers that know how they change: a value, and its slope along every unknown.

Forward-mode differentiation over the few operations that effects are made of. What is deep, from
table entries to a posterior, is not done here but by the engine's backward run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cmocnet.typing import Array


@dataclass(frozen=True, eq=False)
class Dual:
    """A number and its derivatives, shape (unknowns,).

    >>> x, y = Dual(3.0, np.array([1.0, 0.0])), Dual(2.0, np.array([0.0, 1.0]))
    >>> z = x * y - 1.0
    >>> z.value, z.slope.tolist()
    (5.0, [2.0, 3.0])
    >>> (1.0 - x / y).slope.tolist()
    [-0.5, 0.75]
    """

    value: float
    slope: Array

    @classmethod
    def of(cls, number: Dual | float, like: Dual) -> Dual:
        """A constant has no slope."""
        return number if isinstance(number, Dual) else cls(number, np.zeros_like(like.slope))

    def __add__(self, other: Dual | float) -> Dual:
        y = Dual.of(other, self)
        return Dual(self.value + y.value, self.slope + y.slope)

    def __sub__(self, other: Dual | float) -> Dual:
        return self + -1.0 * Dual.of(other, self)

    def __mul__(self, other: Dual | float) -> Dual:
        y = Dual.of(other, self)
        return Dual(self.value * y.value, self.slope * y.value + self.value * y.slope)

    def __truediv__(self, other: Dual | float) -> Dual:
        y = Dual.of(other, self)
        ratio = self.value / y.value
        return Dual(ratio, (self.slope - ratio * y.slope) / y.value)

    def __neg__(self) -> Dual:
        return self * -1.0

    def __pow__(self, power: float) -> Dual:
        return Dual(self.value**power, power * self.value ** (power - 1.0) * self.slope)

    def __rsub__(self, other: float) -> Dual:
        return -self + other

    __radd__, __rmul__ = __add__, __mul__
