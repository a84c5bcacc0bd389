"""How a change of one variable runs along the arcs of a network to a target.

A change of a variable is the difference of its distribution after and before. Along an arc p -> c
it is carried by the arc's matrix, P(c | p) with c's other parents averaged over the settings before
and after; along a path by the product of its matrices. On a chain that is exact; where paths meet
it is the path-by-path part of the move, and what is left over comes of parents that move together.
For linear tables this is the path tracing of Wright 1934, Annals of Mathematical Statistics 5:161.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cache

import numpy as np

from cmocnet.typing import Array, DiscreteNetwork

Arc = tuple[str, str]

LEAST = 1e-6
"""Paths that move the target's probability by less are not followed."""


@dataclass(frozen=True, eq=False)
class Carried:
    """A path, and the change that runs along it: one array of each variable on the way."""

    path: tuple[str, ...]
    changes: tuple[Array, ...]
    effect: float


def between(network: DiscreteNetwork, start: str, targets: Iterable[str]) -> frozenset[str]:
    """The variables on directed paths from ``start`` to any of the targets, ends included."""
    after, before = {start}, set(targets)
    for name, table in network.tables.items():
        if not after.isdisjoint(table.parents):
            after.add(name)
    for name, table in reversed(list(network.tables.items())):
        if name in before:
            before.update(table.parents)
    return frozenset(after & before)


def matrices(
    network: DiscreteNetwork,
    before: Mapping[str, Array],
    after: Mapping[str, Array],
    within: Set[str] | None = None,
) -> dict[Arc, Array]:
    """(parent, child) -> P(child | parent), shape (states of parent, states of child).

    ``before`` and ``after`` have the joint distributions P(variable, parents) of every family, in
    the shape of its table. Arcs between variables not ``within`` the set are left out, and so are
    those into tables that are not written out (:func:`.unwritten.matrices`).
    """
    found = {}
    for child, table in network.tables.items():
        wanted = [p for p in table.parents if within is None or {p, child} <= within]
        if table.parts or not wanted:
            continue
        joint = (before[child].sum(axis=-1) + after[child].sum(axis=-1)) / 2.0
        for axis, parent in enumerate(table.parents):
            if parent not in wanted:
                continue
            others = joint.sum(axis=axis, keepdims=True)
            rest = tuple(i for i in range(len(table.parents)) if i != axis)
            found[parent, child] = (table.values * others[..., None]).sum(axis=rest)
    return found


def paths(
    arcs: Mapping[Arc, Array],
    start: str,
    change: Array,
    target: str,
    code: int | list[int],
    blocked: Set[str] = frozenset(),
) -> Iterator[Carried]:
    """Every directed path from ``start`` to the target that carries at least ``LEAST``.

    A branch is given up when no continuation can carry more, by the arcs' contraction coefficients
    (Dobrushin 1956, Theory of Probability and its Applications 1:65): no change grows on its way.
    """
    children: dict[str, list[str]] = {}
    for parent, child in arcs:
        if child not in blocked or child == target:
            children.setdefault(parent, []).append(child)
    reach = _reach(arcs, children, target)

    def follow(path: tuple[str, ...], changes: tuple[Array, ...]) -> Iterator[Carried]:
        here, moved = path[-1], changes[-1]
        if here == target:
            yield Carried(path, changes, float(moved[code].sum()))
            return
        for child in children.get(here, ()):
            onward = moved @ arcs[here, child]
            if np.abs(onward).sum() / 2.0 * reach(child) >= LEAST:
                yield from follow((*path, child), (*changes, onward))

    return (c for c in follow((start,), (change,)) if abs(c.effect) >= LEAST)


def _reach(
    arcs: Mapping[Arc, Array], children: Mapping[str, list[str]], target: str
) -> Callable[[str], float]:
    """Variable -> the largest share of a change there that any path can bring to the target."""

    @cache
    def reach(name: str) -> float:
        onward = (contraction(arcs[name, c]) * reach(c) for c in children.get(name, ()))
        return 1.0 if name == target else max(onward, default=0.0)

    return reach


def contraction(matrix: Array) -> float:
    """Dobrushin's coefficient: the largest total variation distance between two rows.

    >>> contraction(np.array([[1.0, 0.0], [0.25, 0.75]]))
    0.75
    """
    apart = np.abs(matrix[:, None, :] - matrix[None, :, :]).sum(axis=-1)
    return float(apart.max()) / 2.0
