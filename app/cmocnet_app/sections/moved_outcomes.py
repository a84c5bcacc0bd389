"""How the headline outcomes move between two networks, everyone's and a visitor's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet_app import words
from cmocnet_app.answers.headline import Outcome, asked_state
from cmocnet_app.exports import downloads

if TYPE_CHECKING:
    from cmocnet import Network

NOTHING = "Nothing known"


def moves(before: Network, after: Network, given: Mapping[str, str]) -> tuple[Outcome, ...]:
    """Every headline outcome: ``beside`` under ``before``, ``here`` under ``after``."""
    old, new = (net.posteriors(given=given) for net in (before, after))
    outcomes = []
    for name in before.review.about.headline:
        variable = before.variables[name]
        state = asked_state(variable)
        was = old[name][state]
        outcomes.append(Outcome(variable, state, here=new[name][state], beside=was, baseline=was))
    return tuple(outcomes)


def table(outcomes: Sequence[Outcome], before: str, after: str) -> str:
    """The moves as an HTML table: outcome, before, after, difference in points."""
    heads = "".join(f'<th scope="col">{escape(h)}</th>' for h in ("Outcome", before, after, "Move"))
    rows = "".join(map(_row, outcomes))
    return f'<table class="moves"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def offered(outcomes: Sequence[Outcome], before: str, after: str) -> None:
    """The same table as a file."""
    downloads.table(
        "This table (CSV)", "moves.csv", ("Outcome", before, after),
        lambda: ((words.event(o.variable, o.state), o.beside, o.here) for o in outcomes),
    )  # fmt: skip


def _row(outcome: Outcome) -> str:
    was, now = outcome.beside or 0.0, outcome.here or 0.0
    cells = "".join(f'<td class="number">{escape(text)}</td>' for text in (fine(was), fine(now)))
    name = escape(words.event(outcome.variable, outcome.state))
    moved = f'<td class="number {words.bearing(outcome.gain)}">{points(now - was)}</td>'
    key = escape(outcome.variable.name)
    return f'<tr data-move="{key}"><th scope="row">{name}</th>{cells}{moved}</tr>'


def fine(probability: float) -> str:
    """A probability to a tenth of a per cent: a single judgement often moves less than a whole one.

    >>> fine(0.6042)
    '60.4%'
    """
    return f"{probability:.1%}"


def points(difference: float) -> str:
    """A difference in percentage points.

    >>> points(0.0211), points(0.00001)
    ('+2.1 points', 'none')
    """
    if abs(difference) < 0.0005:
        return "none"
    return f"{words.signed(100 * difference, 1)} points"


def situation(net: Network, key: str) -> Mapping[str, str]:
    """Ask for which situation the outcomes are shown; its states."""
    labels = words.titles(net.situations) | {"": NOTHING}
    chosen = st.selectbox(
        "Outcomes shown for", tuple(labels), format_func=labels.__getitem__, key=key
    )
    return net.situations[chosen].given if chosen else {}
