"""Phrases folded for looking up: case, plurals, spelling, filler and synonyms count for nothing.

:class:`Folding` holds what a review's ``words.yaml`` says of words that mean the same, of words
that say nothing or that something is not known, and of words that may be left out. It knows no
phrase and no variable: those are the business of :mod:`cmocnet.lexicon`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from cmocnet.errors import ModelError
from cmocnet.registry.records import Words

Key = tuple[str, ...]
"""A phrase as it is looked up: folded tokens, without filler."""

Runs = dict[Key, Key]
"""Runs of tokens, and what stands for each."""

KINDS = ("more", "less", "better", "worse", "negation", "middle")
"""What a modifier does; the lists of :class:`~cmocnet.registry.records.Words` that hold them."""
LISTS = (*KINDS, "unknown", "optional")
"""The lists of which a word stands in one only."""
MARKS = ("", "na", "n/a", "nan", "nat", "null", "nil", "none", "missing", "undefined")
"""What programs write for no value; case, blanks, brackets and punctuation do not matter."""

LONGEST = 40
"""Letters of a token at most that is remembered as it is folded; a longer one is no word."""

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_SILENT = frozenset('-\u2010\u2011\u2012\u2013\u2014\u2212/.;:"\u201c\u201d()')
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`]")
_SIBILANT = re.compile(r"(ss|sh|ch|x|zz)es$")
_IZE = re.compile(r"([iy])z(e|ed|er|ing|ation|ational)$")
_OUR = re.compile(r"(?<=\w{3})our(ed|ing|able|ably|al|ful|less)?$")


def tokens(phrase: str, kept: frozenset[str] = frozenset()) -> Key:
    """A phrase folded: lower case, no hyphens, singular, and one spelling of -ise and -our.

    Tokens in ``kept`` stay as they are.

    >>> tokens("Organizational  Behaviours, well-known")
    ('organisational', 'behavior', ',', 'well', 'known')
    >>> tokens("glasses of glass", frozenset({"glasses"}))
    ('glasses', 'of', 'glass')
    """
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", phrase).lower()).replace("&", "and")
    found = (token for token in _TOKEN.findall(plain) if token not in _SILENT)
    return tuple(token if token in kept else _folded(token) for token in found)


def _folded(token: str) -> str:
    return _remembered(token) if len(token) <= LONGEST else _singular(token)


def _singular(token: str) -> str:
    """A token in the singular and in one spelling."""
    if len(token) > 4 and token.endswith("ies"):
        token = token[:-3] + "y"
    elif _SIBILANT.search(token):
        token = token[:-2]
    elif len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        token = token[:-1]
    return _OUR.sub(r"or\1", _IZE.sub(r"\1s\2", token))


_remembered = lru_cache(2**14)(_singular)


def replaced(key: Key, runs: Runs) -> Key:
    """The key with the longest runs replaced, from left to right.

    >>> replaced(("the", "dark", "corner"), {("dark", "corner"): ("shade",), ("the",): ()})
    ('shade',)
    """
    kept: list[str] = []
    widest = max(map(len, runs), default=0)
    i = 0
    while i < len(key):
        width = next((n for n in range(widest, 0, -1) if key[i : i + n] in runs), 0)
        kept += runs[key[i : i + width]] if width else (key[i],)
        i += width or 1
    return tuple(kept)


@dataclass(frozen=True, eq=False, repr=False)
class Folding:
    """How one review's phrases are folded; made by :meth:`of`.

    >>> words = Words(("more",), (), ("no",), (), ("the", "is"), ("unclear",),
    ...     same=(("shade", "dark corner"),), optional=("plot",))
    >>> folding = Folding.of(words)
    >>> folding.key("The dark corners"), folding.core(("more", "plot", "shade"))
    (('shade',), ('more', 'shade'))
    >>> folding.silent("It is unclear!"), folding.silent("unclear"), folding.silent("the")
    (False, True, False)
    """

    kept: frozenset[str]
    filler: Runs
    same: Runs
    optional: Runs
    unknown: frozenset[Key]
    modifiers: Mapping[Key, str]

    @classmethod
    def of(cls, words: Words) -> Folding:
        """The folding that these words ask for; ModelError where a word stands in two lists."""
        # A plural that means something else than its singular is listed, and kept, as it stands.
        kept = frozenset(w for group in words.same for w in group if _folded(w) not in (w, *group))
        filler: Runs = dict.fromkeys({tokens(word, kept) for word in words.filler} - {()}, ())
        plain = cls(kept, filler, {}, {}, frozenset(), {})
        folding = replace(plain, same=_same(plain, words.same))
        kinds: dict[Key, str] = {}
        for kind, word in [(name, word) for name in LISTS for word in getattr(words, name)]:
            if kinds.setdefault(folding.key(word), kind) != kind:
                known = kinds[folding.key(word)]
                raise ModelError(f"'{word}' is listed as both {known} and {kind}")
        return replace(
            folding,
            optional=dict.fromkeys(map(folding.key, words.optional), ()),
            unknown=frozenset(_letters(tokens(word, kept)) for word in words.unknown),
            modifiers={key: kind for key, kind in kinds.items() if kind in KINDS},
        )

    @cached_property
    def widest(self) -> int:
        """Tokens of the longest modifier."""
        return max(map(len, self.modifiers), default=0)

    def key(self, phrase: str) -> Key:
        """A phrase as it is looked up; filler stays where nothing else would be left."""
        return replaced(self.plain(phrase), self.same)

    def plain(self, phrase: str) -> Key:
        """A phrase without filler, before words that mean the same are replaced."""
        key = tokens(phrase, self.kept)
        return replaced(key, self.filler) or key

    def core(self, key: Key) -> Key:
        """The key without the words that may be left out, unless nothing else would be left."""
        return replaced(key, self.optional) or key

    def silent(self, text: str) -> bool:
        """Whether a text says that something is not known, in a listed word or a program's mark.

        Words that mean the same do not count: they are about the subject, not about knowing.
        """
        said = {_letters(tokens(text, self.kept)), _letters(self.plain(text))}
        return not said.isdisjoint(self.unknown | _MARKED)


def _same(plain: Folding, groups: Iterable[tuple[str, ...]]) -> Runs:
    found: Runs = {}
    for first, *others in groups:
        meant = plain.key(first)
        for word in (first, *others):
            key = plain.key(word)
            if found.setdefault(key, meant) != meant:
                other = " ".join(found[key])
                raise ModelError(f"'{word}' is listed as the same as both {other} and {first}")
    return found


def _letters(key: Key) -> Key:
    return tuple(token for token in key if token.isalnum())


_MARKED = frozenset(_letters(tokens(mark)) for mark in MARKS)
