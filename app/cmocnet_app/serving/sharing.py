"""Answers that visitors share: what is asked alike is worked out once, and then found at once.

Whoever works something out, or waits until another has, lets others draw meanwhile. What is there
already is handed out as it stands: to give the turn up for it would cost a page one wait for each
of its parts.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from functools import update_wrapper
from threading import Lock
from typing import Generic, ParamSpec, TypeVar

from cmocnet_app.serving.queueing import LOOK, Queue
from cmocnet_app.serving.scheduling import WORK, aside, has, in_turn, look_up

P = ParamSpec("P")
R = TypeVar("R")


class Shared(Generic[P, R]):
    """Work whose last results are kept for all visitors, who must not change them.

    Parameters
    ----------
    work
        What is worked out; where it fails, nothing is kept.
    key
        What the same answer follows from, of the arguments.
    most
        So many results are kept, those asked for last.
    queue
        Where the work waits for its turn.

    >>> worked = []
    >>> double = Shared(lambda n: worked.append(n) or 2 * n, key=lambda n: n, most=1)
    >>> [double(n) for n in (3, 3, 4, 3)], worked
    ([6, 6, 8, 6], [3, 4, 3])
    """

    def __init__(
        self,
        work: Callable[P, R],
        *,
        key: Callable[..., Hashable],
        most: int,
        queue: Queue = WORK,
    ) -> None:
        self._work, self._key, self._most = in_turn(work, queue), key, most
        self._queue = queue
        self._found: OrderedDict[Hashable, Future[R]] = OrderedDict()
        self._lock = Lock()
        self._worked_out = aside(self._made, queue)
        self._awaited = aside(_result, queue)
        update_wrapper(self, work)

    def __call__(self, *args: P.args, **options: P.kwargs) -> R:
        """The result for these arguments, found, awaited or worked out."""
        key = self._key(*args, **options)
        while True:
            with self._lock:
                result = self._found.get(key)
                mine = result is None
                if result is None:
                    result = self._found[key] = Future()
                    while len(self._found) > self._most:
                        self._found.popitem(last=False)
                self._found.move_to_end(key)
            if result.done() and not result.cancelled():
                return result.result()
            if mine:
                return self._worked_out(key, result, *args, **options)
            if has(self._queue):  # which the other may be waiting for
                return self._work(*args, **options)
            try:
                return self._awaited(result)
            except CancelledError:  # by a visitor who has gone on before it was there
                continue

    def _made(self, key: Hashable, result: Future[R], *args: P.args, **options: P.kwargs) -> R:
        try:
            made = self._work(*args, **options)
        except BaseException as error:
            with self._lock:
                if self._found.get(key) is result:
                    del self._found[key]
            if isinstance(error, Exception):
                result.set_exception(error)
            else:
                result.cancel()
            raise
        result.set_result(made)
        return made


def _result(result: Future[R]) -> R:
    """What another visitor is working out; this one may go on or leave meanwhile."""
    while True:
        try:
            return result.result(LOOK)
        except TimeoutError:
            look_up()
