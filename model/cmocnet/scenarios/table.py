"""A table of scenarios answered: columns and targets understood, cells coded, rows computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.arguments import is_share
from cmocnet.cells import said
from cmocnet.engine import Program
from cmocnet.errors import EvidenceError, FileError, QueryError, nearest
from cmocnet.model import Model
from cmocnet.query import target, told
from cmocnet.typing import Array, Evidence, OneOf, States

if TYPE_CHECKING:
    import pandas as pd


Codes = NDArray[np.intp]
"""States by number; -1 for not observed; -2 and below for one of several, see :func:`_code`."""
ENDS = (" low", " high")
"""What follows a column's name for the ends of its interval."""

_ROW = re.compile(r"\brow (\d+)")
_INDEX = re.compile(r"__index_level_\d+__")  # what pandas calls an index it writes to Parquet


@dataclass(frozen=True)
class Plan:
    """Which columns are evidence on which variable, and what is asked.

    columns
        column -> variable
    targets
        target variable -> the events asked for, each some of its states
    where
        the file, for messages
    level
        mass of the credible interval beside each probability; None for no interval
    """

    columns: Mapping[str, str]
    targets: Mapping[str, tuple[States, ...]]
    where: str | None
    level: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the answer."""
        ends = ("",) if self.level is None else ("", *ENDS)
        return tuple(
            f"{name}={told(states)}{end}"
            for name, asked in self.targets.items()
            for states in asked
            for end in ends
        )

    def at(self, row: int | None = None, column: str | None = None) -> str | None:
        """A place in words: file, row (the first after the header is 1) and column."""
        parts = (self.where, row and f"row {row}", column and f"column {column}")
        return ", ".join(str(part) for part in parts if part) or None


def plan(
    net: Model,
    columns: Sequence[object],
    targets: Iterable[str],
    where: str | None = None,
    level: float | None = None,
) -> Plan:
    """Columns and targets understood, or an error that names the one that cannot be."""
    if level is not None and not is_share(level):
        expected = "a share between 0 and 1, as 0.9"
        raise QueryError(f"an interval of {level!r}", expected=expected)
    asked = _targets(net, targets)
    found: dict[str, str] = {}
    for column in columns:
        name = str(column)
        if _INDEX.fullmatch(name):
            continue
        variable = _variable(net, name, where)
        if variable in found.values():
            twice = Plan({}, {}, where).at(column=name)
            raise FileError(f"{variable} has two columns", where=twice, expected="one a variable")
        if variable in asked:
            what = f"{variable} is both a column and a target"
            expected = "another target, or a file without this column"
            raise FileError(what, where=where, expected=expected)
        found[name] = variable
    return Plan(found, asked, where, level)


def _targets(net: Model, targets: Iterable[str]) -> dict[str, tuple[States, ...]]:
    found: dict[str, tuple[States, ...]] = {}
    first = net.review.about.headline[0]
    expected = f"outcomes in words, as {first!r}"
    loose = isinstance(targets, Iterable) and getattr(targets, "ndim", 1) == 1
    if not loose or isinstance(targets, bytes):
        raise QueryError(f"{type(targets).__name__} names no targets", expected=expected)
    for phrase in (targets,) if isinstance(targets, str) else targets:
        if not isinstance(phrase, str):
            what = f"a target of {type(phrase).__name__}"
            raise QueryError(what, where=repr(phrase)[:80], expected=expected)
        name, some = target(phrase, net.lexicon)
        events = net.variables[name].states if some is None else [some]
        asked = [(event,) if isinstance(event, str) else event for event in events]
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *asked)))
    if not found:
        raise QueryError("no target", expected=f"an outcome to predict, as {first!r}")
    return found


def _variable(net: Model, column: str, where: str | None) -> str:
    try:
        return net.lexicon.variable(column)
    except QueryError:
        if not column.strip():
            raise FileError("a column without a name", where=where) from None
        what, near = f"unknown column {column[:80]!r}", nearest(column, net.variables)
        if ";" in column:  # what spreadsheets write where commas are decimal points
            commas = "columns parted by commas"
            raise FileError(what, where=where, expected=commas) from None
        raise FileError(what, where=where, nearest=near) from None


def predict(
    net: Model,
    frame: pd.DataFrame,
    targets: Iterable[str],
    *,
    level: float | None = None,
) -> pd.DataFrame:
    """Probabilities of the targets, one row a scenario, on the index of ``frame``.

    Parameters
    ----------
    frame
        Columns are variables; cells are states, or words for them; an empty cell is not observed.
    targets
        Phrases: one that names a state gives the column ``name=state``, one that names a variable
        a column for each of its states.
    level
        Mass of a central credible interval, whose ends follow each probability in columns
        ``name=state low`` and ``name=state high``; takes some hundredths of a second a row.

    Raises
    ------
    FileError
        No rows, an unknown column or state, or a target among the columns.
    EvidenceError
        A scenario that is impossible; names the row, of which the first is 1.

    >>> import pandas as pd
    >>> from cmocnet import load
    >>> frame = pd.DataFrame({"mandate": ["mandated", None], "starting_relationship": "good"})
    >>> predict(load(), frame, ["high trust", "inertia"]).shape
    (2, 2)
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        expected = "a pandas DataFrame, a row a scenario"
        raise QueryError(f"{type(frame).__name__} is no table", expected=expected)
    planned = plan(net, list(frame.columns), targets, level=level)
    if not len(frame):
        raise FileError("no rows", expected="a scenario a row")
    return pd.DataFrame(answer(net, planned, frame, 0), index=frame.index)


def answer(net: Model, planned: Plan, frame: pd.DataFrame, before: int) -> dict[str, Array]:
    """Column -> probabilities for a chunk that ``before`` rows precede."""
    codes = np.empty((len(frame), len(planned.columns)), dtype=np.intp)
    place = {str(name): i for i, name in enumerate(frame.columns)}
    for k, column in enumerate(planned.columns):
        codes[:, k] = _coded(net, planned, column, frame.iloc[:, place[column]], before)
    found = _posteriors(net, codes, planned, before)
    spans = {} if planned.level is None else _intervals(net, codes, planned, planned.level)
    columns: list[Array] = []
    for name, asked in planned.targets.items():
        for k, states in enumerate(asked):
            columns += [_share(net, name, states, found[name])]
            columns += [*spans[name][..., k].T] if spans else []
    return dict(zip(planned.names, columns, strict=True))


def _share(net: Model, name: str, states: States, found: Array) -> Array:
    """The probability of some states, from those of all states on the last axis."""
    at = [net.variables[name].states.index(state) for state in states]
    return found[..., at[0]] if len(at) == 1 else np.minimum(found[..., at].sum(axis=-1), 1.0)


def _coded(net: Model, planned: Plan, column: str, cells: pd.Series[Any], before: int) -> Codes:
    """The cells as numbers of states, -1 for not observed; each distinct cell is read once."""
    import pandas as pd

    variable = planned.columns[column]
    try:
        number, distinct = pd.factorize(cells)
    except TypeError:
        where = planned.at(column=column)
        raise FileError("the cells are no text", where=where, expected="states") from None
    states = net.variables[variable].states
    meant = np.full(len(distinct) + 1, -1, dtype=np.intp)  # the last one is for missing cells
    for i, cell in enumerate(distinct):
        try:
            some = said(net.lexicon, variable, cell)
        except QueryError as error:
            what = f"unknown state {str(cell).strip()[:80]!r}"
            where = planned.at(before + int(np.argmax(number == i)) + 1, column)
            expected, near = error.expected, error.nearest
            raise FileError(what, where=where, expected=expected, nearest=near) from None
        meant[i] = -1 if some is None else _code(states, some)
    return meant[number]


def _code(states: States, some: States) -> int:
    """The number of a state, or for one of several states -2 less a bit for each of them."""
    bits = sum(1 << states.index(state) for state in some)
    return states.index(some[0]) if len(some) == 1 else -2 - bits


def _evidence(net: Model, variables: Sequence[str], row: Codes) -> Evidence:
    """One row of codes as evidence."""
    observed, likelihood = {}, {}
    for name, code in zip(variables, row.tolist(), strict=True):
        states = net.variables[name].states
        if code >= 0:
            observed[name] = states[code]
        elif code < -1:
            some = tuple(s for k, s in enumerate(states) if (-2 - code) >> k & 1)
            likelihood[name] = OneOf(states, some)
    return Evidence(observed=observed, likelihood=likelihood)


def _posteriors(net: Model, codes: Codes, planned: Plan, before: int) -> dict[str, Array]:
    """Target -> P(its states | row), shape (rows, cardinality).

    Rows that have the same columns in one of several states are answered together; by the reference
    engine, which has no batches, rows that are alike.
    """
    program, variables = net.program, tuple(planned.columns.values())
    found = {t: np.empty((len(codes), len(net.variables[t].states))) for t in planned.targets}
    common = np.minimum(codes, -1) if isinstance(program, Program) else codes
    differing = common[:, (common != -1).any(axis=0)]
    _, first, place = np.unique(differing, axis=0, return_index=True, return_inverse=True)
    for k in np.argsort(first):
        rows, given = (
            np.flatnonzero(place.ravel() == k),
            _evidence(net, variables, common[first[k]]),
        )
        try:
            if isinstance(program, Program):
                plain = np.maximum(codes[rows], -1)
                answers = program.predict(plain, variables, [*found], given)
            else:
                answers = tuple(program.joint([t], given) for t in found)
        except EvidenceError as error:
            at = _ROW.search(error.where or "")
            where = planned.at(before + int(rows[int(at[1]) if at else 0]) + 1)
            raise EvidenceError(error.what, where=where, expected=error.expected) from None
        for mine, answered in zip(found.values(), answers, strict=True):
            mine[rows] = answered
    return found


def _intervals(net: Model, codes: Codes, planned: Plan, level: float) -> dict[str, Array]:
    """Target -> low and high end for every event, (rows, 2, events); distinct rows asked once."""
    distinct, place = np.unique(codes, axis=0, return_inverse=True)
    variables, targets = tuple(planned.columns.values()), list(planned.targets)
    tables = net.draws().tables
    ends: dict[str, list[Array]] = {name: [] for name in targets}
    for row in distinct:
        drawn = net.batches.predict_tables(tables, _evidence(net, variables, row), targets)
        for (name, asked), samples in zip(planned.targets.items(), drawn, strict=True):
            shares = np.stack([_share(net, name, states, samples) for states in asked], axis=-1)
            ends[name].append(np.quantile(shares, [(1 - level) / 2, (1 + level) / 2], axis=0))
    return {name: np.array(each)[place.ravel()] for name, each in ends.items()}
