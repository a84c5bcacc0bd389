"""The panel of contexts, for every page that shows a scenario: one select each, unknown first.

The address is the only store of a scenario. Before the controls are drawn they are set from it, and
a changed control writes it anew; so links, the back button and presets all work the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cmocnet_app.groups import grouped
from cmocnet_app.scenario import VIEW, Scenario, askable, to_query

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry import Variable

UNKNOWN = ""
OBSERVED, LIKELY, DONE = "observed", "likely", "done"
HOW = {OBSERVED: "This is so", LIKELY: "Rather likely so", DONE: "We would make it so"}
DIFFERENCE = (
    "**This is so** also says something about whatever brought it about; "
    "**we would make it so** counts only what follows from it. "
    "Say **rather likely so** where you are unsure."
)


def panel(net: Network, scenario: Scenario) -> None:
    """Draw the controls in the sidebar, showing this scenario."""
    _show(net, scenario)
    with st.sidebar:
        st.subheader("What do you know?", anchor=False)
        st.caption(f"Leave unknown what you don't know. {DIFFERENCE}")
        for head, variables in grouped(net).items():
            with st.expander(head, expanded=_open(head, variables, scenario)):
                for variable in variables:
                    _control(net, variable, scenario)


def write(scenario: Scenario) -> None:
    """Make the address that of this scenario; what the pages show of it stays as it was."""
    kept = {k: st.query_params.get_all(k) for k in st.query_params if k.startswith(VIEW)}
    st.query_params.from_dict({**to_query(scenario), **kept})


def _open(head: str, variables: tuple[Variable, ...], scenario: Scenario) -> bool:
    """A group opens when something in it is set, and is not shut again under a visitor's hands."""
    key = f"open:{head}"
    st.session_state[key] = st.session_state.get(key, False) or any(
        variable.name in scenario.states for variable in variables
    )
    return bool(st.session_state[key])


def _show(net: Network, scenario: Scenario) -> None:
    for name in askable(net):
        _put(_state_key(name), scenario.states.get(name, UNKNOWN))
        how = DONE if name in scenario.do else LIKELY if name in scenario.likely else OBSERVED
        _put(_how_key(name), how)


def _put(key: str, value: str) -> None:
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _control(net: Network, variable: Variable, scenario: Scenario) -> None:
    labels = {UNKNOWN: "Unknown", **variable.state_labels}
    st.selectbox(
        variable.label,
        (UNKNOWN, *variable.states),
        format_func=labels.__getitem__,
        key=_state_key(variable.name),
        help=variable.description,
        on_change=_changed,
        args=(net, scenario),
        filter_mode=None,
    )
    if variable.name in scenario.states:
        st.radio(
            f"{variable.label}: how it comes about",
            tuple(HOW) if variable.actionable else (OBSERVED, LIKELY),
            format_func=HOW.__getitem__,
            key=_how_key(variable.name),
            on_change=_changed,
            args=(net, scenario),
            horizontal=True,
            label_visibility="collapsed",
        )


def _changed(net: Network, before: Scenario) -> None:
    states = {name: st.session_state[_state_key(name)] for name in askable(net)}
    known = {name: state for name, state in states.items() if state != UNKNOWN}
    how = {n: st.session_state.get(_how_key(n), OBSERVED) for n in known}
    given, likely, done = (
        {n: s for n, s in known.items() if how[n] == kind} for kind in (OBSERVED, LIKELY, DONE)
    )
    write(Scenario(given, done, likely, before.situation if known else None))


def _state_key(name: str) -> str:
    return f"state:{name}"


def _how_key(name: str) -> str:
    return f"how:{name}"
