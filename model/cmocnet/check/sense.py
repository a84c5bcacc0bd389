"""Plain sense: nothing at an extreme, no part above the whole, better never makes worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from cmocnet import limits
from cmocnet.check.claims import Held
from cmocnet.check.effects import Bench
from cmocnet.elicitation.cells import Making, cell, solved
from cmocnet.intervals import NOTHING
from cmocnet.registry.judged import InterBeta, Ranked
from cmocnet.registry.records import Link
from cmocnet.registry.variable import Variable

EXTREME = 0.1
"""An expected score within this of 0 or 1 is an extreme."""


def sense(bench: Bench) -> Iterator[Held]:
    """The sense list, one finding each."""
    yield _no_extremes(bench)
    yield from _package(bench)
    yield _monotone(bench)


def _no_extremes(bench: Bench) -> Held:
    nothing = bench.posteriors({})
    variables = bench.review.variables
    headline = bench.review.about.headline
    scores = {name: float(variables[name].score(nothing[name].array)) for name in headline}
    fine = all(EXTREME < s < 1 - EXTREME for s in scores.values())
    return Held("no_extremes", "With nothing known no outcome sits at an extreme.", fine, scores)


def _package(bench: Bench) -> Iterator[Held]:
    """No context outdoes the whole package; a favourable one never makes an outcome worse."""
    variables = bench.review.variables
    levers = {n: v for n, v in variables.items() if v.layer == "setting" and v.better}
    good = {n: str(v.favourable) for n, v in levers.items()}
    bad = {n: str(v.unfavourable) for n, v in levers.items()}
    whole, largest, wrong = {}, {}, {}
    for name in bench.review.about.headline:
        link, up = Link(variable=name, sign="+"), variables[name].better
        if not up:
            continue
        whole[name] = up * (bench.score(link, good) - bench.score(link, bad))
        alone = {
            k: up * (bench.score(link, {k: good[k]}) - bench.score(link, {k: bad[k]}))
            for k in levers
        }
        largest[name] = max(map(abs, alone.values()), default=0.0)
        wrong.update({f"{k} on {name}": e for k, e in alone.items() if e < -NOTHING})
    both = {f"package on {n}": e for n, e in whole.items()}
    both |= {f"largest on {n}": e for n, e in largest.items()}
    says = "No single context moves an outcome by more than the whole best-to-worst package."
    fine = all(largest[n] <= whole[n] + NOTHING for n in whole)
    yield Held("part_and_whole", says, fine, both)
    says = "More favourable contexts never make an outcome worse."
    yield Held("better_is_not_worse", says, not wrong, wrong)


def _monotone(bench: Bench) -> Held:
    """Tables interpolated between a lowest and a highest row rise along every parent."""
    states = bench.review.states
    falls = {
        f"{name} along {parent}": fall
        for name, v in bench.review.variables.items()
        for parent, fall in _falls(v, states)
        if fall > NOTHING
    }
    return Held("monotone", "Tables are monotone where they should be.", not falls, falls)


def _falls(
    variable: Variable, states: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, float]]:
    """How far the table falls, in first-order dominance, along each parent that should raise it."""
    making = Making(variable, states, solved(variable))
    for one in variable.cells:
        if not isinstance(one.spec, InterBeta | Ranked):
            continue
        if making.size(tuple(one.spec.parents)) > limits.TABLE:
            continue  # not written out: a chance straight in the mean, which falls nowhere
        above = 1.0 - np.cumsum(cell(one.spec, making, one.states).values, axis=-1)
        for axis, (parent, way) in enumerate(one.spec.parents.items()):
            if way.scores is None:  # the plain order of its states should show
                steps = np.diff(above, axis=axis)
                rising = steps if way.effect == "+" else -steps
                yield parent, float(max(0.0, -rising.min(initial=0.0)))
