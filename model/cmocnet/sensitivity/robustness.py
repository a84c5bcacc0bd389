"""Robustness of a conclusion: the smallest change of the judgements that reverses it.

The conclusion is which of two scenarios makes an event more probable. Changes are measured in
standard normal scores, so that 1 is about as likely for a weight as for a probability. For one
judgement the score is scanned and the crossing bisected. For all jointly the nearest point at which
the scenarios tie is the design point of first-order reliability (Hasofer, A. M. and Lind, N. C.
(1974), Journal of the Engineering Mechanics Division 100:111; Rackwitz & Fiessler 1978, Computers &
Structures 9:489).
Every reversal reported was evaluated exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.asked import Asked, Finding
from cmocnet.errors import QueryError
from cmocnet.intervals import way
from cmocnet.results import TOP, Part, Result, Rows, Strip, Table
from cmocnet.sensitivity.judged import Judged, value
from cmocnet.sensitivity.wording import in_words
from cmocnet.typing import Array

LIMIT = 4.0
"""Scores searched to either side: a judgement lies further out once in 16,000."""

GRID = 0.5
"""Steps of the scan; a reversal that comes and goes within one is not seen."""

HALVINGS = 50
STEP = 1e-3
"""Scores to either side of a point at which a slope is taken."""
STEPS = 30
SHORTER = 0.5 ** np.arange(6)
SETTLED = 1e-3
SECTIONS = 32
NARROWINGS = 8


@dataclass(frozen=True)
class Change:
    """One judgement moved from its central value, by ``score`` normal scores."""

    address: str
    label: str
    score: float
    central: float
    value: float


@dataclass(frozen=True, repr=False)
class Reversal(Result):
    """Changes that reverse the conclusion, the largest first.

    size
        Euclidean norm of the changes in normal scores.
    margin
        P(event | one) - P(event | other) with the changes made: of the other sign, or 0.
    """

    changes: tuple[Change, ...]
    size: float
    margin: float

    @property
    def finding(self) -> str:
        """How far the judgements must move."""
        return f"{self.size:.2f} deviations in {len(self.changes)} judgements reverse it"

    columns = ("address", "label", "score", "central", "value")

    def rows(self) -> list[dict[str, Any]]:
        """One a judgement moved."""
        return [asdict(c) for c in self.changes]

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        return asdict(self)

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """The changes, the largest first."""
        yield (f"All moved together, at {self.size:.2f} deviations in all; the largest parts are:")
        some = self.changes[:top]
        rows = [(f"{c.score:+.2f}", c.label) for c in some]
        ends = [Strip(0.0, c.score) for c in some]
        yield Table(["Deviations", "Judgement"], rows, ["Deviations"], ends, 0.0)


@dataclass(frozen=True, repr=False)
class Robustness(Finding):
    """How firmly one scenario, the question's, is better than another.

    margin
        P(event | one) - P(event | other) at the central judgements.
    single
        One reversal for each judgement that can reverse it alone, the smallest first.
    joint
        The smallest found by moving any of them together; None where none was found.
    limit
        Scores searched to either side.
    """

    other: Asked
    margin: float
    single: tuple[Reversal, ...]
    joint: Reversal | None
    limit: float

    @property
    def finding(self) -> str:
        """The margin, and the smallest change that turns it round."""
        joint = f"{self.joint.size:.2f} deviations" if self.joint else "nothing found"
        return f"{self._margin}; reversed by {joint}, {len(self.single)} judgements do alone"

    @property
    def _margin(self) -> str:
        more = "more" if self.margin > 0 else "less"
        return f"{100 * abs(self.margin):.1f} points {more} likely than against the other case"

    columns = ("reversal", *Reversal.columns)

    def rows(self) -> Rows:
        """One a judgement moved, alone or (``reversal`` is joint) with the others."""
        kinds = [("alone", r) for r in self.single] + [("joint", r) for r in [self.joint] if r]
        return [{"reversal": kind, **row} for kind, r in kinds for row in r.rows()]

    def record(self) -> dict[str, Any]:
        """The margin and every reversal."""
        return {
            "margin": self.margin,
            "limit": self.limit,
            "single": [r.record() for r in self.single],
            "joint": self.joint.record() if self.joint else None,
        }

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """What would reverse it: judgements alone, and all together."""
        doubt = "(1 is one standard deviation of the judgement's doubt)"
        yield f"{self._margin}. What would reverse that {doubt}:"
        changes = [c for r in self.single[:top] for c in r.changes]
        if changes:
            numbers = ["Deviations", "Judged", "Reversed at"]
            told = ((f"{abs(c.score):.2f}", c.central, c.value, c.label) for c in changes)
            rows = [(size, f"{was:.3g}", f"{to:.3g}", label) for size, was, to, label in told]
            strips = [Strip(0.0, abs(c.score)) for c in changes]
            yield Table([*numbers, "Judgement alone"], rows, numbers, strips)
        else:
            yield f"No judgement alone does, within {self.limit:g} deviations."
        if self.joint is None:
            yield "Moving them together was not found to reverse it either."
        else:
            yield from self.joint.shown(top)


def robustness(one: Asked, two: Asked, *, limit: float = LIMIT) -> Robustness:
    """What it would take for the comparison of two scenarios to come out the other way.

    Parameters
    ----------
    one, two
        The same event under two scenarios.
    limit
        How many normal scores to search to either side, positive and at most 6.

    Raises
    ------
    QueryError
        The questions ask for different events, or the scenarios are level as it is.

    >>> from cmocnet import load
    >>> net = load()
    >>> pair = net.ask("P(clash high | close)"), net.ask("P(clash high | distant)")
    >>> found = robustness(*pair)
    >>> found.joint is None or found.margin * found.joint.margin <= 0
    True
    """
    if one.event != two.event:
        raise QueryError("two different events", where=f"{one.query} and {two.query}")
    if not 0.0 < limit <= 6.0:
        raise QueryError(f"limit {limit:g}", expected="more than 0 and at most 6")
    judged = Judged.of(one, two)
    today = one.probability() - two.probability()
    if way(today) is None:
        raise QueryError("the scenarios are level as it is", where=f"{one.query} and {two.query}")
    if not judged.known:
        return Robustness(one, two, today, (), None, limit)
    compared = _Compared(judged, float(np.sign(today)))
    single = _single(compared, limit)
    return Robustness(one, two, today, single, _joint(compared, limit, single), limit)


@dataclass(frozen=True)
class _Compared:
    """Two scenarios under moves: rows of scores, each less its judgement's central one."""

    judged: Judged
    sign: float

    def margin(self, moves: Array) -> Array:
        """P(event | one scenario) - P(event | the other), one a move."""
        first, second = self.judged.answers(self.judged.centre + moves)
        return np.asarray(first - second)

    def held(self, moves: Array) -> NDArray[np.bool_]:
        """Whether the conclusion still stands after each move."""
        return np.asarray(self.margin(moves) * self.sign > 0.0)

    def alone(self, which: NDArray[np.intp], by: Array) -> Array:
        """Moves of one judgement each, (m,) and (m,) to (m, judgements)."""
        moves = np.zeros((len(which), len(self.judged.known)))
        moves[np.arange(len(which)), which] = by
        return moves

    def reversals(self, moves: Array) -> list[Reversal]:
        """What each move that reverses the conclusion changes, the largest first."""
        variables = self.judged.asked.model.review.variables
        found = []
        for move, margin in zip(moves, self.margin(moves).tolist(), strict=True):
            changes = []
            for i in np.flatnonzero(move):
                j, score = self.judged.known[i], float(move[i])
                (to,) = value(j, self.judged.centre[[i]] + score).tolist()
                changes.append(Change(j.address, in_words(j, variables), score, j.central, to))
            changes.sort(key=lambda c: (-abs(c.score), c.address))
            found.append(Reversal(tuple(changes), float(np.linalg.norm(move)), margin))
        return found


# --- one judgement --------------------------------------------------------------------------------


def _single(compared: _Compared, limit: float) -> tuple[Reversal, ...]:
    """For each judgement and side the first crossing on a grid, bisected, all at once."""
    k, sides = len(compared.judged.known), np.array([-1.0, 1.0])
    steps = np.append(np.arange(GRID, limit, GRID), limit)
    which, side, step = np.meshgrid(np.arange(k), sides, steps, indexing="ij")
    held = compared.held(compared.alone(which.ravel(), (side * step).ravel()))
    held = held.reshape(which.shape)
    where, direction = np.nonzero(~held.all(axis=2))
    if not len(where):
        return ()
    first = np.argmin(held[where, direction], axis=1)
    near, far = np.append(0.0, steps)[first], steps[first]
    for _ in range(HALVINGS):
        middle = (near + far) / 2.0
        still = compared.held(compared.alone(where, sides[direction] * middle))
        near, far = np.where(still, middle, near), np.where(still, far, middle)
        if float((far - near).max()) < 1e-12:
            break
    nearest = np.lexsort((far, where))  # of both sides of a judgement the nearer counts
    nearest = nearest[np.unique(where[nearest], return_index=True)[1]]
    moves = compared.alone(where[nearest], (sides[direction] * far)[nearest])
    return tuple(sorted(compared.reversals(moves), key=lambda r: (r.size, r.changes[0].address)))


# --- all jointly ----------------------------------------------------------------------------------


def _joint(compared: _Compared, limit: float, single: tuple[Reversal, ...]) -> Reversal | None:
    """The nearest tie from two starts, the centre and the best single change; the nearer counts."""
    known: list[str] = [j.address for j in compared.judged.known]
    alone = [c for r in single[:1] for c in r.changes]
    which = np.array([known.index(c.address) for c in alone], dtype=np.intp)
    best = compared.alone(which, np.array([c.score for c in alone]))
    starts = [np.zeros(len(known)), *best]
    landed = [_landed(compared, limit, _design_point(compared, start)) for start in starts]
    found = [move for move in (*landed, *best) if move is not None]
    if not found:
        return None
    (reversal,) = compared.reversals(min(found, key=np.linalg.norm)[None])
    return reversal


def _design_point(compared: _Compared, start: Array) -> Array:
    """The point nearest the centre at which the margin is 0, by Rackwitz and Fiessler's iteration.

    Each step goes to the point nearest the centre on the tangent plane's tie, shortened until it
    improves on nearness and margin together (the merit function of Zhang & Der Kiureghian 1995).
    """
    at = start
    for _ in range(STEPS):
        level, slope = _linearised(compared, at)
        steepness = float(slope @ slope)
        if steepness == 0.0:
            return at
        step = (float(slope @ at) - level) / steepness * slope - at
        weight = 2.0 * (float(np.linalg.norm(at)) + 1.0) / np.sqrt(steepness)
        tries = at + step * SHORTER[:, None]
        merits = (tries**2).sum(axis=1) / 2.0 + weight * np.abs(compared.margin(tries))
        better = np.flatnonzero(merits < float(at @ at) / 2.0 + weight * abs(level))
        if not len(better):
            return at
        at = np.asarray(tries[better[0]])
        if float(np.linalg.norm(step)) * SHORTER[better[0]] < SETTLED:
            return at
    return at


def _linearised(compared: _Compared, at: Array) -> tuple[float, Array]:
    """The margin at a move, and its derivative to every score, by central differences."""
    k = len(at)
    nudges = np.concatenate([np.eye(k), -np.eye(k), np.zeros((1, k))]) * STEP
    values = compared.margin(at + nudges)
    return float(values[-1]), (values[:k] - values[k:-1]) / (2.0 * STEP)


def _landed(compared: _Compared, limit: float, move: Array) -> Array | None:
    """The move stretched or shortened along its ray until the conclusion has just reversed."""
    norm = float(np.linalg.norm(move))
    if norm == 0.0:
        return None
    ray = move / norm
    near, far = 0.0, min(1.1 * norm, limit * np.sqrt(len(move)))
    for _ in range(NARROWINGS):
        lengths = np.linspace(near, far, SECTIONS + 1)[1:]
        held = compared.held(lengths[:, None] * ray)
        if held.all():
            return None
        first = int(np.argmin(held))
        near, far = near if first == 0 else float(lengths[first - 1]), float(lengths[first])
    return np.asarray(far * ray)
