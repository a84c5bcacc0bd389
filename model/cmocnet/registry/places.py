"""Where a key stands: file and line, also where one file is laid over another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from cmocnet.errors import CmocnetError
from cmocnet.reading import shown
from cmocnet.registry.strict import compose
from cmocnet.registry.texts import read_text

Keys = tuple[str | int, ...]
"""The keys, and the numbers of list entries from 0, that lead to a place in a file."""


class Layer(NamedTuple):
    """Where some of a file's keys come from: a YAML file, or the part of it below ``inside``."""

    path: Path
    inside: Keys = ()


class Place(NamedTuple):
    """A file as messages show it, and a line counted from 1; 0 where it can't be told."""

    file: str
    line: int


@dataclass
class Places:
    """The layers of each of a review's files, lowest first."""

    layers: dict[str, tuple[Layer, ...]]
    _trees: dict[Path, Any] = field(default_factory=dict)

    def over(self, layers: Mapping[str, Layer]) -> Places:
        """The places once these layers are laid over the files."""
        merged = dict(self.layers)
        for file, layer in layers.items():
            merged[file] = (*merged.get(file, ()), layer)
        return Places(merged, self._trees)

    def of(self, file: str, keys: Keys) -> Place:
        """The place of a key: in the highest layer that has it, or that comes nearest to it."""
        best = (-len(keys) - 100, Place(file, 0))
        for layer in reversed(self.layers.get(file, ())):
            depth, line = self._line(layer, keys)
            if depth > best[0]:
                best = (depth, Place(shown(layer.path), line))
        return best[1]

    def _line(self, layer: Layer, keys: Keys) -> tuple[int, int]:
        """How many of the keys a layer has, and the line of the last."""
        if layer.path not in self._trees:
            self._trees[layer.path] = _tree(layer.path)
        *_, (depth, line) = (0, 0), *_steps(self._trees[layer.path], (*layer.inside, *keys))
        return depth - len(layer.inside), line


def _tree(path: Path) -> Any:
    if path.suffix != ".yaml":
        return None
    try:
        return compose(read_text(path))
    except (CmocnetError, yaml.YAMLError):
        return None


def _steps(node: Any, keys: Keys) -> Iterator[tuple[int, int]]:
    """How far the keys lead, and the line of each one reached; the first is the file's own."""
    if node is not None:
        yield 0, node.start_mark.line + 1
    for depth, key in enumerate(keys, start=1):
        found = _child(node, key)
        if found is None:
            return
        line, node = found
        yield depth, line


def _child(node: Any, key: str | int) -> tuple[int, Any] | None:
    """The line and the node of an entry; a scalar's line is its own, a mapping's its key's."""
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                mark = (value if isinstance(value, yaml.ScalarNode) else name).start_mark
                empty = isinstance(value, yaml.ScalarNode) and not value.value
                return (name.start_mark if empty else mark).line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        value = node.value[key]
        return value.start_mark.line + 1, value
    return None
