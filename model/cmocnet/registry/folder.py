"""A review's folder as the content of its files, with whatever is laid over them.

What is laid over is a folder of priors, or a rival reading's ``changes``; each key remembers where
it came from, so that a fault is told at the file in which it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cmocnet.errors import FileError
from cmocnet.reading import shown
from cmocnet.registry.faults import Faults, Spot
from cmocnet.registry.files import mapping, merge, text_at
from cmocnet.registry.places import Layer, Places
from cmocnet.registry.strict import Slip, parse
from cmocnet.registry.texts import MAX_TOTAL, is_folder, listing

Content = dict[str, Any]
FIXED = ("review", "protocol", "words", "claims", "situations")
_KEY = re.compile(r"""^(?:"([^"\n]+)"|'([^'\n]+)'|([\w.-]+))\s*:(?:\s|$)""", re.M)
"""A key at the start of a line: what a broken file still says it has."""


Parsed = dict[str, tuple[Any, list[Slip]]]
"""Text of a file -> what it holds, and what is wrong with it."""
REMEMBERED = 2_000_000
"""Characters of a review's files that are remembered with what they hold."""
_last: list[Parsed] = [{}]
"""The files of the review opened last: with other numbers or readings it is opened again."""


@dataclass
class Folder:
    """The files of a review: relative name -> content, and where each key stands.

    broken
        the files that could not be understood; their content is what little is known
    """

    files: dict[str, Content]
    faults: Faults
    broken: set[str] = field(default_factory=set)

    def over(self, changes: Mapping[str, Content], layers: Mapping[str, Layer]) -> Folder:
        """The folder with these contents, from these places, laid over it."""
        merged = {**self.files, **{rel: merge(self.files[rel], c) for rel, c in changes.items()}}
        faults = Faults(self.faults.places.over(layers), self.faults.found)
        return Folder(merged, faults, self.broken)

    def late(self) -> Folder:
        """The folder, to find what is wrong where the review is read otherwise than it is."""
        return replace(self, faults=replace(self.faults, late=True))


def opened(path: Path) -> Folder:
    """The files of a review's folder; what can't be read is a fault.

    Raises
    ------
    FileError
        There is no such folder.
    """
    if not is_folder(path):
        raise FileError("no such folder", where=shown(path), expected="a review's folder")
    names = [f"{name}.yaml" for name in FIXED]
    for part in ("variables", "cmocs"):
        found = [f"{part}/{f.name}" for f in listing(path / part, ".yaml")]
        if not found:
            raise FileError("no *.yaml files", where=shown(path / part))
        names += found
    folder, parsed = _read(path, names)
    _last[0] = parsed if sum(map(len, parsed)) <= REMEMBERED else {}
    folder.faults.places.layers["references.bib"] = (Layer(path / "references.bib"),)
    return folder


def laid_over(folder: Folder, priors: Path) -> Folder:
    """The folder with the files of another laid over it.

    Raises
    ------
    FileError
        There is no such folder, or it has none of a review's files.
    """
    if not is_folder(priors):
        raise FileError("no such folder", where=shown(priors), expected="a folder of priors")
    names = [f"{name}.yaml" for name in FIXED if (priors / f"{name}.yaml").exists()]
    for part in ("variables", "cmocs"):
        names += [f"{part}/{f.name}" for f in listing(priors / part, ".yaml")]
    if not names:
        expected = "variables/*.yaml or protocol.yaml"
        raise FileError("no prior files here", where=shown(priors), expected=expected)
    above, _ = _read(priors, names)
    for name in set(names) - folder.files.keys():
        spot = Spot(above.faults, name)
        spot.wrong(f"no file {name!r} to lay this over", like=(name, folder.files))
    above_layers = above.faults.places.layers
    known = {rel: content for rel, content in above.files.items() if rel in folder.files}
    result = folder.over(known, {rel: layers[-1] for rel, layers in above_layers.items()})
    result.faults.found.extend(above.faults.found)
    return result


def _read(path: Path, names: list[str]) -> tuple[Folder, Parsed]:
    layers: dict[str, tuple[Layer, ...]] = {name: (Layer(path / name),) for name in names}
    folder, known = Folder({}, Faults(Places(layers))), _last[0]
    parsed: Parsed = {}
    total = 0
    for name in names:
        spot = Spot(folder.faults, name)
        text = text_at(path / name, spot)
        total += len(text or "")
        if total > MAX_TOTAL:
            what = f"the files hold more than {MAX_TOTAL:,} characters"
            raise FileError(what, where=shown(path), expected="a review of judgements")
        if text is not None:
            parsed[text] = known.get(text) or parse(text)
        found = None if text is None else mapping(parsed[text], spot)
        if found is None:
            folder.broken.add(name)
        folder.files[name] = _keys(text or "") if found is None else found
    return folder, parsed


def _keys(text: str) -> Content:
    """The keys that a file which cannot be understood still says it has."""
    return {key: {} for match in _KEY.finditer(text) for key in match.groups() if key}
