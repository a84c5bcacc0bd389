"""The words, strings and marks of a text, one at a time; nothing of it is skipped unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

from cmocnet.formats.places import Text, Word, fail, shown


def tokens(skip: str, mark: str, word: str, string: str = "(?!)") -> re.Pattern[str]:
    """A pattern of one token, and the blanks and comments before it."""
    kinds = f"(?P<word>{word})|(?P<mark>{mark})|(?P<string>{string})"
    return re.compile(f"(?:{skip})*+(?:{kinds})?")


class Scanner:
    """A text cut into tokens by one pattern; the current one is ``kind``, ``text`` and ``at``.

    A pattern of :func:`tokens` says what they are: ``word``, ``string``, and ``mark``, whose kind
    is the character itself. At the end the kind is ``end``.

    Raises
    ------
    FileError
        From every method, at a character that begins no token.
    """

    def __init__(self, source: Text, pattern: re.Pattern[str]) -> None:
        self.source, self._match = source, pattern.match
        self.kind, self.text, self.at = "", "", 0
        self._next = 0
        self.advance()

    def advance(self) -> Word:
        """The current token; the next one becomes current."""
        old = Word(self.text, self.at, self.kind == "string")
        found = self._match(self.source.text, self._next)
        assert found is not None  # the pattern fits nothing at all, too
        kind = found.lastgroup
        if kind is None:
            self.kind, self.text, self.at = "end", "", found.end()
            self._wrong(self.source.text[self.at : self.at + 2])
            return old
        self.at, self._next = found.span(kind)
        self.text = found[kind][1:-1] if kind == "string" else found[kind]
        self.kind = self.text if kind == "mark" else kind
        return old

    def _wrong(self, rest: str) -> None:
        """Refuse what begins no token; nothing at all is the end."""
        if rest == "/*":
            self.fail("a comment that is not closed", "*/")
        if rest.startswith('"'):
            self.fail("a quotation mark that is not closed", '"')
        if rest:
            self.fail(f"the character {rest[0]!r} means nothing here")

    def raw(self, pattern: re.Pattern[str]) -> Word | None:
        """Text from the current token on, where the pattern fits; the token after it is current."""
        found = pattern.match(self.source.text, self.at)
        if found is None:
            return None
        self._next = found.end()
        old = Word(found.group(), self.at)
        self.advance()
        return old

    def expect(self, kind: str, after: str) -> Word:
        """The current token, which must be of this kind."""
        if self.kind != kind:
            self.unexpected(f"{kind} {after}")
        return self.advance()

    def is_word(self, *texts: str) -> bool:
        """Is the current token one of these words, not in quotation marks?"""
        return self.kind == "word" and self.text in texts

    def unexpected(self, expected: str, words: Iterable[str] = ()) -> NoReturn:
        """Refuse the current token."""
        if self.kind == "end":
            self.fail("the file ends here", expected)
        like = (self.text, words) if self.kind == "word" and words else None
        fail(f"unexpected {shown(self.text)}", self.place(), expected, like)

    def fail(self, what: str, expected: str | None = None) -> NoReturn:
        """Refuse the file at the current token."""
        fail(what, self.place(), expected)

    def place(self) -> str:
        """Where the current token stands."""
        return self.source.place(self.at)
