"""Intervals over draws of the judgements, and which way a difference goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from cmocnet.errors import CmocnetError
from cmocnet.registry.records import Variable
from cmocnet.results import TOP, Part, Result, Rows, Strip, Table
from cmocnet.typing import Array

Interval = tuple[float, float]
LEVEL = 0.9
"""Mass of the central credible interval that is reported unless another is asked for."""
NOTHING = 1e-9
"""Differences of probabilities or expected scores within this are rounding: none, either way."""

Way = Literal["higher", "lower"]


def way(difference: float) -> Way | None:
    """Which way a difference goes; None where it is none. Every direction that is told comes of it.

    >>> way(0.1), way(-0.1), way(-1e-16)
    ('higher', 'lower', None)
    """
    if abs(difference) <= NOTHING:
        return None
    return "higher" if difference > 0 else "lower"


def central(samples: Array, level: float = LEVEL) -> Interval:
    """The central credible interval of draws: equal tails outside, each of ``(1 - level) / 2``.

    >>> central(np.arange(5.0), 0.5)
    (1.0, 3.0)
    """
    if not 0 < level < 1:
        raise CmocnetError(f"level {level:g}", expected="a number between 0 and 1")
    low, high = np.quantile(samples, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


@dataclass(frozen=True, eq=False, repr=False)
class Intervals(Result, Mapping[str, Mapping[str, Interval]]):
    """Variable -> state -> the credible interval of its probability, with mass ``level``."""

    found: Mapping[str, Mapping[str, Interval]]
    level: float
    variables: Mapping[str, Variable]
    note: str

    def __getitem__(self, name: str) -> Mapping[str, Interval]:
        return self.found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    @property
    def caution(self) -> str:
        """What the review's numbers are, and are not."""
        return self.note

    @property
    def finding(self) -> str:
        """How many, and of what mass."""
        return f"{self.level:.0%} credible intervals of {len(self)} variables"

    columns = ("variable", "state", "low", "high")

    def rows(self) -> Rows:
        """One a state."""
        return [(v, s, *ends) for v, states in self.items() for s, ends in states.items()]

    def record(self) -> dict[str, Any]:
        """The same as plain data."""
        return {v: {s: list(ends) for s, ends in states.items()} for v, states in self.items()}

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """The states of the first variables, a bar each from one end to the other."""
        yield self.finding
        rows = [
            (self.variables[v].label, self.variables[v].state_labels[s], ends)
            for v in [*self][:top]
            for s, ends in self[v].items()
        ]
        yield Table(
            ["Variable", "State", "From", "To"],
            [(label, state, f"{low:.0%}", f"{high:.0%}") for label, state, (low, high) in rows],
            ["From", "To"],
            [Strip(*ends) for *_, ends in rows],
            scale=(0.0, 1.0),
        )
        yield f"{min(top, len(self))} of {len(self)} variables"
