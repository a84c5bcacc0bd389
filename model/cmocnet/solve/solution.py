"""What a solver found: numbers, what moved, what is missed, and what pulls against what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cmocnet.check.predictive import random_contexts
from cmocnet.elicitation import overlay
from cmocnet.elicitation.draws import Draws, draw, everyone
from cmocnet.elicitation.overlay import Placed
from cmocnet.errors import CmocnetError
from cmocnet.forks import kept
from cmocnet.model import Model
from cmocnet.registry import Review
from cmocnet.registry.judged import Judgement, Rule
from cmocnet.registry.solution import Solved
from cmocnet.registry.solved import applied
from cmocnet.results import TOP, Part, Result, Rows, Table
from cmocnet.sensitivity.judged import centre, varies
from cmocnet.solve.conditional import found
from cmocnet.solve.experts import Sized, known, shown, sized
from cmocnet.solve.left_out import LeftOut, left_out
from cmocnet.solve.newton import Point, Progress, search, stand
from cmocnet.solve.sensed import Unknowns
from cmocnet.solve.statements import Heard, Statement, needs_sizes, statements
from cmocnet.typing import Array
from cmocnet.writing import new_folder

CONTEXTS = 100
"""Random contexts over which the share they explain is found."""

MISSED = 0.05
"""Spreads from which a statement counts as missed."""

STUCK = 1e-9
"""A quantity that nothing moves by more: no judgement reaches it."""


@dataclass(frozen=True)
class Moved:
    """A judgement and where it went: its number before and after, and by how many deviations."""

    judgement: Judgement
    value: float
    score: float

    def record(self) -> dict[str, Any]:
        """All of it as plain data; the judgement by its address."""
        j = self.judgement
        return {"address": j.address, "before": j.value, "after": self.value, "score": self.score}


@dataclass(frozen=True, eq=False)
class Missed:
    """A statement, what its quantity comes to, by how many spreads that is outside, and why.

    against
        the statements that pull hardest the other way, strongest first
    unreachable
        no judgement moves it: the structure lacks a path
    """

    statement: Statement
    value: float
    miss: float
    against: tuple[str, ...]
    unreachable: bool

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        s = self.statement
        return {
            "source": s.source,
            "kind": s.kind,
            "says": s.says,
            "by": s.by,
            "low": s.low,
            "high": s.high,
            "value": self.value,
            "miss": self.miss,
            "against": list(self.against),
            "unreachable": self.unreachable,
        }


@dataclass(frozen=True, eq=False, repr=False)
class Solution(Result):
    """The most probable numbers given what the review states.

    point
        where the search came to rest
    before
        where it started: every judgement at its median
    converged
        whether it came to rest
    """

    model: Model
    unknowns: Unknowns
    stated: tuple[Statement, ...]
    before: Point
    point: Point
    converged: bool

    @kept
    def values(self) -> Mapping[str, float]:
        """Address -> the most probable number."""
        return self.unknowns.values(self.point.at)

    @kept
    def moved(self) -> tuple[Moved, ...]:
        """Every judgement and where it went, farthest first."""
        scores = self.unknowns.scores(self.point.at[:, None])[:, 0].tolist()
        found = (
            Moved(j, self.values[j.address], score - centre(j))
            for j, score in zip(self.unknowns.known, scores, strict=True)
        )
        return tuple(sorted(found, key=lambda m: -abs(m.score)))

    @kept
    def missed(self) -> tuple[Missed, ...]:
        """Every statement that is missed, by how much and what pulls against it, worst first."""
        point = self.point
        pulls = point.slopes * point.misses[:, None]
        spread = np.linalg.solve(point.hessian, pulls.T)
        # How much one statement's pull moves the objective of another: negative is against it.
        between = pulls @ spread
        found = []
        for i in np.argsort(-np.abs(point.misses), kind="stable"):
            if abs(point.misses[i]) < MISSED:
                break
            order = np.argsort(between[i], kind="stable")
            names = dict.fromkeys(self.stated[k].source for k in order if between[i, k] < 0.0)
            names.pop(self.stated[i].source, None)
            stuck = bool(np.abs(point.moves[i]).max() < STUCK)
            found.append(
                Missed(
                    self.stated[i],
                    float(point.values[i]),
                    float(point.misses[i]),
                    tuple(names)[:3],
                    stuck,
                )
            )
        return tuple(found)

    @kept
    def by_experts(self) -> tuple[Sized, ...]:
        """Every effect that experts sized, those farthest below the protocol's size first."""
        return sized(self.stated, self.point.values.tolist())

    def part(self, kind: str, point: Point) -> float:
        """What statements of one kind, or the priors, add to the objective at a point."""
        if kind == "priors":
            return float(point.at @ point.at) / 2.0
        own = [m for s, m in zip(self.stated, point.misses, strict=True) if s.kind == kind]
        return float(np.square(own).sum()) / 2.0

    @property
    def parts(self) -> dict[str, tuple[float, float]]:
        """Priors and kinds of statements -> what each adds to the objective, before and after."""
        kinds = ("priors", *dict.fromkeys(s.kind for s in self.stated))
        return {k: (self.part(k, self.before), self.part(k, self.point)) for k in kinds}

    @property
    def finding(self) -> str:
        """How far it came, and how much is missed."""
        rest = "" if self.converged else "did not come to rest; "
        before, after = self.before.objective, self.point.objective
        whole = f"{len(self.stated)} statements, {len(self.missed)} missed"
        return f"{rest}objective {before:.1f} -> {after:.1f}; {whole}"

    @property
    def caution(self) -> str:
        """What the review's numbers are, and are not."""
        return self.model.caution

    columns = ("address", "before", "after", "score")

    def rows(self) -> Rows:
        """One a judgement, the one that moved farthest first."""
        return [m.record() for m in self.moved]

    def record(self) -> dict[str, Any]:
        """The numbers, and all of the report."""
        return {
            "converged": self.converged,
            "objective": {k: {"before": b, "after": a} for k, (b, a) in self.parts.items()},
            "judgements": [m.record() for m in self.moved],
            "missed": [m.record() for m in self.missed],
            "experts": [one.record() for one in self.by_experts],
        }

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """The objective by part, the judgements that moved most, and the statements missed."""
        yield f"Solved for what the review states: {self.finding}"
        rows = [(k, f"{b:.2f}", f"{a:.2f}") for k, (b, a) in self.parts.items()]
        yield Table(["Part of the objective", "Before", "After"], rows, ["Before", "After"])
        yield "The judgements that moved farthest, in standard deviations of what was believed:"
        told = [
            (m.judgement.address, f"{m.judgement.value:.3g}", f"{m.value:.3g}", f"{m.score:+.2f}")
            for m in self.moved[:top]
        ]
        columns = ["Judgement", "Before", "After", "Moved"]
        yield Table(columns, told, columns[1:])
        yield "Statements missed, in their own spreads, and what pulls against them:"
        lines = [_line(m) for m in self.missed[:top]]
        columns = ["Source", "States", "At least", "Comes to", "Missed by", "Against"]
        yield Table(columns, lines, columns[2:5])
        yield f"{min(top, len(self.missed))} of {len(self.missed)}"
        effects = sum(s.tested is not None for s in self.stated)
        yield from shown(self.by_experts, effects, top)

    @kept
    def found(self) -> Solved:
        """The solution as a review's folder keeps it."""
        return found(self.unknowns, self.point)

    @kept
    def review(self) -> Review:
        """The review with the solved numbers."""
        return applied(self.unknowns.review, self.found)

    def draws(self, *, n: int = 1000, seed: int = 0) -> Draws:
        """Draws of all judgements given the statements."""
        return draw(self.review, n=n, seed=seed)

    def left_out(self, groups: Mapping[str, Sequence[str]] | None = None) -> LeftOut:
        """What the rest predicts of each configuration, or group of them, that is left out.

        ``groups`` has name -> ids left out together; by default each id with its twins.
        """
        return left_out(self.model.review, self.stated, self.point, groups)

    def write(self, folder: Path) -> None:
        """Write the numbers as a prior set that ``load(priors=...)`` lays over the review.

        Raises
        ------
        CmocnetError
            The search did not come to rest.
        FileError
            The folder exists already or cannot be made.
        """
        if not self.converged:
            raise CmocnetError(
                f"the search did not come to rest: {self.finding}",
                expected="statements that pull less against each other; nothing was written",
            )
        review = self.model.review
        why = f"{WHY}, effects as experts size them" if self.by_experts else WHY
        placed = [
            Placed(m.judgement.address, m.value, m.judgement.spread, "solved", why)
            for m in self.moved
        ]
        files = overlay.contents(review, placed)
        with new_folder(folder) as spare:
            overlay.write(review, files, HEADING, spare)


WHY = "the most probable number given what the review states"
HEADING = "Solved for what the review states (cmocnet solve), laid over the review's own file."


def _line(missed: Missed) -> tuple[str, ...]:
    s = missed.statement
    against = "no judgement moves it" if missed.unreachable else ", ".join(missed.against)
    limit = s.low if missed.miss < 0.0 else s.high
    return s.source, s.told, f"{limit:.2f}", f"{missed.value:.3f}", f"{missed.miss:+.2f}", against


def solved(
    model: Model,
    *,
    heard: Mapping[str, Heard] | None = None,
    rule: Rule = "sum",
    near: Solution | None = None,
    progress: Progress | None = None,
) -> Solution:
    """The most probable numbers given everything that the review states.

    ``heard`` has what experts say of effects, by their addresses, in the protocol's place. ``rule``
    is how effects combine. The search begins at the priors, or ``near`` a rival's solution.

    Raises
    ------
    CmocnetError
        The protocol has no sizes, nothing is stated, experts speak of what is not stated, or the
        numbers were solved already.
    """
    model = model.unsolved
    review = model.review
    needs_sizes(review)
    again = [j.address for j in everyone(review) if j.by == "solved"]
    if again:
        raise CmocnetError(
            f"{len(again)} numbers were solved already",
            where=again[0],
            expected="the review's own numbers: solved ones count what it states a second time",
        )
    movable = tuple(j for j in everyone(review) if varies(j))
    unknowns = Unknowns(review, movable, rule)
    stated = statements(review, contexts(model), heard)
    known(heard or {}, stated)
    if not stated or not movable:
        raise CmocnetError("nothing to solve: no statement, or no judgement that can move")
    before = stand(unknowns, stated, np.zeros(len(unknowns)))
    start = before if near is None else stand(unknowns, stated, _beside(unknowns, near))
    point, converged = search(unknowns, stated, start, progress=progress)
    return Solution(model, unknowns, stated, before, point, converged)


def _beside(unknowns: Unknowns, near: Solution) -> Array:
    """A rival's solution, where it has the same judgements; the priors elsewhere."""
    found = dict(zip((j.address for j in near.unknowns.known), near.point.at, strict=False))
    own = [found.get(j.address, 0.0) for j in unknowns.known]
    return np.array([*own, near.point.at[-1]])


def contexts(model: Model) -> Sequence[dict[str, str]]:
    """Random contexts, always the same ones, over which the shares explained are found."""
    names, codes = random_contexts(model, CONTEXTS, 0)
    states = model.review.states
    return [
        {n: states[n][code] for n, code in zip(names, row, strict=True)} for row in codes.tolist()
    ]
