"""What each item of the evidence contributes to the move from the baseline to the answer.

Shapley, L. S. (1953), A value for n-person games: an item's contribution is the change it makes to
the probability, averaged over all orders in which the items could be learnt. Contributions sum to
answer minus baseline. Up to 15 items every subset is evaluated; beyond that, orders are sampled
(Castro, Gomez and Tejada 2009, Computers & Operations Research 36:1726) and a standard error given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet import engine
from cmocnet.amounts import affordable
from cmocnet.amounts import seed as seeded
from cmocnet.explain.augmented import Column, augmented
from cmocnet.items import Item, gathered
from cmocnet.results import TOP, Part, Result, Strip, Table
from cmocnet.typing import Array, Event
from cmocnet.wording import percents, points

EXACT = 15
"""Up to so many items all subsets are evaluated."""

ORDER = 32
"""Bytes that one item takes in each subset of an order: masks, codes and what is made of them."""

Masks = NDArray[np.bool_]
"""One subset of the items a row: which of them are in it."""


@dataclass(frozen=True)
class Contribution:
    """One item's part in the move, in probability.

    value
        Shapley value.
    alone
        Change that the item makes when it is learnt first.
    last
        Change that it makes when all the others are known.
    standard_error
        Of ``value``, where orders were sampled; None where it is exact.
    """

    item: Item
    value: float
    alone: float
    last: float
    standard_error: float | None = None

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {**vars(self), "item": self.item.record()}


@dataclass(frozen=True, repr=False)
class Contributions(Result):
    """All items' contributions, largest first; their values sum to ``answer - baseline``.

    orders
        How many orders were sampled; None where all subsets were evaluated.
    """

    baseline: float
    answer: float
    items: tuple[Contribution, ...]
    orders: int | None = None
    seed: int | None = None

    @property
    def exact(self) -> bool:
        """Were all subsets evaluated?"""
        return self.orders is None

    @property
    def finding(self) -> str:
        """The ends of the move, and the item that adds most to it."""
        told = f"from {self.baseline:.1%} to {self.answer:.1%}"
        if not self.items:
            return told
        return f"{told}; {self.items[0].item} adds {points(self.items[0].value)} points"

    columns = ("item", "value", "alone", "last", "standard_error")

    def rows(self) -> list[dict[str, Any]]:
        """One an item."""
        return [{**vars(c), "item": str(c.item)} for c in self.items]

    def record(self) -> dict[str, Any]:
        """The items, and how they were worked out."""
        return {
            "contributions": [c.record() for c in self.items],
            "exact": self.exact,
            "orders": self.orders,
            "seed": self.seed,
        }

    def shown(self, top: int = TOP, words: Callable[[Item], str] = str) -> Iterator[Part]:
        """From the baseline to the answer, item by item, each in ``words``."""
        baseline, answer = percents([self.baseline, self.answer])
        rows = [("Nothing known (rests on assumed prevalences)", baseline, "", "")]
        for c in self.items:
            doubt = "" if c.standard_error is None else f" ± {100 * c.standard_error:.1f}"
            rows.append((words(c.item), points(c.value) + doubt, points(c.alone), points(c.last)))
        rows.append(("With all of this", answer, "", ""))
        numbers = ["Points", "Learnt first", "Learnt last"]
        strips = [None, *(Strip(0.0, c.value) for c in self.items), None]
        yield Table(["From the baseline to the answer", *numbers], rows, numbers, strips, 0.0)
        how = (
            "exact, over all orders in which the items could be learnt"
            if self.exact
            else f"estimated from {self.orders} orders, seed {self.seed}; ± is the standard error"
        )
        yield f"Shapley values, {how}"


def shapley(
    program: engine.Program,
    targets: Event,
    some: Sequence[Item],
    *,
    orders: int = 500,
    seed: int = 0,
) -> Contributions:
    """Shapley values of items of evidence for P(targets | items).

    An intervention left out is one not made. Fixed marginals are solved subset by subset, which is
    slow beyond a few items.

    Parameters
    ----------
    orders
        Orders sampled where there are more than 15 items, 2 or more.

    Raises
    ------
    CmocnetError
        ``orders`` is under 2 or takes too much memory, or ``seed`` is negative.
    EvidenceError
        Some subset of the items is impossible.

    >>> from cmocnet.typing import DiscreteNetwork, Table
    >>> rain = Table("rain", (), np.array([0.8, 0.2]))
    >>> wet = Table("wet", ("rain",), np.array([[0.9, 0.1], [0.2, 0.8]]))
    >>> two = {"rain": ("no", "yes"), "wet": ("no", "yes")}
    >>> program = engine.compile(DiscreteNetwork(two, {"rain": rain, "wet": wet}))
    >>> found = shapley(program, {"wet": "yes"}, [Item("observed", "rain", "yes")])
    >>> round(found.items[0].value, 12), round(found.answer - found.baseline, 12)
    (0.56, 0.56)
    """
    n = len(some)
    seeded(seed)
    affordable(orders, "orders", ORDER * (n + 1) * max(n, 1), least=2)
    program.event(targets, gathered(some))  # impossible evidence is named here, as a whole
    none, one = np.zeros(n, dtype=bool), np.eye(n, dtype=bool)
    ends = np.stack([none, ~none, *one, *~one])
    errors: Sequence[float | None] = [None] * n
    if n <= EXACT:
        masks = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(bool)
        values = worth(program, targets, some, masks)
        shares = _averaged(values, masks)
        outer = values[ends @ (1 << np.arange(n))]
    else:
        shares, errors = _sampled(program, targets, some, orders, seed)
        outer = worth(program, targets, some, ends)
    baseline, answer, *single = outer.tolist()
    rows = zip(some, shares.tolist(), single[:n], single[n:], errors, strict=True)
    found = [
        Contribution(item, value, alone - baseline, answer - without, error)
        for item, value, alone, without, error in rows
    ]
    found.sort(key=lambda c: -abs(c.value))
    sampled = (orders, seed) if n > EXACT else (None, None)
    return Contributions(baseline, answer, tuple(found), *sampled)


def worth(program: engine.Program, targets: Event, some: Sequence[Item], masks: Masks) -> Array:
    """P(targets | the items in each row of ``masks``), one number a row."""
    fixed = [i for i, item in enumerate(some) if item.kind == "marginal"]
    free = [i for i, item in enumerate(some) if item.kind != "marginal"]
    runner, columns = _switchable(program, tuple(some[i] for i in free))
    made, left_out = [c.made for c in columns], [c.left_out for c in columns]
    codes = np.where(masks[:, free], made, left_out).astype(np.int64)
    names = [c.variable for c in columns]
    patterns, which = np.unique(masks[:, fixed], axis=0, return_inverse=True)
    values = np.empty(len(masks))
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(which.ravel() == number)
        given = gathered(some[i] for i, on in zip(fixed, pattern, strict=True) if on)
        (values[rows],) = runner.predict(codes[rows], names, [dict(targets)], given)
    return values


def _switchable(
    program: engine.Program, some: tuple[Item, ...]
) -> tuple[engine.Program, tuple[Column, ...]]:
    """A program in which every item can be switched on by an observation alone, and which one."""
    network, columns = augmented(program.network, some)
    if network is program.network:
        return program, columns
    # What is observed switches by itself, so scenarios that differ in that alone share a program.
    added = {i.variable for i, c in zip(some, columns, strict=True) if c.variable != i.variable}
    return _augmented(program, tuple(i for i in some if i.variable in added)), columns


@lru_cache(maxsize=16)
def _augmented(program: engine.Program, some: tuple[Item, ...]) -> engine.Program:
    return engine.compile(augmented(program.network, some)[0])


def _averaged(values: Array, masks: Masks) -> Array:
    """Shapley values from the worth of every subset; bit i of a row's number says item i is in."""
    n = masks.shape[1]
    size = masks.sum(axis=1)
    weight = np.array([1.0 / (n * comb(n - 1, s)) for s in range(n)])
    shares = np.empty(n)
    for i in range(n):
        without = np.flatnonzero(~masks[:, i])
        shares[i] = weight[size[without]] @ (values[without | (1 << i)] - values[without])
    return shares


def _sampled(
    program: engine.Program, targets: Event, some: Sequence[Item], orders: int, seed: int
) -> tuple[Array, list[float]]:
    """Means and standard errors over random orders; each order's changes sum to the whole move."""
    n = len(some)
    generator = np.random.default_rng(seed)
    drawn = generator.permuted(np.tile(np.arange(n), (orders, 1)), axis=1)
    place = np.argsort(drawn, axis=1)  # when item i is learnt
    masks = place[:, None, :] < np.arange(n + 1)[None, :, None]
    once, back = np.unique(masks.reshape(-1, n), axis=0, return_inverse=True)
    values = worth(program, targets, some, once)[back.ravel()].reshape(orders, n + 1)
    changes = np.take_along_axis(np.diff(values, axis=1), place, axis=1)
    errors = changes.std(axis=0, ddof=1) / np.sqrt(orders)
    return changes.mean(axis=0), errors.tolist()
