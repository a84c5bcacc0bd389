"""Global sensitivity: each judgement's share in the variance of the answer, all of them varying.

First-order indices are the share a judgement explains by itself, total indices that in which it has
a part at all. Sampling and analysis are SALib's (Saltelli et al. 2010, Computer Physics
Communications 181:259, doi:10.1016/j.cpc.2009.09.018; Herman & Usher 2017, JOSS 2:97,
doi:10.21105/joss.00097).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.amounts import affordable
from cmocnet.amounts import seed as seeded
from cmocnet.asked import Asked
from cmocnet.errors import CmocnetError, QueryError
from cmocnet.extras import missing
from cmocnet.results import TOP, Part, Result, Strip, Table
from cmocnet.sensitivity.judged import Judged
from cmocnet.sensitivity.sweep import CHUNK, Progress, swept
from cmocnet.sensitivity.tornado import at_ends
from cmocnet.sensitivity.wording import in_words
from cmocnet.typing import Array

Range = tuple[float, float] | Callable[[Array], Array]
"""A uniform input's bounds, or any input's quantile function."""

SHARED = "shared"
"""The input that stands for the tendency common to all judgements."""

SAMPLE = 24
"""Bytes that one input takes in each row of the sample: the row, and what SALib makes of it."""

EXTRA = "global"
"""The optional extra that brings SALib."""

ESTIMATES = {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}
"""What SALib calls the indices and their half-widths."""

INSIDE = 2.0**-53
"""Samples are kept so far from 0 and 1, where quantiles may be infinite."""


@dataclass(frozen=True, eq=False, repr=False)
class Indices(Result):
    """Sobol indices of every input, in the inputs' order, with half-widths of their intervals.

    first, total
        First-order and total indices; estimates may fall a little outside [0, 1].
    first_error, total_error
        Half-widths of their bootstrap intervals at ``level``.
    evaluations
        How often the function was evaluated.
    variance
        Variance of the answer over the sample.
    """

    inputs: tuple[str, ...]
    labels: tuple[str, ...]
    first: Array
    first_error: Array
    total: Array
    total_error: Array
    level: float
    evaluations: int
    variance: float
    asked: Asked | None = None

    @property
    def finding(self) -> str:
        """The input with the largest part in the variance."""
        i = int(np.argmax(self.total))
        share = f"{self.total[i]:.0%} ± {self.total_error[i]:.0%} of the variance"
        return f"{len(self.inputs)} inputs; {self.labels[i]} has a part in {share}"

    @property
    def caution(self) -> str:
        """That of the question whose judgements varied."""
        return self.asked.caution if self.asked else ""

    columns = ("input", "label", "first", "first_error", "total", "total_error")

    def rows(self) -> list[tuple[Any, ...]]:
        """One an input, the largest total index first."""
        numbers = (getattr(self, name).tolist() for name in self.columns[2:])
        rows = zip(self.inputs, self.labels, *numbers, strict=True)
        return sorted(rows, key=lambda row: -row[4])

    def record(self) -> dict[str, Any]:
        """The rows of the frame, and how they were estimated."""
        names = ("level", "evaluations", "variance")
        rows = [dict(zip(self.columns, row, strict=True)) for row in self.rows()]
        return {"indices": rows, **{name: getattr(self, name) for name in names}}

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """Shares of the variance while all inputs vary."""
        yield (
            f"Share of the answer's uncertainty, with {self.level:.0%} intervals (Sobol indices):"
        )
        names = ["By itself", "In all"]
        rows, strips = [], []
        for _, label, first, first_error, share, error in self.rows()[:top]:
            alone = f"{first:.2f} ± {first_error:.2f}"
            rows.append((alone, f"{share:.2f} ± {error:.2f}", label))
            strips.append(Strip(0.0, share, (share - error, share + error)))
        yield Table([*names, "Judgement"], rows, names, strips)
        shared = SHARED in self.inputs
        varied = f"{len(self.inputs) - shared} judgements"
        if self.asked and self.asked.model.review.solved:
            yield "Each varies by itself here, though what the review states holds some together."
        yield (
            f"{varied}{' and their common tendency' * shared} varied in {self.evaluations:,} "
            f"evaluations; standard deviation of the answer {100 * self.variance**0.5:.1f} points"
        )


def sobol(
    function: Callable[[Array], Array],
    inputs: Mapping[str, Range],
    *,
    n: int = 256,
    seed: int = 0,
    level: float = 0.95,
    labels: Sequence[str] | None = None,
    scheduler: str | None = None,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> Indices:
    """First-order and total Sobol indices of any function of independent inputs.

    Parameters
    ----------
    function
        Rows of inputs (m, inputs) -> answers (m,).
    inputs
        name -> bounds of a uniform input, or a quantile function.
    n
        Base samples, a power of 2; the function is evaluated n (inputs + 2) times.
    seed
        Of the sample and of the bootstrap, 0 or more.
    level
        Level of the intervals.
    scheduler, chunk, progress
        Where the function is evaluated and how many rows at a time, as in :func:`.sweep.swept`;
        neither changes a number.

    Raises
    ------
    CmocnetError
        SALib is not installed, a number is out of range or asks for too much memory, or as in
        :func:`.sweep.swept`.

    >>> found = sobol(lambda x: x[:, 0] + 2 * x[:, 1], {"a": (0, 1), "b": (0, 1)}, n=512)
    >>> found.total.round(2).tolist()
    [0.2, 0.8]
    """
    sampling = _salib("sample")
    seeded(seed)
    width = len(inputs)
    affordable(n, "base samples", SAMPLE * (width + 2) * max(width, 1), least=2)
    if n & (n - 1) or not 0.0 < level < 1.0 or chunk < 1 or not inputs:
        raise CmocnetError(
            f"n={n}, level={level:g}, chunk={chunk}, {len(inputs)} inputs",
            where="sobol",
            expected="n a power of 2, level inside (0, 1), chunk and inputs from 1",
        )
    names = list(inputs)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
    rows = sampling.sample(problem, n, calc_second_order=False, seed=seed)
    evaluated = partial(_at_quantiles, function, list(inputs.values()))
    with swept(evaluated, scheduler=scheduler, chunk=chunk, progress=progress) as every:
        answers = every(rows)
    variance = float(answers.var())
    if variance > 0.0:  # SALib takes a seed of 0 for no seed at all
        found = _salib("analyze").analyze(
            problem, answers, calc_second_order=False, conf_level=level, seed=seed + 1
        )
    else:  # nothing moves the answer, and nothing can be divided by its variance
        found = dict.fromkeys(ESTIMATES.values(), np.zeros(width))
    return Indices(
        inputs=tuple(names),
        labels=tuple(labels or names),
        **{estimate: np.asarray(found[k], dtype=np.float64) for estimate, k in ESTIMATES.items()},
        level=level,
        evaluations=len(rows),
        variance=variance,
        asked=None,
    )


@dataclass(frozen=True, eq=False)
class Response:
    """A question's answer as a function of independent normal scores, sent to workers as it stands.

    judged
        The question and its judgements.
    chosen
        Those that vary, as positions in ``judged.known``; the others stay central.

    Columns of rows: the tendency shared by all judgements, then each chosen one's own score.
    """

    judged: Judged
    chosen: NDArray[np.intp]

    @classmethod
    def of(cls, asked: Asked, top: int | None = None) -> Response:
        """Of the ``top`` judgements with the widest bars in a tornado, or of all."""
        if top is not None and top < 1:
            raise QueryError(f"top {top}", expected="1 or more judgements")
        judged = Judged.of(asked)
        if not judged.known:
            raise QueryError("no judgement can move this answer", where=str(judged.asked.query))
        chosen = np.arange(len(judged.known))
        if top is not None:
            width = np.abs(np.diff(at_ends(judged), axis=1)).ravel()
            chosen = np.sort(np.argsort(-width, kind="stable")[:top])
        return cls(judged, chosen)

    def __call__(self, scores: Array) -> Array:
        """P(event | evidence) of each row of scores, (m, 1 + chosen) -> (m,)."""
        self.judged.asked.program.warm()  # as on every other worker
        shared = self.judged.asked.model.review.protocol.shared
        own = [self.judged.known[i].overstates for i in self.chosen]
        tilt = np.array(own, dtype=np.float64)
        rows = np.tile(self.judged.centre, (len(scores), 1))
        common = scores[:, :1] * tilt * np.sqrt(shared)
        rows[:, self.chosen] = common + scores[:, 1:] * np.sqrt(1.0 - tilt**2 * shared)
        return np.asarray(self.judged.answers(rows)[0])


def judgement_indices(
    asked: Asked,
    *,
    n: int = 256,
    seed: int = 0,
    top: int | None = None,
    level: float = 0.95,
    scheduler: str | None = None,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> Indices:
    """Sobol indices of the judgements behind an answer, varying as credible intervals vary them.

    Judgements share a tendency to over- or understate effects, so they are not independent; the
    tendency is an input of its own (``shared``), and each judgement's is what it has besides.
    Where numbers were solved, each varies by what the statements leave of it alone; that they hold
    some numbers together, as credible intervals have it, has no part in the indices.

    Parameters
    ----------
    asked
        Each target with a state.
    n, seed, level, scheduler, chunk, progress
        As in :func:`sobol`.
    top
        Vary only so many judgements, those with the widest bars in a tornado, and hold the others
        at their central values: what these would do is then left out. Fewer inputs allow a larger
        ``n`` in the same time.

    Raises
    ------
    CmocnetError
        No judgement can move the answer, or as in :func:`sobol`.
    """
    _salib("sample")
    response = Response.of(asked, top)
    variables = asked.model.variables
    own = [response.judged.known[i] for i in response.chosen]
    found = sobol(
        response,
        {SHARED: _normal, **{j.address: _normal for j in own}},
        n=n,
        seed=seed,
        level=level,
        labels=["Tendency to overstate effects", *(in_words(j, variables) for j in own)],
        scheduler=scheduler,
        chunk=chunk,
        progress=progress,
    )
    return replace(found, asked=asked)


def _normal(p: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(ndtri(p))


def _at_quantiles(
    function: Callable[[Array], Array], ranges: Sequence[Range], rows: Array
) -> Array:
    """The function where each input has the quantile that its column says."""
    inside = np.clip(rows, INSIDE, 1.0 - INSIDE)
    columns = [
        r(u) if callable(r) else r[0] + (r[1] - r[0]) * u
        for u, r in zip(inside.T, ranges, strict=True)
    ]
    return function(np.stack(columns, axis=1))


def _salib(part: str) -> Any:
    try:
        return import_module(f"SALib.{part}.sobol")
    except ImportError:
        raise missing("Sobol indices need SALib", EXTRA) from None
