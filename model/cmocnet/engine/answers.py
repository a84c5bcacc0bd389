"""What the engine hands back: light mappings that build a pandas object only when asked.

Building a Series for each of fifty variables would cost more than the inference itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from cmocnet.typing import Array

if TYPE_CHECKING:
    import pandas as pd


class Distribution(dict[str, float]):
    """State -> probability of one variable; a dict that also gives an array or a Series.

    >>> trust = Distribution({"low": 0.25, "high": 0.75})
    >>> trust["high"]
    0.75
    >>> trust.array
    array([0.25, 0.75])
    """

    __slots__ = ()

    @property
    def array(self) -> Array:
        """The probabilities in the order of the states."""
        return np.fromiter(self.values(), dtype=np.float64, count=len(self))

    def series(self, name: str | None = None) -> pd.Series[float]:
        """The probabilities as a pandas Series indexed by state."""
        import pandas as pd

        return pd.Series(self.array, index=pd.Index(list(self)), name=name)


class Posteriors(dict[str, Distribution]):
    """Variable -> :class:`Distribution`."""

    __slots__ = ()

    def frame(self) -> pd.DataFrame:
        """One row a state: columns variable, state, probability."""
        import pandas as pd

        rows = [(v, s, p) for v, states in self.items() for s, p in states.items()]
        return pd.DataFrame(rows, columns=["variable", "state", "probability"])


class Shelf:
    """Cuts a flat array of numbers into the distributions of the variables in order."""

    def __init__(self, states: Mapping[str, Sequence[str]]) -> None:
        self.names = tuple(states)
        self.states = tuple(states.values())
        ends = np.cumsum([len(s) for s in self.states]).tolist()
        self.slices = tuple(
            slice(end - len(s), end) for s, end in zip(self.states, ends, strict=True)
        )
        self.width = ends[-1] if ends else 0

    def cut(self, flat: Array) -> Posteriors:
        """``flat`` has the probabilities of all states of all variables, one after the other."""
        numbers = map(flat.tolist().__getitem__, self.slices)
        pairs = map(zip, self.states, numbers)
        return Posteriors(zip(self.names, map(Distribution, pairs), strict=True))


def split(flat: Array, spans: Sequence[tuple[str, slice, tuple[int, ...]]]) -> dict[str, Array]:
    """Tables of the given shapes, as views of one flat array."""
    return {name: part.reshape(shape) for (name, span, shape), part in _parts(flat, spans)}


def _parts(
    flat: Array, spans: Sequence[tuple[str, slice, tuple[int, ...]]]
) -> zip[tuple[tuple[str, slice, tuple[int, ...]], Array]]:
    return zip(spans, (whole[item[1]] for item, whole in zip(spans, repeat(flat))), strict=True)
