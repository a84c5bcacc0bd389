"""What a text that is no YAML lacks, in words for the person who wrote it.

PyYAML's two parsers name the same slip differently, and neither names the usual cause.
"""
# One answer a kind of what is told apart reads better than a table of small functions.
# ruff: noqa: PLR0911

from __future__ import annotations

import re
from typing import Any

import yaml

Told = tuple[int, str, str | None]
"""Line counted from 1 (0 if unknown), what is wrong, what was expected."""

QUOTES = "the text in quotes"
_TWO_COLONS = re.compile(r"^\s*(?:- +)*[^\s'\"#][^:]*:\s.*\S:(?:\s|$)")
_OPEN = re.compile(r"""^\s*(?:- +)*[\w-]+:\s+(?:"[^"]*|'[^']*)$""")
_LONGEST = 200


def explained(error: yaml.YAMLError, text: str) -> Told:
    """Line, what is wrong, and what was expected.

    >>> try: yaml.safe_load("why: so: because")
    ... except yaml.YAMLError as error: explained(error, "why: so: because")
    (1, 'a colon followed by a blank in unquoted text', 'the text in quotes')
    """
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return _unreadable(error, text)
    problem = str(getattr(error, "problem", None) or "not YAML")
    context = str(getattr(error, "context", None) or "")
    begun = getattr(error, "context_mark", None)
    # Marks count some rare characters as ends of lines, and so may lie behind the last.
    lines = [*text.split("\n"), *[""] * (mark.line + 1)]
    if "mapping values are not allowed" in problem:
        return _colon(lines, mark.line)
    if "cannot start any token" in problem:
        first = lines[mark.line][mark.column : mark.column + 1]
        return mark.line + 1, f"unquoted text that begins with {first}", QUOTES
    if "quoted scalar" in context and begun is not None and "end of stream" in problem:
        return begun.line + 1, "a quotation mark is never closed", "another at the text's end"
    if "flow" in context and begun is not None:
        return _bracket(lines, begun, mark)
    if "expected ':'" in problem and begun is not None:
        return begun.line + 1, "a line that is no key with a value", "key: value"
    if "<document start>" in problem:
        what = "a line that does not go with those above"
        return mark.line + 1, what, "one mapping, its keys below each other"
    if "block" in context:
        return _block(lines, mark)
    return mark.line + 1, _cut(f"{problem} {context}".strip()), None


def _unreadable(error: yaml.YAMLError, text: str) -> Told:
    """A character that no YAML text may hold; the parsers tell only its position."""
    position = getattr(error, "position", None)
    known = isinstance(position, int)
    line = text.count("\n", 0, position) + 1 if known else 0
    return line, _cut(f"not YAML: {str(error).splitlines()[0]}"), None


def _colon(lines: list[str], line: int) -> Told:
    """Either prose with a colon in it, or a key that stands where none can."""
    if _TWO_COLONS.match(lines[line]):
        return line + 1, "a colon followed by a blank in unquoted text", QUOTES
    above = next((text for text in reversed(lines[:line]) if text.strip()), "")
    if above and _indent(lines[line]) > _indent(above):
        what = "a colon in unquoted text, or a key indented deeper than those above"
        return line + 1, what, f"{QUOTES}, or the key below the others"
    return line + 1, "a key behind a line that is no key with a value", "key: value"


def _bracket(lines: list[str], begun: Any, mark: Any) -> Told:
    """Where the block went on, a bracket was left open; else an entry ends wrongly."""
    opened = lines[begun.line][begun.column : begun.column + 1] or "bracket"
    if mark.line > begun.line and _indent(lines[mark.line]) <= _indent(lines[begun.line]):
        return begun.line + 1, f"the {opened} is never closed", "} or ] at its end"
    what = f"an entry that does not end where it should, in the {opened} of line {begun.line + 1}"
    return mark.line + 1, what, f"a comma between entries, or {QUOTES}"


def _block(lines: list[str], mark: Any) -> Told:
    here = lines[mark.line]
    begun = _unclosed(lines[: mark.line])
    if here[: mark.column].strip() and begun:
        return begun, "a quotation mark is never closed", "another at the text's end"
    if here[: mark.column].strip():
        return mark.line + 1, "something behind a value that has ended", f"all {QUOTES}"
    what = "the indentation does not fit the lines above"
    return mark.line + 1, what, "entries of one mapping or list below each other"


def _unclosed(lines: list[str]) -> int:
    """The last line whose text opens with a quotation mark that it does not close; 0 if none."""
    found = (n for n in range(len(lines), 0, -1) if _OPEN.search(lines[n - 1]))
    return next(found, 0)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "..."
