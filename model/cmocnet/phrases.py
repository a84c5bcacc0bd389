"""Phrases and values as messages show them: plain, quoted, listed, on one line."""

from __future__ import annotations

from collections.abc import Iterable


def spoken(phrase: str) -> str:
    """A phrase as it is suggested: lower case, blanks for underscores.

    >>> spoken("Low  cultural_compatibility")
    'low cultural compatibility'
    """
    return " ".join(phrase.lower().replace("_", " ").split())


def either(options: Iterable[str]) -> str:
    """Options in a sentence.

    >>> either(["low", "medium", "high"])
    'low, medium or high'
    """
    *rest, last = options
    return " or ".join(filter(None, (", ".join(rest), last)))


def quoted(text: str, longest: int = 80) -> str:
    """A piece of someone's text as a message shows it: in quotes, on one line, cut if long.

    >>> quoted("  low   trust ")
    "'low trust'"
    """
    line = " ".join(text.split())
    return f"'{line}'" if len(line) <= longest else f"'{line[: longest - 3]}...'"


def shown(value: object) -> str:
    """Anything from Python as a message shows it: quoted, on one line, with its type if no text.

    >>> shown(True), shown("low")
    ("'True' (bool)", "'low'")
    """
    try:
        text = quoted(str(value))
    except Exception:
        text = "something"
    return text if isinstance(value, str) else f"{text} ({type(value).__name__})"
