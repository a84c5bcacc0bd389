"""Who comes next: one at a time, first answers before the rest, each visitor's newest run alone.

Beyond what one machine can do, a first-come queue of every change falls ever further behind, and
one that begins every change at once finishes none. Here a visitor holds one place: a newer run
takes the place of an older one that was not begun, so that a round takes as long as there are
visitors, however often each changes something.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event, Lock

FIRSTS = 3
"""So many first answers are let through before one of those who wait for the rest of a page."""
LOOK = 1.0
"""Seconds after which one who waits looks up."""
LIKE = 0.1
"""Weight of the newest turn in how long one usually takes."""
_places = count()


class Superseded(Exception):  # noqa: N818 - it is no error
    """The visitor has changed something since: this run's answer is not wanted any more."""


@dataclass(eq=False)
class Run:
    """One run of the page for one visitor.

    place
        Lower goes first; the order in which runs were asked for.
    owed
        Nothing of its answer was shown yet.
    again
        The one before was cut short, and this one has its place.
    """

    place: int = field(default_factory=lambda: next(_places))
    owed: bool = True
    begun: bool = False
    again: bool = False
    superseded: bool = False
    turn: Event = field(default_factory=Event)


class Visitor:
    """One visitor, whose newest run alone counts.

    >>> visitor = Visitor()
    >>> older = visitor.run()
    >>> newer = visitor.run()
    >>> older.superseded, newer.place == older.place
    (True, True)
    """

    def __init__(self) -> None:
        self._newest: Run | None = None
        self._lock = Lock()

    def run(self) -> Run:
        """A new run; it has the place of the one before if that showed nothing."""
        with self._lock:
            older, newer = self._newest, Run()
            # One that was begun has had its turn. Cut short before it showed anything, it has
            # another at once, but not a third: whoever never stops changing things goes round
            # with the others.
            if older and (not older.begun or (older.owed and not older.again)):
                newer.place, newer.again = older.place, older.again or older.begun
            self._newest = newer
        if older:
            older.superseded = True
            older.turn.set()
        return newer


def _unwatched(_: float | None) -> None:
    """Look at nothing while waiting."""


class Queue:
    """Something that one run has at a time.

    Parameters
    ----------
    clock
        Seconds, from whenever.

    >>> queue, run = Queue(), Visitor().run()
    >>> with queue.turn(run):
    ...     queue.holds(run)
    True
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._holder: Run | None = None
        self._waiting: list[Run] = []
        self._firsts = 0
        self._since = 0.0
        self._usual = 0.0

    def holds(self, run: Run) -> bool:
        """Has this run the turn?"""
        return self._holder is run

    def __len__(self) -> int:
        """How many runs wait that are still wanted."""
        with self._lock:
            return sum(not run.superseded for run in self._waiting)

    @contextmanager
    def turn(self, run: Run, look: Callable[[float | None], None] = _unwatched) -> Iterator[None]:
        """Wait for the turn, and have it; one who has it already goes on.

        Parameters
        ----------
        look
            Called now and then while the run waits, with the seconds that it may still have to,
            and with None when its turn has come. What it raises ends the waiting.

        Raises
        ------
        Superseded
            The visitor has a newer run.
        """
        if self.holds(run):
            yield
            return
        self._wait(run, look)
        try:
            yield
        finally:
            self._pass_on(run)

    @contextmanager
    def aside(self, run: Run, look: Callable[[float | None], None] = _unwatched) -> Iterator[None]:
        """Let others have the turn meanwhile, and wait for it again; the place stays.

        Raises
        ------
        Superseded
            As in :meth:`turn`.
        """
        if not self.holds(run):
            yield
            return
        self._pass_on(run)
        try:
            yield
        except Exception:
            self._wait(run, look)
            raise
        self._wait(run, look)

    def left(self, run: Run) -> float:
        """Seconds until a run that waits, or would, may have its turn."""
        with self._lock:
            live = [r for r in self._waiting if not r.superseded]
            before = sum(r.owed == run.owed and r.place < run.place for r in live)
            others = any(r.owed != run.owed for r in live)
            held = self._holder is not None
        share = 1.0 if not others else (FIRSTS + 1) / FIRSTS if run.owed else FIRSTS + 1.0
        return (before * share + held) * self._usual

    def _wait(self, run: Run, look: Callable[[float | None], None]) -> None:
        run.turn.clear()
        with self._lock:
            self._waiting.append(run)
            self._next()
        try:
            while not (run.superseded or run.turn.wait(LOOK)):
                look(self.left(run))
            if run.superseded:
                raise Superseded
            look(None)
        except BaseException:
            self._pass_on(run)
            raise
        run.begun = True

    def _pass_on(self, run: Run) -> None:
        with self._lock:
            if run in self._waiting:
                self._waiting.remove(run)
            if self._holder is run:
                self._usual += (LIKE if self._usual else 1.0) * (self._length() - self._usual)
                self._holder = None
            self._next()

    def _length(self) -> float:
        return self._clock() - self._since

    def _next(self) -> None:
        """Give the turn to the next, where nobody has it; the lock is held."""
        live = [run for run in self._waiting if not run.superseded]
        if self._holder is not None or not live:
            return
        first = [run for run in live if run.owed]
        rest = [run for run in live if not run.owed]
        self._firsts = self._firsts + 1 if first and (self._firsts < FIRSTS or not rest) else 0
        chosen = min(first if self._firsts else rest, key=lambda run: run.place)
        self._waiting.remove(chosen)
        self._holder, self._since = chosen, self._clock()
        chosen.turn.set()
