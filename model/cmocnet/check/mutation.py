"""Does every arc bite? Cut it, or reverse it, and a configuration it names must notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cmocnet.check.effects import Bench
from cmocnet.check.verdicts import VERDICTS, judge_test
from cmocnet.parts import mapped
from cmocnet.registry.records import Cmoc, Review
from cmocnet.typing import Array, DiscreteNetwork, Scope, Table


@dataclass(frozen=True)
class Mutant:
    """An arc after surgery: which, how, and who of the configurations it names noticed."""

    parent: str
    child: str
    surgery: str
    named: tuple[str, ...]
    noticed: tuple[str, ...]


def cut(table: Array, axis: int) -> Array:
    """The table with one parent's say averaged away.

    >>> cut(np.array([[0.9, 0.1], [0.1, 0.9]]), 0).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    mean = table.mean(axis=axis, keepdims=True)
    return np.ascontiguousarray(np.broadcast_to(mean, table.shape))


def turned(table: Array, axis: int) -> Array:
    """The table with one parent's states in reverse order.

    >>> turned(np.array([[0.9, 0.1], [0.2, 0.8]]), 0).tolist()
    [[0.2, 0.8], [0.9, 0.1]]
    """
    return np.ascontiguousarray(np.flip(table, axis=axis))


def mutants(review: Review, static: DiscreteNetwork) -> Iterator[Mutant]:
    """Every arc cut and every arc reversed, with the ids that noticed."""
    sound = Bench(review, static)
    before = {key: tuple(_verdicts(sound, cmoc)) for key, cmoc in review.cmocs.items()}
    twins = review.twins
    ways: dict[str, Callable[[Array, int], Array]] = {"cut": cut, "reversed": turned}
    for child, variable in review.variables.items():
        for parent, cites in variable.arcs.items():
            named = dict.fromkeys((*cites, *sorted(i for c in cites for i in twins[c])))
            for name, surgery in ways.items():
                wounded = Bench(review, _operate(static, child, parent, surgery))
                seen = (i for i in named if _worse(wounded, review.cmocs[i], before[i]))
                yield Mutant(parent, child, name, cites, tuple(seen))


def _operate(
    static: DiscreteNetwork, child: str, parent: str, surgery: Callable[[Array, int], Array]
) -> DiscreteNetwork:

    def operated(parents: Scope, values: Array) -> tuple[Scope, Array]:
        return parents, surgery(values, parents.index(parent)) if parent in parents else values

    changed = Table(child, *mapped(static.tables[child], operated))
    return DiscreteNetwork(static.states, {**static.tables, child: changed})


def _verdicts(bench: Bench, cmoc: Cmoc) -> Iterator[int]:
    """The verdict of each of its tests, the higher the worse."""
    return (VERDICTS.index(judge_test(bench, cmoc.type, t).verdict) for t in cmoc.tests)


def _worse(bench: Bench, cmoc: Cmoc, before: Sequence[int]) -> bool:
    """Whether one of its tests comes out worse than before."""
    return any(now > was for now, was in zip(_verdicts(bench, cmoc), before, strict=True))
