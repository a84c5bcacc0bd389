"""One YAML file of a review, read strictly, and one laid over another.

Every failure is a :class:`~cmocnet.errors.CmocnetError` that names file and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cmocnet.errors import CmocnetError
from cmocnet.reading import shown
from cmocnet.registry.faults import Spot, settled
from cmocnet.registry.strict import Slip, parse
from cmocnet.registry.texts import MAX_BYTES, read_text

__all__ = ["MAX_BYTES", "mapping", "merge", "parse_yaml", "read_mapping", "read_text", "text_at"]


def parse_yaml(text: str, where: str) -> Any:
    """The value a YAML text holds, read strictly.

    >>> parse_yaml("a: 1", "here")
    {'a': 1}
    >>> parse_yaml("a: 1\\na: 2", "here")
    Traceback (most recent call last):
    ...
    cmocnet.errors.FileError: here:2: duplicate key 'a', which is in line 1 too
    """
    value, slips = parse(text)
    with settled(where) as spot:
        for slip in slips:
            spot.wrong(slip.what, expected=slip.expected, line=slip.line)
    return value


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping a YAML file holds, keys as text."""
    with settled(shown(path)) as spot:
        found = mapping(parse(read_text(path)), spot)
    return found or {}


def text_at(path: Path, spot: Spot) -> str | None:
    """The text of a file, or None where it cannot be read; that is told at ``spot``."""
    try:
        return read_text(path)
    except CmocnetError as error:
        spot.wrong(error.what, expected=error.expected, shape=True)
        return None


def mapping(parsed: tuple[Any, list[Slip]], spot: Spot) -> dict[str, Any] | None:
    """The mapping a parsed text holds, keys as text, or None; what is wrong is told at ``spot``."""
    value, slips = parsed
    whole = isinstance(value, dict)
    for slip in slips:
        spot.wrong(slip.what, expected=slip.expected, line=slip.line, shape=not whole)
    if whole:
        return {str(key): item for key, item in value.items()}
    if not slips:
        what = f"the file holds {'nothing' if value is None else f'a {type(value).__name__}'}"
        spot.wrong(what, expected="a mapping of keys to values", line=1, shape=True)
    return None


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` laid on it: mappings merge key by key, anything else is replaced.

    >>> merge({"a": {"x": 1, "y": 2}}, {"a": {"y": 3}})
    {'a': {'x': 1, 'y': 3}}
    """
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = merge(old, value) if both else value  # type: ignore[arg-type]
    return merged
