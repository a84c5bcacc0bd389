"""What a control shows: always what its store says, on whichever page and however it got there.

Streamlit keeps a control's value apart for every page it stands on, and a browser may miss the
message that turns it. So what the store says is both where a control begins and, if one that stands
there already shows something else, what it is turned to.
"""

from __future__ import annotations

from typing import TypeVar

import streamlit as st

T = TypeVar("T")


def begin(key: str, value: T) -> T | None:
    """``value`` for a control to begin at; None where one that stands is turned to it instead.

    Streamlit takes one of the two at a time. Call this right before the control is drawn.
    """
    if key not in st.session_state or st.session_state[key] == value:
        return value
    st.session_state[key] = value
    return None


def begin_at(key: str, value: T, options: tuple[T, ...]) -> int:
    """The same for a control that is told the place of its value among its options."""
    return 0 if begin(key, value) is None else options.index(value)
