"""Read one YAML file strictly: no duplicate keys, no aliases, no surprises of size or type.

Every failure is a :class:`~cmocnet.errors.FileError` that names the file and, where there is one,
the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from cmocnet.errors import FileError, unusable

MAX_BYTES = 2_000_000
"""A file of judgements is prose and a few numbers; anything larger is not one."""

DEEPEST = 40
"""Levels of nesting; a parser written in C would overflow its stack long before a file's end."""

MAX_VALUES = 10_000
MAX_TEXT = 20_000
MAX_DIGITS = 100
"""In one file so many keys and values, in one of them so many characters, in a number so few:
``1:1:1:...`` counts in sixties, and a long one takes minutes."""
MAX_TOLD = 200
"""Characters of a message that repeats something of the file."""
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""Characters that show as nothing or turn the text around them, as no prose has them."""

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Base):  # type: ignore[misc]  # the C loader's type is only known at run time
    """PyYAML's safe loader that refuses duplicate, merged and true/false keys."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            what = None
            if name in seen:
                what = f"duplicate key {name[:MAX_TOLD]!r}"
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


def _number(loader: Any, node: Any) -> Any:
    if len(node.value) > MAX_DIGITS:
        what = f"not YAML as it is read here: a number of {len(node.value):,} characters"
        raise _refusal(what, node, f"at most {MAX_DIGITS}")
    kind = node.tag.rpartition(":")[2]
    return getattr(loader, f"construct_yaml_{kind}")(node)


for _kind in ("int", "float"):
    _StrictLoader.add_constructor(f"tag:yaml.org,2002:{_kind}", _number)


def _plain(text: str) -> None:
    """Refuse what can explode in size or hide something, before anything is built of it."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Base)):
        if isinstance(event, yaml.AliasEvent):
            what = f"an alias (*{str(event.anchor)[:MAX_TOLD]}) is used"
            raise _refusal(what, event, "the value written out")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _refusal(f"nested more than {DEEPEST} levels deep", event)
        if count > MAX_VALUES:
            raise _refusal(f"more than {MAX_VALUES:,} keys and values", event, "a smaller file")
        if isinstance(event, yaml.ScalarEvent):
            _prose(event)


def _prose(event: Any) -> None:
    """One key or value is prose, a name or a number."""
    if len(event.value) > MAX_TEXT:
        what = f"a text of {len(event.value):,} characters"
        raise _refusal(what, event, f"at most {MAX_TEXT:,}")
    hidden = _HIDDEN.search(event.value)
    if hidden:
        what = f"a text with the control character U+{ord(hidden[0]):04X}"
        raise _refusal(what, event, "text without it")


def _refusal(what: str, place: Any, expected: str | None = None) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, what, place.start_mark, expected)


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
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise unusable(path, error) from None


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
        problem = str(error.problem or "not YAML")
        told = problem if len(problem) <= MAX_TOLD else problem[:MAX_TOLD] + "..."
        raise FileError(told, where=where + line, expected=error.note) from None
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
