"""What a computation may take, asked before it is begun.

Exact inference grows without bound with the width of a network, and a table with the number of its
parents. So memory and multiply-adds are estimated from shapes alone, and what does not fit is
refused with the estimate, the limit and what to do, before any of it is asked for.
"""

from __future__ import annotations

import os
from pathlib import Path

from cmocnet.errors import CmocnetError, ModelError

MULTIPLY_ADDS = 10**12
"""Multiply-adds of one run at most: about a quarter of an hour."""

TABLE = 2**22
"""Entries of one table built from judgements at most; drawn tables may be this large each. A larger
one is put together of small ones, or refused (:mod:`cmocnet.parts`)."""

SHARE = 0.75
"""The share of the available memory that one computation may take."""

UNKNOWN = 2 * 2**30
"""Bytes taken to be available where the system does not say."""

SETTING = "CMOCNET_MEMORY"
"""Environment variable: GiB that one computation may take, whatever is available."""

NEGLIGIBLE = 2**26
"""Bytes up to which nobody asks whether they are there."""


def memory() -> int:
    """Bytes that one computation may take.

    What ``CMOCNET_MEMORY`` says in GiB, or three quarters of the least of: memory free in the
    machine, in the container (control group), and under the process's own limit.
    """
    said = os.environ.get(SETTING)
    if said:
        try:
            return int(float(said) * 2**30)
        except (ValueError, OverflowError):
            raise CmocnetError(
                f"{said!r} is no size", where=SETTING, expected="a number of GiB"
            ) from None
    known = [n for n in (_machine(), _container(), _process()) if n is not None]
    return int(SHARE * max(0, min(known, default=UNKNOWN)))


def _numbers(path: str) -> list[str]:
    try:
        return Path(path).read_text().split()
    except OSError:
        return []


def _machine() -> int | None:
    words = _numbers("/proc/meminfo")
    if "MemAvailable:" in words:
        return int(words[words.index("MemAvailable:") + 1]) * 1024
    return None


def _container() -> int | None:
    most, now = _numbers("/sys/fs/cgroup/memory.max"), _numbers("/sys/fs/cgroup/memory.current")
    return int(most[0]) - int(now[0]) if most and now and most[0].isdigit() else None


def _process() -> int | None:
    try:
        import resource
    except ImportError:  # not a Unix
        return None
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    pages = _numbers("/proc/self/statm")
    if most == resource.RLIM_INFINITY or not pages:
        return None
    return most - int(pages[0]) * resource.getpagesize()


def spelt(n: int) -> str:
    """A number of bytes for people, of any size.

    >>> spelt(3 * 2**29), spelt(2**81)
    ('1.5 GiB', '2e+15 GiB')
    """
    if n < 2**30:
        return f"{n / 2**20:.3g} MiB"
    gib = n // 2**30 if n > 2**60 else n / 2**30
    return f"{gib:.3g} GiB" if gib < 10**6 else f"{_power(int(gib))} GiB"


def _power(n: int) -> str:
    digits = str(n)
    return f"{digits[0]}e+{len(digits) - 1}"


def counted(n: int) -> str:
    """A count for people, of any size.

    >>> counted(41), counted(2**80)
    ('41', '1e+24')
    """
    return f"{n:,}" if n < 10**9 else _power(n)


def fits(size: int, what: str, *, instead: str, where: str | None = None) -> None:
    """Refuse what takes more than :func:`memory`.

    Parameters
    ----------
    size
        Bytes it would take.
    what
        What would take them, the subject of the message.
    instead
        What to do about it.

    >>> fits(1000, "a small table", instead="nothing")
    """
    if size > NEGLIGIBLE and size > (most := memory()):
        raise ModelError(
            f"{what} would take {spelt(size)} of memory",
            where=where,
            expected=f"at most {spelt(most)} ({SETTING} sets it in GiB): {instead}",
        )


def table(entries: int, where: str | None = None, *, why: str = "") -> None:
    """Refuse a table of judgements with more than :data:`TABLE` entries; ``why`` it needs them all.

    >>> table(2**23, "trust")
    Traceback (most recent call last):
    cmocnet.errors.ModelError: trust: its table would have 8,388,608 entries; expected at most \
4,194,304: fewer parents or states, or intermediate variables that gather some of the parents
    """
    if entries > TABLE:
        raise ModelError(
            f"its table would have {counted(entries)} entries{why}",
            where=where,
            expected=f"at most {TABLE:,}: fewer parents or states, or intermediate variables that "
            "gather some of the parents",
        )
