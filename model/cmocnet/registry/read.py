"""Read a review's folder whole: files -> records, checked, variables in topological order.

A review is a folder with ``review.yaml``, ``protocol.yaml``, ``words.yaml``, ``claims.yaml``,
``situations.yaml``, ``references.bib``, ``variables/*.yaml`` (one a variable) and ``cmocs/*.yaml``.
Another folder with some of these files can be laid over it, and rival readings can be switched on.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cmocnet.errors import FileError, ModelError, nearest, unusable
from cmocnet.registry import bibliography, consistency
from cmocnet.registry.files import merge, read_mapping, read_text
from cmocnet.registry.judged import Record
from cmocnet.registry.records import (
    NAME,
    About,
    Claim,
    Cmoc,
    Name,
    Protocol,
    Review,
    Situation,
    Variable,
    VariableFile,
    Words,
)

T = TypeVar("T")


def read(
    path: Path,
    *,
    priors: Path | None = None,
    readings: Mapping[str, str] | None = None,
) -> Review:
    """The review in folder ``path``, with ``priors`` laid over it and ``readings`` switched on.

    Parameters
    ----------
    path
        The review's folder.
    priors
        A folder laid over it: its files replace the keys they name, file by file.
    readings
        id of a contested configuration -> name of the reading to use instead of the adopted one.

    Raises
    ------
    FileError
        A file is missing, malformed, or has an unknown key; names file and key.
    ModelError
        The files do not fit together: an arc to nowhere, a cycle, a missing citation.
    """
    _folder(path, "a review's folder")
    if priors is not None:
        _folder(priors, "a folder of priors")
    files = {rel: read_mapping(path / rel) for rel in _files(path)}
    cmocs = _cmocs(path, files)
    chosen = _choose(cmocs, dict(readings or {}))
    for change in _changes(cmocs, chosen):
        files = _lay_over(path, files, change)
    if priors is not None:
        over = {rel: read_mapping(priors / rel) for rel in _files(priors, whole=False)}
        if not over:
            raise FileError(
                "no prior files here",
                where=str(priors),
                expected="variables/*.yaml or protocol.yaml",
            )
        files = _lay_over(priors, files, over)
        cmocs = _cmocs(path, files)
    review = _assemble(path, files, cmocs, chosen)
    consistency.check(review)
    return review


def _folder(path: Path, expected: str) -> None:
    try:
        next(path.iterdir(), None)
    except (FileNotFoundError, NotADirectoryError):
        raise FileError("no such folder", where=str(path), expected=expected) from None
    except (OSError, ValueError) as error:
        raise unusable(path, error) from None


def _files(path: Path, *, whole: bool = True) -> Iterator[str]:
    """The review's YAML files, relative to its folder; all of the fixed ones if ``whole``."""
    for name in ("review", "protocol", "words", "claims", "situations"):
        if whole or (path / f"{name}.yaml").is_file():
            yield f"{name}.yaml"
    for folder in ("variables", "cmocs"):
        found = sorted((path / folder).glob("*.yaml"))
        if whole and not found:
            raise FileError("no *.yaml files", where=str(path / folder))
        yield from (f"{folder}/{file.name}" for file in found)


def _lay_over(
    where: Path, files: Mapping[str, dict[str, Any]], over: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    merged = dict(files)
    for rel, content in over.items():
        if rel not in merged:
            raise FileError(
                f"no file {rel!r} to lay this over", where=str(where), nearest=nearest(rel, files)
            )
        merged[rel] = merge(merged[rel], content)
    return merged


def convert(value: Any, kind: type[T], where: str) -> T:
    """``value`` as a record of type ``kind``; what does not fit is a FileError naming the key."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at `")
        keys, found = _pinpoint(copy.deepcopy(value), kind, place.partition("$")[2].rstrip("`"))
        if place.startswith("key"):
            found = next((key for key in found if not _is_name(key)), found)
        if what.endswith(f"regex {NAME!r}"):
            what = "expected a name in small letters, digits and underscores"
        word = what.split("`")[1] if what.startswith("Object contains unknown field") else ""
        shown = "" if isinstance(found, (dict, list)) else f" (found {str(found)[:40]!r})"
        raise FileError(
            what[0].lower() + what[1:] + shown,
            where=f"{where}, key {keys}" if keys else where,
            nearest=nearest(word, _fields(kind)) if word else (),
        ) from None


def _pinpoint(value: Any, kind: type, path: str) -> tuple[str, Any]:
    """The keys that lead to what does not fit, and what stands there.

    msgspec writes ``[...]`` for a mapping's keys; the one meant is the one that fails by itself.
    """
    keys: list[str] = []
    here = value
    for step in re.findall(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])", path):
        if step[2] and isinstance(here, dict):
            whole = dict(here)
            for key, item in whole.items():
                here.clear()
                here[key] = item
                try:
                    msgspec.convert(value, kind)
                except msgspec.ValidationError:
                    break
            here.clear()
            here.update(whole)
            name: Any = key
        else:
            name = int(step[1]) if step[1] else step[0]
        keys.append(str(name))
        try:
            here = here[name]
        except (LookupError, TypeError):
            return ".".join(keys), here
    return ".".join(keys), here


def _is_name(key: Any) -> bool:
    try:
        msgspec.convert(key, Name)
    except msgspec.ValidationError:
        return False
    return True


def _fields(kind: type) -> list[str]:
    """The field names of a record and of the records inside it, for suggestions."""
    names: set[str] = set()
    for struct in (kind, *Record.__subclasses__()):
        names.update(getattr(struct, "__struct_fields__", ()))
    return sorted(names)


def _cmocs(path: Path, files: Mapping[str, dict[str, Any]]) -> dict[str, Cmoc]:
    found: dict[str, Cmoc] = {}
    for rel, content in files.items():
        if not rel.startswith("cmocs/"):
            continue
        for key, entry in content.items():
            where = f"{path / rel}, entry {key}"
            if key in found:
                raise FileError("this id stands in another file too", where=where)
            if not isinstance(entry, Mapping):
                raise FileError("not an entry", where=where, expected="a mapping of its fields")
            if "id" in entry:
                raise FileError("an entry's key is its id", where=where, expected="no field id")
            found[key] = convert({**entry, "id": key}, Cmoc, where)
    return found


def _choose(cmocs: Mapping[str, Cmoc], wanted: Mapping[str, str]) -> dict[str, str]:
    """The reading in force for every contested configuration."""
    contested = {key: c for key, c in cmocs.items() if c.readings}
    for key, c in contested.items():
        if c.adopted is not None and c.adopted not in c.readings:
            raise ModelError(
                f"no reading {c.adopted!r}",
                where=f"cmocs, entry {key}, adopted",
                nearest=nearest(c.adopted, c.readings),
            )
    chosen = {key: c.adopted or next(iter(c.readings)) for key, c in contested.items()}
    for key, name in wanted.items():
        if key not in contested:
            raise ModelError(
                f"{key!r} has no rival readings", where="readings", nearest=nearest(key, contested)
            )
        if name not in contested[key].readings:
            raise ModelError(
                f"no reading {name!r}",
                where=f"readings, {key}",
                nearest=nearest(name, contested[key].readings),
            )
        chosen[key] = name
    return chosen


def _changes(
    cmocs: Mapping[str, Cmoc], chosen: Mapping[str, str]
) -> Iterator[dict[str, dict[str, Any]]]:
    for key, name in chosen.items():
        changes = cmocs[key].readings[name].changes
        if changes:
            yield {f"variables/{variable}.yaml": dict(c) for variable, c in changes.items()}


def _variable(path: Path, rel: str, content: dict[str, Any]) -> Variable:
    where = str(path / rel)
    file = convert(content, VariableFile, where)
    if f"{file.name}.yaml" != Path(rel).name:
        raise FileError(f"name is {file.name!r}", where=where, expected=f"{Path(rel).stem!r}")
    words = {state: s.words for state, s in file.states.items()}
    return Variable(
        name=file.name,
        label=file.label,
        layer=file.layer,
        description=file.description.strip(),
        states=tuple(file.states),
        state_labels={state: s.label for state, s in file.states.items()},
        state_words=words,
        aliases=(*file.names, *(w for group in words.values() for w in group)),
        names=file.names,
        bare=file.bare,
        direction=file.direction,
        favourable=file.favourable,
        actionable=file.actionable or None,
        question=file.question.strip(),
        sources=file.sources,
        table=file.table,
        by_form=file.by_form,
        later_rounds=file.later_rounds,
    )


def _assemble(
    path: Path,
    files: Mapping[str, dict[str, Any]],
    cmocs: Mapping[str, Cmoc],
    chosen: Mapping[str, str],
) -> Review:
    variables = {
        v.name: v
        for v in (
            _variable(path, rel, content)
            for rel, content in files.items()
            if rel.startswith("variables/")
        )
    }
    bib = path / "references.bib"
    sources = bibliography.parse(read_text(bib), str(bib))
    by_number = {s.number: key for key, s in sources.items() if s.number is not None}
    return Review(
        path=str(path),
        about=convert(files["review.yaml"], About, str(path / "review.yaml")),
        protocol=convert(files["protocol.yaml"], Protocol, str(path / "protocol.yaml")),
        variables=consistency.topological(variables),
        cmocs={
            key: msgspec.structs.replace(
                c, sources=tuple(by_number[n] for n in c.references if n in by_number)
            )
            for key, c in sorted(cmocs.items())
        },
        sources=sources,
        words=convert(files["words.yaml"], Words, str(path / "words.yaml")),
        situations=convert(
            files["situations.yaml"], dict[str, Situation], str(path / "situations.yaml")
        ),
        claims=convert(files["claims.yaml"], dict[str, Claim], str(path / "claims.yaml")),
        readings=dict(chosen),
    )
