"""YAML read strictly: no duplicate keys, no aliases, no surprises of size or type.

Faults are gathered as far as the text can be understood, each with its line. Both of PyYAML's
parsers read alike: the one in C, and, where libyaml is missing, the one in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from cmocnet.registry.syntax import explained

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
_TEXT, _MERGE, _BOOL = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "merge", "bool"))


class Slip(NamedTuple):
    """Something wrong with a text: the line, counted from 1 (0 if unknown), what, what instead."""

    line: int
    what: str
    expected: str | None = None


class _PlainLoader(yaml.SafeLoader):
    """PyYAML's parser in Python, which would end the text of ``[why? because]`` at its ``?``."""

    def scan_plain(self) -> Any:
        """A plain scalar; what looks for its end doesn't see a ``?`` as one."""
        look = super().peek
        self.peek = lambda index=0: "-" if (c := look(index)) == "?" else c  # type: ignore[method-assign]
        try:
            return super().scan_plain()
        finally:
            del self.peek


_Base: Any = getattr(yaml, "CSafeLoader", _PlainLoader)


class _StrictLoader(_Base):  # type: ignore[misc]  # the C loader's type is only known at run time
    """PyYAML's safe loader that takes note of duplicate, merged and true/false keys."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.slips: list[Slip] = []

    def slip(self, node: Any, what: str, expected: str | None = None) -> None:
        """Take note of something wrong at a node."""
        self.slips.append(Slip(node.start_mark.line + 1, what, expected))

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """The mapping, with the first of two keys alike."""
        first: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if key.tag == _MERGE:
                self.slip(key, "a merge key (<<) is used", "the keys written out")
                continue
            if key.tag == _BOOL:
                self.slip(key, f"the key {name} reads as true/false: put it in quotes")
                key.tag = _TEXT
            if name in first:
                line = first[name][0].start_mark.line + 1
                self.slip(key, f"duplicate key {name[:MAX_TOLD]!r}, which is in line {line} too")
            first.setdefault(name, (key, value))
        node.value = list(first.values())
        result: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return result

    def flatten_mapping(self, node: Any) -> None:
        """Merge keys stay visible, to be refused."""


def _number(loader: Any, node: Any) -> Any:
    if len(node.value) > MAX_DIGITS:
        what = f"not YAML as it is read here: a number of {len(node.value):,} characters"
        loader.slip(node, what, f"at most {MAX_DIGITS}")
        return 0
    kind = node.tag.rpartition(":")[2]
    return getattr(loader, f"construct_yaml_{kind}")(node)


def _tagged(loader: Any, node: Any) -> None:
    loader.slip(node, f"a tag ({str(node.tag)[:MAX_TOLD]}) is used", "plain YAML")


for _kind in ("int", "float"):
    _StrictLoader.add_constructor(f"tag:yaml.org,2002:{_kind}", _number)
_StrictLoader.add_constructor(None, _tagged)


def parse(text: str) -> tuple[Any, list[Slip]]:
    """The value a YAML text holds, and what is wrong with it; None where it can't be understood.

    >>> parse("a: 1\\na: 2")
    ({'a': 1}, [Slip(line=2, what="duplicate key 'a', which is in line 1 too", expected=None)])
    """
    slips = [
        Slip(n, "a tab", "blanks") for n, line in enumerate(text.split("\n"), 1) if "\t" in line
    ]
    text = text.replace(
        "\t", " "
    )  # the parser in Python allows it nowhere, that in C here and there
    tabs, loader = bool(slips), None
    try:
        for ends, slip in _surprises(text):
            slips.append(slip)
            if ends:
                return None, slips
        if any(slip.what.startswith("an alias") for slip in slips):
            return None, slips
        loader = _StrictLoader(text)
        value = loader.get_single_data()
        return value, sorted({*slips, *loader.slips})
    except yaml.YAMLError as error:
        if not tabs:
            slips.append(Slip(*explained(error, text)))
    except (ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
        # PyYAML's constructors let these escape where a value does not fit its tag.
        what = f"not YAML: a value does not fit its tag ({type(error).__name__})"
        slips.append(Slip(0, what, "plain YAML"))
    finally:
        if loader is not None:
            slips += [slip for slip in loader.slips if slip not in slips]
            loader.dispose()
    return None, slips


def compose(text: str) -> Any:
    """The nodes of a YAML text with their places, or None where it can't be understood."""
    if any(True for _ in _surprises(text.replace("\t", " "))):
        return None
    return yaml.compose(text.replace("\t", " "), Loader=_Base)


def cut_off(text: str) -> Iterator[tuple[int, str]]:
    """Every line at which `` #`` ends an unquoted text, and what is left of the text.

    A comment stands two blanks behind a text, or behind a number, or on a line of its own.

    >>> list(cut_off("why: as in row # 4\\nweight: 3 # a guess\\nlabel: Low  # the lowest"))
    [(1, 'as in row')]
    """
    text = text.replace("\t", " ")
    lines = text.split("\n")
    resolver: Any = yaml.resolver.Resolver()
    event: Any
    for event in yaml.parse(text, Loader=_Base):
        if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and not event.style:
            end: Any = event.end_mark
            rest = "".join(lines[end.line : end.line + 1])[end.column :]
            kind = resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
            if kind == _TEXT and re.match(r" #|  +#[^ #]", rest):
                yield end.line + 1, event.value


def _surprises(text: str) -> Iterator[tuple[bool, Slip]]:
    """What can explode in size or hide something, before anything is built of it.

    With each comes whether nothing behind it may be looked at.
    """
    depth = 0
    event: Any
    for count, event in enumerate(yaml.parse(text, Loader=_Base)):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            what = f"an alias (*{str(event.anchor)[:MAX_TOLD]}) is used"
            yield False, Slip(line, what, "the value written out")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            yield True, Slip(line, f"nested more than {DEEPEST} levels deep")
        if count > MAX_VALUES:
            what = f"more than {MAX_VALUES:,} keys and values"
            yield True, Slip(line, what, "a smaller file")
        if isinstance(event, yaml.ScalarEvent):
            text = event.value
            if len(text) > MAX_TEXT or _HIDDEN.search(text):
                yield from ((False, slip) for slip in _prose(text, line))


def _prose(text: str, line: int) -> Iterator[Slip]:
    """One key or value is prose, a name or a number, and this isn't."""
    if len(text) > MAX_TEXT:
        yield Slip(line, f"a text of {len(text):,} characters", f"at most {MAX_TEXT:,}")
    hidden = _HIDDEN.search(text)
    if hidden:
        what = f"a text with the control character U+{ord(hidden[0]):04X}"
        yield Slip(line, what, "text without it")
