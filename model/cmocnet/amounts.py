"""How many of a thing someone may ask for: whole numbers in range, and what they take in memory.

The estimate comes before the work, so that a slip of the keyboard costs a line and not the machine.
"""

from __future__ import annotations

from numbers import Integral

from cmocnet.errors import CmocnetError

MEMORY = 4 * 2**30
"""Bytes that one analysis may take for its draws or samples."""
SEEDS = 2**32 - 2
"""The largest seed: one that every generator in use takes, and so does the one after it."""


def whole(number: object, what: str, *, least: int = 0, most: int | None = None) -> int:
    """``number`` as an int; CmocnetError where it is no whole one, or out of range.

    >>> whole(3, "draws", least=1)
    3
    >>> whole(0, "draws", least=1)
    Traceback (most recent call last):
    cmocnet.errors.CmocnetError: draws: 0; expected a whole number of 1 or more
    """
    upto = f" or more, up to {most:,}" if most is not None else " or more"
    if isinstance(number, Integral) and not isinstance(number, bool):
        count = int(number)
        if least <= count and (most is None or count <= most):
            return count
    raise CmocnetError(sized(number), where=what, expected=f"a whole number of {least}{upto}")


def seed(number: object) -> int:
    """A seed: a whole number from 0.

    >>> seed(7)
    7
    """
    return whole(number, "seed", most=SEEDS)


def affordable(number: object, what: str, each: int, *, least: int = 1) -> int:
    """``number`` of things as an int, at ``each`` bytes a thing.

    Raises CmocnetError where it is no whole number, under ``least``, or takes more than ``MEMORY``.

    >>> affordable(10**6, "draws", 17_000)
    Traceback (most recent call last):
    cmocnet.errors.CmocnetError: draws: 1,000,000 would take 15.8 GiB of memory; \
expected at most 252,645 (4 GiB)
    """
    count = whole(number, what, least=least)
    most = max(least, MEMORY // max(each, 1))
    if count > most:
        size = count * each * 10 // 2**30
        taken = f"{size // 10:,}.{size % 10} GiB" if size < 10**9 else "far more than there is"
        raise CmocnetError(
            f"{sized(count)} would take {taken} of memory",
            where=what,
            expected=f"at most {most:,} ({MEMORY >> 30} GiB)",
        )
    return count


def sized(number: object) -> str:
    """A number for a message, a very long one by its size.

    >>> sized(12_000), sized(10**30), sized(0.5)
    ('12,000', 'about 1e+30', '0.5')
    """
    if isinstance(number, Integral) and not isinstance(number, bool):
        size = int(number)
        if abs(size) < 10**15:
            return f"{size:,}"
        return f"about 1e+{len(str(abs(size))) - 1}" if size.bit_length() < 10_000 else "far more"
    return f"{number!r}"[:40]
