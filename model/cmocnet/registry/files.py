"""One YAML file of a review, read strictly, and one laid over another.

Every failure is a :class:`~cmocnet.errors.CmocnetError` that names file and line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cmocnet.errors import FileError, ReviewError
from cmocnet.reading import shown
from cmocnet.registry.strict import Slip, parse
from cmocnet.registry.texts import MAX_BYTES, read_text

__all__ = ["MAX_BYTES", "merge", "parse_yaml", "read_mapping", "read_text"]


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
    _refuse([_error(slip, where) for slip in slips])
    return value


def _error(slip: Slip, where: str) -> FileError:
    place = f"{where}:{slip.line}" if slip.line else where
    return FileError(slip.what, where=place, expected=slip.expected)


def _refuse(errors: list[FileError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ReviewError(errors)


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping a YAML file holds, keys as text."""
    value, slips = parse(read_text(path))
    slips = [*slips, *not_a_mapping(value, slips)]
    _refuse([_error(slip, shown(path)) for slip in slips])
    return as_mapping(value)


def not_a_mapping(value: Any, slips: list[Slip]) -> list[Slip]:
    """What is wrong with a file that could be read and holds no mapping."""
    if isinstance(value, dict) or slips:
        return []
    found = "nothing" if value is None else f"a {type(value).__name__}"
    return [Slip(1, f"the file holds {found}", "a mapping of keys to values")]


def as_mapping(value: Any) -> dict[str, Any]:
    """A file's mapping with its keys as text; nothing where it is none."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


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
