"""Questions put to many scenarios, to many draws of the tables, or to every pair of both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine import batch, loops
from cmocnet.engine.circuit import TINY, Circuit
from cmocnet.engine.indicators import Indicators
from cmocnet.engine.single import Single
from cmocnet.errors import CmocnetError, EvidenceError, QueryError
from cmocnet.parts import split
from cmocnet.typing import Array, Event, Evidence

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


@dataclass(frozen=True, eq=False)
class Lanes:
    """What differs from lane to lane: lane k is scenario k % rows with draw k // rows.

    ``codes`` has a row a scenario and a column for each of ``columns``, variables by number;
    ``tables`` has the tables of some variables, the first axis ``draws``, and ``drawn`` has them
    by number, those of hidden variables too.
    """

    program: Single
    evidence: Evidence
    common: Indicators
    columns: Sequence[int]
    codes: NDArray[np.integer]
    tables: Mapping[str, Array]
    drawn: Mapping[int, Array]
    draws: int
    threads: int
    chunk: int

    def __len__(self) -> int:
        return self.draws * len(self.codes)

    def leaves(
        self, circuit: Circuit, common: Indicators, lanes: NDArray[np.intp]
    ) -> dict[int, batch.Rows]:
        """The leaves that are not alike in all lanes, with these lanes' rows."""
        cards, found = circuit.plan.cards, {}
        draw, row = np.divmod(lanes, len(self.codes))
        given = {i: (cut, weights) for i, cut, weights in common.each(cards)}
        for leaf in circuit.leaves:
            i, size = leaf.variable, len(leaf.inside)
            start = self.program.factors.starts[i]
            cut, weights = given.get(i, (0, None))
            drawn = i in self.drawn and not cut
            if not (drawn or i in self.columns):
                continue
            values, index = circuit.flat[start : start + size], np.zeros_like(draw)
            if cut:
                values = np.ones(size)
            elif drawn:
                values, index = self.drawn[i][draw[0] : draw[-1] + 1], draw - draw[0]
            values = values.reshape(-1, size // cards[i], cards[i])
            if weights is not None:
                values = values * weights
            if i in self.columns:  # for each table one as it is, and those that keep one state
                only = np.vstack([np.ones(cards[i]), np.eye(cards[i])])
                values = values[:, None] * only[:, None]
                index = index * len(only) + 1 + self.codes[row, self.columns.index(i)]
            flat, inside = values.reshape(-1, size), leaf.inside - start
            if (inside != np.arange(size)).any():
                flat = flat.take(inside, axis=1)
            found[leaf.tensor] = batch.Rows(flat, index.astype(np.int32))
        return found

    def alone(self, lane: int, ask: Callable[[Single, Evidence], Any]) -> Any:
        """What is asked of one lane on its own; errors name it."""
        draw, row = divmod(lane, len(self.codes))
        try:
            program = _with_draw(self.program, self.tables, draw) if self.drawn else self.program
            return ask(program, self._evidence(row))
        except CmocnetError as error:
            what, where = error.what, error.where
            if self.drawn:
                what = f"{what}, with draw {draw} of the tables"
            if self.columns or not self.drawn:
                where = f"row {row}" + (f", {where}" if where else "")
            raise EvidenceError(what, where=where, expected=error.expected) from error

    def _evidence(self, row: int) -> Evidence:
        """The evidence of one scenario with the common evidence."""
        observed = dict(self.evidence.observed)
        for i, code in zip(self.columns, self.codes[row], strict=True):
            name = self.program.codebook.names[i]
            if code >= 0:
                state = self.program.network.states[name][int(code)]
                if observed.get(name, state) != state:
                    both = f"{name}={observed[name]}, {name}={state}"
                    raise EvidenceError(f"impossible together: {both}")
                observed[name] = state
        return replace(self.evidence, observed=observed)


def lanes(
    program: Single,
    evidence: Evidence,
    variables: Sequence[str],
    codes: NDArray[np.integer],
    tables: Mapping[str, Array] | None,
    threads: int | None,
    chunk: int | None,
) -> Lanes:
    """Evidence, scenarios and draws, checked."""
    common = program.codebook.indicators(evidence)
    codes = np.asarray(codes)
    if codes.ndim != 2 or codes.shape[1] != len(variables):
        raise QueryError(
            f"scenarios of shape {codes.shape}", expected=f"(rows, {len(variables)}) state codes"
        )
    if len(set(variables)) != len(variables):
        raise QueryError("a variable is named twice", where=", ".join(variables))
    if not np.issubdtype(codes.dtype, np.integer):
        raise QueryError(f"scenarios of {codes.dtype}", expected="integer state codes, -1 unknown")
    columns = [program.codebook.variable(v) for v in variables]
    cards = np.array([program.codebook.cards[i] for i in columns], dtype=int)
    wrong = np.argwhere((codes < -1) | (codes >= cards))
    if len(wrong):
        row, j = wrong[0].tolist()
        expected = f"-1 for not observed, or 0 to {cards[j] - 1}"
        raise QueryError(
            f"state code {codes[row, j]}", where=f"row {row}, {variables[j]}", expected=expected
        )
    put = {v: np.asarray(t) for v, t in (tables or {}).items()}
    draws = 1 if tables is None else _n_draws(program, put)
    drawn = dict(chain.from_iterable(_numbered(program, v, t) for v, t in put.items()))
    size, threads = max(1, chunk or CHUNK), cores(threads)
    return Lanes(program, evidence, common, columns, codes, put, drawn, draws, threads, size)


def _n_draws(program: Single, drawn: Mapping[str, Array]) -> int:
    for name in drawn:
        program.codebook.variable(name)
    lengths = {len(t) for t in drawn.values()}
    if len(lengths) != 1:
        raise QueryError("tables without a common number of draws")
    for name, t in drawn.items():
        shape = program.network.tables[name].values.shape
        if t.shape[1:] != shape:
            raise QueryError(f"draws of shape {t.shape}", where=name, expected=f"(draws, *{shape})")
    return lengths.pop()


def _numbered(program: Single, name: str, values: Array) -> Iterator[tuple[int, Array]]:
    """A variable's drawn tables by number, and before them those of its hidden variables."""
    i, parts = program.codebook.variable(name), program.network.tables[name].parts
    if not parts:
        return iter([(i, values)])
    return zip(range(i - len(parts) + 1, i + 1), split(parts, values), strict=True)


def answers(lanes: Lanes, targets: Sequence[Target]) -> list[Array]:
    """P(target | lane), an array (draws, scenarios, ...) for each target."""
    program = lanes.program
    asked = [_asked(program, target) for target in targets]
    found = [np.empty((len(lanes), *one.shape)) for one in asked]
    if lanes.evidence.marginal:
        for values, target in zip(found, targets, strict=True):
            for k in range(len(lanes)):
                values[k] = lanes.alone(k, partial(_one, target))
    else:
        _joints(lanes, [x for x in zip(asked, found, strict=True) if x[0].keep is not None])
        for one, values, target in zip(asked, found, targets, strict=True):
            if one.keep is None:
                _ratios(lanes, target, values)
    return [x.reshape(lanes.draws, len(lanes.codes), *x.shape[1:]) for x in found]


def _one(target: Target | Sequence[str], program: Single, evidence: Evidence) -> Array | float:
    """The distribution of a variable, the joint of several, or the probability of an event."""
    if isinstance(target, Mapping):
        return program.event(target, evidence)
    return program.joint([target] if isinstance(target, str) else target, evidence)


@dataclass(frozen=True, eq=False)
class _Asked:
    """What a target keeps, the shape of one answer, and the entries wanted of an event.

    It keeps None for an event of so many variables that their joint would be large.
    """

    keep: tuple[int, ...] | None
    shape: tuple[int, ...] = ()
    at: NDArray[np.intp] | None = None


def _asked(program: Single, target: Target) -> _Asked:
    if isinstance(target, str):
        i = program.codebook.variable(target)
        return _Asked((i,), (program.codebook.cards[i],))
    event = program.codebook.event(target)
    at = program.codebook.entries(event)
    return _Asked(None if at is None else tuple(event), (), at)


def _joints(lanes: Lanes, asked: Sequence[tuple[_Asked, Array]]) -> None:
    """Each target's answer, summed from the shares of a joint that holds its variables."""
    book, keeps = lanes.program.codebook, [one.keep or () for one, _ in asked]
    for joint, mine, values, rows in _runs(lanes, lanes.common, keeps):
        shares, weak = normalised(values)
        names = [book.names[i] for i in joint]
        for k in weak:
            shares[k] = lanes.alone(rows.start + int(k), partial(_one, names)).ravel()
        codes = np.unravel_index(np.arange(shares.shape[1]), [book.cards[i] for i in joint])
        for one, answer in (asked[j] for j in mine):
            keep = one.keep or ()
            shape = [book.cards[i] for i in keep]
            entry = np.ravel_multi_index([codes[joint.index(i)] for i in keep], shape)
            if one.at is not None:
                entry = np.where(np.isin(entry, one.at), 0, -1)
            loops.of_batch(shares.size).collect(
                shares, entry, answer[rows].reshape(len(shares), -1)
            )


def _ratios(lanes: Lanes, target: Target, answer: Array) -> None:
    """P(event, evidence) / P(evidence) in each lane, for an event whose joint would be large."""
    book, common = lanes.program.codebook, lanes.common
    assert not isinstance(target, str)
    both = common.tilted(book.logs(book.event(target)))
    top, bottom = np.empty(len(lanes)), np.empty(len(lanes))
    for values, given in ((top, both), (bottom, common)):
        for _, _, found, rows in _runs(lanes, given, [()]):
            values[rows] = found[:, 0]
    weak = np.flatnonzero(~((bottom > TINY) & (top > TINY)))
    bottom[weak] = 1.0
    answer[:] = np.minimum(1.0, top / bottom * np.exp(both.log_scale - common.log_scale))
    for k in weak:
        answer[k] = lanes.alone(int(k), partial(_one, target))


def _runs(
    lanes: Lanes, common: Indicators, keeps: Sequence[tuple[int, ...]]
) -> Iterator[tuple[tuple[int, ...], list[int], Array, slice]]:
    """What is kept, whose answers it holds, P(keep, evidence) of each lane, and which these are."""
    program = lanes.program
    touched = frozenset([*lanes.columns, *(i for i, *_ in common.each(program.codebook.cards))])
    for circuit, mine in program.selection.together(keeps, touched):
        for start in range(0, len(lanes), lanes.chunk):
            some = np.arange(start, min(start + lanes.chunk, len(lanes)))
            leaves = lanes.leaves(circuit, common, some)
            values = batch.evaluate(circuit, common, leaves, len(some), threads=lanes.threads)
            yield circuit.keep, mine, values, slice(start, start + len(some))


def normalised(values: Array) -> tuple[Array, NDArray[np.intp]]:
    """Rows divided by their sums, and the rows too small for that."""
    total = values[:, 0].copy()
    for j in range(1, values.shape[1]):
        total += values[:, j]
    weak = np.flatnonzero(~(total > TINY))
    total[weak] = 1.0
    return values / total[:, None], weak


def _with_draw(program: Single, drawn: Mapping[str, Array], number: int) -> Single:
    network = program.network
    tables = {
        v: replace(t, values=np.ascontiguousarray(drawn[v][number])) if v in drawn else t
        for v, t in network.tables.items()
    }
    return type(program)(replace(network, tables=tables))
