"""Does a variable's table fit the variable, its parents, and the register it cites?"""

from __future__ import annotations

from collections.abc import Sequence

from cmocnet.registry.faults import Spot
from cmocnet.registry.judged import Given, InterBeta, NoisyMax, Partition, Ranked, Row, TableSpec
from cmocnet.registry.records import Review
from cmocnet.registry.variable import Variable

MOST_CASES = 100_000
MOST_NAMED = 200
"""So many cases, and parents that rows name, are gone through for a gap between one table's rows;
more are never written by hand."""


def table(
    spec: TableSpec, child: Variable, review: Review, spot: Spot, by: tuple[str, ...] = ()
) -> None:
    """Tell what is wrong with a table.

    Parameters
    ----------
    spec, child, spot
        The table, the variable it belongs to, and its place.
    review
        What it is held against.
    by
        The moderators around this table: each may cut it once, and be no parent too.
    """
    own = (spec.by,) if isinstance(spec, Partition) else tuple(spec.parents)
    for name in own:
        here = spot / "by" if isinstance(spec, Partition) else spot / "parents" / name
        if here.known(name, review.variables, "variable") and name in by:
            here.wrong(f"{name} cuts the table already")
    match spec:
        case Partition():
            _partition(spec, child, review, spot, by)
        case Given():
            _given(spec, child, review, spot)
        case NoisyMax():
            _noisy(spec, child, review, spot)
        case InterBeta() | Ranked():
            _weighted(spec, review, spot)


def _partition(
    spec: Partition, child: Variable, review: Review, spot: Spot, by: tuple[str, ...]
) -> None:
    _cited(spec.cites, review, spot / "cites")
    states = _states(spec.by, review)
    for state in spec.cells:
        if states:
            (spot / "cells" / state).known(state, states, "state")
    for state in states:
        if state not in spec.cells:
            (spot / "cells").wrong(f"no cell {state!r}", expected=", ".join(states))
    for state, cell in spec.cells.items():
        table(cell, child, review, spot / "cells" / state, (*by, spec.by))


def _states(name: str, review: Review) -> tuple[str, ...]:
    """A variable's states; none where there is no such variable, or its file is broken."""
    return review.variables[name].states if name in review.variables else ()


def _cited(cites: tuple[str, ...], review: Review, spot: Spot) -> None:
    if not cites:
        spot.wrong("no citation", expected="the ids that claim this arc")
    spot.each(cites, review.cmocs, "id")


def _weighted(spec: InterBeta | Ranked, review: Review, spot: Spot) -> None:
    if sum(p.weight for p in spec.parents.values()) <= 0:
        what = "the weights sum to nothing"
        (spot / "parents").wrong(what, expected="a weight above 0", about=spot)
    for name, parent in spec.parents.items():
        here = spot / "parents" / name
        _cited(parent.cites, review, here / "cites")
        _reasoned(parent.by, parent.why, here)
        states = _states(name, review)
        if parent.scores is not None and states and set(parent.scores) != set(states):
            told = f"scores are for {', '.join(map(str, parent.scores))}"
            (here / "scores").wrong(told, expected=", ".join(states))
    if isinstance(spec, Ranked):
        _reasoned(spec.by, spec.why, spot)
        return
    for word, anchor in (("lowest", spec.lowest), ("highest", spec.highest)):
        _reasoned(anchor.by, anchor.why, spot / word)
    low, high = spec.lowest.value, spec.highest.value
    if low > high:
        what = f"lowest ({low:g}) is above highest ({high:g})"
        (spot / "lowest").wrong(what, about=spot)


def _noisy(spec: NoisyMax, child: Variable, review: Review, spot: Spot) -> None:
    if child.states and len(child.states) != 2:
        what = f"noisy_max is for two states, and {child.name} has {len(child.states)}"
        (spot / "method").wrong(what, expected="two states, or another method")
    _reasoned(spec.leak.by, spec.leak.why, spot / "leak")
    for name, cause in spec.parents.items():
        here = spot / "parents" / name
        _cited(cause.cites, review, here / "cites")
        for state, anchor in cause.probability.items():
            place = here / "probability" / state
            if states := _states(name, review):
                place.known(state, states, "state")
            _reasoned(anchor.by, anchor.why, place)


def _given(spec: Given, child: Variable, review: Review, spot: Spot) -> None:
    for name, arc in spec.parents.items():
        _cited(arc.cites, review, spot / "parents" / name / "cites")
    for n, row in enumerate(spec.rows):
        here = spot / "rows" / n
        wide = child.states and len(row.row) != len(child.states)
        if wide or abs(sum(row.row) - 1) > 1e-9:
            (here / "row").wrong(
                f"row {n + 1} is {list(row.row)[:12]}",
                expected=f"{len(child.states) or 'its'} probabilities that sum to 1",
                about=spot,
            )
        for name, state in row.when.items():
            at = here / "when" / name
            states = _states(name, review)
            if at.known(name, spec.parents, "parent") and states:
                at.known(state, states, "state")
        _reasoned(row.by, row.why, here)
    named = {name for row in spec.rows for name in row.when}
    known = all(_states(name, review) for name in spec.parents) and len(named) <= MOST_NAMED
    if known and named <= spec.parents.keys() and (missing := uncovered(spec, review)):
        (spot / "rows").wrong(f"no row for {missing}", expected="a row that fits it", about=spot)


def uncovered(spec: Given, review: Review) -> str | None:
    """The first configuration of the parents that no row fits, or None.

    Only parents that the rows still in question name are gone through, so that a table with many
    parents and few rows takes no longer than its rows.
    """
    steps = iter(range(MOST_CASES))

    def search(rows: Sequence[Row], names: list[str], here: dict[str, str]) -> str | None:
        if any(not (row.when.keys() - here.keys()) for row in rows):
            return None
        if next(steps, None) is None:
            return None
        if not rows:
            return ", ".join(f"{k}={v}" for k, v in here.items()) or "the variable"
        first = next(name for name in names if any(name in row.when for row in rows))
        rest = [name for name in names if name != first]
        for state in _states(first, review):
            fitting = [row for row in rows if row.when.get(first, state) == state]
            if missing := search(fitting, rest, {**here, first: state}):
                return missing
        return None

    return search(spec.rows, list(spec.parents), {})


def _reasoned(by: str, why: str | None, spot: Spot) -> None:
    """A number that the protocol does not give must say why it is what it is."""
    if by != "protocol" and not why:
        what = f"a number by the {by} without a reason"
        (spot / "why").wrong(what, expected="why: ...")
