"""Questions put to many scenarios, or to many draws of the tables, at once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine import batch, plain, run
from cmocnet.engine.forks import IMPORTING
from cmocnet.engine.indicators import Indicators, observed_codes
from cmocnet.errors import CmocnetError, EvidenceError, QueryError
from cmocnet.typing import Array, Evidence

if TYPE_CHECKING:
    from cmocnet.engine.program import Program

Target = str | Mapping[str, str]
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
    if evidence.marginal:
        return _row_by_row(program, codes, variables, targets, evidence)
    size = max(1, chunk or CHUNK)
    asked = [_keep(program, t) for t in targets]
    answers = [np.empty((len(codes), *shape)) for _, shape, _ in asked]
    base = program.codebook.indicators(evidence)
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
            for i in weak:
                shares[i] = _one(program, keep, variables, part[i], evidence, start + int(i))
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


Asked = tuple[tuple[int, ...], tuple[int, ...], int | None]


def _keep(program: Program, target: Target) -> Asked:
    """What a target keeps, the shape of one answer, and the entry wanted of an event."""
    if isinstance(target, str):
        i = program.codebook.variable(target)
        return (i,), (program.codebook.cards[i],), None
    pairs = observed_codes(program.codebook, target)
    keep = tuple(i for i, _ in pairs)
    shape = tuple(program.codebook.cards[i] for i in keep)
    return keep, (), int(np.ravel_multi_index(tuple(c for _, c in pairs), shape))


def _fill(
    program: Program,
    answers: Sequence[Array],
    mine: Sequence[int],
    asked: Sequence[Asked],
    found: tuple[tuple[int, ...], Array, slice],
) -> None:
    """Sum each target's answer from the shares of a joint that holds its variables."""
    with IMPORTING:
        from cmocnet.engine import lanes
    joint, shares, rows = found
    cards = [program.codebook.cards[i] for i in joint]
    codes = np.unravel_index(np.arange(shares.shape[1]), cards)
    for j in mine:
        keep, _, at = asked[j]
        if keep == joint:
            answers[j][rows] = shares if at is None else shares[:, at]
            continue
        shape = [program.codebook.cards[i] for i in keep]
        entry = np.ravel_multi_index([codes[joint.index(i)] for i in keep], shape)
        if at is not None:
            entry = np.where(entry == at, 0, -1)
        answer = answers[j][rows]
        lanes.collect(shares, entry, answer.reshape(len(answer), -1))


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


def _one(
    program: Program,
    keep: tuple[int, ...],
    variables: Sequence[str],
    row: NDArray[np.integer],
    evidence: Evidence,
    number: int,
) -> Array:
    """One scenario on its own, for those too improbable for the batch; errors name the row."""
    try:
        names = [program.codebook.names[i] for i in keep]
        return program.joint(names, _with_row(program, variables, row, evidence)).ravel()
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
    """Fixed marginals are solved for each scenario by itself."""
    answers = []
    for target in targets:
        keep, _, at = _keep(program, target)
        found = [_one(program, keep, variables, row, evidence, i) for i, row in enumerate(codes)]
        stacked = np.array(found).reshape(len(codes), -1)
        answers.append(stacked if at is None else stacked[:, at])
    return tuple(answers)


def draws(
    program: Program,
    tables: Mapping[str, Array],
    evidence: Evidence,
    targets: Sequence[Target],
    threads: int | None,
    chunk: int | None,
) -> tuple[Array, ...]:
    """See :meth:`Program.predict_tables`."""
    if evidence.marginal:
        raise QueryError("fixed marginals cannot be combined with table draws")
    drawn = {program.codebook.variable(v): np.asarray(t) for v, t in tables.items()}
    n = _n_draws(program, drawn)
    base = program.codebook.indicators(evidence)
    weights, cut = _weights(program, base)
    touched = frozenset(weights)
    asked = [_keep(program, t) for t in targets]
    answers = [np.empty((n, *shape)) for _, shape, _ in asked]
    size = max(1, chunk or CHUNK)
    for circuit, mine in program.selection.together([keep for keep, *_ in asked], touched):
        keep = circuit.keep
        arena = plain.load(circuit, base)
        for start in range(0, n, size):
            part = {i: t[start : start + size] for i, t in drawn.items() if i not in cut}
            leaves = batch.table_leaves(circuit, arena, part, weights)
            length = min(size, n - start)
            values = batch.evaluate(circuit, leaves, length, threads=cores(threads))
            shares, weak = normalised(values)
            for i in weak:
                shares[i] = _one_draw(program, drawn, start + int(i), keep, evidence)
            _fill(program, answers, mine, asked, (keep, shares, slice(start, start + size)))
    return tuple(answers)


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
