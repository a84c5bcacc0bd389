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

from collections.abc import Callable, Iterator
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

Margin = Callable[[Array], Array]
"""Rows of scores -> P(event | one scenario) - P(event | the other)."""


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

    def margin(rows: Array) -> Array:
        first, second = judged.answers(rows)
        return np.asarray(first - second)

    today = one.probability() - two.probability()
    if way(today) is None:
        raise QueryError("the scenarios are level as it is", where=f"{one.query} and {two.query}")
    if not judged.known:
        return Robustness(one, two, today, (), None, limit)
    single = _single(judged, margin, float(np.sign(today)), limit)
    joint = _joint(judged, margin, float(np.sign(today)), limit, single)
    return Robustness(one, two, today, single, joint, limit)


# --- one judgement --------------------------------------------------------------------------------


def _single(judged: Judged, margin: Margin, sign: float, limit: float) -> tuple[Reversal, ...]:
    """For each judgement and side the first crossing on a grid, bisected, all at once."""
    k = len(judged.known)
    steps = np.append(np.arange(GRID, limit, GRID), limit)
    which, side, step = np.meshgrid(np.arange(k), [-1.0, 1.0], steps, indexing="ij")
    scores = judged.centre[which] + side * step
    held = margin(judged.changed(which.ravel(), scores.ravel())).reshape(which.shape) * sign > 0.0
    where, direction = np.nonzero(~held.all(axis=2))
    if not len(where):
        return ()
    first = np.argmin(held[where, direction], axis=1)
    far = steps[first]
    near = np.where(first > 0, steps[np.maximum(first - 1, 0)], 0.0)
    sides = np.array([-1.0, 1.0])[direction]
    far = _bisected(judged, margin, sign, where, sides, near, far)
    best: dict[int, float] = {}
    for i, reach in zip(where.tolist(), (sides * far).tolist(), strict=True):
        if i not in best or abs(reach) < abs(best[i]):
            best[i] = reach
    moves = [judged.centre + np.eye(k)[i] * reach for i, reach in best.items()]
    margins = margin(np.array(moves))
    found = [_reversal(judged, row, float(m)) for row, m in zip(moves, margins, strict=True)]
    return tuple(sorted(found, key=lambda r: (r.size, r.changes[0].address)))


def _bisected(
    judged: Judged,
    margin: Margin,
    sign: float,
    which: NDArray[np.intp],
    sides: Array,
    near: Array,
    far: Array,
) -> Array:
    """The distance of each crossing, on its far side: the conclusion is reversed there."""
    for _ in range(HALVINGS):
        middle = (near + far) / 2.0
        held = margin(judged.changed(which, judged.centre[which] + sides * middle)) * sign > 0.0
        near, far = np.where(held, middle, near), np.where(held, far, middle)
        if float((far - near).max()) < 1e-12:
            break
    return far


# --- all jointly ----------------------------------------------------------------------------------


def _joint(
    judged: Judged, margin: Margin, sign: float, limit: float, single: tuple[Reversal, ...]
) -> Reversal | None:
    """The nearest tie from two starts, the centre and the best single change; the nearer counts."""
    starts = [np.zeros(len(judged.known))]
    if single:
        address: dict[str, int] = {j.address: i for i, j in enumerate(judged.known)}
        alone = starts[0].copy()
        alone[address[single[0].changes[0].address]] = single[0].changes[0].score
        starts.append(alone)
    found = []
    for start in starts:
        move = _landed(judged, margin, sign, limit, _design_point(judged, margin, start))
        if move is not None:
            found.append(move)
    found += starts[1:]
    if not found:
        return None
    best = min(found, key=lambda move: float(np.linalg.norm(move)))
    row = judged.centre + best
    return _reversal(judged, row, float(margin(row[None])[0]))


def _design_point(judged: Judged, margin: Margin, start: Array) -> Array:
    """The point nearest the centre at which the margin is 0, by Rackwitz and Fiessler's iteration.

    Each step goes to the point nearest the centre on the tangent plane's tie, shortened until it
    improves on nearness and margin together (the merit function of Zhang & Der Kiureghian 1995).
    """
    at = start
    for _ in range(STEPS):
        level, slope = _linearised(judged, margin, at)
        steepness = float(slope @ slope)
        if steepness == 0.0:
            return at
        step = (float(slope @ at) - level) / steepness * slope - at
        weight = 2.0 * (float(np.linalg.norm(at)) + 1.0) / np.sqrt(steepness)
        tries = at + step * SHORTER[:, None]
        merits = (tries**2).sum(axis=1) / 2.0 + weight * np.abs(margin(judged.centre + tries))
        better = np.flatnonzero(merits < float(at @ at) / 2.0 + weight * abs(level))
        if not len(better):
            return at
        at = np.asarray(tries[better[0]])
        if float(np.linalg.norm(step)) * SHORTER[better[0]] < SETTLED:
            return at
    return at


def _linearised(judged: Judged, margin: Margin, at: Array) -> tuple[float, Array]:
    """The margin at changes ``at``, and its derivative to every score, by central differences."""
    k = len(at)
    nudges = np.concatenate([np.eye(k), -np.eye(k), np.zeros((1, k))]) * STEP
    values = margin(judged.centre + at + nudges)
    return float(values[-1]), (values[:k] - values[k:-1]) / (2.0 * STEP)


def _landed(judged: Judged, margin: Margin, sign: float, limit: float, move: Array) -> Array | None:
    """The move stretched or shortened along its ray until the conclusion has just reversed."""
    norm = float(np.linalg.norm(move))
    if norm == 0.0:
        return None
    ray = move / norm
    near, far = 0.0, min(1.1 * norm, limit * np.sqrt(len(move)))
    for _ in range(NARROWINGS):
        lengths = np.linspace(near, far, SECTIONS + 1)[1:]
        held = margin(judged.centre + lengths[:, None] * ray) * sign > 0.0
        if held.all():
            return None
        first = int(np.argmin(held))
        near, far = near if first == 0 else float(lengths[first - 1]), float(lengths[first])
    return np.asarray(far * ray)


def _reversal(judged: Judged, row: Array, margin: float) -> Reversal:
    """The changes behind a row of scores, the largest first."""
    variables = judged.asked.model.review.variables
    scores = row - judged.centre
    changes = [
        Change(
            address=j.address,
            label=in_words(j, variables),
            score=float(scores[i]),
            central=j.central,
            value=float(value(j, row[i : i + 1])[0]),
        )
        for i, j in enumerate(judged.known)
        if scores[i] != 0.0
    ]
    ordered = tuple(sorted(changes, key=lambda c: (-abs(c.score), c.address)))
    return Reversal(ordered, float(np.linalg.norm(scores)), margin)
