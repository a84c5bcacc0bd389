"""Locks that a fork must not leave closed in the child.

A child process has only the thread that forked. A lock that another thread held at that moment
stays closed in the child for ever: that of a module being imported, Numba's around its compiler,
and, up to Python 3.11, the one inside ``functools.cached_property``. So imports of the compiled
loops are made under a lock of our own, a fork waits for it and for the compiler, and what is
computed once is kept without a lock.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from threading import RLock
from typing import Any, Generic, TypeVar, overload

R = TypeVar("R")

IMPORTING = RLock()
"""Held while a module of compiled loops is imported."""

_held: list[Any] = []


def _before() -> None:
    IMPORTING.acquire()
    compiler = sys.modules.get("numba.core.compiler_lock")
    locks = [compiler.global_compiler_lock] if compiler else []
    for lock in locks:
        lock.acquire()
    _held.append(locks)


def _after() -> None:
    for lock in _held.pop():
        lock.release()
    IMPORTING.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)


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
