"""Read a BibTeX file of plain entries: ``@kind{key, field = {value}, ...}``.

Only what the project's own bibliography uses is accepted, so that a slip is found rather than
guessed at: braces must balance, keys must be unique.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cmocnet.errors import FileError
from cmocnet.registry.records import Source

_ENTRY = re.compile(r"@(\w+)\s*\{\s*([\w:.-]+)\s*,")
_FIELD = re.compile(r"\s*(\w+)\s*=\s*\{")


def parse(text: str, where: str) -> dict[str, Source]:
    """Key -> source for every entry of a BibTeX text.

    >>> parse("@book{pawson1997, author = {Pawson, R and Tilley, N}, year = {1997}}", "x")[
    ...     "pawson1997"
    ... ].short
    'Pawson and Tilley 1997'
    """
    sources: dict[str, Source] = {}
    for match in _ENTRY.finditer(text):
        key = match[2]
        place = f"{where}, entry {key}"
        if key in sources:
            raise FileError("this key stands twice", where=place)
        fields = dict(_fields(text, match.end(), place))
        number = fields.get("number", "")
        if number and not (number.isascii() and number.isdigit()):
            raise FileError(f"number is {number!r}", where=place, expected="digits")
        if number and number in (s.fields.get("number") for s in sources.values()):
            raise FileError(f"number {number} stands twice", where=place)
        sources[key] = Source(key=key, kind=match[1].lower(), fields=fields)
    if not sources:
        raise FileError("no entries", where=where, expected="@article{key, title = {...}, ...}")
    return sources


def _fields(text: str, position: int, where: str) -> Iterator[tuple[str, str]]:
    """The ``name = {value}`` pairs of one entry, from just behind its key."""
    while match := _FIELD.match(text, position):
        depth, end = 1, match.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        if depth:
            raise FileError(f"braces of field {match[1]!r} never close", where=where)
        yield match[1].lower(), " ".join(text[match.end() : end - 1].split())
        position = end
        while position < len(text) and text[position] in ", \t\r\n":
            position += 1
    if position >= len(text) or text[position] != "}":
        raise FileError("the entry does not close", where=where, expected="field = {value}, ... }")
