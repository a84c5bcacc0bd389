"""Read a review's folder whole: files -> records, checked, variables in topological order.

A review is a folder with ``review.yaml``, ``protocol.yaml``, ``words.yaml``, ``claims.yaml``,
``situations.yaml``, ``references.bib``, ``variables/*.yaml`` (one a variable) and ``cmocs/*.yaml``.
Another folder with some of these files can be laid over it, and rival readings can be switched on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from cmocnet.registry import bibliography, consistency
from cmocnet.registry.faults import Faults, Spot, settled, short
from cmocnet.registry.files import text_at
from cmocnet.registry.filling import Codes, even, filled
from cmocnet.registry.folder import Folder, laid_over, opened
from cmocnet.registry.judged import Rule, TableSpec
from cmocnet.registry.places import Layer
from cmocnet.registry.records import (
    About,
    Claim,
    Cmoc,
    Protocol,
    Review,
    Situation,
    Source,
    Words,
)
from cmocnet.registry.shape import fitted
from cmocnet.registry.solution import NAME
from cmocnet.registry.solutions import solved
from cmocnet.registry.variable import Variable, VariableFile

T = TypeVar("T")


def read(
    path: Path,
    *,
    priors: Path | None = None,
    readings: Mapping[str, str] | None = None,
    rule: Rule = "sum",
) -> Review:
    """The review in folder ``path``, with ``priors`` laid over it and ``readings`` switched on.

    Every rival reading is tried, so that none fails later.

    Parameters
    ----------
    path
        The review's folder.
    priors
        A folder laid over it: its files replace the keys they name, file by file.
    readings
        id of a contested configuration -> name of the reading to use instead of the adopted one.
    rule
        The rule of combination under which the numbers were solved that it is to have, if any were.

    Raises
    ------
    FileError
        A file is missing, malformed, or has an unknown key; names file, line and key.
    ModelError
        The files do not fit together: an arc to nowhere, a cycle, a missing citation.
    ReviewError
        Several of these, which are its ``faults``.
    """
    found = examine(path, priors=priors, readings=readings, rule=rule)
    found.faults.settle()
    return found.review


@dataclass(frozen=True)
class Examined:
    """A review as far as its files could be read, and what is wrong with them.

    folder
        the files' content, with everything laid over them
    homes
        id of a configuration -> its file
    """

    review: Review
    folder: Folder
    homes: Mapping[str, str]

    @property
    def faults(self) -> Faults:
        """What is wrong so far; more can be told at a :class:`~cmocnet.registry.faults.Spot`."""
        return self.folder.faults


def examine(
    path: Path,
    *,
    priors: Path | None = None,
    readings: Mapping[str, str] | None = None,
    rule: Rule = "sum",
) -> Examined:
    """Like :func:`read`, with the faults beside the review instead of raised.

    Raises
    ------
    CmocnetError
        There is no such folder, or nothing in it, or no such reading.
    """
    plain = opened(path)
    cmocs, homes = _cmocs(plain)
    chosen = _choose(cmocs, dict(readings or {}))
    folder = _over(plain, chosen, cmocs, homes, priors)
    if priors is not None:
        cmocs, homes = _cmocs(folder)
    review = _assemble(path, folder, cmocs, chosen)
    consistency.examine(review, folder.faults, homes)
    _rivals(Examined(review, folder, homes), plain, priors)
    if not folder.faults.found:
        bare = priors is None and not readings
        standing = (lambda: review) if bare else partial(_standing, path, plain)
        review = solved(review, standing, rule, Spot(folder.faults, NAME))
    return Examined(review, folder, homes)


def _standing(path: Path, plain: Folder) -> Review:
    """The review as it stands, of a folder in which nothing is wrong."""
    cmocs, homes = _cmocs(plain)
    chosen = _choose(cmocs, {})
    return _assemble(path, _over(plain, chosen, cmocs, homes, None), cmocs, chosen)


def _over(
    plain: Folder,
    chosen: Mapping[str, str],
    cmocs: Mapping[str, Cmoc],
    homes: Mapping[str, str],
    priors: Path | None,
) -> Folder:
    """The folder with the readings in force laid over it, and the priors over these."""
    folder = plain
    for key, name in chosen.items():
        if name in cmocs[key].readings:
            folder = _changed(folder, cmocs[key], name, homes[key])
    return folder if priors is None else laid_over(folder, priors)


def _changed(folder: Folder, cmoc: Cmoc, name: str, home: str) -> Folder:
    """The folder with one reading's changes laid over it."""
    spot = Spot(folder.faults, home, (cmoc.id, "readings", name, "changes"))
    (source, *_) = folder.faults.places.layers[home]
    changes, layers = {}, {}
    for variable, content in cmoc.readings[name].changes.items():
        rel = f"variables/{variable}.yaml"
        if rel not in folder.files:
            names = [Path(f).stem for f in folder.files if f.startswith("variables/")]
            (spot / variable).known(variable, names, "variable")
        else:
            changes[rel] = content
            layers[rel] = Layer(source.path, (*spot.keys, variable))
    return folder.over(changes, layers)


def _rivals(found: Examined, plain: Folder, priors: Path | None) -> None:
    """Try every reading that is not in force: the variables it changes, and the arcs' circles."""
    review = found.review
    codes = Codes(review.cmocs, review.protocol)
    for key, cmoc in review.cmocs.items():
        now = review.readings.get(key, "")
        for name, reading in cmoc.readings.items():
            if name == now or not reading.changes:
                continue
            chosen = {**review.readings, key: name}
            folder = _over(plain, chosen, review.cmocs, found.homes, priors).late()
            touched = {*reading.changes, *cmoc.readings[now].changes} & review.variables.keys()
            files = (f"variables/{v}.yaml" for v in sorted(touched))
            changed = {v.name: v for v in _variables(folder, files, codes)}
            variables = consistency.ordered({**review.variables, **changed}, folder.faults)
            rival = msgspec.structs.replace(review, variables=variables)
            for variable in changed:
                consistency.variable(rival, variable, folder.faults)


def convert(value: Any, kind: type[T], where: str) -> T:
    """``value`` as a record of type ``kind``.

    Raises
    ------
    FileError
        Something in it does not fit; names the key. A ReviewError where there is more than one.
    """
    with settled(where) as spot:
        return fitted(value, kind, spot)


def _cmocs(folder: Folder) -> tuple[dict[str, Cmoc], dict[str, str]]:
    """The configurations, and the file of each."""
    found: dict[str, Cmoc] = {}
    homes: dict[str, str] = {}
    for rel, content in folder.files.items():
        if not rel.startswith("cmocs/"):
            continue
        for key, entry in content.items():
            spot = Spot(folder.faults, rel, (key,))
            if key in found:
                spot.wrong(f"the id {short(key)} stands in another file too: {homes[key]}")
                continue
            homes[key] = rel
            if not isinstance(entry, Mapping):
                spot.wrong("not an entry", expected="a mapping of its fields", shape=True)
            elif "id" in entry:
                (spot / "id").wrong("an entry's key is its id", expected="no field id", shape=True)
            fields = entry if isinstance(entry, Mapping) else {}
            found[key] = fitted({**fields, "id": key}, Cmoc, spot)
    return found, homes


def _choose(cmocs: Mapping[str, Cmoc], wanted: Mapping[str, str]) -> dict[str, str]:
    """The reading in force for every contested configuration."""
    contested = {key: c for key, c in cmocs.items() if c.readings}
    chosen = {
        key: c.adopted if c.adopted in c.readings else next(iter(c.readings))
        for key, c in contested.items()
    }
    for key, name in wanted.items():
        with settled("readings") as spot:
            if key not in contested:
                spot.wrong(f"{key!r} has no rival readings", like=(key, contested))
            else:
                (spot / key).known(name, contested[key].readings, "reading")
        chosen[key] = name
    return chosen


def _variables(folder: Folder, files: Iterable[str], codes: Codes) -> Iterator[Variable]:
    return (_variable(folder, rel, codes) for rel in files)


def _variable(folder: Folder, rel: str, codes: Codes) -> Variable:
    spot = Spot(folder.faults, rel)
    file = fitted(folder.files[rel], VariableFile, spot)
    stem = Path(rel).stem
    if file.name != stem:
        what = f"the name is {short(file.name)}, and the file's is {stem!r}"
        (spot / "name").wrong(what, expected=repr(stem))
    return Variable(
        name=stem,
        label=file.label,
        layer=file.layer,
        description=file.description.strip(),
        states=tuple(file.states),
        state_labels={state: s.label for state, s in file.states.items()},
        state_words={state: s.words for state, s in file.states.items()},
        names=file.names,
        bare=file.bare,
        direction=file.direction,
        favourable=file.favourable,
        actionable=file.actionable or None,
        question=file.question.strip(),
        sources=file.sources,
        table=_table(file, codes, spot),
        by_form=file.by_form,
        later_rounds=file.later_rounds,
    )


def _table(file: VariableFile, codes: Codes, spot: Spot) -> TableSpec:
    """The variable's table, with the numbers that follow from the register's codes."""
    if not isinstance(file.table, msgspec.UnsetType):
        return filled(file.table, codes, spot / "table")
    if file.layer != "setting":
        what = "the key 'table' is missing"
        (spot / "table").wrong(what, expected="a table: only a setting leaves it out", shape=True)
    return even(len(file.states), codes, spot / "table")


def _sources(path: Path, faults: Faults) -> dict[str, Source]:
    spot = Spot(faults, "references.bib")
    text = text_at(path / spot.file, spot)
    return {} if text is None else bibliography.gather(text, spot)


def _assemble(
    path: Path, folder: Folder, cmocs: Mapping[str, Cmoc], chosen: Mapping[str, str]
) -> Review:
    def entries(name: str, kind: type[T]) -> T:
        return fitted(folder.files[name], kind, Spot(folder.faults, name))

    protocol = entries("protocol.yaml", Protocol)
    files = [rel for rel in folder.files if rel.startswith("variables/")]
    variables = {v.name: v for v in _variables(folder, files, Codes(cmocs, protocol))}
    sources = _sources(path, folder.faults)
    by_number = {s.number: key for key, s in sources.items() if s.number is not None}
    return Review(
        path=str(path),
        about=entries("review.yaml", About),
        protocol=protocol,
        variables=consistency.ordered(variables, folder.faults),
        cmocs={
            key: msgspec.structs.replace(
                c, sources=tuple(by_number[n] for n in c.references if n in by_number)
            )
            for key, c in sorted(cmocs.items())
        },
        sources=sources,
        words=entries("words.yaml", Words),
        situations=entries("situations.yaml", dict[str, Situation]),
        claims=entries("claims.yaml", dict[str, Claim]),
        readings=dict(chosen),
    )
