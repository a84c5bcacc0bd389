"""Why: what each part of the scenario adds, and by which roads, with the works behind them."""

from __future__ import annotations

from html import escape
from math import log
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet_app import words
from cmocnet_app.answers import cached, register
from cmocnet_app.answers.headline import better, event
from cmocnet_app.exports import downloads, figures
from cmocnet_app.exports.figures import Bar
from cmocnet_app.markup import elements

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.explain import Contributions, Pathway
    from cmocnet.query import Query
    from cmocnet_app.state.scenario import Scenario

ROADS = 4
UNUSUAL = log(2)
"""From this conflict on, a scenario is twice as rare as its parts would suggest."""


def section(net: Network, scenario: Scenario, name: str, query: Query) -> None:
    """Draw what each part adds, then the leading roads."""
    st.header("Why", anchor=False)
    with st.spinner("Tracing what carries the answer", show_time=False):
        why = cached.explanation(net, query)
    st.markdown("What each part of your scenario adds to it or takes away, in percentage points:")
    bars = _bars(net, scenario, why.contributions, better(net, name))
    widest = max((abs(b.end) for b in bars), default=0.0) or 1.0
    rows = (elements.signed(b.label, b.told, b.end / widest, b.kind) for b in bars)
    st.html(f'<ul class="signed">{"".join(rows)}</ul>')
    with st.container(horizontal=True):
        _download(net, scenario, why.contributions)
        title = f"What each part of the scenario adds to: {words.lower(event(net, name))}"
        figures.offered(
            net, scenario, "contributions.svg", title, lambda: bars, differences=True, mark=0
        )
    if why.conflict.measure >= UNUSUAL:
        st.markdown(
            "What you describe is an unusual mixture: taken together it is rarer than its parts "
            "would suggest. Check that all of it is so."
        )
    paths = [p for p in why.pathways.paths if p.steps]
    if not paths:
        st.caption("What you said bears on this outcome only by inference, not by any road to it.")
        return
    st.markdown("The roads by which that happens:")
    st.html(f'<ol class="claims">{"".join(_road(net, p) for p in paths[:ROADS])}</ol>')
    with st.expander("Every step, with the claims by number and the works they cite"):
        for path in paths:
            st.markdown(f"- {words.verbatim(path.sentence)}. {words.verbatim(path.check)}.")


def _bars(net: Network, scenario: Scenario, contributions: Contributions, sign: float) -> list[Bar]:
    bars = []
    for part in contributions.items:
        fact = words.fact(net.variables[part.item.variable], scenario.states[part.item.variable])
        bearing = words.bearing(sign * part.value, least=0.005)
        bars.append(Bar(fact, 0.0, part.value, words.points(part.value), bearing))
    return bars


def _road(net: Network, path: Pathway) -> str:
    cited = register.works(net.review, [key for step in path.steps for key in step.sources])
    return (
        f"<li>{escape(path.summary)}: {escape(words.points(path.effect))}. "
        f"<small>{escape(words.upper(cited))}.</small></li>"
    )


def _download(net: Network, scenario: Scenario, contributions: Contributions) -> None:
    rows = [
        (words.fact(net.variables[p.item.variable], scenario.states[p.item.variable]),
         p.value, p.alone, p.last)
        for p in contributions.items
    ]  # fmt: skip
    head = ("Part of the scenario", "Adds on average", "Adds if known first", "Adds if known last")
    downloads.table("What each part adds (CSV)", "contributions.csv", head, lambda: rows)
