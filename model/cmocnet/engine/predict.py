"""Questions put to many scenarios, or to many draws of the tables, at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine import batch, loops, plain, run
from cmocnet.engine.indicators import Indicators
from cmocnet.errors import CmocnetError, EvidenceError, QueryError
from cmocnet.typing import Array, Event, Evidence

if TYPE_CHECKING:
    from cmocnet.engine.program import Program

Target = str | Event
"""A variable, for its distribution, or an event, for its probability."""

CHUNK = 16_384
"""Scenarios in memory at a time unless told otherwise."""


def cores(threads: int | None) -> int:
    """Threads to use: those asked for, or one for each core this process may use."""
    if threads is None:
        usable = getattr(os, "sched_getaffinity", None)
        return max(1, len(usable(0)) if usable else os.cpu_count() or 1)
    if threads < 1:
        raise QueryError(f"{threads} threads", expected="at least 1")
    return threads


def scenarios(
    program: Program,
    codes: NDArray[np.integer],
    variables: Sequence[str],
    targets: Sequence[Target],
    evidence: Evidence,
    threads: int | None,
    chunk: int | None,
) -> tuple[Array, ...]:
    """See :meth:`Program.predict`."""
    codes = _checked(program, codes, variables)
    columns = [program.codebook.variable(v) for v in variables]
    base = program.codebook.indicators(evidence)
    if evidence.marginal:
        return _row_by_row(program, codes, variables, targets, evidence)
    size = max(1, chunk or CHUNK)
    asked = [one for one in (_keep(program, t) for t in targets) if one is not None]
    if len(asked) < len(targets):
        return _row_by_row(program, codes, variables, targets, evidence)
    answers = [np.empty((len(codes), *shape)) for _, shape, _ in asked]
    touched = frozenset({*columns, *(h[0] for h in base.hard), *(s[0] for s in base.soft)})
    for circuit, mine in program.selection.together([keep for keep, *_ in asked], touched):
        keep = circuit.keep
        arena = plain.load(circuit, base)
        for start in range(0, len(codes), size):
            part = codes[start : start + size]
            by_column = {v: part[:, j] for j, v in enumerate(columns)}
            leaves = batch.scenario_leaves(circuit, arena, by_column)
            values = batch.evaluate(circuit, leaves, len(part), threads=cores(threads))
            shares, weak = normalised(values)
            names = [program.codebook.names[i] for i in keep]
            for i in weak:
                ask = partial(program.joint, names)
                one = _alone(variables, part[i], start + int(i), ask, (program, evidence))
                shares[i] = one.ravel()
            _fill(program, answers, mine, asked, (keep, shares, slice(start, start + size)))
    return tuple(answers)


def normalised(values: Array) -> tuple[Array, NDArray[np.intp]]:
    """Rows divided by their sums, and the rows too small for that."""
    total = values[:, 0].copy()
    for j in range(1, values.shape[1]):
        total += values[:, j]
    weak = np.flatnonzero(~(total > run.TINY))
    total[weak] = 1.0
    return values / total[:, None], weak


Asked = tuple[tuple[int, ...], tuple[int, ...], NDArray[np.intp] | None]


def _keep(program: Program, target: Target) -> Asked | None:
    """What a target keeps, the shape of one answer, and the entries wanted of an event.

    None for an event of so many variables that their joint would be large.
    """
    if isinstance(target, str):
        i = program.codebook.variable(target)
        return (i,), (program.codebook.cards[i],), None
    event = program.codebook.event(target)
    at = program.codebook.entries(event)
    return None if at is None else (tuple(event), (), at)


def _fill(
    program: Program,
    answers: Sequence[Array],
    mine: Sequence[int],
    asked: Sequence[Asked],
    found: tuple[tuple[int, ...], Array, slice],
) -> None:
    """Sum each target's answer from the shares of a joint that holds its variables."""
    joint, shares, rows = found
    lanes = loops.of_batch(shares.size)
    cards = [program.codebook.cards[i] for i in joint]
    codes = np.unravel_index(np.arange(shares.shape[1]), cards)
    for j in mine:
        keep, _, at = asked[j]
        if keep == joint:
            answers[j][rows] = shares if at is None else _added(shares, at)
            continue
        shape = [program.codebook.cards[i] for i in keep]
        entry = np.ravel_multi_index([codes[joint.index(i)] for i in keep], shape)
        if at is not None:
            entry = np.where(np.isin(entry, at), 0, -1)
        answer = answers[j][rows]
        lanes.collect(shares, entry, answer.reshape(len(answer), -1))


def _added(shares: Array, at: NDArray[np.intp]) -> Array:
    """The columns of an event added up one after another, which is the same for any chunk."""
    total = shares[:, at[0]].copy()
    for k in at[1:]:
        total += shares[:, k]
    return total


def _checked(
    program: Program, codes: NDArray[np.integer], variables: Sequence[str]
) -> NDArray[np.integer]:
    codes = np.asarray(codes)
    if codes.ndim != 2 or codes.shape[1] != len(variables):
        raise QueryError(
            f"scenarios of shape {codes.shape}", expected=f"(rows, {len(variables)}) state codes"
        )
    if len(set(variables)) != len(variables):
        raise QueryError("a variable is named twice", where=", ".join(variables))
    if not np.issubdtype(codes.dtype, np.integer):
        raise QueryError(f"scenarios of {codes.dtype}", expected="integer state codes, -1 unknown")
    for j, v in enumerate(variables):
        card = program.codebook.cards[program.codebook.variable(v)]
        wrong = np.flatnonzero((codes[:, j] < -1) | (codes[:, j] >= card))
        if wrong.size:
            raise QueryError(
                f"state code {codes[wrong[0], j]}",
                where=f"row {wrong[0]}, {v}",
                expected=f"-1 for not observed, or 0 to {card - 1}",
            )
    return codes


def _with_row(
    program: Program, variables: Sequence[str], row: NDArray[np.integer], evidence: Evidence
) -> Evidence:
    """The evidence of one scenario with the common evidence."""
    states = program.network.states
    observed = dict(evidence.observed)
    for v, c in zip(variables, row, strict=True):
        if c >= 0:
            state = states[v][int(c)]
            if observed.get(v, state) != state:
                raise EvidenceError(f"impossible together: {v}={observed[v]}, {v}={state}")
            observed[v] = state
    return replace(evidence, observed=observed)


def _alone(
    variables: Sequence[str],
    row: NDArray[np.integer],
    number: int,
    ask: Callable[[Evidence], Any],
    given: tuple[Program, Evidence],
) -> Any:
    """What is asked of one scenario on its own; errors name the row."""
    try:
        return ask(_with_row(given[0], variables, row, given[1]))
    except EvidenceError as error:
        where = f"row {number}" + (f", {error.where}" if error.where else "")
        raise EvidenceError(error.what, where=where, expected=error.expected) from error


def _row_by_row(
    program: Program,
    codes: NDArray[np.integer],
    variables: Sequence[str],
    targets: Sequence[Target],
    evidence: Evidence,
) -> tuple[Array, ...]:
    """Each scenario by itself, for fixed marginals and for events of very many variables."""

    def ask(target: Target) -> Callable[[Evidence], Any]:
        if isinstance(target, str):
            return lambda given: program.joint([target], given)
        return lambda given: program.event(target, given)

    return tuple(
        np.array(
            [
                _alone(variables, row, i, ask(target), (program, evidence))
                for i, row in enumerate(codes)
            ]
        )
        for target in targets
    )


def draws(
    program: Program,
    tables: Mapping[str, Array],
    evidence: Evidence,
    targets: Sequence[Target],
    threads: int | None,
    chunk: int | None,
) -> tuple[Array, ...]:
    """See :meth:`Program.predict_tables`."""
    base = program.codebook.indicators(evidence)
    if evidence.marginal:
        raise QueryError("fixed marginals cannot be combined with table draws")
    drawn = {program.codebook.variable(v): np.asarray(t) for v, t in tables.items()}
    n = _n_draws(program, drawn)
    asked = {j: _keep(program, t) for j, t in enumerate(targets)}
    small = {j: one for j, one in asked.items() if one is not None}
    answers = [np.empty((n, *(small[j][1] if j in small else ()))) for j in asked]
    size = max(1, chunk or CHUNK)
    keeps = [keep for keep, *_ in small.values()]
    for keep, mine, shares, rows in _runs(program, drawn, base, keeps, size, threads):
        found, weak = normalised(shares)
        for i in weak:
            found[i] = _one_draw(program, drawn, rows.start + int(i), keep, evidence)
        filled = [answers[j] for j in small]
        _fill(program, filled, mine, list(small.values()), (keep, found, rows))
    for j in asked.keys() - small.keys():
        answers[j][:] = _ratios(program, drawn, base, targets[j], (evidence, size, threads))
    return tuple(answers)


def _runs(
    program: Program,
    drawn: Mapping[int, Array],
    base: Indicators,
    keeps: Sequence[tuple[int, ...]],
    size: int,
    threads: int | None,
) -> Iterator[tuple[tuple[int, ...], list[int], Array, slice]]:
    """What is kept, whose answers it holds, P(keep, evidence) a draw, and which draws these are."""
    if not keeps:
        return
    n = _n_draws(program, drawn)
    weights, cut = _weights(program, base)
    for circuit, mine in program.selection.together(keeps, frozenset(weights)):
        arena = plain.load(circuit, base)
        for start in range(0, n, size):
            part = {i: t[start : start + size] for i, t in drawn.items() if i not in cut}
            leaves = batch.table_leaves(circuit, arena, part, weights)
            length = min(size, n - start)
            values = batch.evaluate(circuit, leaves, length, threads=cores(threads))
            yield circuit.keep, mine, values, slice(start, start + length)


def _ratios(
    program: Program,
    drawn: Mapping[int, Array],
    base: Indicators,
    target: Target,
    how: tuple[Evidence, int, int | None],
) -> Array:
    """P(event | evidence) in each draw, for an event whose joint would be large."""
    evidence, size, threads = how
    assert not isinstance(target, str)
    both = base.tilted(program.codebook.logs(program.codebook.event(target)))
    top, bottom = (
        np.concatenate([values[:, 0] for _, _, values, _ in runs])
        for runs in (_runs(program, drawn, given, [()], size, threads) for given in (both, base))
    )
    weak = np.flatnonzero(~((bottom > run.TINY) & (top > run.TINY)))
    bottom[weak] = 1.0
    found = np.minimum(1.0, top / bottom)
    for i in weak:
        try:
            found[i] = _with_draw(program, drawn, int(i)).event(target, evidence)
        except CmocnetError as error:
            raise EvidenceError(f"{error.what}, with draw {i} of the tables") from error
    return np.asarray(found)


def _n_draws(program: Program, drawn: Mapping[int, Array]) -> int:
    lengths = {len(t) for t in drawn.values()}
    if len(lengths) != 1:
        raise QueryError("tables without a common number of draws")
    for i, t in drawn.items():
        name = program.codebook.names[i]
        shape = program.network.tables[name].values.shape
        if t.shape[1:] != shape:
            raise QueryError(f"draws of shape {t.shape}", where=name, expected=f"(draws, *{shape})")
    return lengths.pop()


def _weights(program: Program, base: Indicators) -> tuple[dict[int, Array], set[int]]:
    """Weights of every variable with evidence, and the variables set by intervention."""
    weights = {i: w for i, _, w in base.soft}
    for i, code, _ in base.hard:
        weights[i] = (np.arange(program.codebook.cards[i]) == code).astype(np.float64)
    cut = {h[0] for h in base.hard if h[2]} | {s[0] for s in base.soft if s[1]}
    return weights, cut


def _one_draw(
    program: Program,
    drawn: Mapping[int, Array],
    number: int,
    keep: tuple[int, ...],
    evidence: Evidence,
) -> Array:
    """One draw on its own, for those in which the evidence is too improbable for the batch."""
    names = program.codebook.names
    try:
        alone = _with_draw(program, drawn, number)
        return alone.joint([names[i] for i in keep], evidence).ravel()
    except CmocnetError as error:
        raise EvidenceError(f"{error.what}, with draw {number} of the tables") from error


def programs(program: Program, tables: Mapping[str, Array]) -> Iterator[Program]:
    """A program for each draw of the tables."""
    drawn = {program.codebook.variable(v): np.asarray(t) for v, t in tables.items()}
    for number in range(_n_draws(program, drawn)):
        yield _with_draw(program, drawn, number)


def _with_draw(program: Program, drawn: Mapping[int, Array], number: int) -> Program:
    network = program.network
    tables = {
        v: replace(t, values=np.ascontiguousarray(drawn[i][number])) if i in drawn else t
        for i, (v, t) in enumerate(network.tables.items())
    }
    return type(program)(replace(network, tables=tables))
