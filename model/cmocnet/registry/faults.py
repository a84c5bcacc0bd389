"""Every fault of a review, gathered: what is wrong, and at which key of which file.

The files are read as values alone, which is quick; the line of a key is looked up, by
:mod:`cmocnet.registry.places`, when there is a fault to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from cmocnet.errors import CmocnetError, FileError, ModelError, ReviewError, nearest
from cmocnet.registry.places import Keys, Places
from cmocnet.registry.variable import Variable

MOST = 2_000
"""Faults that are gathered; who made more has one kind of fault to mend first."""
EVERYWHERE = 0
MAX_TOLD = 200
"""Characters of a message that repeats something of the file."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    places
        where the files' keys stood when it was found
    file, keys
        the file, relative to the review, and the keys that lead to the place
    line
        the line where it is known already, as for text that is not YAML
    shape
        whether a key or value is not of the form its record asks for
    about
        the place all of which must be of the right form for it to be true, if there is one
    late
        whether it was met only when a reading was tried that is not in force
    """

    places: Places
    file: str
    keys: Keys
    what: str
    expected: str | None = None
    like: tuple[str, Iterable[str]] | None = None
    line: int | None = None
    shape: bool = False
    about: Keys | None = None
    late: bool = False

    @property
    def scope(self) -> int:
        """Which files laid over each other it speaks of; a file that can't be read fails in all."""
        return id(self.places) if self.keys else EVERYWHERE


@dataclass
class Faults:
    """The faults found so far, and where their files are."""

    places: Places
    found: list[Fault] = field(default_factory=list)
    late: bool = False

    def add(self, fault: Fault) -> None:
        """Take note of a fault, unless there are far too many already."""
        if len(self.found) < MOST:
            self.found.append(fault)

    def spoilt(self, file: str, about: Keys) -> bool:
        """Whether a key or value of the wrong form stands at, above or below a place of a file."""
        return any(
            fault.shape
            and fault.file == file
            and all(mine == other for mine, other in zip(fault.keys, about, strict=False))
            for fault in self.found
        )

    def told(self) -> tuple[CmocnetError, ...]:
        """The faults as errors, by file and line; none that only follows from another."""
        bad: dict[tuple[str, int], set[Keys]] = {}
        for fault in self.found:
            if fault.shape:
                bad.setdefault((fault.file, fault.scope), set()).add(fault.keys)
        lines: dict[str, tuple[bool, bool, str, int, CmocnetError]] = {}
        for fault in self.found:
            scopes = ((fault.file, scope) for scope in {fault.scope, EVERYWHERE})
            if not _follows(fault, set().union(*(bad.get(scope, set()) for scope in scopes))):
                file, line, error = _error(fault)
                # Others may follow from faults of form, and from those of the review as it is.
                meant = not isinstance(error, FileError)
                lines.setdefault(str(error), (fault.late, meant, file, line, error))
        return tuple(error for *_, error in sorted(lines.values(), key=lambda found: found[:-1]))

    def settle(self) -> None:
        """Raise what was found: a fault by itself, or a ReviewError of several."""
        errors = self.told()
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise ReviewError(errors)


def _error(fault: Fault) -> tuple[str, int, CmocnetError]:
    """Its file, its line, and the error that says so."""
    place = fault.places.of(fault.file, fault.keys)
    line = fault.line or place.line
    where = f"{place.file}:{line}" if line else place.file
    if fault.keys:
        where += f", key {dotted(fault.keys)[:MAX_TOLD]}"
    near = nearest(fault.like[0], fault.like[1]) if fault.like else ()
    kind = FileError if fault.shape or fault.line is not None else ModelError
    error = kind(fault.what, where=where, expected=fault.expected, nearest=near)
    return place.file, line or 0, error


def dotted(keys: Keys) -> str:
    """Keys as a message shows them, entries of a list counted from 1.

    >>> dotted(("T3-01", "tests", 0, "to"))
    'T3-01.tests[1].to'
    """
    steps = (f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys)
    return "".join(steps).removeprefix(".")


def _follows(fault: Fault, bad: set[Keys]) -> bool:
    """Whether a key or value of the wrong form stands above the fault, or in what it is about."""
    here = fault.keys
    above = (here[:n] for n in range(len(here) + (not fault.shape)))
    if any(keys in bad for keys in above):
        return True
    about = fault.about
    return about is not None and any(keys[: len(about)] == about for keys in bad)


@dataclass(frozen=True)
class Spot:
    """A place in a review's files, at which something may turn out wrong.

    >>> faults = Faults(Places({}))
    >>> (Spot(faults, "words.yaml") / "more" / 0).wrong("no word")
    >>> [str(error) for error in faults.told()]
    ['words.yaml, key more[1]: no word']
    """

    faults: Faults
    file: str
    keys: Keys = ()

    def __truediv__(self, key: str | int) -> Spot:
        return Spot(self.faults, self.file, (*self.keys, key))

    def wrong(
        self,
        what: str,
        *,
        expected: str | None = None,
        like: tuple[str, Iterable[str]] | None = None,
        shape: bool = False,
        about: Spot | None = None,
        line: int | None = None,
    ) -> None:
        """Something is wrong here.

        ``like`` is a word and the valid ones it is compared with; ``about`` a wider place, all of
        which must be of the right form for this to be true.
        """
        below = about.keys if about else None
        places, late = self.faults.places, self.faults.late
        self.faults.add(
            Fault(places, self.file, self.keys, what, expected, like, line, shape, below, late)
        )

    def known(self, word: str, valid: Iterable[str], kind: str) -> bool:
        """Whether ``word`` is among the ``valid``; if not, that is a fault."""
        if word in valid:
            return True
        self.wrong(f"no {kind} {short(word)}", like=(word, valid))
        return False

    def each(self, words: Iterable[str], valid: Iterable[str], kind: str) -> None:
        """Every entry of a list must be among the ``valid``."""
        for n, word in enumerate(words):
            (self / n).known(word, valid, kind)

    def states(self, setting: Mapping[str, str], variables: Mapping[str, Variable]) -> None:
        """Every key must be a variable and its value one of the variable's states."""
        for name, state in setting.items():
            if (self / name).known(name, variables, "variable"):
                (self / name).state(state, variables[name])

    def state(self, state: str, variable: Variable) -> bool:
        """Whether it is one of the variable's states; those of a broken file are not known."""
        return not variable.states or self.known(state, variable.states, "state")


@contextmanager
def settled(file: str) -> Iterator[Spot]:
    """A place in something that is read by itself; its faults are raised at the end.

    >>> with settled("words.yaml") as spot:
    ...     (spot / "more").wrong("no word")
    Traceback (most recent call last):
    cmocnet.errors.ModelError: words.yaml, key more: no word
    """
    spot = Spot(Faults(Places({})), file)
    yield spot
    spot.faults.settle()


def short(value: object, longest: int = 60) -> str:
    """A key or value as a message repeats it: in quotes, on one line, cut if long."""
    text = str(value)
    return repr(text if len(text) <= longest else text[: longest - 3] + "...")
