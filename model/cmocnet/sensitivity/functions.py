"""Sensitivity functions: an answer as an exact function of one or two table entries.

When an entry x moves and the rest of its row keeps its proportions, both P(event, evidence) and
P(evidence) are linear in x, so that P(event | evidence)(x) = (a x + b) / (c x + d) (Castillo,
Gutiérrez & Hadi 1997, IEEE SMC-A 27:412; van der Gaag, Renooij & Coupé 2007, Sensitivity analysis
of probabilistic networks, in Advances in Probabilistic Graphical Models, 103-124). Coefficients are
scaled so that the denominator is 1 at today's value. How far a change moves a whole distribution:
:mod:`.distance`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from math import exp, inf, isfinite, sqrt
from typing import Any

import numpy as np

from cmocnet.asked import Asked, Finding
from cmocnet.engine import compile as compiled
from cmocnet.engine.circuit import CERTAIN
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.parts import written
from cmocnet.results import TOP, Part, Rows, Several, Strip, Table
from cmocnet.sensitivity.distance import odds_distance
from cmocnet.sensitivity.entries import Entry, checked, entry_at, with_entries
from cmocnet.typing import Array

ROUNDING = 1e-12
"""A coefficient within this of 0 is rounding."""
COEFFICIENTS = ("a", "b", "c", "d")
SLOPES = ("sensitivity_value", "vertex_proximity")


@dataclass(frozen=True)
class SensitivityFunction:
    """P(event | evidence) = (a x + b) / (c x + d) of the table entry x, for x in [0, 1]."""

    entry: Entry
    value: float
    a: float
    b: float
    c: float
    d: float

    def __call__(self, x: float) -> float:
        """The answer with the entry at ``x``.

        Raises
        ------
        EvidenceError
            The evidence is impossible with the entry there.
        """
        below = self.c * x + self.d
        if below <= CERTAIN * max(abs(self.c), abs(self.d)):
            raise EvidenceError(f"impossible evidence with {self.entry} at {x:g}")
        return (self.a * x + self.b) / below

    @property
    def sensitivity_value(self) -> float:
        """|slope| of the function at today's value."""
        return abs(self.a * self.d - self.b * self.c) / (self.c * self.value + self.d) ** 2

    @property
    def vertex(self) -> float | None:
        """Where the slope of the hyperbola branch is 1 or -1; None for a straight line.

        Left or right of it the answer turns from hardly to strongly sensitive.
        """
        slant = abs(self.a * self.d - self.b * self.c)
        if abs(self.c) < CERTAIN or slant < CERTAIN:
            return None
        asymptote, reach = -self.d / self.c, sqrt(slant) / abs(self.c)
        return asymptote + reach if asymptote < self.value else asymptote - reach

    @property
    def vertex_proximity(self) -> float:
        """Distance from today's value to the vertex: small means a small slope may mislead.

        Infinite for a straight line.
        """
        vertex = self.vertex
        return inf if vertex is None else abs(self.value - vertex)

    def record(self) -> dict[str, Any]:
        """The entry, its value, the coefficients and the slope; no proximity for a line."""
        near = self.vertex_proximity
        return {
            **asdict(self.entry),
            **{k: getattr(self, k) for k in ("value", *COEFFICIENTS, "sensitivity_value")},
            "vertex_proximity": near if isfinite(near) else None,
        }

    def distance(self, x: float) -> float:
        """Chan-Darwiche distance between the networks with the entry as it is and at ``x``."""
        return odds_distance(self.value, x)

    def reaching(self, probability: float) -> float | None:
        """The value of the entry at which the answer is ``probability``; None if there is none.

        >>> f = SensitivityFunction(Entry("rain", "yes", {}), 0.2, 0.8, 0.0, 0.7, 0.1)
        >>> round(f.reaching(0.5), 6)
        0.111111
        """
        slope = self.a - probability * self.c
        if abs(slope) < CERTAIN:
            return None
        x = (probability * self.d - self.b) / slope
        return x if 0.0 <= x <= 1.0 else None


@dataclass(frozen=True, repr=False)
class Functions(Several[SensitivityFunction], Finding):
    """The answer as a function of each table entry, the most sensitive first."""

    items: tuple[SensitivityFunction, ...]

    @property
    def finding(self) -> str:
        """How many entries, and the steepest."""
        told = f"{len(self)} entries"
        return f"{told}, slope {self[0].sensitivity_value:.3g} at {self[0].entry}" if self else told

    columns = ("variable", "state", "given", "value", *COEFFICIENTS, *SLOPES)

    def rows(self) -> Rows:
        """One an entry; the proximity of a straight line is infinite."""
        for f in self:
            told = {"given": f.entry.conditions, "vertex_proximity": f.vertex_proximity}
            yield f.record() | told

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """One row an entry: its value, the slope there, and the coefficients."""
        yield "Table entries: the answer is (a x + b) / (c x + d), slope at today's x:"
        rows = []
        for f in self[:top]:
            coefficients = [getattr(f, k) for k in COEFFICIENTS]
            plain = (n if abs(n) > ROUNDING else 0.0 for n in coefficients)
            numbers = (f.value, f.sensitivity_value, *plain)
            given = ", ".join(self.asked.in_words(p, s) for p, s in f.entry.given.items())
            entry = self.asked.in_words(f.entry.variable, f.entry.state)
            told = f"{entry} | {given}" if given else entry
            rows.append((*(f"{n:.3g}" for n in numbers), told))
        names = ["x", "Slope", *COEFFICIENTS]
        ends = [Strip(0.0, f.sensitivity_value) for f in self[:top]]
        yield Table([*names, "Entry"], rows, names, ends)
        yield f"{min(top, len(self))} of {len(self)} entries, the most sensitive first"


@dataclass(frozen=True, eq=False)
class TwoWay:
    """The answer as a ratio of functions bilinear in two entries x and y.

    above, below
        Coefficients of numerator and denominator, [[1, y], [x, x y]], of shape (2, 2).
    """

    first: Entry
    second: Entry
    above: Array
    below: Array

    def __call__(self, x: float, y: float) -> float:
        """The answer with the first entry at ``x`` and the second at ``y``."""
        terms = np.outer([1.0, x], [1.0, y])
        below = float((self.below * terms).sum())
        if below <= CERTAIN * float(np.abs(self.below).max()):
            raise EvidenceError(f"impossible evidence at {x:g}, {y:g}")
        return float((self.above * terms).sum()) / below


def sensitivity_function(asked: Asked, entry: Entry) -> SensitivityFunction:
    """The answer as a function of one table entry, from the network at its two ends.

    Raises
    ------
    QueryError
        The entry or the question names something unknown, or a marginal is fixed, under which the
        answer is no ratio of linear functions.

    >>> from cmocnet import load
    >>> larger = Entry("org_size", "larger", {})
    >>> f = sensitivity_function(load().ask("P(dissolution | mandated)"), larger)
    >>> 0 < f(0.1) < 1
    True
    """
    asked = _linear(asked)
    entry, index = checked(asked.program.network, entry)
    above, below = _corners(asked, [entry])
    value = asked.program.network.tables[entry.variable].values[index]
    numbers = map(float, (value, *above[::-1], *below[::-1]))
    return SensitivityFunction(entry, *numbers)


def two_way(asked: Asked, first: Entry, second: Entry) -> TwoWay:
    """The answer as a function of two table entries of different rows, from its four corners."""
    asked = _linear(asked)
    first, one = checked(asked.program.network, first)
    second, other = checked(asked.program.network, second)
    if first.variable == second.variable and one[:-1] == other[:-1]:
        raise QueryError("both entries stand in one row", where=f"{first} and {second}")
    above, below = _corners(asked, [first, second])
    return TwoWay(first, second, above, below)


def every_function(asked: Asked) -> Functions:
    """The functions of all entries strictly between 0 and 1, the most sensitive first.

    From the derivatives of two runs: x dP(e)/dx = P(x, e) for a free entry, so expected counts with
    and without the event give both slopes; the rest of the row takes its share in proportion.
    """
    asked = _linear(asked)
    program, p = asked.program, asked.probability()
    without = program.expected_counts(asked.evidence)
    whole = asked.observing(asked.event)
    with_event = program.expected_counts(whole) if p > 0.0 else without
    found: list[SensitivityFunction] = []
    for name in set(program.network.names) - set(asked.evidence.do):
        table = program.network.tables[name]
        values = written(table, "a function of each entry")
        inside = (values > 0) & (values < 1 - CERTAIN)
        rise, fall = (_slopes(values, counts[name]) for counts in (with_event, without))
        for index in np.argwhere(inside).tolist():
            at = tuple(index)
            x, up, down = (float(t[at]) for t in (values, rise, fall))
            numbers = (x, p * up, p * (1 - x * up), down, 1 - x * down)
            found.append(SensitivityFunction(entry_at(program.network, table, at), *numbers))
    found.sort(key=lambda f: (-f.sensitivity_value, str(f.entry)))
    return Functions(asked, tuple(found))


# --- how ------------------------------------------------------------------------------------------


def _linear(asked: Asked) -> Asked:
    asked.probability()  # impossible evidence is refused here, naming its items
    if asked.evidence.marginal:
        raise QueryError(
            "a fixed marginal makes the answer no ratio of linear functions",
            where=", ".join(asked.evidence.marginal),
            expected="observations, likelihoods or interventions",
        )
    return asked


def _slopes(values: Array, counts: Array) -> Array:
    """d ln P / dx of every entry with its row covarying, where entries are inside (0, 1)."""
    inside = (values > 0) & (values < 1 - CERTAIN)
    # Added up, not taken from the row's sum: beside an entry near 1 the difference is all rounding.
    others = 1.0 - np.eye(values.shape[-1])
    x, rest = np.where(inside, values, 0.5), np.where(inside, values @ others, 0.5)
    return np.asarray(counts / x - counts @ others / rest)


def _corners(asked: Asked, entries: list[Entry]) -> tuple[Array, Array]:
    """Coefficients of P(event, evidence) and P(evidence), both over today's P(evidence)."""
    today = asked.program.log_probability(asked.evidence)
    shape = (2,) * len(entries)
    above, below = np.empty(shape), np.empty(shape)
    for corner in product((0, 1), repeat=len(entries)):
        program = compiled(with_entries(asked.program.network, entries, corner))
        below[corner] = exp(program.log_probability(asked.evidence) - today)
        above[corner] = exp(program.log_probability(asked.observing(asked.event)) - today)
    for axis in range(len(entries)):
        for values in (above, below):
            values.swapaxes(axis, 0)[1] -= values.swapaxes(axis, 0)[0]
    return above, below
