"""From plain derivatives of the tables to derivatives with covariation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cmocnet.typing import Array, DiscreteNetwork

CERTAIN = 1e-12
"""An entry this near to 1 leaves nothing to share in proportion."""


@dataclass(frozen=True, eq=False)
class RowsOfTables:
    """All entries of all tables, one after the other, and the row each belongs to."""

    values: Array
    starts: NDArray[np.intp]
    row: NDArray[np.intp]
    lengths: NDArray[np.int64]

    @classmethod
    def of(cls, network: DiscreteNetwork) -> RowsOfTables:
        """The rows of a network's tables in order."""
        values = [t.values for t in network.tables.values()]
        lengths = np.concatenate([np.full(v.size // v.shape[-1], v.shape[-1]) for v in values])
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.intp)
        row = np.repeat(np.arange(len(lengths)), lengths)
        flat = np.concatenate([v.ravel() for v in values])
        return cls(flat, starts, row, lengths.astype(np.int64))

    def covary(self, gradient: Array, *, compiled: bool) -> Array:
        """Derivatives when the other entries of the row change in proportion.

        With entry x moving by dx, each other entry y moves by -dx y / (1 - x). Where x is 1 the
        others are all zero and proportions say nothing; they then share the change equally.
        """
        if compiled:
            from cmocnet.engine import covariation

            covariation.covary(self.values, gradient, self.lengths)
            return gradient
        weighted = self.values * gradient
        others = np.add.reduceat(weighted, self.starts)[self.row] - weighted
        rest = 1.0 - self.values
        certain = rest < CERTAIN
        if not certain.any():
            return np.asarray(gradient - others / rest)
        equal = np.add.reduceat(gradient, self.starts)[self.row] - gradient
        equal /= np.maximum(self.lengths[self.row] - 1.0, 1.0)
        rest[certain] = 1.0
        return np.asarray(gradient - np.where(certain, equal, others / rest))
