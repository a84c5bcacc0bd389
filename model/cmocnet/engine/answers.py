"""What the engine hands back: light mappings that build anything heavier only when asked.

Building a Series for each of fifty variables, or even a dict, would cost more than the inference
itself, so all numbers of an answer stay in one list and a mapping knows where its own begin.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from itertools import accumulate, repeat
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import numpy as np
from msgspec import Struct, StructMeta

from cmocnet.results import TOP, Strip, Table, html
from cmocnet.typing import Array

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
Span: TypeAlias = "slice[int, int, None]"


class _Meta(StructMeta, ABCMeta):
    """Of mappings that are records: those are made in a third of the time of other objects."""


class Distribution(Mapping[str, float], Struct, metaclass=_Meta, gc=False, eq=False):
    """State -> probability of one variable, in the order of its states.

    >>> trust = Distribution.of(["low", "high"], [0.25, 0.75])
    >>> trust["high"]
    0.75
    >>> trust.array
    array([0.25, 0.75])
    >>> trust == {"low": 0.25, "high": 0.75}
    True
    """

    _codes: Mapping[str, int]
    _numbers: list[float]
    _span: Span

    @classmethod
    def of(cls, states: Sequence[str], numbers: Sequence[float]) -> Distribution:
        """The distribution that gives these numbers to these states."""
        codes = {s: i for i, s in enumerate(states)}
        return cls(codes, [float(x) for x in numbers], slice(0, len(codes)))

    def __getitem__(self, state: str) -> float:
        return self._numbers[self._span.start + self._codes[state]]

    def __ne__(self, other: object) -> bool:
        return not self == other  # a record's own would compare identities

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
        return self._numbers[self._span]

    @property
    def array(self) -> Array:
        """The probabilities in the order of the states, as an array."""
        return np.array(self.tolist())

    def series(self, name: str | None = None) -> pd.Series[float]:
        """The probabilities as a pandas Series indexed by state."""
        import pandas as pd

        return pd.Series(self.array, index=pd.Index(list(self._codes)), name=name)


class Places:
    """Where those of each variable are in a list of all variables' numbers, one after the other."""

    __slots__ = ("codes", "of", "spans")

    def __init__(self, codes: Mapping[str, Mapping[str, int]]) -> None:
        self.codes = tuple(codes.values())
        self.spans = tuple(_spans(map(len, self.codes)))
        places = zip(self.codes, self.spans, strict=True)
        self.of = dict(zip(codes, places, strict=True))


class Shapes:
    """Where in one array the tables lie, one after the other, and the shape of each."""

    __slots__ = ("of", "record")

    def __init__(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        spans = _spans(map(prod, shapes.values()))
        places = zip(spans, shapes.values(), strict=True)
        self.of = dict(zip(shapes, places, strict=True))
        self.record = np.dtype([(f"f{i}", np.float64, x) for i, x in enumerate(shapes.values())])


def _spans(lengths: Iterable[int]) -> Iterator[Span]:
    """Spans of these lengths, one after the other."""
    ends = list(accumulate(lengths, initial=0))
    return map(slice, ends, ends[1:])


class _Answer(Mapping[str, T]):
    """Variable -> what one list of numbers or array has of it; all made at once if gone through."""

    __slots__ = ("_places",)
    _places: Any

    @abstractmethod
    def _all(self) -> Iterable[T]: ...

    def __iter__(self) -> Iterator[str]:
        return iter(self._places.of)

    def __len__(self) -> int:
        return len(self._places.of)

    def values(self) -> ValuesView[T]:
        """What there is of every variable."""
        return _Values(self)

    def items(self) -> ItemsView[str, T]:
        """Every variable, and what there is of it."""
        return dict(zip(self._places.of, self._all(), strict=True)).items()


class _Values(ValuesView[T]):
    """The values of an answer."""

    _mapping: _Answer[T]

    def __iter__(self) -> Iterator[T]:
        return iter(self._mapping._all())


class Posteriors(_Answer[Distribution]):
    """Variable -> :class:`Distribution`, over one list of numbers."""

    __slots__ = ("_numbers",)

    def __init__(self, places: Places, numbers: list[float]) -> None:
        self._places = places
        self._numbers = numbers

    def __getitem__(self, variable: str) -> Distribution:
        codes, span = self._places.of[variable]
        return Distribution(codes, self._numbers, span)

    def _all(self) -> Iterable[Distribution]:
        return map(Distribution, self._places.codes, repeat(self._numbers), self._places.spans)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _repr_html_(self) -> str:
        some = [(v, s, p) for v, states in [*self.items()][:TOP] for s, p in states.items()]
        rows = [(v, s, f"{p:.1%}") for v, s, p in some]
        names = ["Variable", "State", "Probability"]
        strips = [Strip(0.0, p) for *_, p in some]
        shown = f"{min(TOP, len(self))} of {len(self)} posteriors"
        return html([shown, Table(names, rows, names[2:], strips, scale=(0.0, 1.0))])

    @property
    def array(self) -> Array:
        """All probabilities, variable after variable, each in the order of its states.

        The quickest way to read every number: nothing is made but one array.
        """
        return np.array(self._numbers)

    def frame(self) -> pd.DataFrame:
        """One row a state: columns variable, state, probability."""
        import pandas as pd

        rows = [(v, s, p) for v, states in self.items() for s, p in states.items()]
        return pd.DataFrame(rows, columns=["variable", "state", "probability"])


class Tables(_Answer[Array]):
    """Variable -> array in the shape of its table, all views of one array ``flat``.

    >>> tables = Tables(np.arange(6.0), Shapes({"a": (2,), "b": (2, 2)}))
    >>> tables["b"]
    array([[2., 3.],
           [4., 5.]])
    """

    __slots__ = ("flat",)

    def __init__(self, flat: Array, shapes: Shapes) -> None:
        self.flat = flat
        self._places = shapes

    def __getitem__(self, variable: str) -> Array:
        span, shape = self._places.of[variable]
        table: Array = self.flat[span].reshape(shape)
        return table

    def _all(self) -> Iterable[Array]:
        """Every table at once: the fields of one record, which NumPy makes quickest."""
        return cast("tuple[Array, ...]", self.flat.view(self._places.record).item())
