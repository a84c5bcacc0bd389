"""Forks while threads compute: what they must find open in the child.

A child process has only the thread that forked. A lock that another thread held at that moment
stays closed in the child for ever: that of a module being imported, Numba's around its compiler,
and, up to Python 3.11, the one inside ``functools.cached_property``. So a fork waits until nothing
is being imported or compiled (both end by themselves), and what is computed once or remembered of
calls is kept without a lock. A thread pool's workers are not in the child either; each pool here
lives for one call.
"""

from __future__ import annotations

import _imp  # the lock under which every import begins; it is re-entrant, and the fork takes it too
import concurrent.futures.thread
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Hashable
from functools import update_wrapper
from importlib import _bootstrap
from typing import Any, Generic, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")

PATIENCE = 60.0
"""Seconds that a fork waits at most; compiling every loop anew on a busy machine takes a minute."""

LOCKED_BEFORE = (logging, concurrent.futures.thread)
"""These take locks of their own before a fork. The last to register comes first, and ours must:
an import that it waits for may need theirs."""

_held: list[Any] = []


def _before() -> None:
    """Take the locks of importing and of compiling at a moment when no other thread needs them."""
    end = time.monotonic() + PATIENCE
    while True:
        compiler = sys.modules.get("numba.core.compiler_lock")
        lock = getattr(getattr(compiler, "global_compiler_lock", None), "_lock", None)
        _imp.acquire_lock()
        free = lock is None or lock.acquire(blocking=False)
        if free and (not _importing() or time.monotonic() > end):
            _held.append(lock)
            return
        if free and lock is not None:
            lock.release()
        if not free and time.monotonic() > end:
            _held.append(None)
            return
        _imp.release_lock()
        time.sleep(0.001)


def _importing() -> bool:
    """Whether another thread is in the middle of an import."""
    return any(
        getattr(getattr(module, "__spec__", None), "_initializing", False)
        and _importer(name) not in (None, threading.get_ident())
        for name, module in list(sys.modules.items())
    )


def _importer(name: str) -> int | None:
    """The thread that imports a module; None if none does, or Python does not tell."""
    found = getattr(_bootstrap, "_module_locks", {}).get(name)
    return getattr(found and found(), "owner", None)


def _after() -> None:
    lock = _held.pop()
    if lock is not None:
        lock.release()
    _imp.release_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)


def reopened(lock: Any) -> Any:
    """The lock given, which every child of a fork finds open.

    >>> import threading
    >>> with reopened(threading.Lock()) as taken:
    ...     taken
    True
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lock._at_fork_reinit)  # as logging does with its own
    return lock


class kept(Generic[R]):  # noqa: N801 (used like property)
    """A property computed when first asked for; two threads may both compute it, one is kept.

    >>> class Circle:
    ...     radius = 2
    ...     @kept
    ...     def area(self):
    ...         return 3 * self.radius**2
    >>> circle = Circle()
    >>> circle.area, circle.__dict__
    (12, {'area': 12})
    """

    def __init__(self, make: Callable[[Any], R]) -> None:
        self.make = make
        self.name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> kept[R]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> R: ...

    def __get__(self, instance: object | None, owner: type) -> R | kept[R]:
        if instance is None:
            return self
        found: R = vars(instance).setdefault(self.name, self.make(instance))
        return found


class Remembered(Generic[P, R]):
    """A function with its last results; made by :func:`remembered`."""

    def __init__(
        self, make: Callable[P, R], count: int, most: int, size: Callable[[Any], int]
    ) -> None:
        update_wrapper(self, make)
        self.make, self.count, self.most, self.size = make, count, most, size
        self.results: dict[Hashable, R] = {}
        """What was given -> what came of it, the longest unasked first."""

    def __call__(self, *given: P.args, **named: P.kwargs) -> R:
        """The result, made if it is not remembered."""
        key = given, *named.items()
        try:
            found = self.results[key] = self.results.pop(key)
        except KeyError:
            found = self.make(*given, **named)
            if self.size(found) <= self.most:
                self.results[key] = found
                self._forget()
        return found

    def _forget(self) -> None:
        """Forget the results longest unasked; another thread may do the same."""
        while (held := list(self.results.items())) and (
            len(held) > self.count or sum(self.size(one) for _, one in held) > self.most
        ):
            self.results.pop(held[0][0], None)


def remembered(
    *, count: int, most: int, size: Callable[[Any], int]
) -> Callable[[Callable[P, R]], Remembered[P, R]]:
    """Remember a function's last results: so many, and so large together, at most.

    ``functools.lru_cache`` counts results, whatever they take: a few large ones fill the memory.

    Parameters
    ----------
    count, most
        Results at most, and what their sizes come to at most. One that is larger by itself is made
        anew each time.
    size
        The size of a result, in the unit of ``most``.

    >>> @remembered(count=3, most=10, size=len)
    ... def dashes(n):
    ...     return "-" * n
    >>> [len(dashes(n)) for n in (4, 5, 11, 6)]
    [4, 5, 11, 6]
    >>> list(dashes.results.values())
    ['------']
    """
    return lambda make: Remembered(make, count, most, size)
