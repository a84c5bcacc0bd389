"""Answers as a function of the judgements: scores in, exact probabilities out.

Every judgement has a standard normal score: -1.64 is its 5th percentile, 1.64 its 95th. Its central
value has a score near 0, and exactly 0 for a weight; the mean of a skewed Beta is not its median.
Where numbers were solved, percentiles are those given the statements, and the solved number has 0.
All analyses over judgements go through :meth:`Judged.answers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby, product

import numpy as np
from numpy.typing import NDArray

from cmocnet.asked import Asked
from cmocnet.elicitation.draws import quantile
from cmocnet.elicitation.tables import build, judgements
from cmocnet.engine.marginals import MET, fit_joint, weighed
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.forks import kept
from cmocnet.registry.judged import Judgement
from cmocnet.sensitivity.reach import relevant
from cmocnet.typing import Array, Evidence

CHUNK = 4096
"""Sets of tables held in memory at a time."""

JOINT_STATES = 256
"""Joint states of fixed marginals beyond which their fit is not followed through every change."""


@dataclass(frozen=True, eq=False)
class Judged:
    """Questions and the judgements that can move an answer to any of them.

    questions
        One question, or several to be answered from the same tables.
    known
        The judgements, in the order of the columns of every matrix of scores.
    """

    questions: tuple[Asked, ...]
    known: tuple[Judgement, ...]

    @classmethod
    def of(cls, *questions: Asked) -> Judged:
        """Those that matter to any of the questions.

        Judgements held as certain (a probability of 0 or 1) have nothing to vary and are left out.
        Evidence that is impossible as it stands is refused here, naming its items.
        """
        for question in questions:
            question.probability()
        review = questions[0].model.review
        matter = frozenset().union(*(relevant(q) for q in questions))
        known = tuple(
            j
            for v in review.variables.values()
            if v.name in matter
            for j in judgements(v)
            if varies(j)
        )
        return cls(questions, known)

    @property
    def asked(self) -> Asked:
        """The first question."""
        return self.questions[0]

    @kept
    def columns(self) -> Mapping[str, tuple[int, ...]]:
        """Variable -> where its judgements stand in ``known``."""
        own = groupby(range(len(self.known)), lambda i: self.known[i].variable)
        return {v: tuple(places) for v, places in own}

    @kept
    def centre(self) -> Array:
        """The scores of the central values: (judgements,)."""
        return np.array([centre(j) for j in self.known])

    def changed(self, which: NDArray[np.intp], scores: Array) -> Array:
        """One judgement a row at another score: (m,) and (m,) to (m, judgements)."""
        rows = np.tile(self.centre, (len(which), 1))
        rows[np.arange(len(which)), which] = scores
        return rows

    def answers(self, scores: Array, *, chunk: int = CHUNK) -> Array:
        """P(event | evidence) of each question at each row: (m, judgements) to (questions, m)."""
        parts = [self._answers(scores[i : i + chunk]) for i in range(0, len(scores), chunk)]
        return np.concatenate(parts, axis=1) if parts else np.empty((len(self.questions), 0))

    def _answers(self, scores: Array) -> Array:
        differs = (scores != self.centre).any(axis=0)
        moved = {v: c for v, c in self.columns.items() if differs[list(c)].any()}
        if not moved:
            today = np.array([[q.probability()] for q in self.questions])
            return np.broadcast_to(today, (len(self.questions), len(scores)))
        built = {v: self.tables(v, scores[:, c]) for v, c in moved.items()}
        return np.stack([probabilities(q, built) for q in self.questions])

    def tables(self, name: str, scores: Array) -> Array:
        """The variable's table for every row of scores of its own judgements.

        A table is built once for a run of equal rows.
        """
        first, run = runs(scores)
        own = [self.known[i] for i in self.columns[name]]
        values: dict[str, Array] = {
            j.address: value(j, scores[first, k]) for k, j in enumerate(own)
        }
        states = self.asked.program.network.states
        return build(self.asked.model.variables[name], states, values)[run]


def varies(judgement: Judgement) -> bool:
    """Is there anything to vary?"""
    if judgement.kind == "weight":
        return judgement.value > 0.0 and judgement.spread > 0.0
    return 0.0 < judgement.value < 1.0


def centre(judgement: Judgement) -> float:
    """The standard normal score of a judgement's central value.

    >>> from cmocnet.registry import Address, Judgement
    >>> p = Judgement(address=Address("fog", "leak"), value=0.1, spread=8, by="coder")
    >>> round(centre(p), 3)  # the mean of a Beta skewed to the right lies above its median
    0.32
    """
    from scipy.special import betainc, ndtri

    if judgement.kind == "weight" or judgement.solved is not None:
        return 0.0
    m, s = judgement.value, judgement.spread
    return float(ndtri(betainc(m * s, (1.0 - m) * s, m)))


def value(judgement: Judgement, scores: Array) -> Array:
    """The judgement's value at standard normal scores; exactly its central value at its centre.

    >>> from cmocnet.registry import Address, Judgement
    >>> at = Address("fog", "weight", parent="wind")
    >>> w = Judgement(address=at, value=2.0, spread=0.5, by="coder")
    >>> value(w, np.array([0.0, 2.0])).round(3).tolist()
    [2.0, 5.437]
    """
    from scipy.special import ndtr

    found = np.full(scores.shape, judgement.central)
    moved = scores != centre(judgement)
    if moved.any():
        found[moved] = believed(judgement, ndtr(scores[moved]))
    return found


def believed(judgement: Judgement, p: Array) -> Array:
    """The ``p``-quantile of a judgement: given the statements where it was solved.

    >>> from cmocnet.registry.judged import Found
    >>> from cmocnet.registry import Address, Judgement
    >>> found = Found(value=1.213, score=-1.0, left=0.5, was=2.0, spread=0.5, by="coder")
    >>> at = Address("fog", "weight", parent="wind")
    >>> w = Judgement(address=at, value=2.0, spread=0.5, by="coder", solved=found)
    >>> round(float(believed(w, np.array(0.5))), 3)
    1.213
    """
    from scipy.special import ndtr, ndtri

    found = judgement.solved
    return quantile(judgement, p if found is None else ndtr(found.score + found.left * ndtri(p)))


def runs(rows: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each run of equal rows begins, and the run each row belongs to.

    >>> first, run = runs(np.array([[1.0], [1.0], [2.0], [1.0]]))
    >>> first.tolist(), run.tolist()
    ([0, 2, 3], [0, 0, 1, 2])
    """
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return np.flatnonzero(new), np.cumsum(new) - 1


# --- answers for many sets of tables --------------------------------------------------------------


def probabilities(asked: Asked, tables: Mapping[str, Array]) -> Array:
    """P(event | evidence) for each of D sets of tables, fixed marginals included: (D,)."""
    if asked.evidence.marginal:
        return _with_marginals(asked, tables)
    (found,) = asked.program.predict_tables(tables, asked.evidence, [asked.event])
    return found


def _with_marginals(asked: Asked, tables: Mapping[str, Array]) -> Array:
    """Fit the marginals anew for each set of tables, on the joint of the variables they fix.

    The fitted distribution weights the states of these variables only, so P(event | evidence) is
    the mean of P(event | evidence, their joint state) under the fitted joint.
    """
    e, program = asked.evidence, asked.program
    names = tuple(e.marginal)
    shape = tuple(len(program.network.states[v]) for v in names)
    if np.prod(shape) > JOINT_STATES:
        raise QueryError(
            f"{np.prod(shape)} joint states of fixed marginals",
            where=", ".join(names),
            expected=f"at most {JOINT_STATES} for a sensitivity analysis",
        )
    free = Evidence(observed=e.observed, likelihood=e.likelihood, do=e.do)
    states = product(*(program.network.states[v] for v in names))
    fixed = [dict(zip(names, combination, strict=True)) for combination in states]
    alone = program.predict_tables(tables, free, fixed)
    both = program.predict_tables(tables, free, [{**f, **asked.event} for f in fixed])
    joint = np.stack(alone, axis=-1).reshape(-1, *shape)
    hit = np.stack(both, axis=-1).reshape(-1, *shape)
    wanted = [program.codebook.numbers(v, m, "marginal") for v, m in e.marginal.items()]
    logs, worst = fit_joint(joint, [m / m.sum() for m in wanted])
    if worst > MET:
        raise EvidenceError("the fixed marginals cannot be met with a judgement changed")
    share = np.divide(hit, joint, out=np.zeros_like(hit), where=joint > 0.0)
    return np.asarray((weighed(joint, logs) * share).reshape(len(joint), -1).sum(axis=1))
