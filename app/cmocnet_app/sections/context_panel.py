"""The panel of contexts, for every page that shows a scenario: a slider each, or a list.

What lies between two ends is a slider of five stops: one end, likely that, unknown, likely the
other, the other end. What has more states, or no order, is a list with unknown first.

The address is the only store of a scenario. Every control is drawn from it, and a changed control
writes what it itself says into it, and nothing else; so links, the back button, presets and other
pages all work the same way.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet_app import words
from cmocnet_app.state import address, controls
from cmocnet_app.state.scenario import Kind, Scenario, askable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cmocnet import Network
    from cmocnet.registry import Variable

OTHER = "Other contexts"
GIVEN = "As you find it"
WHEN = {
    "before": "What can be settled beforehand",
    "start": "What can be set up at the start",
    "under_way": "What can be changed under way",
}
UNKNOWN = ""
OBSERVED, LIKELY, DONE = "observed", "likely", "done"
SOFT = "likely "
"""Before a state: the stop of a slider at which it is but likely."""
KINDS: dict[str, Kind] = {OBSERVED: "given", LIKELY: "likely", DONE: "do"}
HOW = {OBSERVED: "This is so", LIKELY: "Likely so", DONE: "We would make it so"}
DIFFERENCE = (
    "**This is so** also says something about whatever brought it about; "
    "**we would make it so** counts only what follows from it. "
    "Where you are unsure, say that it is **likely** so; a slider then stops half way."
)


def panel(net: Network, scenario: Scenario) -> None:
    """Draw the controls in the sidebar, showing this scenario."""
    with st.sidebar:
        st.header("What do you know?", anchor=False)
        st.caption(f"Leave unknown what you don't know. {DIFFERENCE}")
        for head, variables in grouped(net).items():
            with st.expander(words.verbatim(head), expanded=_open(head, variables, scenario)):
                for variable in variables:
                    _control(net, variable, scenario)


def grouped(net: Network) -> dict[str, tuple[Variable, ...]]:
    """Heading -> the variables asked for under it; every askable variable stands under one."""
    asked = askable(net)
    stated = net.review.groups
    if not stated:
        return _by_action(asked)
    groups = {head: tuple(asked[n] for n in names if n in asked) for head, names in stated.items()}
    placed = {variable.name for group in groups.values() for variable in group}
    rest = tuple(v for name, v in asked.items() if name not in placed)
    return {head: group for head, group in {**groups, OTHER: rest}.items() if group}


def _by_action(asked: Mapping[str, Variable]) -> dict[str, tuple[Variable, ...]]:
    """By the earliest time at which people can change them, what they cannot change first."""
    groups: dict[str, list[Variable]] = {head: [] for head in (GIVEN, *WHEN.values())}
    for variable in asked.values():
        head = WHEN[variable.actionable.when[0]] if variable.actionable else GIVEN
        groups[head].append(variable)
    return {head: tuple(group) for head, group in groups.items() if group}


def _open(head: str, variables: tuple[Variable, ...], scenario: Scenario) -> bool:
    """A group opens when something in it is set, and is not shut again under a visitor's hands."""
    key = f"open:{head}"
    st.session_state[key] = st.session_state.get(key, False) or any(
        variable.name in scenario.states for variable in variables
    )
    return bool(st.session_state[key])


def _held(variable: Variable, scenario: Scenario) -> tuple[str, str]:
    """What a scenario says of a variable, and how that comes about, as the controls show it."""
    name = variable.name
    state = scenario.states.get(name, UNKNOWN)
    if name in scenario.likely:
        return (SOFT + state, OBSERVED) if two_ended(variable) else (state, LIKELY)
    return state, DONE if name in scenario.do else OBSERVED


def _control(net: Network, variable: Variable, scenario: Scenario) -> None:
    label = words.verbatim(variable.label)
    stop, how = _held(variable, scenario)
    (_slider if two_ended(variable) else _list)(net, variable, label, stop)
    hows = _hows(variable, scenario)
    if len(hows) > 1:
        state = scenario.states[variable.name]
        key = _how_key(variable.name)
        st.radio(
            f"{label}: how it comes about",
            hows,
            controls.begin_at(key, how, hows),
            format_func=HOW.__getitem__,
            key=key,
            on_change=_turned,
            args=(net, variable, state),
            horizontal=True,
            label_visibility="collapsed",
        )


def _slider(net: Network, variable: Variable, label: str, stop: str) -> None:
    key = _state_key(variable.name)
    st.select_slider(
        label,
        _stops(variable),
        controls.begin(key, stop),
        # What a slider shows is Markdown, what a list shows is not.
        format_func=lambda stop: words.verbatim(_said(variable, stop)),
        key=key,
        help=words.verbatim(variable.description),
        on_change=_changed,
        args=(net, variable),
    )


def _list(net: Network, variable: Variable, label: str, stop: str) -> None:
    key, stops = _state_key(variable.name), (UNKNOWN, *variable.states)
    st.selectbox(
        label,
        stops,
        controls.begin_at(key, stop, stops),
        format_func=partial(_said, variable),
        key=key,
        help=words.verbatim(variable.description),
        on_change=_changed,
        args=(net, variable),
        filter_mode=None,
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
    label = variable.label_of(stop.removeprefix(SOFT))
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


def _changed(net: Network, variable: Variable) -> None:
    """Write what one slider or list says into the scenario; how it comes about stays if it can."""
    stop: str = st.session_state[_state_key(variable.name)]
    before = address.said(net).scenario
    _, how = _held(variable, before)
    how = LIKELY if stop.startswith(SOFT) else how
    address.write(before.told(variable.name, stop.removeprefix(SOFT), KINDS[how]))


def _turned(net: Network, variable: Variable, state: str) -> None:
    """Write how ``state`` comes about into the scenario, if it still asks for it.

    A browser that has not heard yet that this choice is gone sends it along with the next change of
    another control, and Streamlit, which has let go of it, takes it for changed.
    """
    before = address.said(net).scenario
    how: str = st.session_state[_how_key(variable.name)]
    if before.states.get(variable.name) == state and how in _hows(variable, before):
        address.write(before.told(variable.name, state, KINDS[how]))


def _state_key(name: str) -> str:
    return f"state:{name}"


def _how_key(name: str) -> str:
    return f"how:{name}"
