"""Why the answer is what it is, what would help, what to find out next, and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet_app import (
    contexts,
    control,
    frame,
    theory,
    turns,
    view,
    why_help,
    why_reasons,
    why_sure,
    words,
)
from cmocnet_app.comparison import asked_state, contrast, outcomes, posteriors, question
from cmocnet_app.front import focus

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet_app.scenario import Scenario

OUTCOME = "view.outcome"
LEAD = (
    "For one outcome of your scenario: what brings it about, what would change it, what is worth "
    "finding out, and how firmly the answer stands."
)


def page(net: Network) -> None:
    """Draw the page for the scenario in the address."""
    seen = theory.seen(net)
    said = frame.address(net)
    scenario = said.scenario
    frame.opening(net, "Why, and what would help", LEAD)
    frame.left_out(said, seen.wrong)
    theory.notice(net)
    net = seen.network
    contexts.panel(net, scenario)
    if frame.described(scenario, net):
        st.html(view.facts(net, scenario, None))
        try:
            _sections(net, scenario)
        except CmocnetError as error:
            frame.unanswered(error)
    frame.foot(net)


def _sections(net: Network, scenario: Scenario) -> None:
    name = _outcome(net, scenario)
    turns.answered()
    query = question(net, scenario, name)
    why_reasons.section(net, scenario, name, query)
    why_help.section(net, scenario, name, query)
    why_sure.next_section(net, name, query)
    why_sure.section(net, scenario, name, query)


def _outcome(net: Network, scenario: Scenario) -> str:
    """The outcome the page is about: that of the address, else the one that comes off worst."""
    worst = focus(net, outcomes(net, scenario, contrast(net, scenario)))
    name = frame.shown(OUTCOME, worst, net.review.about.headline)
    labels = {n: _event(net, n) for n in net.review.about.headline}
    st.selectbox(
        "Which outcome?",
        tuple(labels),
        control.begin_at("outcome", name, tuple(labels)),
        format_func=labels.__getitem__,
        key="outcome",
        on_change=_choose,
        filter_mode=None,
    )
    here = posteriors(net, scenario)[name][asked_state(net.variables[name])]
    start = net.posteriors()[name][asked_state(net.variables[name])]
    st.markdown(
        f"**{words.verbatim(labels[name])}: {words.per_cent(here)}** in this scenario, "
        f"{words.per_cent(start)} with nothing known."
    )
    return name


def _choose() -> None:
    st.query_params[OUTCOME] = st.session_state["outcome"]


def _event(net: Network, name: str) -> str:
    return words.event(net.variables[name], asked_state(net.variables[name]))
