"""What was valid, spoilt: cut, doubled, swapped, and given what nobody would write."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

ODD = (
    *"\"'`{}[]()<>|=~:;,.#%&\\/-+*?!@^$_ \t\n\r\0\x1b\x7f\x85\u2028\u202e\ufeff\ud800é\u0301漢😀",
    *("", "  ", "\n\n", "\r\n", "null", "None", "NaN", "inf", "-0.0", "true", "no", "~", "=?"),
    *("not ", "do(", "P(", " given ", " or ", ":=", "<<: *a", "&a [*a]", "!!python/name:os.x"),
    *("../../etc", "%s%n", "{{x}}", "<!ENTITY a 'b'>", "]]>", "<![CDATA[", "&amp;", "--", "/*"),
)
NUMBERS = (
    *("0", "1", "-1", "2", "0.5", "1e308", "1e-320", "-1e400", "1e9999", "9" * 30, "0x10", "1_0"),
    *(
        "1.0000001",
        "0.9999999",
        "NaN",
        "inf",
        "1e20",
        "4294967296",
        "٣",
        "1,5",
        "50%",
        "2024-01-01",
    ),
)
WORD = re.compile(r"\w+")
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
LONG = 60
"""Characters that one cut or copy mostly spans."""
MOST = 5_000
"""Copies of a part that one change makes at most."""


def spoilt(rng: Random, text: str, words: Sequence[str] = ODD) -> str:
    """A text after one to four changes; ``words`` are what is set in beside odd characters.

    >>> spoilt(Random(1), "P(dissolution)") == spoilt(Random(1), "P(dissolution)")
    True
    """
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        text = rng.choice(CHANGES)(rng, text, words)
    return text


def flipped(rng: Random, data: bytes) -> bytes:
    """Bytes after a few of them were changed, cut off, left out or doubled."""
    spoilt = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        start, end = _span(rng, len(spoilt))
        way = rng.randrange(5)
        if way == 0 and spoilt:
            spoilt[min(start, len(spoilt) - 1)] ^= 1 << rng.randrange(8)
        elif way == 1:
            spoilt[start:end] = rng.randbytes(end - start)
        elif way == 2:
            del spoilt[start:end]
        elif way == 3:
            spoilt[start:start] = spoilt[start:end]
        elif rng.random() < 0.2:
            del spoilt[start:]
    return bytes(spoilt)


def _span(rng: Random, length: int) -> tuple[int, int]:
    start = rng.randint(0, length)
    reach = rng.choice((1, 1, 3, 10, LONG, length))
    return start, min(length, start + rng.randint(0, reach))


def _cut(rng: Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, len(text))
    return text[:start] + text[end:]


def _double(rng: Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, len(text))
    times = rng.choice((1, 1, 1, 2, 30, MOST)) if end - start < LONG else 1
    return text[:start] + text[start:end] * times + text[start:]


def _move(rng: Random, text: str, _: Sequence[str]) -> str:
    start, end = _span(rng, len(text))
    rest, at = text[:start] + text[end:], rng.randint(0, len(text))
    return rest[:at] + text[start:end] + rest[at:]


def _insert(rng: Random, text: str, _: Sequence[str]) -> str:
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(ODD) + text[at:]


def _lines(rng: Random, text: str, _: Sequence[str]) -> str:
    lines = text.splitlines(keepends=True) or [""]
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    if rng.random() < 0.5:
        lines[one], lines[other] = lines[other], lines[one]
    else:
        lines.insert(one, lines[other])
    return "".join(lines)


def _word(rng: Random, text: str, words: Sequence[str]) -> str:
    return _instead(rng, text, WORD, rng.choice(words))


def _own_word(rng: Random, text: str, _: Sequence[str]) -> str:
    found = WORD.findall(text)
    return _instead(rng, text, WORD, rng.choice(found)) if found else text


def _number(rng: Random, text: str, _: Sequence[str]) -> str:
    return _instead(rng, text, NUMBER, rng.choice(NUMBERS))


def _instead(rng: Random, text: str, what: re.Pattern[str], other: str) -> str:
    found = list(what.finditer(text))
    if not found:
        return text + other
    one = rng.choice(found)
    return text[: one.start()] + other + text[one.end() :]


CHANGES: tuple[Callable[[Random, str, Sequence[str]], str], ...] = (
    _cut,
    _double,
    _move,
    _insert,
    _insert,
    _lines,
    _word,
    _own_word,
    _number,
    _number,
)
