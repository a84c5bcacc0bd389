"""What if: choose what is known and see the outcomes beside the opposite case and the baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet_app import comparison, contexts, view, words
from cmocnet_app.scenario import Scenario, chosen, preset, readable

if TYPE_CHECKING:
    from cmocnet import Network

STYLE = Path(__file__).with_name("page.css")
NOTHING = "Nothing known"
CHANGE = "Change anything in the panel at the side; on a small screen, » at the top opens it."


def page(net: Network) -> None:
    """Draw the page for the scenario in the address."""
    parameters = {key: st.query_params.get_all(key) for key in st.query_params}
    scenario, wrong = readable(net, parameters)
    st.html(STYLE)
    contexts.panel(net, scenario)
    _introduction(net)
    if wrong:
        told = words.verbatim(wrong)
        st.error(f"This address can't be read, so nothing is taken from it: {told}")
    # Beside a wrong address no preset stands chosen, so that each of them is a way out of it.
    _presets(net, None if wrong else chosen(net, scenario))
    try:
        _answers(net, scenario)
    except CmocnetError as error:
        st.error(f"There is no answer to this: {words.verbatim(str(error))}")
    _foot(net)


def _introduction(net: Network) -> None:
    about = net.review.about
    st.title("What if?", anchor=False)
    st.markdown(
        "Describe a collaboration and see what one review of studies leads one to expect of it, "
        "beside a comparable case."
    )
    st.html(view.note(f"{about.caution} {about.scope}"))


def _presets(net: Network, current: str | None) -> None:
    labels = {name: situation.label for name, situation in net.situations.items()}
    labels[""] = NOTHING
    if st.session_state.get("preset") != current:
        st.session_state["preset"] = current
    st.pills(
        "Start from a situation",
        tuple(labels),
        format_func=labels.__getitem__,
        key="preset",
        on_change=_begin,
        args=(net,),
    )
    told = net.situations[current].summary if current else ""
    st.html(view.note(f"{told} {CHANGE}".strip()))


def _begin(net: Network) -> None:
    name = st.session_state["preset"]
    if name is not None:  # None: the chosen one was pressed again, which changes nothing
        contexts.write(preset(net, name) if name else Scenario())


def _answers(net: Network, scenario: Scenario) -> None:
    beside = comparison.contrast(net, scenario)
    found = comparison.outcomes(net, scenario, beside)
    st.subheader("What to expect", anchor=False)
    if not scenario.states:
        st.markdown(
            "Nothing is known yet: these are only the assumptions everything starts from. "
            "Choose a situation, or say what you know."
        )
    elif beside is None:
        st.html(view.facts(net, scenario, None))
        st.markdown("This has no opposite to be held against; the bars show it beside the default.")
    else:
        st.html(view.facts(net, scenario, beside))
        st.markdown(words.verbatim(words.summary(found)))
    st.html(view.cards(net, scenario, beside, found))
    if beside:
        st.caption(
            "Blue marks a difference for the better, orange one for the worse, grey hardly any."
        )


def _foot(net: Network) -> None:
    about = net.review.about
    st.caption(
        "“Nothing known” rests on assumed prevalences: read it last. "
        "The address of this page holds the whole scenario; whoever opens it sees the same."
    )
    st.caption(
        f"Read from: {words.verbatim(about.citation)} [doi:{about.doi}](https://doi.org/{about.doi})"
    )
