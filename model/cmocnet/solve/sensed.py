"""Effects with their slopes: how every answer moves with every judgement's normal score.

The engine's backward run gives the derivative of an answer to every table entry; a table's entries
move with the judgements of its own variable alone. The product of the two is exact but for the
second, which is a central difference over tables that take microseconds to build.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp

import numpy as np
from scipy.sparse import csr_matrix

from cmocnet import engine
from cmocnet.check.effects import Effects, Setting, Span
from cmocnet.duals import Dual
from cmocnet.elicitation.draws import at_scores, mixed
from cmocnet.elicitation.tables import as_table, build
from cmocnet.registry.judged import Judgement, Rule
from cmocnet.registry.records import Link, Review
from cmocnet.rounds import unroll_draws
from cmocnet.typing import Array, DiscreteNetwork, Evidence

STEP = 1e-4
"""Of the central difference over a score; its error is about the square of it."""


@dataclass(frozen=True, eq=False)
class Unknowns:
    """The judgements that can move, each by its own standard normal score, and the coder's tilt.

    A point is (judgements + 1,): each one's own part, then what is common to all (the coder's
    tendency to overstate, which moves them together as it does in draws). All are a priori
    standard normal and independent.
    """

    review: Review
    known: tuple[Judgement, ...]
    rule: Rule = "sum"

    def __len__(self) -> int:
        return len(self.known) + 1

    def scores(self, points: Array) -> Array:
        """The judgements' scores at points: (unknowns, n) to (judgements, n)."""
        return mixed(self.known, self.review.protocol.shared, points[:-1], points[-1])

    def values(self, point: Array) -> dict[str, float]:
        """Address -> the number at a point."""
        found = at_scores(self.known, self.scores(point[:, None]))[:, 0]
        return {j.address: float(x) for j, x in zip(self.known, found, strict=True)}

    def network(self, point: Array) -> DiscreteNetwork:
        """The network of one round at a point."""
        return self.placed(self.values(point))

    def placed(self, put: Mapping[str, float]) -> DiscreteNetwork:
        """The network of one round with these numbers at their addresses."""
        states = self.review.states
        mine: dict[str, dict[str, Array]] = {name: {} for name in self.review.variables}
        for j in self.known:
            mine[j.variable][j.address] = np.asarray(put[j.address], dtype=np.float64)
        return DiscreteNetwork(
            states,
            {
                name: as_table(v, states, build(v, states, mine[name], rule=self.rule))
                for name, v in self.review.variables.items()
            },
        )

    def slopes(self, point: Array) -> dict[str, tuple[list[int], Array]]:
        """Variable -> which judgements are its own, and its table's derivatives to their scores.

        The derivatives have shape (own judgements, *table).
        """
        z = self.scores(point[:, None])
        columns: dict[str, list[int]] = {}
        for i, j in enumerate(self.known):
            columns.setdefault(j.variable, []).append(i)
        found = {}
        for name, own in columns.items():
            n = len(own)
            moved = np.tile(z[own], 2 * n)
            moved[np.arange(n), np.arange(n)] += STEP
            moved[np.arange(n), np.arange(n, 2 * n)] -= STEP
            known = [self.known[i] for i in own]
            numbers = at_scores(known, moved)
            put: dict[str, Array] = {j.address: x for j, x in zip(known, numbers, strict=True)}
            judged = self.review.variables[name]
            tables = build(judged, self.review.states, put, rule=self.rule)
            found[name] = (own, (tables[:n] - tables[n:]) / (2.0 * STEP))
        return found

    def mix(self) -> csr_matrix:
        """Derivatives of the scores to the point: (judgements, unknowns)."""
        n = len(self.known)
        return csr_matrix(self.scores(np.eye(n + 1)))


@dataclass(eq=False)
class Sensed(Effects[Dual]):
    """Effects at one point of the unknowns, each with its slope along all of them."""

    unknowns: Unknowns
    point: Array
    review: Review = field(init=False)
    static: DiscreteNetwork = field(init=False)
    _slopes: Mapping[str, tuple[list[int], Array]] = field(init=False, repr=False)
    _programs: dict[Span, tuple[engine.Program, csr_matrix]] = field(init=False, repr=False)
    _seen: dict[object, Dual] = field(init=False, repr=False)
    _logs: dict[object, tuple[float, Array]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.review = self.unknowns.review
        self.static = self.unknowns.network(self.point)
        self._slopes = self.unknowns.slopes(self.point)
        self._programs, self._seen, self._logs = {}, {}, {}

    def score(self, link: Link, do: Setting, observed: Setting | None = None) -> Dual:
        """Expected score of a variable in its round, in a setting."""
        # The sum over the states, weighed by their scores, is what one likelihood of them takes.
        weights = self.review.variables[link.variable].scores
        return self._weighed(link, tuple(weights.tolist()), do, observed)

    def share(self, link: Link, state: str, do: Setting, observed: Setting | None = None) -> Dual:
        """The probability of one state of a variable in its round, in a setting."""
        weights = tuple(float(s == state) for s in self.review.variables[link.variable].states)
        return self._weighed(link, weights, do, observed)

    def _weighed(
        self, link: Link, weights: tuple[float, ...], do: Setting, observed: Setting | None
    ) -> Dual:
        """The sum of the states' probabilities, each times its weight."""
        name, span, seen = self.named(link), self.span(link, observed), observed or {}
        key = name, weights, frozenset(do.items()), frozenset(seen.items()), span
        if key not in self._seen:
            apt = self.apt(do, self._program(span)[0].network)
            log_both, both = self._log(span, apt, seen, {name: weights})
            log_seen, alone = self._log(span, apt, seen, {}) if seen else (0.0, 0.0)
            value = exp(log_both - log_seen)
            self._seen[key] = Dual(value, value * (both - alone))
        return self._seen[key]

    def _log(
        self, span: Span, do: Setting, seen: Setting, weighed: Mapping[str, tuple[float, ...]]
    ) -> tuple[float, Array]:
        """log P(seen | do) and its slope: 0 where nothing is seen, as rows of tables sum to 1.

        What is seen counts with the weights of the states of ``weighed``.
        """
        key = frozenset(do.items()), frozenset(seen.items()), tuple(weighed.items()), span
        if key not in self._logs:
            program, chain = self._program(span)
            told = Evidence(observed=seen, likelihood=weighed, do=do)
            log_p, slopes = program.log_gradients(told)
            self._logs[key] = log_p, chain @ slopes.flat
        return self._logs[key]

    def _program(self, span: Span) -> tuple[engine.Program, csr_matrix]:
        """The program over a span, and from its table entries to the unknowns."""
        if span not in self._programs:
            program = engine.compile(self.unrolled(span))
            program.warm()
            self._programs[span] = program, self._chain(program, span[0])
        return self._programs[span]

    def _chain(self, program: engine.Program, rounds: int) -> csr_matrix:
        """Derivatives of all table entries to the unknowns, (unknowns, entries)."""
        starts, at = {}, 0
        for name, table in program.network.tables.items():
            starts[name] = at
            at += table.values.size
        rows, columns, numbers = [], [], []
        for own, slopes in self._slopes.values():
            name = self.unknowns.known[own[0]].variable
            for copy, moved in self._copies({name: slopes}, rounds):
                if copy not in starts:
                    continue
                flat = moved.reshape(len(own), -1)
                which, entry = np.nonzero(flat)
                rows.append(np.asarray(own)[which])
                columns.append(starts[copy] + entry)
                numbers.append(flat[which, entry])
        shape = (len(self.unknowns.known), at)
        entries = csr_matrix(
            (np.concatenate(numbers), (np.concatenate(rows), np.concatenate(columns))), shape
        )
        return (self.unknowns.mix().T @ entries).tocsr()

    def _copies(self, slopes: Mapping[str, Array], rounds: int) -> Sequence[tuple[str, Array]]:
        if rounds == 1:
            return [*slopes.items()]
        return [*unroll_draws(self.review, self.static, slopes, rounds).items()]
