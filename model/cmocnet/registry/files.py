"""Read one YAML file strictly: no duplicate keys, no aliases, no surprises of size or type.

Every failure is a :class:`~cmocnet.errors.FileError` that names the file and, where there is one,
the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from cmocnet.errors import FileError

MAX_BYTES = 2_000_000
"""A file of judgements is prose and a few numbers; anything larger is not one."""

DEEPEST = 40
"""Levels of nesting; a parser written in C would overflow its stack long before a file's end."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Base):  # type: ignore[misc]  # the C loader's type is only known at run time
    """PyYAML's safe loader that refuses duplicate, merged and true/false keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            what = None
            if name in seen:
                what = f"duplicate key {name!r}"
            elif key.tag == "tag:yaml.org,2002:merge":
                what = "a merge key (<<) is used"
            elif key.tag == "tag:yaml.org,2002:bool":
                what = f"the key {name} reads as true/false: put it in quotes"
            if what:
                raise yaml.constructor.ConstructorError(None, None, what, key.start_mark)
            seen.add(name)
        result: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return result

    def flatten_mapping(self, node: Any) -> None:
        """Merge keys stay visible, to be refused."""


def _plain(text: str) -> None:
    """Refuse aliases (which can explode in size) and deep nesting, before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.AliasEvent):
            raise _refusal(f"an alias (*{event.anchor}) is used", event)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refusal(f"nested more than {DEEPEST} levels deep", event)


def _refusal(what: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, what, event.start_mark)


def read_text(path: Path, *, limit: int = MAX_BYTES) -> str:
    """The text of a file of at most ``limit`` bytes, as UTF-8.

    Raises
    ------
    FileError
        If it is missing, a folder, too large, or not text.
    """
    try:
        size = path.stat().st_size
        if size > limit:
            raise FileError(
                f"the file has {size:,} bytes", where=str(path), expected=f"at most {limit:,} bytes"
            )
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FileError(
            f"not text: byte {error.start} is not UTF-8",
            where=str(path),
            expected="a UTF-8 text file",
        ) from None
    except OSError as error:
        raise FileError(f"cannot be read ({error.strerror})", where=str(path)) from None


def parse_yaml(text: str, where: str) -> Any:
    """The value a YAML text holds, read strictly.

    >>> parse_yaml("a: 1", "here")
    {'a': 1}
    >>> parse_yaml("a: 1\\na: 2", "here")
    Traceback (most recent call last):
    ...
    cmocnet.errors.FileError: here, line 2: duplicate key 'a'
    """
    try:
        _plain(text)
        return yaml.load(text, Loader=_StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise FileError(str(error.problem or "not YAML"), where=where + line) from None
    except yaml.YAMLError as error:
        raise FileError(f"not YAML: {str(error).splitlines()[0]}", where=where) from None
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
        # PyYAML's constructors let these escape where a value does not fit its tag.
        what = f"not YAML: a value does not fit its tag ({type(error).__name__})"
        raise FileError(what, where=where, expected="plain YAML") from None


def read_mapping(path: Path) -> dict[str, Any]:
    """The mapping a YAML file holds, keys as text."""
    value = parse_yaml(read_text(path), str(path))
    if not isinstance(value, dict):
        found = "nothing" if value is None else type(value).__name__
        raise FileError(f"holds {found}", where=str(path), expected="a mapping of keys to values")
    return {str(key): item for key, item in value.items()}


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


def bundled() -> Path:
    """The folder of the review that comes with the package, in a wheel and in a checkout alike."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "priors", package.parent.parent / "priors"):
        if (folder / "review.yaml").is_file():
            return folder
    raise FileError("the bundled review is missing", where=str(package / "priors"))
