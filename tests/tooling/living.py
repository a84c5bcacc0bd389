"""Changes tried in forks of one process that has imported the package and collected the tests.

A change inside a function is made in that function as it stands in memory, so that nothing is
imported or collected anew. One that counts only while a module is imported (a constant, a default,
a decorator) cannot be made so, nor is it seen by a test that starts a program of its own.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.tooling.changes import Change
from tests.tooling.noting import fewer_phases

NO_TESTS = 5
"""Pytest's exit status where there was nothing to run."""
NOT_SO = 70
"""The exit status of a child in which no function has the change."""
SURVIVED, UNTESTED, NOTICED, NO_END = "survived", "untested", "noticed", "no end"
CAME = {0: SURVIVED, NO_TESTS: UNTESTED, NOT_SO: UNTESTED}
WAITED = 5
"""Seconds by the clock for each of the processor, after which a child is taken to hang."""


def alive(change: Change, tree: Path) -> bool:
    """Make a change in the functions of a module already imported; False where none has it."""
    path = str(tree / change.file)
    text = change.made((tree / change.file).read_text(encoding="utf-8"))
    whole = compile(text, path, "exec", dont_inherit=True)
    changed = {(code.co_qualname, code.co_firstlineno): code for code in _codes(whole)}
    made = False
    for function in [f for f in gc.get_objects() if isinstance(f, FunctionType)]:
        code = function.__code__
        if code.co_filename == path:
            new = changed.get((code.co_qualname, code.co_firstlineno), code)
            if new != code:
                function.__code__, made = new, True
    return made


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for held in code.co_consts:
        if isinstance(held, CodeType):
            yield from _codes(held)


class Living:
    """A pytest plugin that tries each change on its tests, in their order, and tells what came."""

    def __init__(
        self,
        jobs: Sequence[tuple[Change, list[str]]],
        tree: Path,
        seconds: float,
        tell: Callable[[Change, str], None],
    ) -> None:
        self.jobs, self.tree, self.seconds, self.tell = jobs, tree, seconds, tell

    def pytest_collection(self) -> None:
        fewer_phases()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        found = {item.nodeid: item for item in session.items}
        for change, tests in self.jobs:
            items = [found[test] for test in tests if test in found]
            child = os.fork()
            if not child:
                os.setpgid(0, 0)
                try:
                    status = self._tried(session, change, items)
                except BaseException:
                    status = 1
                os._exit(status)
            self.tell(change, ended(child, self.seconds))
        return True

    def _tried(self, session: Any, change: Change, items: list[Any]) -> int:
        """The exit status: 0 where every test passes."""
        if not items:
            return NO_TESTS
        try:
            if not alive(change, self.tree):
                return NOT_SO
        except ValueError:  # a function around it holds other variables than before
            return NOT_SO
        for item, after in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.testsfailed:
                return 1
        return 0


def ended(child: int, seconds: float) -> str:
    """How a child ends; one past its processor seconds, or that waits for ever, is ended."""
    begun = time.monotonic()
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return CAME.get(os.waitstatus_to_exitcode(status), NOTICED)
        if _used(child) > seconds or time.monotonic() - begun > WAITED * seconds:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return NO_END
        time.sleep(0.02)


def _used(child: int) -> float:
    """Processor seconds of a process."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
