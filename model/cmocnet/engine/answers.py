"""What the engine hands back: light mappings that build anything heavier only when asked.

Building a Series for each of fifty variables, or even a dict, would cost more than the inference
itself, so all numbers of an answer stay in one list and a mapping knows where its own begin.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from typing import TYPE_CHECKING

import numpy as np

from cmocnet.typing import Array

if TYPE_CHECKING:
    import pandas as pd


class Distribution(Mapping[str, float]):
    """State -> probability of one variable, in the order of its states.

    >>> trust = Distribution.of(["low", "high"], [0.25, 0.75])
    >>> trust["high"]
    0.75
    >>> trust.array
    array([0.25, 0.75])
    >>> trust == {"low": 0.25, "high": 0.75}
    True
    """

    __slots__ = ("_codes", "_numbers", "_start")

    def __init__(self, codes: Mapping[str, int], numbers: Sequence[float], start: int) -> None:
        self._codes = codes
        self._numbers = numbers
        self._start = start

    @classmethod
    def of(cls, states: Sequence[str], numbers: Sequence[float]) -> Distribution:
        """The distribution that gives these numbers to these states."""
        return cls({s: i for i, s in enumerate(states)}, [float(x) for x in numbers], 0)

    def __getitem__(self, state: str) -> float:
        return self._numbers[self._start + self._codes[state]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def items(self) -> ItemsView[str, float]:
        """State and probability, in the order of the states."""
        return dict(zip(self._codes, self.tolist(), strict=True)).items()

    def values(self) -> ValuesView[float]:
        """The probabilities in the order of the states."""
        return dict(zip(self._codes, self.tolist(), strict=True)).values()

    def __repr__(self) -> str:
        return repr(dict(self))

    def tolist(self) -> list[float]:
        """The probabilities in the order of the states."""
        return list(self._numbers[self._start : self._start + len(self._codes)])

    @property
    def array(self) -> Array:
        """The probabilities in the order of the states, as an array."""
        return np.array(self.tolist())

    def series(self, name: str | None = None) -> pd.Series[float]:
        """The probabilities as a pandas Series indexed by state."""
        import pandas as pd

        return pd.Series(self.array, index=pd.Index(list(self._codes)), name=name)


Places = Mapping[str, tuple[Mapping[str, int], int]]
"""Variable -> (code of each state, where its numbers begin)."""


class Posteriors(Mapping[str, Distribution]):
    """Variable -> :class:`Distribution`, over one list of numbers."""

    __slots__ = ("_numbers", "_places")

    def __init__(self, places: Places, numbers: Sequence[float]) -> None:
        self._places = places
        self._numbers = numbers

    @classmethod
    def of(cls, found: Mapping[str, Distribution]) -> Posteriors:
        """Distributions put together."""
        places: dict[str, tuple[Mapping[str, int], int]] = {}
        numbers: list[float] = []
        for v, distribution in found.items():
            places[v] = ({s: i for i, s in enumerate(distribution)}, len(numbers))
            numbers += distribution.tolist()
        return cls(places, numbers)

    def __getitem__(self, variable: str) -> Distribution:
        codes, start = self._places[variable]
        return Distribution(codes, self._numbers, start)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def items(self) -> ItemsView[str, Distribution]:
        """Variable and distribution."""
        numbers = self._numbers
        return {v: Distribution(c, numbers, at) for v, (c, at) in self._places.items()}.items()

    def __repr__(self) -> str:
        return repr(dict(self))

    @property
    def array(self) -> Array:
        """All probabilities, variable after variable, each in the order of its states.

        The quickest way to read every number: nothing is made but one array.
        """
        numbers = self._numbers
        if sum(len(codes) for codes, _ in self._places.values()) == len(numbers):
            return np.array(numbers)
        return np.array([x for v in self for x in self[v].tolist()])

    def frame(self) -> pd.DataFrame:
        """One row a state: columns variable, state, probability."""
        import pandas as pd

        rows = [(v, s, p) for v, states in self.items() for s, p in states.items()]
        return pd.DataFrame(rows, columns=["variable", "state", "probability"])


def places_of(codes: Mapping[str, Mapping[str, int]]) -> Places:
    """Where the numbers of each variable begin when all stand one after the other."""
    places: dict[str, tuple[Mapping[str, int], int]] = {}
    start = 0
    for v, states in codes.items():
        places[v] = (states, start)
        start += len(states)
    return places


class Tables(Mapping[str, Array]):
    """Variable -> array in the shape of its table, all views of one array ``flat``.

    >>> tables = Tables(np.arange(6.0), {"a": (slice(0, 2), (2,)), "b": (slice(2, 6), (2, 2))})
    >>> tables["b"]
    array([[2., 3.],
           [4., 5.]])
    """

    __slots__ = ("_spans", "flat")

    def __init__(self, flat: Array, spans: Mapping[str, tuple[slice, tuple[int, ...]]]) -> None:
        self.flat = flat
        self._spans = spans

    def __getitem__(self, variable: str) -> Array:
        span, shape = self._spans[variable]
        return self.flat[span].reshape(shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)
