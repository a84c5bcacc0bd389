"""Long work takes turns: one piece at a time for all visitors together, in a thread of its own.

Python's threads hold each other up far beyond their number when several compute at once, and with
them every first answer, which itself takes little. In turns, a first answer waits for none.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

P = ParamSpec("P")
R = TypeVar("R")

LOOK = 0.05
"""Seconds after which one who waits looks up."""
_worker = ThreadPoolExecutor(1, thread_name_prefix="long work")


def in_turn(work: Callable[P, R]) -> Callable[P, R]:
    """A function that waits for its turn; its work must not wait for another's.

    >>> in_turn(lambda n: n + 1)(1)
    2
    """

    @wraps(work)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> R:
        asked = _worker.submit(work, *args, **kwargs)
        try:
            while not wait([asked], LOOK).done:
                _look_up()
            return asked.result()
        finally:
            asked.cancel()  # where its visitor has gone on, it is not begun any more

    return waiting


def _look_up() -> None:
    """End the run of a visitor who has changed something since, as any look at the session does."""
    if get_script_run_ctx(suppress_warning=True) is not None:
        _ = "turn" in st.session_state
