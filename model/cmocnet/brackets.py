"""Brackets in a question: what lies outside them, and where each is closed."""

from __future__ import annotations

from collections.abc import Iterator

from cmocnet.errors import QueryError

_CLOSING = {"(": ")", "[": "]"}


def balanced(text: str) -> None:
    """Refuse a text in which a bracket opens or closes nothing; says which."""
    opened: list[tuple[int, str]] = []
    for position, char in enumerate(text, start=1):
        if char in _CLOSING:
            opened.append((position, char))
        elif char in _CLOSING.values() and (not opened or _CLOSING[opened.pop()[1]] != char):
            raise QueryError(f"'{char}' closes nothing", where=f"character {position}")
    if opened:
        position, char = opened[-1]
        expected = f"'{_CLOSING[char]}'"
        raise QueryError(
            f"'{char}' is not closed", where=f"character {position}", expected=expected
        )


def outside(text: str) -> Iterator[int]:
    """Positions of the characters outside all brackets; closing ones count as outside."""
    depth = 0
    for position, char in enumerate(text):
        depth -= char in _CLOSING.values()
        if not depth:
            yield position
        depth += char in _CLOSING


def closing(text: str, opening: int) -> int:
    """Where the bracket that opens at a position is closed."""
    return next(p + opening for p in outside(text[opening:]) if p)
