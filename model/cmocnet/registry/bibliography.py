"""Read a BibTeX file of plain entries: ``@kind{key, field = {value}, ...}``.

Only what the project's own bibliography uses is accepted, so that a slip is found rather than
guessed at: braces must balance, keys must be unique.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from cmocnet.registry.faults import Spot, settled
from cmocnet.registry.records import Source

_ENTRY = re.compile(r"@(\w+)\s*\{\s*([\w:.-]+)\s*,")
_FIELD = re.compile(r"\s*(\w+)\s*=\s*\{")
_BRACE = re.compile(r"[{}]")
_BETWEEN = re.compile(r"[,\s]*")
MAX_DIGITS = 9
"""Digits of a number in a list of references."""


class _SlipError(Exception):
    """An entry that can't be read on: where, what, and what was expected."""


def parse(text: str, where: str) -> dict[str, Source]:
    """Key -> source for every entry of a BibTeX text.

    Raises
    ------
    FileError
        A slip, with its line; a ReviewError of all of them where there are several.

    >>> parse("@book{pawson1997, author = {Pawson, R and Tilley, N}, year = {1997}}", "x")[
    ...     "pawson1997"
    ... ].short
    'Pawson and Tilley 1997'
    """
    with settled(where) as spot:
        return gather(text, spot)


def gather(text: str, spot: Spot) -> dict[str, Source]:
    """Like :func:`parse`, with each slip told at ``spot`` and its entry left as far as it goes."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    sources: dict[str, Source] = {}
    numbers: dict[int, int] = {}

    def wrong(position: int, key: str, what: str, expected: str | None = None) -> None:
        line = bisect_right(starts, position)
        spot.wrong(f"entry {key}: {what}", expected=expected, line=line)

    for match in _ENTRY.finditer(text):
        key, at = match[2], match.start()
        fields: dict[str, str] = {}
        try:
            _fields(text, match.end(), fields)
        except _SlipError as slip:
            position, what, expected = slip.args
            wrong(position, key, what, expected)
        if key in sources:
            wrong(at, key, "this key stands twice")
        number = fields.get("number", "")
        if number and not (number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS):
            place = text.find(number, at)
            wrong(place, key, f"number is {number[:60]!r}", f"digits, at most {MAX_DIGITS}")
            # What digits there are still count: whoever refers to them is not wrong as well.
            fields["number"] = "".join(re.findall("[0-9]", number))[:MAX_DIGITS] or "0"
        elif number:
            if first := numbers.get(int(number)):
                wrong(at, key, f"number {number} stands twice, first in line {first}")
            numbers.setdefault(int(number), bisect_right(starts, at))
        sources.setdefault(key, Source(key=key, kind=match[1].lower(), fields=fields))
    if not sources:
        spot.wrong("no entries", expected="@article{key, title = {...}, ...}", line=1)
    return sources


def _fields(text: str, position: int, found: dict[str, str]) -> None:
    """Read the ``name = {value}`` pairs of one entry, from just behind its key."""
    while match := _FIELD.match(text, position):
        depth, end = 1, match.end()
        while depth:
            brace = _BRACE.search(text, end)
            if brace is None:
                raise _SlipError(match.start(1), f"braces of field {match[1]!r} never close", None)
            depth += 1 if brace[0] == "{" else -1
            end = brace.end()
        found[match[1].lower()] = " ".join(text[match.end() : end - 1].split())
        between = _BETWEEN.match(text, end)
        position = between.end() if between else end
    if position >= len(text) or text[position] != "}":
        at = min(position, len(text.rstrip()) - 1)
        raise _SlipError(at, "the entry does not close", "field = {value}, ... }")
