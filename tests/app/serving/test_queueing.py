"""Whose turn it is: order, replacement, shares, those who leave, and that nobody is stuck."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from cmocnet_app.serving import queueing
from cmocnet_app.serving.queueing import FIRSTS, Queue, Run, Superseded, Visitor
from tests.app.waiting import PATIENCE, until


class Crowd:
    """Threads that want a turn, and the order in which they had it."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self.had: list[str] = []
        self.ended: list[str] = []
        self.threads: list[Thread] = []

    def join(self, name: str, run: Run, work: Callable[[], None] = lambda: None) -> None:
        """Let a run wait, behind those who wait already."""

        def wait() -> None:
            try:
                with self.queue.turn(run):
                    self.had.append(name)
                    work()
            except (Superseded, OSError):
                self.ended.append(name)

        self.threads.append(Thread(target=wait, daemon=True))
        self.threads[-1].start()
        # By itself, not by their number: another may leave meanwhile.
        until(lambda: run in self.queue._waiting)

    def end(self) -> None:
        for thread in self.threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()


@contextmanager
def crowded() -> Iterator[Crowd]:
    """A queue that somebody else holds while a crowd gathers; then all have their turns."""
    queue = Queue()
    crowd = Crowd(queue)
    with queue.turn(Run()):
        yield crowd
    crowd.end()
    assert not len(queue)


def rest(visitor: Visitor | None = None) -> Run:
    """A run whose first answer is shown."""
    run = (visitor or Visitor()).run()
    run.owed = False
    return run


def test_turns_come_in_the_order_asked() -> None:
    with crowded() as crowd:
        for name in "abcdef":
            crowd.join(name, Visitor().run())
    assert crowd.had == [*"abcdef"]


def test_a_newer_run_takes_the_place_of_the_older_which_is_dropped() -> None:
    eager = Visitor()
    with crowded() as crowd:
        crowd.join("old", eager.run())
        for name in "ab":
            crowd.join(name, Visitor().run())
        newest = eager.run()
        until(lambda: crowd.ended == ["old"])
        crowd.join("newest", newest)
    assert crowd.had == ["newest", "a", "b"]


def test_one_who_never_stops_changing_goes_round_with_the_others() -> None:
    """Cut short, a run's next has its place, but not the one after that."""
    eager = Visitor()
    queue = Queue()
    crowd = Crowd(queue)
    with queue.turn(eager.run()):
        crowd.join("other", Visitor().run())
        crowd.join("second", eager.run(), lambda: crowd.join("third", eager.run()))
    until(lambda: len(crowd.had) == 3)
    crowd.end()
    assert crowd.had == ["second", "other", "third"]


def test_one_who_was_answered_goes_behind_the_others() -> None:
    eager = Visitor()
    queue = Queue()
    crowd = Crowd(queue)
    run = eager.run()
    with queue.turn(run):
        run.owed = False
        crowd.join("other", Visitor().run())
        crowd.join("next", eager.run())
    crowd.end()
    assert crowd.had == ["other", "next"]


def test_first_answers_come_before_the_rest_of_pages_which_is_not_left_out() -> None:
    with crowded() as crowd:
        for name in "xyz":
            crowd.join(name, rest())
        for n in range(2 * FIRSTS + 1):
            crowd.join(str(n), Visitor().run())
    # One has passed already, when the turn was first taken.
    first = FIRSTS - 1
    firsts = [str(n) for n in range(2 * FIRSTS + 1)]
    assert crowd.had == [
        *firsts[:first], "x", *firsts[first : first + FIRSTS], "y", *firsts[first + FIRSTS :], "z",
    ]  # fmt: skip


def test_one_who_steps_aside_goes_on_where_it_stood() -> None:
    queue = Queue()
    crowd = Crowd(queue)
    run = Visitor().run()
    with queue.turn(run):
        crowd.join("first", Visitor().run())
        run.owed = False
        crowd.join("rest", rest())
        with queue.aside(run):
            until(lambda: crowd.had == ["first", "rest"])
        assert queue.holds(run)
        crowd.had.append("again")
    crowd.end()
    assert crowd.had == ["first", "rest", "again"]


def test_the_oldest_page_is_finished_first() -> None:
    older, newer = rest(), rest()
    with crowded() as crowd:
        crowd.join("newer", newer)
        crowd.join("older", older)
    assert crowd.had == ["older", "newer"]


def test_an_error_in_a_turn_or_aside_passes_it_on() -> None:
    queue = Queue()
    run = Run()

    def failing(where: Callable[[Run], object]) -> None:
        with where(run):  # type: ignore[attr-defined]
            raise ValueError("within")

    with pytest.raises(ValueError, match="within"):
        failing(queue.turn)
    with queue.turn(run):
        with pytest.raises(ValueError, match="within"):
            failing(queue.aside)
        assert queue.holds(run)
    with queue.turn(Run()):
        assert not queue.holds(run)


def test_a_turn_within_a_turn_is_the_same_turn() -> None:
    queue, run = Queue(), Run()
    with queue.turn(run):
        with queue.turn(run):
            pass
        assert queue.holds(run)
    assert not queue.holds(run)


def test_one_superseded_before_it_waits_does_not_wait() -> None:
    visitor, queue = Visitor(), Queue()
    older = visitor.run()
    visitor.run()
    with pytest.raises(Superseded), queue.turn(older):
        pytest.fail("had its turn")
    with queue.turn(Run()):
        pass


@pytest.mark.parametrize("granted", [False, True])
def test_a_visitor_who_left_is_passed_over(granted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it waits, or found out when its turn comes."""
    monkeypatch.setattr(queueing, "LOOK", 0.001 if not granted else PATIENCE)
    queue = Queue()
    had: list[str] = []

    def look(left: float | None) -> None:
        if granted == (left is None):
            raise OSError

    def leave() -> None:
        try:
            with queue.turn(Run(), look):
                had.append("gone")
        except OSError:
            had.append("left")

    crowd = Crowd(queue)
    with queue.turn(Run()):
        crowd.threads.append(Thread(target=leave, daemon=True))
        crowd.threads[0].start()
        until(lambda: bool(len(queue)) or had == ["left"])
        crowd.join("next", Run())
        if not granted:
            until(lambda: had == ["left"])
    crowd.end()
    assert had == ["left"]
    assert crowd.had == ["next"]


def test_what_a_wait_may_take_is_told_from_what_turns_took() -> None:
    now = [0.0]
    queue = Queue(clock=lambda: now[0])
    with queue.turn(Run()):
        now[0] += 2.0
    crowd = Crowd(queue)
    with queue.turn(Run()):
        for name in "abc":
            crowd.join(name, Run())
        last = Run()
        assert queue.left(last) == pytest.approx(4 * 2.0)
        crowd.join("rest", rest())
        assert queue.left(last) == pytest.approx((3 * (FIRSTS + 1) / FIRSTS + 1) * 2.0)
    crowd.end()


@pytest.mark.parametrize("seed", range(3))
def test_everyones_newest_change_is_answered_and_nobody_is_stuck(seed: int) -> None:
    """Sixty visitors change things as they like, in as many threads as they like."""
    queue, working = Queue(), Queue()
    newest: dict[int, int] = {}
    answered: dict[int, int] = {}
    drawing: list[int] = []
    threads: list[Thread] = []

    def draw(who: int, run: Run, change: int) -> None:
        try:
            with queue.turn(run):
                drawing.append(who)
                assert drawing == [who]
                drawing.pop()
                run.owed = False
                with queue.aside(run), working.turn(run):
                    pass
                answered[who] = change
        except Superseded:
            pass

    def visit(who: int) -> None:
        rng, visitor = random.Random(1000 * seed + who), Visitor()
        for change in range(rng.randint(1, 20)):
            newest[who] = change
            thread = Thread(target=draw, args=(who, visitor.run(), change), daemon=True)
            thread.start()
            threads.append(thread)
            time.sleep(0.002 * rng.random())

    visitors = [Thread(target=visit, args=(who,), daemon=True) for who in range(60)]
    for thread in visitors:
        thread.start()
    for thread in [*visitors]:
        thread.join(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(t.is_alive() for t in threads)
    assert answered == newest
