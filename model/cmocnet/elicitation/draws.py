"""Judgements as distributions: draws of all elicited numbers at once, and the tables they make.

A weight is log-normal around its central value; a probability is Beta with its central value as
mean and its equivalent sample size (O'Hagan et al. 2006, *Uncertain Judgements*). A coder errs in
the same direction throughout: one shared normal component moves all judgements together towards
larger or smaller effects (a one-factor Gaussian copula; its share of the variance is ``shared`` in
the protocol). Draws are reproducible: the same review, number and seed give the same values.

Where numbers were solved from what the review states, draws are given the statements: worlds in
which what it states is not false. They are drawn around the most probable point by the shape of the
solver's objective there (a Laplace approximation, in the judgements' normal scores, so that no
probability leaves 0 to 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cmocnet.amounts import affordable
from cmocnet.amounts import seed as seeded
from cmocnet.elicitation.tables import build, entries, judgements
from cmocnet.forks import kept
from cmocnet.registry.address import Address
from cmocnet.registry.judged import Judgement, Kind
from cmocnet.registry.records import Review
from cmocnet.typing import Array


@dataclass(frozen=True, eq=False)
class Draws:
    """``n`` draws of every judgement of a review; the same for the same review, number and seed.

    ``ready`` holds the tables if they were built before.
    """

    review: Review
    n: int
    seed: int
    ready: Mapping[str, Array] | None = None

    @kept
    def values(self) -> Mapping[str, Array]:
        """Address -> one number a draw, shape (n,), read-only."""
        generator, known = np.random.default_rng(self.seed), everyone(self.review)
        scores = _free if self.review.solved is None else _given
        z = scores(self.review, known, self.n, generator)
        values = at_scores(known, z)
        values.setflags(write=False)
        return dict(zip((j.address for j in known), values, strict=True))

    @kept
    def tables(self) -> Mapping[str, Array]:
        """Variable -> its tables, shape (n, *parent cardinalities, cardinality), read-only."""
        return dict(tables(self.review, self.values)) if self.ready is None else self.ready


def _free(
    review: Review, known: Sequence[Judgement], n: int, generator: np.random.Generator
) -> Array:
    """Scores of the judgements, each by itself but for the coder's tilt: (judgements, n)."""
    common = generator.standard_normal(n)
    own = generator.standard_normal((len(known), n))
    return mixed(known, review.protocol.shared, own, common)


def _given(
    review: Review, known: Sequence[Judgement], n: int, generator: np.random.Generator
) -> Array:
    """Scores given the statements: (judgements, n); those that were not solved are free."""
    solution = review.solved
    assert solution is not None
    free = generator.standard_normal((len(solution.numbers) + 1, n))
    *parts, tilt = solution.narrowed(free)
    moved = dict(zip(solution.numbers, parts, strict=True))
    own = generator.standard_normal((len(known), n))
    centre = np.zeros((len(known), 1))
    for i, j in enumerate(known):
        if j.solved is not None:
            own[i], centre[i] = moved[j.address], j.solved.score
    return np.asarray(centre + mixed(known, review.protocol.shared, own, tilt))


def everyone(review: Review) -> tuple[Judgement, ...]:
    """Every judgement of a review, variables in topological order."""
    return tuple(j for v in review.variables.values() for j in judgements(v))


def by_address(review: Review) -> dict[str, Judgement]:
    """Every judgement of a review by its address."""
    return {j.address: j for j in everyone(review)}


def draw(
    review: Review, *, n: int = 1000, seed: int = 0, ready: Mapping[str, Array] | None = None
) -> Draws:
    """``n`` draws of all judgements, given the statements where they were solved.

    Raises
    ------
    CmocnetError
        ``n`` is not positive or takes too much memory, or ``seed`` is negative.

    >>> from cmocnet.registry import bundled, read
    >>> review = read(bundled())
    >>> draw(review, n=3, seed=1).values["inertia/lowest"].shape
    (3,)
    """
    seeded(seed)
    affordable(n, "draws", size(review))
    return Draws(review, n, seed, ready)


def size(review: Review) -> int:
    """Bytes that one draw takes: its values with the scores behind them, and its tables.

    >>> from cmocnet.registry import bundled, read
    >>> 10_000 < size(read(bundled())) < 100_000
    True
    """
    numbers = sum(entries(v, review.states) for v in review.variables.values())
    return 8 * (4 * len(everyone(review)) + numbers)


def mixed(known: Sequence[Judgement], shared: float, own: Array, common: Array) -> Array:
    """Scores of the judgements, (judgements, n), from each one's own part and the coder's (n,)."""
    tilt = np.array([j.overstates for j in known], dtype=np.float64)[:, None]
    mix: Array = tilt * np.sqrt(shared) * common + np.sqrt(1.0 - tilt**2 * shared) * own
    return mix


class Believed(Protocol):
    """What is believed about one number: a judgement, or what an expert's answer comes to."""

    @property
    def kind(self) -> Kind:
        """What kind of number it is."""

    @property
    def value(self) -> float:
        """A probability's mean, a weight's median."""

    @property
    def spread(self) -> float:
        """A probability's equivalent sample size, a weight's log standard deviation."""


def quantile(judgement: Believed, p: Array | float) -> Array:
    """The ``p``-quantile of what is believed about a number.

    >>> from cmocnet.registry import Address, Judgement
    >>> at = Address("fog", "weight", parent="wind")
    >>> w = Judgement(address=at, value=2.0, spread=0.5, by="coder")
    >>> float(quantile(w, 0.5))
    2.0
    """
    from scipy.special import ndtri

    (values,) = at_scores((judgement,), np.atleast_2d(ndtri(np.asarray(p, dtype=np.float64))))
    return np.asarray(values.reshape(np.shape(p)), dtype=np.float64)


def at_scores(known: Sequence[Believed], z: Array) -> Array:
    """The judgements' values at standard normal scores ``z``, both of shape (judgements, n)."""
    from scipy.special import betaincinv, ndtr

    values = np.empty_like(z)
    weight = np.array([j.kind == "weight" for j in known])
    centre = np.array([j.value for j in known])[:, None]
    spread = np.array([j.spread for j in known])[:, None]
    values[weight] = centre[weight] * np.exp(spread[weight] * z[weight])
    # A central value of exactly 0 or 1 is held as certain; elsewhere the Beta is proper.
    certain = ~weight & ((centre[:, 0] <= 0.0) | (centre[:, 0] >= 1.0))
    values[certain] = centre[certain]
    rest = ~weight & ~certain
    m, s = centre[rest], spread[rest]
    values[rest] = betaincinv(m * s, (1.0 - m) * s, ndtr(z[rest]))
    return values


def tables(review: Review, values: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """The tables that values make, for every variable with a judgement among them.

    Raises
    ------
    QueryError
        One stands at what is no address of a judgement.
    """
    states = review.states
    grouped: dict[str, dict[str, Array]] = {}
    known = (j.address for v in review.variables.values() for j in judgements(v))
    for text, numbers in values.items():
        address = Address.parse(text, known)
        grouped.setdefault(address.variable, {})[address] = numbers
    for name, mine in grouped.items():
        yield name, build(review.variables[name], states, mine)
