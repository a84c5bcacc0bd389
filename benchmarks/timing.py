"""How is measured: everyone gives the same numbers first, then runs in turn, round after round."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from benchmarks.results import Effort
from cmocnet.typing import Array

TOLERANCE = 1e-9
ROUGH = 1e-4
"""How closely finite differences can agree."""
SLOW = 2.5
"""A variant of a peer that takes so many times its fastest one's time is not measured further."""
WARM, WARM_FOR = 8, 1.5
"""Runs before measuring, and seconds after which fewer do."""
LONG = 0.5
"""Of variants that take so many seconds a turn, the two fastest are measured further."""


class DisagreementError(Exception):
    """Two contenders give different numbers, so their times mean nothing."""


@dataclass(frozen=True)
class Contender:
    """One way to do a workload.

    run
        Does it and returns every number, nested as it comes.
    units
        How many units of the workload ``run`` does; times are taken per unit, so that a slow peer
        may do fewer.
    """

    name: str
    run: Callable[[], Any]
    units: int = 1


def numbers(answer: Any) -> Array:
    """All numbers of an answer in one row."""
    if isinstance(answer, list | tuple):
        return np.concatenate([numbers(part) for part in answer] or [np.empty(0)])
    return np.asarray(answer, dtype=np.float64).ravel()


def agreement(ours: Any, others: Iterable[tuple[str, Any]], tolerance: float = TOLERANCE) -> float:
    """The largest difference from our numbers; others may have fewer of them.

    Raises
    ------
    DisagreementError
        If it is above ``tolerance``.
    """
    mine, largest = numbers(ours), 0.0
    for name, answer in others:
        theirs = numbers(answer)
        gap = float(np.abs(mine[: len(theirs)] - theirs).max())
        if not gap <= tolerance:
            raise DisagreementError(f"{name} differs by {gap:.2g}")
        largest = max(largest, gap)
    return largest


def compared(contenders: Sequence[Contender]) -> float:
    """The largest difference between the first contender's numbers and the others'."""
    first, *rest = contenders
    return agreement(first.run(), ((c.name, c.run()) for c in rest))


def screened(contenders: Sequence[Contender], always: Sequence[str] = ()) -> list[Contender]:
    """Without variants far slower than the fastest in a trial call, made when all are warm.

    ``always`` are beginnings of names of which the fastest variant stays in any case.
    """
    once = {c.name: _sample(c, 1) for c in contenders}
    order = sorted(contenders, key=lambda c: once[c.name])
    if once[order[0].name] * order[0].units > LONG:
        contenders = order[:2]
    limit = SLOW * min(once.values())
    best = {min((n for n in once if n.startswith(a)), key=once.__getitem__) for a in always}
    fast = {c.name for c in contenders if once[c.name] <= limit}
    return [c for c in order if c.name in fast | best]


def medians(
    contenders: Sequence[Contender], effort: Effort, *, once: bool = False
) -> dict[str, float]:
    """Median seconds a unit by name; contenders take turns in every round.

    ``once`` forbids the repetition of short work within a sample, for work that must not repeat.
    """
    calls = {c.name: 1 if once else _calls(c, effort.sample) for c in contenders}
    samples: dict[str, list[float]] = {c.name: [] for c in contenders}
    gc.collect()
    for turn in range(effort.rounds):
        start = turn % len(contenders)
        for c in (*contenders[start:], *contenders[:start]):
            samples[c.name].append(_sample(c, calls[c.name]))
    return {name: median(times) for name, times in samples.items()}


def _calls(contender: Contender, sample: float) -> int:
    """How often to run in one sample; before that, enough runs to have everything warm.

    Some of those runs take long only once, compiling or preparing: the shortest counts.
    """
    times: list[float] = []
    while len(times) < 2 or (len(times) < WARM and sum(times) < WARM_FOR):
        times.append(_sample(contender, 1) * contender.units)
    return math.ceil(sample / min(times))


def _sample(contender: Contender, calls: int) -> float:
    run = contender.run
    start = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - start) / (calls * contender.units)
