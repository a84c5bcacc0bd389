"""XML as elements with their lines and columns, read by Expat and nothing fetched or expanded.

Declarations of entities are refused (with them a small file grows to gigabytes, or brings in
another), as is a reference to one that is not declared. A document type as XMLBIF files carry it
is allowed; what it points to is never opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from cmocnet.errors import CmocnetError
from cmocnet.formats.places import Word, fail, shown, spot

DEPTH = 100
COLUMNS = 1 << 24
"""A position in XML is its line times so many, and its column."""
WORD = re.compile(r"\S+")


@dataclass
class Element:
    """One element: its attributes, the elements in it, and its text in pieces with positions."""

    tag: str
    attributes: dict[str, str]
    at: int
    inside: list[Element] = field(default_factory=list)
    pieces: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text directly in the element, without the blanks around it."""
        return "".join(piece for _, piece in self.pieces).strip()

    def words(self) -> Iterator[Word]:
        """Text parted by blanks; a word cut in two by a comment is one word."""
        whole = "".join(piece for _, piece in self.pieces)
        number, begins = 0, 0
        for found in WORD.finditer(whole):
            while found.start() >= begins + len(self.pieces[number][1]):
                begins += len(self.pieces[number][1])
                number += 1
            yield Word(found.group(), self.pieces[number][0] + found.start() - begins)

    def every(self, tag: str) -> list[Element]:
        """The elements of one kind directly inside."""
        return [element for element in self.inside if element.tag == tag]


class Document:
    """An XML file; positions are what :class:`Element` counts.

    Raises
    ------
    FileError
        With line and column, where the file is no well-formed XML, is nested deeper than
        :data:`DEPTH`, or declares an entity.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.root: Element
        self._open: list[Element] = []
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._entity
        parser.SkippedEntityHandler = self._entity
        parser.ExternalEntityRefHandler = self._entity
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            where = spot(name, error.lineno, error.offset + 1)
            fail(f"no well-formed XML ({expat.ErrorString(error.code)})", where)
        except (LookupError, UnicodeError, ValueError) as error:
            if isinstance(error, CmocnetError):
                raise
            fail(f"an encoding that XML cannot be read in ({error})", spot(name, 1, 1), "UTF-8")

    def outermost(self, tag: str, kind: str) -> Element:
        """The outermost element, which must be of this kind."""
        if self.root.tag != tag:
            fail(f"no {kind}", self.place(self.root.at), f"<{tag}> as the outermost element")
        return self.root

    def place(self, at: int) -> str:
        """The file, line and column of a position."""
        line, column = divmod(at, COLUMNS)
        return spot(self.name, max(line, 1), column + 1)

    def _at(self) -> int:
        return self._parser.CurrentLineNumber * COLUMNS + self._parser.CurrentColumnNumber

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes, self._at())
        if len(self._open) >= DEPTH:
            fail(f"elements within elements, {DEPTH} deep", self.place(element.at))
        if self._open:
            self._open[-1].inside.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, tag: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        self._open[-1].pieces.append((self._at(), text))

    def _entity(self, *_: object) -> NoReturn:
        fail("an entity", self.place(self._at()), "none: they are neither expanded nor fetched")


def only(
    document: Document,
    element: Element,
    tags: Sequence[str],
    attributes: Sequence[str] | None = None,
) -> None:
    """Refuse elements other than these inside one, text beside them, and other attributes.

    Where none may stand inside, text may.
    """
    for inner in element.inside:
        if inner.tag not in tags:
            what = f"<{element.tag}> holds an unknown element <{inner.tag[:40]}>"
            fail(what, document.place(inner.at), like=(inner.tag, tags))
    if tags:
        stray = next(element.words(), None)
        if stray is not None:
            what = f"<{element.tag}> holds the text {shown(stray.text)}"
            fail(what, document.place(stray.at), "elements")
    for name in element.attributes:
        if attributes is not None and name not in attributes:
            what = f"<{element.tag}> has an unknown attribute {shown(name)}"
            fail(what, document.place(element.at), like=(name, attributes))


def one(document: Document, element: Element, tag: str) -> Element:
    """The one element of a kind inside another."""
    found = element.every(tag)
    if not found:
        fail(f"<{element.tag}> lacks <{tag}>", document.place(element.at))
    if len(found) > 1:
        fail(f"a second <{tag}> in <{element.tag}>", document.place(found[1].at))
    return found[0]


def words(document: Document, element: Element) -> Iterator[Word]:
    """The words of an element that holds nothing else."""
    only(document, element, (), attributes=())
    return element.words()


def content(document: Document, element: Element) -> Word:
    """The text of an element that holds nothing else."""
    first = next(words(document, element), None)
    if first is None:
        fail(f"<{element.tag}> is empty", document.place(element.at))
    return Word(element.text, first.at)
