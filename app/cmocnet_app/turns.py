"""Long work takes turns: one piece at a time for all visitors together.

Python's threads hold each other up far beyond their number when several compute at once, and with
them every first answer, which itself takes little. In turns, a first answer waits for none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Event, Lock
from typing import ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

P = ParamSpec("P")
R = TypeVar("R")

LOOK = 0.05
"""Seconds after which one who waits looks up."""
_queue: deque[Event] = deque()
_door = Lock()


@contextmanager
def turn() -> Iterator[None]:
    """Wait in the queue for a turn, and pass it on at the end."""
    mine = Event()
    with _door:
        _queue.append(mine)
        _queue[0].set()
    try:
        while not mine.wait(LOOK):
            if get_script_run_ctx(suppress_warning=True) is not None:
                # Looking at the session ends the run of one who has changed something since.
                _ = "turn" in st.session_state
        yield
    finally:
        with _door:
            _queue.remove(mine)
            if _queue:
                _queue[0].set()


def in_turn(work: Callable[P, R]) -> Callable[P, R]:
    """A function that waits for its turn. One that runs must not call another."""

    @wraps(work)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> R:
        with turn():
            return work(*args, **kwargs)

    return waiting
