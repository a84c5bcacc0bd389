"""What to find out next, and how sure the answer is: judgements, draws and rival readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet.intervals import NOTHING, central
from cmocnet_app import words
from cmocnet_app.answers import cached
from cmocnet_app.answers.headline import chance, event
from cmocnet_app.exports import downloads, figures
from cmocnet_app.exports.figures import Bar
from cmocnet_app.markup import elements

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.query import Query
    from cmocnet.sensitivity import Asking
    from cmocnet_app.state.scenario import Scenario

ASKINGS = 5
TOP = 10
MOVERS = (
    "These judgements move it most, from their low to their high end; the upright line is the "
    "answer as it stands:"
)


def next_section(net: Network, name: str, query: Query) -> None:
    """Draw the contexts most worth finding out."""
    st.header("What to find out next", anchor=False)
    askings = cached.to_find_out(net, query)
    if not askings:
        st.markdown("Every context is known already.")
        return
    st.markdown("What you have left unknown, the most telling first, and what the answer would be:")
    head = ("Find out", "The answer would be", "Tells (bits)")
    rows = [(a.label, _answers(net, a), f"{a.information:.4f}") for a in askings[:ASKINGS]]
    st.html(elements.table(head[:2], [row[:2] for row in rows], "Most worth finding out"))
    whole = [
        (a.label, net.variables[a.variable].label_of(s), a.chances[s], answer, a.information)
        for a in askings
        for s, answer in a.answers.items()
    ]
    columns = ("Context", "State", "Chance of it", "The answer then", "Information in bits")
    downloads.table("All that is unknown (CSV)", "find-out.csv", columns, lambda: whole)


def section(net: Network, scenario: Scenario, name: str, query: Query) -> None:
    """Draw the interval, the rival readings and the judgements that matter most."""
    st.header("How sure is this?", anchor=False)
    with st.spinner("Drawing the judgements anew", show_time=False):
        within = central(cached.samples(net, query))
        bars = [b for b in cached.judgements(net, query, TOP) if b.width > NOTHING]
    answer = chance(net, scenario, name)
    held = " and what the review states" if net.review.solved else ""
    st.markdown(
        f"The answer is {words.per_cent(answer)}. If every judgement behind it is drawn anew "
        f"within what its coder thought plausible{held}, it lies within **{words.span(within)}** "
        f"nine times in ten. {MOVERS if bars else 'No judgement by itself moves it.'}"
    )
    st.html(elements.ranges([(b.label, b.at_low, b.at_high) for b in bars], answer))
    rows = [(b.label, b.low, b.high, b.at_low, b.at_high) for b in bars]
    head = ("Judgement", "Low end", "High end", "Answer at the low end", "Answer at the high end")
    with st.container(horizontal=True):
        downloads.table("These judgements (CSV)", "judgements.csv", head, lambda: rows)
        figures.offered(
            net, scenario, "judgements.svg",
            f"The judgements that move it most: {words.lower(event(net, name))}",
            lambda: [Bar(b.label, b.at_low, b.at_high) for b in bars], mark=answer,
        )  # fmt: skip
    _readings(net, query, answer)


def _readings(net: Network, query: Query, answer: float) -> None:
    try:
        with st.spinner("Reading the review the other ways it can be read", show_time=False):
            answers = cached.readings(net, query)
    except CmocnetError as error:
        told = words.verbatim(str(error))
        st.info(f"Numbers of your own do not go with some other reading of the review: {told}")
        return
    if not answers:
        return
    low, high = min(answer, *answers.values()), max(answer, *answers.values())
    st.markdown(
        f"That leaves out how the review itself is read. Under each of the {len(answers)} other "
        "ways that we found, taken one at a time, the answer lies within "
        f"**{words.span((low, high))}**."
    )
    with st.expander("The other readings, one by one"):
        head = ("Read instead", "The answer then")
        rows = [(_says(net, key), words.per_cent(p)) for key, p in answers.items()]
        st.html(elements.table(head, rows, "Rival readings"))
        downloads.table("These readings (CSV)", "readings.csv", head, lambda: rows)


def _says(net: Network, key: str) -> str:
    cmoc, _, reading = key.partition("=")
    if cmoc in net.review.cmocs and reading in net.review.cmocs[cmoc].readings:
        return net.review.cmocs[cmoc].readings[reading].says
    return words.upper(key)


def _answers(net: Network, asking: Asking) -> str:
    labels = net.variables[asking.variable].state_labels
    return ", ".join(
        f"{words.per_cent(p)} if {words.lower(labels[s])}" for s, p in asking.answers.items()
    )
