"""Answers that visitors share: worked out once, found without giving the turn up, never stuck."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from cmocnet.errors import CmocnetError
from cmocnet_app.answers import cached
from cmocnet_app.serving import scheduling
from cmocnet_app.serving.queueing import Queue, Run
from cmocnet_app.serving.sharing import Shared
from tests.app.screens.test_why_and_compare import NET, PRESET, opened, why
from tests.app.waiting import PATIENCE, until


def shared(work: Callable[[int], int], most: int = 9) -> Shared[[int], int]:
    return Shared(work, key=lambda n: n, most=most, queue=Queue())


@contextmanager
def drawing(run: Run) -> Iterator[None]:
    """This thread draws a run of the page, and has the turn."""
    kept = scheduling._here.set(scheduling.Here(run))
    try:
        with scheduling._drawing.turn(run):
            yield
    finally:
        scheduling._here.reset(kept)


def test_visitors_who_ask_alike_at_once_have_it_worked_out_once() -> None:
    worked, may = [], Event()

    def work(n: int) -> int:
        worked.append(n)
        assert may.wait(PATIENCE)
        return 2 * n

    double = shared(work)
    with ThreadPoolExecutor(5) as visitors:
        asked = [visitors.submit(double, 4) for _ in range(5)]
        until(lambda: bool(worked))
        may.set()
        assert [one.result(PATIENCE) for one in asked] == [8] * 5
    assert worked == [4]


def test_what_fails_is_tried_again() -> None:
    tried: list[int] = []

    def work(n: int) -> int:
        tried.append(n)
        if len(tried) == 1:
            raise CmocnetError("not this time")
        return n

    asked = shared(work)
    with pytest.raises(CmocnetError, match="not this time"):
        asked(3)
    assert (asked(3), asked(3), tried) == (3, 3, [3, 3])


def test_who_waits_for_one_who_has_gone_works_it_out() -> None:
    begun, may, times = Event(), Event(), []

    def work(n: int) -> int:
        times.append(n)
        if len(times) == 1:
            begun.set()
            assert may.wait(PATIENCE)
            raise StopException
        return n

    asked = shared(work)

    def leaves() -> None:
        with pytest.raises(StopException):
            asked(5)

    first = Thread(target=leaves)
    first.start()
    assert begun.wait(PATIENCE)
    with ThreadPoolExecutor(1) as visitors:
        second = visitors.submit(asked, 5)
        may.set()
        assert second.result(PATIENCE) == 5
    first.join(PATIENCE)
    assert times == [5, 5]


def test_the_results_asked_for_last_are_kept() -> None:
    worked: list[int] = []

    def work(n: int) -> int:
        worked.append(n)
        return n

    asked = shared(work, most=2)
    for n in (1, 2, 1, 3, 1, 2):
        asked(n)
    assert worked == [1, 2, 3, 2]


def test_what_is_there_is_found_without_giving_the_turn_up() -> None:
    had: list[str] = []

    def other() -> None:
        with scheduling._drawing.turn(Run()):
            had.append("other")

    asked, crowd = shared(lambda n: n), Thread(target=other)
    asked(1)
    with drawing(Run()):
        crowd.start()
        until(lambda: len(scheduling._drawing) == 1)
        asked(1)
        had.append("found")
        asked(2)
        had.append("worked out")
    crowd.join(PATIENCE)
    assert had == ["found", "other", "worked out"]


def test_a_page_of_one_question_waits_once_for_all_its_parts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What its sections ask for later is there: all but what comes first, and the long search."""
    missing: list[str] = []
    asked, ahead = Shared.__call__, cached.ahead

    def noted(self: Shared[..., object], *args: object, **options: object) -> object:
        if self._key(*args, **options) not in self._found:
            missing.append(self.__name__)  # type: ignore[attr-defined]  # of what it wraps
        return asked(self, *args, **options)

    def unnoted(*args: object) -> None:
        missing.append("ahead")
        ahead(*args)  # type: ignore[arg-type]  # handed on as they came
        del missing[missing.index("ahead") + 1 :]

    monkeypatch.setattr(Shared, "__call__", noted)
    monkeypatch.setattr(cached, "ahead", unnoted)
    given = {**NET.situations[PRESET].given, "pace": "slow"}
    page: AppTest = opened(why, **given, view__outcome="inertia")
    assert not page.exception
    assert missing == ["explanation", "ahead", "levers"]


def test_who_has_the_turn_at_work_does_not_wait_for_one_who_waits_for_it() -> None:
    queue = Queue()
    asked = Shared(lambda n: n + 1, key=lambda n: n, most=9, queue=queue)
    with ThreadPoolExecutor(1) as visitors:

        def both() -> int:
            other = visitors.submit(asked, 1)
            until(lambda: len(queue) == 1)
            found = asked(1)
            assert not other.done()
            return found

        assert scheduling.in_turn(both, queue)() == 2
    assert asked(1) == 2
