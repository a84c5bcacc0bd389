"""A variable in a round, as the register and an unrolled network name it: ``trust@2``.

Round 1 keeps the plain name, so that what is said of one round needs no numbers.
"""

from __future__ import annotations

import re

LATEST = 4
"""The last round of which a review's files may say anything."""
_LATER = re.compile(r"(.+)@([1-9][0-9]{0,3})")


def at_round(name: str, number: int) -> str:
    """The name of a variable's copy in a round.

    >>> at_round("trust", 1), at_round("trust", 2)
    ('trust', 'trust@2')
    """
    return name if number == 1 else f"{name}@{number}"


def moment(word: str) -> tuple[str, int]:
    """Which variable a name means, and in which round; the other way round of :func:`at_round`.

    >>> moment("trust"), moment("trust@2"), moment("trust@soon")
    (('trust', 1), ('trust', 2), ('trust@soon', 1))
    """
    found = _LATER.fullmatch(word)
    return (found[1], int(found[2])) if found else (word, 1)
