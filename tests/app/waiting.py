"""Waiting for what another thread or process is about to do, with a limit against waiting for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 60.0
"""Seconds after which what never comes is a failure: no measure of speed."""


def until(true: Callable[[], bool], pause: float = 0.001) -> None:
    """Return once something is true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(pause)


def past(begun: float) -> bool:
    """Whether what began then (by the monotonic clock) has gone on for longer than that."""
    return time.monotonic() > begun + PATIENCE
