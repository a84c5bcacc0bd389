"""Drive a door: input after input, each held to an answer or one clear line, in time."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from cmocnet.errors import CmocnetError

Case = Mapping[str, bytes]
"""An input: name of a file -> its content."""

LONGEST = 1_000
"""Characters of a message that is still one clear line."""
SLOW = 2.0
"""Seconds of the processor for one input; a busy machine's other work does not count."""
HANGS = 30.0
"""Seconds by the clock after which an input is given up."""
KEPT = 3
"""Failing inputs of one kind that are kept."""
FIRST = 20
"""Inputs tried untimed beforehand: what is loaded and compiled once is no part of them."""
WARM = 0.1
"""The share of a run after which memory should no longer grow."""


class WrongError(Exception):
    """An answer that is none: not the right one, or no probability."""


class HangError(BaseException):
    """Raised by the clock into whatever does not come back."""


@dataclass(frozen=True)
class Door:
    """A way in: ``make`` an input from a generator, and ``open`` it in a folder of one's own.

    ``make`` depends on nothing but the generator. ``open`` returns for an answer, and raises
    :class:`~cmocnet.errors.CmocnetError` for a refusal.
    """

    name: str
    make: Callable[[Random], Case]
    open: Callable[[Case, Path], object]


@dataclass
class Tally:
    """What came of a door's inputs; memory in MiB when warm and at the end, time in seconds.

    ``used`` is the part of both memories that is in use; the rest was freed, and is kept for later.
    """

    door: str
    seed: int
    inputs: int = 0
    answers: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    seconds: float = 0.0
    warm: float = 0.0
    end: float = 0.0
    used: tuple[float, float] = (0.0, 0.0)

    @property
    def refusals(self) -> int:
        """Inputs that were refused in one clear line."""
        return self.inputs - self.answers - self.failures.total()


def case(door: Door, seed: int, number: int) -> Case:
    """The input of a door that has this number under this seed."""
    return door.make(Random(f"{seed}/{door.name}/{number}"))


def drive(door: Door, seed: int, inputs: int, seconds: float, folder: Path) -> Tally:
    """Try a door's inputs until there were so many, or so long; failing ones go into ``folder``."""
    tally = Tally(door.name, seed)
    started, warm = time.perf_counter(), 0.0
    with quiet(), place() as name:
        for number in range(min(FIRST, inputs)):
            tried(door, case(door, seed, number), Path(name))
        while tally.inputs < inputs and tally.seconds < seconds:
            _one(door, tally, Path(name), folder)
            tally.seconds = time.perf_counter() - started
            # What is small a tenth of the way and large at the end has grown.
            if max(tally.inputs / inputs, tally.seconds / seconds) <= WARM or not tally.warm:
                tally.warm, warm = resident(), in_use()
    tally.end, tally.used = resident(), (warm, in_use())
    return tally


def _one(door: Door, tally: Tally, place: Path, folder: Path) -> None:
    given = case(door, tally.seed, tally.inputs)
    started = time.process_time()
    answered, wrong = tried(door, given, place)
    spent = time.process_time() - started
    wrong = wrong or (f"slow: over {SLOW:g} s" if spent > SLOW else None)
    tally.slowest = max(tally.slowest, spent)
    if wrong:
        kind = wrong.splitlines()[0]
        tally.failures[kind] += 1
        if tally.failures[kind] <= KEPT:
            keep(given, wrong, folder / f"{door.name}-{tally.seed}-{tally.inputs}")
    else:
        tally.answers += answered
    tally.inputs += 1


def tried(door: Door, given: Case, place: Path) -> tuple[bool, str | None]:
    """Whether an input was answered, and what is wrong with the outcome if anything."""
    unseen: list[BaseException] = []
    try:
        with alarm(), noticed(unseen):
            door.open(given, place)
    except CmocnetError as error:
        return False, unclear(str(error)) or next(map(_told, unseen), None)
    except HangError:
        return False, f"hangs: over {HANGS:g} s"
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return False, _told(error)
    return True, next(map(_told, unseen), None)


def unclear(message: str) -> str | None:
    """What keeps a message from being one clear line, or None."""
    if not message.strip():
        return "message: empty"
    if len(message) > LONGEST:
        return f"message: over {LONGEST} characters\n{message}"
    if any(ord(c) < 32 or ord(c) == 127 or c in "\x85\u2028\u2029" for c in message):
        return f"message: control characters\n{message!r}"
    return None


def _told(error: BaseException) -> str:
    """The kind of an error and where it was raised, on one line; then all of it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "cmocnet" in f.filename] or frames
    at = f"{Path(ours[-1].filename).name}:{ours[-1].name}"
    whole = "".join(traceback.format_exception(error))
    return f"{type(error).__name__} in {at}\n{whole}"


@contextmanager
def noticed(unseen: list[BaseException]) -> Iterator[None]:
    """Collect what Python would only print, as it does for errors in a callback from C."""
    before = sys.unraisablehook

    def collect(found: Any) -> None:
        unseen.append(found.exc_value)

    sys.unraisablehook = collect
    try:
        yield
    finally:
        sys.unraisablehook = before


@contextmanager
def alarm() -> Iterator[None]:
    """Raise :class:`HangError` in what takes too long, where the system can."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: Any) -> None:
        raise HangError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def place() -> tempfile.TemporaryDirectory[str]:
    """A folder for a while, in memory where the system has such a place."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(
        prefix="cmocnet-fuzz-", dir=memory if os.access(memory, os.W_OK) else None
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings and the log are for people, who do not read a hundred thousand."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def resident() -> float:
    """The memory that this process holds, in MiB."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    except OSError:
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (2**20 if sys.platform == "darwin" else 2**10)


class _Blocks(ctypes.Structure):
    """What glibc's mallinfo2 tells."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks"),
            *("fordblks", "keepcost"),
        )
    )


def in_use() -> float:
    """The memory that the C library has handed out and not got back, in MiB; 0 where unknown."""
    try:
        tell = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError):
        return 0.0
    tell.restype = _Blocks
    gc.collect()
    found = tell()
    return float(found.uordblks + found.hblkhd) / 2**20


def write(given: Case, folder: Path) -> None:
    """Write an input's files."""
    for name, content in given.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def keep(given: Case, wrong: str, folder: Path) -> None:
    """Keep an input, to be tried again, with what is wrong beside it."""
    write(given, folder / "input")
    (folder / "wrong.txt").write_text(wrong, encoding="utf-8", errors="backslashreplace")


def kept(folder: Path) -> Case:
    """An input that was kept."""
    root = folder / "input"
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
