"""A table of scenarios answered: columns and targets understood, cells coded, rows computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine import Program
from cmocnet.errors import EvidenceError, FileError, QueryError, nearest
from cmocnet.typing import Array, Evidence

if TYPE_CHECKING:
    import pandas as pd

    from cmocnet.network import Network

Codes = NDArray[np.intp]
ENDS = (" low", " high")
"""What follows a column's name for the ends of its interval."""
EMPTY = frozenset({"", "na", "nan", "null", "<na>"})
"""Cells that say that nothing was observed, whatever wrote the file."""

_ROW = re.compile(r"\brow (\d+)")
_INDEX = re.compile(r"__index_level_\d+__")  # what pandas calls an index it writes to Parquet


@dataclass(frozen=True)
class Plan:
    """Which columns are evidence on which variable, and what is asked.

    columns
        column -> variable
    targets
        target variable -> the states asked for
    where
        the file, for messages
    level
        mass of the credible interval beside each probability; None for no interval
    """

    columns: Mapping[str, str]
    targets: Mapping[str, tuple[str, ...]]
    where: str | None
    level: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the answer."""
        ends = ("",) if self.level is None else ("", *ENDS)
        return tuple(
            f"{name}={state}{end}"
            for name, asked in self.targets.items()
            for state in asked
            for end in ends
        )

    def at(self, row: int | None = None, column: str | None = None) -> str | None:
        """A place in words: file, row (the first after the header is 1) and column."""
        parts = (self.where, row and f"row {row}", column and f"column {column}")
        return ", ".join(str(part) for part in parts if part) or None


def plan(
    net: Network,
    columns: Sequence[object],
    targets: Iterable[str],
    where: str | None = None,
    level: float | None = None,
) -> Plan:
    """Columns and targets understood, or an error that names the one that cannot be.

    Raises
    ------
    FileError
        A column is unknown, stands twice, or is a target.
    QueryError
        A target names nothing, or there is none.
    """
    if level is not None and not 0 < level < 1:
        raise QueryError(f"an interval of {level:g}", expected="a share between 0 and 1, as 0.9")
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
            raise FileError(
                f"{variable} is both a column and a target",
                where=where,
                expected="another target, or a file without this column",
            )
        found[name] = variable
    return Plan(found, asked, where, level)


def _targets(net: Network, targets: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for phrase in (targets,) if isinstance(targets, str) else targets:
        noun, _, last = phrase.partition("=")
        whole = last.strip() == "?"
        name, state = (net.lexicon.variable(noun), None) if whole else net.lexicon.target(phrase)
        states = net.variables[name].states if state is None else (state,)
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *states)))
    if not found:
        first = net.review.about.headline[0]
        raise QueryError("no target", expected=f"an outcome to predict, as {first!r}")
    return found


def _variable(net: Network, column: str, where: str | None) -> str:
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
    net: Network,
    frame: pd.DataFrame,
    targets: Iterable[str],
    *,
    where: str | None = None,
    level: float | None = None,
) -> pd.DataFrame:
    """Probabilities of the targets, one row a scenario, on the index of ``frame``.

    Parameters
    ----------
    net
        The network.
    frame
        Columns are variables; cells are states, or words for them; an empty cell is not observed.
    targets
        Phrases: one that names a state gives the column ``name=state``, one that names a variable
        a column for each of its states.
    where
        What to call the frame in messages.
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

    planned = plan(net, list(frame.columns), targets, where, level)
    if not len(frame):
        raise FileError("no rows", where=where, expected="a scenario a row")
    return pd.DataFrame(answer(net, planned, frame, 0), index=frame.index)


def answer(net: Network, planned: Plan, frame: pd.DataFrame, before: int) -> dict[str, Array]:
    """Column -> probabilities for a chunk that ``before`` rows precede."""
    codes = np.full((len(frame), len(planned.columns)), -1, dtype=np.intp)
    place = {str(name): i for i, name in enumerate(frame.columns)}
    for k, column in enumerate(planned.columns):
        codes[:, k] = _coded(net, planned, column, frame.iloc[:, place[column]], before)
    try:
        found = _posteriors(net, codes, planned)
    except EvidenceError as error:
        raise _impossible(error, planned, before) from None
    spans = {} if planned.level is None else _intervals(net, codes, planned)
    answers: dict[str, Array] = {}
    for name, asked in planned.targets.items():
        for state in asked:
            at = net.variables[name].states.index(state)
            answers[f"{name}={state}"] = found[name][:, at]
            for end, values in zip(ENDS, spans.get(name, ()), strict=False):
                answers[f"{name}={state}{end}"] = values[:, at]
    return answers


def _coded(net: Network, planned: Plan, column: str, cells: pd.Series[Any], before: int) -> Codes:
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
        text = str(cell).strip()
        if text not in states and text.lower() in EMPTY:
            continue
        try:
            meant[i] = states.index(net.lexicon.state(variable, text))
        except QueryError as error:
            row = before + int(np.argmax(number == i)) + 1
            what = f"unknown state {text[:80]!r}"
            where = planned.at(row, column)
            raise FileError(
                what, where=where, expected=error.expected, nearest=error.nearest
            ) from None
    return meant[number]


def _posteriors(net: Network, codes: Codes, planned: Plan) -> Mapping[str, Array]:
    """Target -> P(its states | row), shape (rows, cardinality)."""
    variables, targets = tuple(planned.columns.values()), tuple(planned.targets)
    if isinstance(net.program, Program):
        tables = net.program.predict(codes, variables, targets)
    else:
        tables = tuple(_one_by_one(net, codes, variables, t) for t in targets)
    return dict(zip(targets, tables, strict=True))


def _intervals(net: Network, codes: Codes, planned: Plan) -> dict[str, tuple[Array, Array]]:
    """Target -> low and high end for every state, (rows, states) each; distinct rows asked once."""
    level = planned.level or 0.0
    distinct, place = np.unique(codes, axis=0, return_inverse=True)
    targets = list(planned.targets)
    tables = net.draws().tables
    ends = []
    for row in distinct:
        seen = zip(planned.columns.values(), row, strict=True)
        evidence = Evidence(observed={v: net.variables[v].states[c] for v, c in seen if c >= 0})
        drawn = net.batches.predict_tables(tables, evidence, targets)
        ends.append([np.quantile(d, [(1 - level) / 2, (1 + level) / 2], axis=0) for d in drawn])
    return {
        name: (
            np.array([found[k][0] for found in ends])[place.ravel()],
            np.array([found[k][1] for found in ends])[place.ravel()],
        )
        for k, name in enumerate(targets)
    }


def _one_by_one(net: Network, codes: Codes, variables: Sequence[str], target: str) -> Array:
    """The same from the reference engine, which has no batches: each distinct row is asked once."""
    distinct, first, place = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    rows = np.empty((len(distinct), len(net.variables[target].states)))
    for i in np.argsort(first):
        seen = zip(variables, distinct[i], strict=True)
        evidence = Evidence(observed={v: net.variables[v].states[c] for v, c in seen if c >= 0})
        try:
            rows[i] = net.program.joint([target], evidence)
        except EvidenceError as error:
            raise EvidenceError(error.what, where=f"row {first[i]}") from None
    return np.asarray(rows[place.ravel()])


def _impossible(error: EvidenceError, planned: Plan, before: int) -> EvidenceError:
    """The engine's words for an impossible scenario; it counts the rows of a chunk from 0."""
    found = _ROW.search(error.where or "")
    row = before + int(found[1]) + 1 if found else None
    return EvidenceError(error.what, where=planned.at(row), expected=error.expected)
