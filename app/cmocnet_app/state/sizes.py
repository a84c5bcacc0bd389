"""Effects that a visitor sizes: how an outcome comes out in two settings, as experts are asked.

An own size stands in the place of the protocol's. All solved numbers move with it, by a first step
from where they were (:mod:`cmocnet.solve.stepped`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet.registry.moment import moment
from cmocnet.solve import Standing, standing, stepped
from cmocnet.survey.answers import Answer
from cmocnet.survey.hearing import opinion, pooled
from cmocnet.survey.statements import Setting, effects, fact, questioned
from cmocnet_app.serving.scheduling import aside, in_turn

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry.records import Review
    from cmocnet.registry.solution import Solved
    from cmocnet.solve import Heard

Size = tuple[float, float]
"""An outcome's expected score, in [0, 1]: at the end of a test, and at its start."""
Sizes = Mapping[str, Size]
"""Address of an effect -> its size; of several that ask the same, the first."""
SURE = 0.05
"""Each answer is taken to be right to within so much, nine times in ten."""
WHO = "a visitor of the page"
COLUMNS = ("id", "low", "central", "high")


def stands(net: Network) -> Standing | None:
    """Where the review stands; None where its numbers, as it is read, were not solved."""
    if net.review.solved is None:
        return None
    return _stands(net, net.review.path, tuple(sorted(net.review.readings.items())))


@aside
@st.cache_resource(show_spinner="Reading off what each statement comes to", max_entries=4)
@in_turn
def _stands(_net: Network, path: str, readings: tuple[tuple[str, str], ...]) -> Standing | None:
    try:
        return standing(_net)
    except CmocnetError:  # other readings than those that were solved, or older numbers
        return None


def moved(here: Standing, sizes: Sizes) -> Solved:
    """The solution with these sizes, to a first step."""
    return stepped(here, heard(here.unknowns.review, sizes))


def heard(review: Review, sizes: Sizes) -> dict[str, Heard]:
    """What the solver hears: the same of every effect that asks the same."""
    said = {}
    first = questioned(review)
    for tested in effects(review):
        address = first[tested.question].address
        if address in sizes:
            both = [_answer(address, share) for share in sizes[address]]
            said[tested.address] = pooled({WHO: opinion(*both)})
    return said


def _answer(address: str, share: float) -> Answer:
    low = min(max(share - SURE, 0.0), 1.0 - 2.0 * SURE)
    return Answer(address, low, share, low + 2.0 * SURE, where="the page")


def rows(review: Review, sizes: Sizes) -> Iterator[tuple[str, ...]]:
    """The sizes as an expert's filled-in questions, under ``COLUMNS``."""
    for tested in questioned(review).values():
        for after, share in zip((True, False), sizes.get(tested.address, ()), strict=False):
            address = Setting(tested, after).address
            answer = _answer(address, share)
            yield (address, *(f"{number:.6g}" for number in answer.values))


def told(review: Review, sizes: Sizes) -> Iterator[str]:
    """Each size in words."""
    for tested in questioned(review).values():
        if tested.address in sizes:
            after, before = sizes[tested.address]
            test, outcome = tested.test, review.variables[tested.link.variable]
            cause = review.variables[moment(test.manipulated)[0]]
            whole = outcome.label if len(outcome.states) > 2 else outcome.fact(outcome.states[-1])
            yield (
                f"{whole}: {100 * after:.0f} of 100 where "
                f"{fact(review, test.manipulated, test.end)}, "
                f"{100 * before:.0f} where {cause.label_of(test.start)}"
            )
