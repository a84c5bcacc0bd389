"""The page takes turns: one run draws at a time, and beside it long work is done a piece at a time.

Python's threads hold each other up far beyond their number when several compute at once. In turns,
a first answer waits for other first answers alone, and however many visitors there are, each one's
newest change has its turn; see :mod:`cmocnet_app.serving.queueing`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from cmocnet_app.serving.queueing import Queue, Run, Superseded, Visitor

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

P = ParamSpec("P")
R = TypeVar("R")

VISITOR = "turns:visitor"
SAID = 1.0
"""A wait of so many seconds is told."""
_drawing, WORK, SEARCHES = Queue(), Queue(), Queue()
"""Pieces of a tenth of a second, and of a second or more, which nothing shorter waits behind."""


@dataclass
class Here:
    """The run that this thread draws, and where it can say that it waits."""

    run: Run
    note: DeltaGenerator | None = None
    told: bool = False

    def look(self, seconds: float | None) -> None:
        """End the run of a visitor who has gone on or left; tell a long wait, and its end."""
        look_up()
        if seconds is None:
            self.hush()
        elif seconds >= SAID:
            self.tell(seconds)

    def tell(self, seconds: float) -> None:
        """Say how long it may take."""
        if self.note:
            self.note.info(waiting(seconds, first=self.run.owed))
            self.told = True

    def hush(self) -> None:
        """The wait is over."""
        if self.note and self.told:
            self.note.empty()
            self.told = False


_here: ContextVar[Here | None] = ContextVar("here", default=None)


def waiting(seconds: float, *, first: bool) -> str:
    """What is said to one who waits.

    >>> waiting(3.6, first=True)
    'Others are being answered; your turn comes in about 4 seconds.'
    """
    what = "your turn" if first else "the rest of this page"
    count = max(1, round(seconds))
    return f"Others are being answered; {what} comes in about {count} second{'s' * (count > 1)}."


@contextmanager
def drawn(note: DeltaGenerator | None = None) -> Iterator[None]:
    """Draw in turn; what is within ends where its visitor goes on meanwhile.

    ``note`` is where a long wait is told.
    """
    outer = _here.get()
    if outer is not None:
        # A part that is drawn again by itself can't write what stands outside it.
        outside, outer.note = outer.note, None
        try:
            yield
        finally:
            outer.note = outside
        return
    visitor: Visitor = st.session_state.setdefault(VISITOR, Visitor())
    here = Here(visitor.run(), note)
    before = _here.set(here)
    try:
        with _stopped(), _drawing.turn(here.run, here.look):
            yield
        here.run.owed = False
    finally:
        _here.reset(before)


def answered() -> None:
    """The first answer is shown: others' come before the rest of this page."""
    here = _here.get()
    if here is not None:
        here.run.owed = False
    step_aside()


def step_aside() -> None:
    """Let those draw who come first, where any wait."""
    here = _here.get()
    if here is not None:
        with _stopped(), _drawing.aside(here.run, here.look):
            pass


def in_turn(work: Callable[P, R], queue: Queue = WORK) -> Callable[P, R]:
    """Long work that waits for its turn at work; it must not wait for a turn to draw.

    Within work in turn, more work of the same queue goes on in the same turn.

    >>> in_turn(lambda n: n + 1)(1)
    2
    """

    @wraps(work)
    def waiting(*args: P.args, **kwargs: P.kwargs) -> R:
        here = _here.get() or Here(Run())
        before = _here.set(here)
        try:
            # Nothing is told from here: what a kept function writes is written again whenever it
            # is found.
            with _stopped(), queue.turn(here.run, look_up):
                return work(*args, **kwargs)
        finally:
            _here.reset(before)

    return waiting


def has(queue: Queue) -> bool:
    """Has what runs here its turn at this work already?

    >>> in_turn(lambda: (has(WORK), has(SEARCHES)))()
    (True, False)
    """
    here = _here.get()
    return here is not None and queue.holds(here.run)


def done(work: Callable[[], R]) -> R:
    """Do long work in its turn, whatever its visitor does meanwhile.

    >>> done(lambda: 2)
    2
    """
    with WORK.turn(Run()):
        return work()


def aside(work: Callable[P, R], queue: Queue = WORK) -> Callable[P, R]:
    """Work during which others draw; it may wait for them, for another's work, or for its turn.

    >>> aside(lambda n: n + 1)(1)
    2
    """

    @wraps(work)
    def meanwhile(*args: P.args, **kwargs: P.kwargs) -> R:
        here = _here.get()
        if here is None:
            return work(*args, **kwargs)
        with _stopped(), _drawing.aside(here.run, here.look):
            here.look(queue.left(here.run))
            return work(*args, **kwargs)

    return meanwhile


@contextmanager
def _stopped() -> Iterator[None]:
    """End a run whose visitor has a newer one the way that Streamlit ends it."""
    try:
        yield
    except Superseded:
        raise StopException from None


def look_up(_: float | None = None) -> None:
    """End the run of a visitor who has changed something since, as any look at the session does."""
    if get_script_run_ctx(suppress_warning=True) is not None:
        st.session_state.get(VISITOR)
