"""The panel of contexts, for every page that shows a scenario: a slider each, or a list.

What lies between two ends is a slider of five stops: one end, likely that, unknown, likely the
other, the other end. What has more states, or no order, is a list with unknown first.

The address is the only store of a scenario. Before the controls are drawn they are set from it, and
a changed control writes it anew; so links, the back button and presets all work the same way.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet_app import words
from cmocnet_app.groups import grouped
from cmocnet_app.scenario import READING, VIEW, Scenario, askable, to_query

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry import Variable

UNKNOWN = ""
OBSERVED, LIKELY, DONE = "observed", "likely", "done"
SOFT = "likely "
"""Before a state: the stop of a slider at which it is but likely."""
HOW = {OBSERVED: "This is so", LIKELY: "Likely so", DONE: "We would make it so"}
DIFFERENCE = (
    "**This is so** also says something about whatever brought it about; "
    "**we would make it so** counts only what follows from it. "
    "Where you are unsure, say that it is **likely** so; a slider then stops half way."
)


def panel(net: Network, scenario: Scenario) -> None:
    """Draw the controls in the sidebar, showing this scenario."""
    _show(net, scenario)
    with st.sidebar:
        st.header("What do you know?", anchor=False)
        st.caption(f"Leave unknown what you don't know. {DIFFERENCE}")
        for head, variables in grouped(net).items():
            with st.expander(head, expanded=_open(head, variables, scenario)):
                for variable in variables:
                    _control(net, variable, scenario)


def write(scenario: Scenario) -> None:
    """Make the address that of this scenario; readings and what pages show stay as they were."""
    kept = {k: st.query_params.get_all(k) for k in st.query_params if k.startswith((VIEW, READING))}
    st.query_params.from_dict({**to_query(scenario), **kept})


def _open(head: str, variables: tuple[Variable, ...], scenario: Scenario) -> bool:
    """A group opens when something in it is set, and is not shut again under a visitor's hands."""
    key = f"open:{head}"
    st.session_state[key] = st.session_state.get(key, False) or any(
        variable.name in scenario.states for variable in variables
    )
    return bool(st.session_state[key])


def _show(net: Network, scenario: Scenario) -> None:
    for name, variable in askable(net).items():
        stop, how = _held(variable, scenario)
        _put(_state_key(name), stop)
        _put(_how_key(name), how)


def _held(variable: Variable, scenario: Scenario) -> tuple[str, str]:
    """What a scenario says of a variable, and how that comes about, as the controls show it."""
    name = variable.name
    state = scenario.states.get(name, UNKNOWN)
    if name in scenario.likely:
        return (SOFT + state, OBSERVED) if two_ended(variable) else (state, LIKELY)
    return state, DONE if name in scenario.do else OBSERVED


def _put(key: str, value: str) -> None:
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def _control(net: Network, variable: Variable, scenario: Scenario) -> None:
    stops = two_ended(variable)
    options = _stops(variable) if stops else (UNKNOWN, *variable.states)
    drawn = st.select_slider if stops else partial(st.selectbox, filter_mode=None)
    said = partial(_said, variable)
    drawn(
        words.verbatim(variable.label),
        options,
        # What a slider shows is Markdown, what a list shows is not.
        format_func=(lambda stop: words.verbatim(said(stop))) if stops else said,
        key=_state_key(variable.name),
        help=words.verbatim(variable.description),
        on_change=_changed,
        args=(net, scenario),
    )
    hows = _hows(variable, scenario)
    if len(hows) > 1:
        st.radio(
            f"{words.verbatim(variable.label)}: how it comes about",
            hows,
            format_func=HOW.__getitem__,
            key=_how_key(variable.name),
            on_change=_changed,
            args=(net, scenario),
            horizontal=True,
            label_visibility="collapsed",
        )


def two_ended(variable: Variable) -> bool:
    """Does a variable lie between two ends, so that a slider can show it?"""
    return len(variable.states) == 2 and variable.direction is not None


def _stops(variable: Variable) -> tuple[str, ...]:
    low, high = variable.states
    return low, SOFT + low, UNKNOWN, SOFT + high, high


def _said(variable: Variable, stop: str) -> str:
    if stop == UNKNOWN:
        return "Unknown"
    label = variable.state_labels[stop.removeprefix(SOFT)]
    return f"Likely {words.lower(label)}" if stop.startswith(SOFT) else label


def _hows(variable: Variable, scenario: Scenario) -> tuple[str, ...]:
    """How what is said of a variable may come about; a slider itself says what is but likely."""
    if variable.name not in scenario.states:
        return ()
    stops = two_ended(variable)
    if stops and variable.name in scenario.likely:
        return ()
    likely = () if stops else (LIKELY,)
    return (OBSERVED, *likely, *((DONE,) if variable.actionable else ()))


def _changed(net: Network, before: Scenario) -> None:
    given, likely, done = {}, {}, {}
    for name, variable in askable(net).items():
        held, how = _held(variable, before)
        # A browser that has been away may send only what was touched since.
        stop = st.session_state.get(_state_key(name), held)
        how = st.session_state.get(_how_key(name), how)
        state = stop.removeprefix(SOFT)
        if stop == UNKNOWN:
            continue
        if stop.startswith(SOFT) or how == LIKELY:
            likely[name] = state
        elif how == DONE:
            done[name] = state
        else:
            given[name] = state
    known = {**given, **likely, **done}
    write(Scenario(given, done, likely, before.situation if known else None))


def _state_key(name: str) -> str:
    return f"state:{name}"


def _how_key(name: str) -> str:
    return f"how:{name}"
