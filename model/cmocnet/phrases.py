"""Text folded so that spelling does not matter, and text as messages show it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

Key = tuple[str, ...]
"""A phrase as it is looked up: folded tokens, without filler."""

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_SILENT = frozenset('-\u2010\u2011\u2012\u2013\u2014\u2212/.;:"\u201c\u201d()')
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")
_SIBILANT = re.compile(r"(ss|sh|ch|x|zz)es$")
_IZE = re.compile(r"([iy])z(e|ed|er|ing|ation|ational)$")
_OUR = re.compile(r"(?<=\w{3})our(ed|ing|able|ably|al|ful|less)?$")


def tokens(phrase: str) -> Key:
    """A phrase folded: lower case, no hyphens, singular, and one spelling of -ise and -our.

    >>> tokens("Organizational  Behaviours, well-known")
    ('organisational', 'behavior', ',', 'well', 'known')
    """
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", phrase).lower()).replace("&", "and")
    return tuple(_folded(token) for token in _TOKEN.findall(plain) if token not in _SILENT)


def _folded(token: str) -> str:
    if len(token) > 4 and token.endswith("ies"):
        token = token[:-3] + "y"
    elif _SIBILANT.search(token):
        token = token[:-2]
    elif len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        token = token[:-1]
    return _OUR.sub(r"or\1", _IZE.sub(r"\1s\2", token))


def without(key: Key, filler: frozenset[Key]) -> Key:
    """The key without its filler, unless nothing else would be left."""
    widest = max(map(len, filler), default=0)
    kept, i = [], 0
    while i < len(key):
        width = next((n for n in range(widest, 0, -1) if key[i : i + n] in filler), 0)
        if not width:
            kept.append(key[i])
        i += width or 1
    return tuple(kept) or key


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
