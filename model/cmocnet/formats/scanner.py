"""The words, strings and marks of a text, one at a time; nothing of it is skipped unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NoReturn

from cmocnet.formats.places import Text, Word, fail, shown


class Scanner:
    """A text cut into tokens by one pattern; the current one is ``kind``, ``text`` and ``at``.

    The pattern's named groups are the kinds: ``skip`` for blanks and comments, ``word``,
    ``string``, and ``mark``, whose kind is the character itself. At the end the kind is ``end``.

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
        while True:
            found = self._match(self.source.text, self._next)
            if found is None:
                self._end()
                return old
            self._next = found.end()
            kind = found.lastgroup
            if kind != "skip":
                break
        self.at = found.start()
        self.text = found.group()
        if kind == "string":
            self.text = self.text[1:-1]
        self.kind = self.text if kind == "mark" else str(kind)
        return old

    def _end(self) -> None:
        """Be at the end, or refuse what begins no token."""
        text, self.at = self.source.text, self._next
        self.kind, self.text = "end", ""
        if self.at < len(text):
            rest = text[self.at : self.at + 2]
            if rest == "/*":
                self.fail("a comment that is not closed", "*/")
            if rest[0] == '"':
                self.fail("a quotation mark that is not closed on its line", '"')
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
