"""Plain sense: nothing at an extreme, no part above the whole, better never makes worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cmocnet.check.claims import Held
from cmocnet.check.effects import Bench, score
from cmocnet.elicitation.tables import build
from cmocnet.intervals import NOTHING
from cmocnet.registry.judged import InterBeta, Partition, Ranked, TableSpec
from cmocnet.registry.records import Link, Variable
from cmocnet.typing import Array

EXTREME = 0.1
"""An expected score within this of 0 or 1 is an extreme."""


def sense(bench: Bench) -> Iterator[Held]:
    """The sense list, one finding each."""
    yield _no_extremes(bench)
    yield from _package(bench)
    yield _monotone(bench)


def _no_extremes(bench: Bench) -> Held:
    nothing = bench.posteriors({})
    scores = {name: score(nothing[name].array) for name in bench.review.about.headline}
    fine = all(EXTREME < s < 1 - EXTREME for s in scores.values())
    return Held("no_extremes", "With nothing known no outcome sits at an extreme.", fine, scores)


def _levers(bench: Bench) -> dict[str, tuple[str, str]]:
    """Settings with a favourable end: name -> (unfavourable state, favourable state)."""
    found = {}
    for name, v in bench.review.variables.items():
        if v.layer == "setting" and v.favourable is not None:
            other = v.states[-1] if v.favourable == v.states[0] else v.states[0]
            found[name] = (other, v.favourable)
    return found


def _package(bench: Bench) -> Iterator[Held]:
    """No context outdoes the whole package; a favourable one never makes an outcome worse."""
    levers = _levers(bench)
    outcomes = [n for n in bench.review.about.headline if bench.review.variables[n].favourable]
    whole, largest, wrong = {}, {}, {}
    for name in outcomes:
        link = Link(variable=name, sign="+")
        variable = bench.review.variables[name]
        up = 1.0 if variable.favourable == variable.states[-1] else -1.0
        worst, best = ({k: ends[i] for k, ends in levers.items()} for i in (0, 1))
        whole[name] = up * (bench.score(link, best) - bench.score(link, worst))
        alone = {
            k: up * (bench.score(link, {k: b}) - bench.score(link, {k: a}))
            for k, (a, b) in levers.items()
        }
        largest[name] = max(map(abs, alone.values()))
        wrong.update({f"{k} on {name}": e for k, e in alone.items() if e < -NOTHING})
    yield Held(
        "part_and_whole",
        "No single context moves an outcome by more than the whole best-to-worst package.",
        all(largest[n] <= whole[n] for n in outcomes),
        {
            **{f"package on {n}": whole[n] for n in outcomes},
            **{f"largest on {n}": largest[n] for n in outcomes},
        },
    )
    yield Held(
        "better_is_not_worse",
        "More favourable contexts never make an outcome worse.",
        not wrong,
        wrong,
    )


def _monotone(bench: Bench) -> Held:
    """Tables interpolated between a lowest and a highest row rise along every parent."""
    states = {n: v.states for n, v in bench.review.variables.items()}
    falls = {
        f"{name} along {parent}": fall
        for name, v in bench.review.variables.items()
        for parent, fall in _falls(v, build(v, states), states)
        if fall > NOTHING
    }
    return Held("monotone", "Tables are monotone where they should be.", not falls, falls)


def _falls(
    variable: Variable, table: Array, states: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, float]]:
    """How far the table falls, in first-order dominance, along each parent that should raise it."""
    above = 1.0 - np.cumsum(table, axis=-1)
    for place, parent, rising in _rising(variable.table, {}):
        index = tuple(
            states[p].index(place[p]) if p in place else slice(None) for p in variable.parents
        )
        cell = above[(*index, slice(None))]
        axis = [p for p in variable.parents if p not in place].index(parent)
        steps = np.diff(cell, axis=axis) * (1.0 if rising else -1.0)
        yield parent, float(max(0.0, -steps.min(initial=0.0)))


def _rising(
    spec: TableSpec, place: Mapping[str, str]
) -> Iterator[tuple[Mapping[str, str], str, bool]]:
    """(cell, parent, rising?) for every parent whose plain order of states should show."""
    match spec:
        case Partition():
            for state, cell in spec.cells.items():
                yield from _rising(cell, {**place, spec.by: state})
        case InterBeta() | Ranked():
            for name, parent in spec.parents.items():
                if parent.scores is None:
                    yield place, name, parent.effect == "+"
        case _:
            return
