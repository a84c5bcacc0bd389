"""Why the answer is what it is, what would help, what to find out next, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet_app import words
from cmocnet_app.answers import cached
from cmocnet_app.answers.headline import chance, contrast, event, outcomes, question, worst
from cmocnet_app.markup import outcome_cards
from cmocnet_app.screens import common
from cmocnet_app.sections import certainty, context_panel, improvements, reasons
from cmocnet_app.serving import scheduling
from cmocnet_app.state import address, controls, theory
from cmocnet_app.state.scenario import Scenario

if TYPE_CHECKING:
    from cmocnet import Network

OUTCOME = "view.outcome"
LEAD = (
    "For one outcome of your scenario: what brings it about, what would change it, what is worth "
    "finding out, and how firmly the answer stands."
)


def page(net: Network) -> None:
    """Draw the page for the scenario in the address."""
    seen = theory.seen(net)
    said = address.said(net)
    scenario = said.scenario
    common.opening(net, "Why, and what would help", LEAD)
    common.left_out(said, seen.wrong)
    theory.notice(net)
    net = seen.network
    context_panel.panel(net, scenario)
    if common.described(scenario, net):
        st.html(outcome_cards.facts(net, scenario, None))
        try:
            _sections(net, scenario)
        except CmocnetError as error:
            common.unanswered(error)
    common.foot(net)


def _sections(net: Network, scenario: Scenario) -> None:
    name = _outcome(net, scenario)
    scheduling.answered()
    query = question(net, scenario, name)
    reasons.section(net, scenario, name, query)
    with st.spinner("Looking for what would help", show_time=False):
        cached.ahead(net, query, certainty.TOP)
    improvements.section(net, scenario, name, query)
    certainty.next_section(net, name, query)
    certainty.section(net, scenario, name, query)


def _outcome(net: Network, scenario: Scenario) -> str:
    """The outcome the page is about: that of the address, else the one that comes off worst."""
    named = worst(net, outcomes(net, scenario, contrast(net, scenario)))
    name = common.shown(OUTCOME, named, net.review.about.headline)
    labels = {n: event(net, n) for n in net.review.about.headline}
    st.selectbox(
        "Which outcome?",
        tuple(labels),
        controls.begin_at("outcome", name, tuple(labels)),
        format_func=labels.__getitem__,
        key="outcome",
        on_change=_choose,
        filter_mode=None,
    )
    here, start = chance(net, scenario, name), chance(net, Scenario(), name)
    st.markdown(
        f"**{words.verbatim(labels[name])}: {words.per_cent(here)}** in this scenario, "
        f"{words.per_cent(start)} with nothing known."
    )
    return name


def _choose() -> None:
    st.query_params[OUTCOME] = st.session_state["outcome"]
