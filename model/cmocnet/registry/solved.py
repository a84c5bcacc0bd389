"""Solved numbers put where they still hold.

A solved number holds where the judgement is the one that it was solved from. So whatever is laid
over the review, a prior set or a rival reading, wins at its own addresses.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from math import isclose

from msgspec.structs import replace

from cmocnet.registry.judged import Found, Judgement
from cmocnet.registry.numbers import judgements
from cmocnet.registry.records import Cmoc, Review
from cmocnet.registry.solution import Solved
from cmocnet.registry.variable import Variable

_log = logging.getLogger("cmocnet")
_said: set[str] = set()


def applied(review: Review, solution: Solved) -> Review:
    """The review with a solution's numbers, each where its judgement is what it was solved from."""
    variables = {
        name: replace(v, solved=_holding(v, solution.numbers))
        for name, v in review.variables.items()
    }
    return replace(review, variables=variables, solved=solution)


def _holding(variable: Variable, numbers: Mapping[str, Found]) -> dict[str, Found]:
    pairs = ((j, numbers.get(j.address)) for j in judgements(variable))
    return {j.address: found for j, found in pairs if found is not None and _same(j, found)}


def _same(judgement: Judgement, found: Found) -> bool:
    return (
        judgement.by == found.by
        and isclose(judgement.value, found.was, rel_tol=1e-9, abs_tol=1e-12)
        and isclose(judgement.spread, found.spread, rel_tol=1e-9)
    )


def unsolved(review: Review) -> Review:
    """The review with every number as it was judged."""
    variables = {name: replace(v, solved={}) for name, v in review.variables.items()}
    return replace(review, variables=variables, solved=None, notices=())


def tell(review: Review) -> None:
    """Say, once a run, what a user should know of how a review was read."""
    for notice in review.notices:
        if notice not in _said:
            _said.add(notice)
            _log.warning("cmocnet: %s", notice)


def changed(cmocs: Mapping[str, Cmoc], readings: Mapping[str, str]) -> dict[str, str]:
    """The rival readings among those in force, where they or the adopted one change a number."""
    found = {}
    for key, name in readings.items():
        rivals = cmocs[key].readings
        adopted = cmocs[key].adopted
        standing = adopted if adopted in rivals else next(iter(rivals))
        if name != standing and (rivals[name].changes or rivals[standing].changes):
            found[key] = name
    return found
