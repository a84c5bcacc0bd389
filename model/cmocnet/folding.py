"""Phrases folded for looking up: case, plurals, spelling, filler and synonyms count for nothing.

:class:`Folding` holds what a review's ``words.yaml`` says of words that mean the same, of words
that say nothing, and of words that may be left out. It knows no phrase and no variable: those are
the business of :mod:`cmocnet.naming`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cmocnet.errors import ModelError
from cmocnet.registry.records import Words

Key = tuple[str, ...]
"""A phrase as it is looked up: folded tokens, without filler."""

KINDS = ("more", "less", "better", "worse", "negation", "middle")
"""What a modifier does; the lists of :class:`~cmocnet.registry.records.Words` that hold them."""

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
    if len(token) > 4 and token.endswith("ies"):
        token = token[:-3] + "y"
    elif _SIBILANT.search(token):
        token = token[:-2]
    elif len(token) > 3 and token.endswith("s") and not token.endswith(("ss", "us", "is")):
        token = token[:-1]
    return _OUR.sub(r"or\1", _IZE.sub(r"\1s\2", token))


@dataclass(frozen=True, eq=False, repr=False)
class Folding:
    """How one review's phrases are folded; made by :meth:`of`.

    >>> words = Words(("more",), (), ("no",), (), ("the", "is"), same=(("shade", "dark corner"),),
    ...     optional=("plot",))
    >>> folding = Folding.of(words)
    >>> folding.key("The dark corners"), folding.core(("more", "plot", "shade"))
    (('shade',), ('more', 'shade'))
    """

    filler: frozenset[Key]
    same: Mapping[Key, Key]
    kept: frozenset[str]
    optional: frozenset[Key]
    modifiers: Mapping[Key, str]

    @classmethod
    def of(cls, words: Words) -> Folding:
        """The folding that these words ask for; ModelError where a word stands in two lists."""
        # A plural that means something else than its singular is listed, and kept, as it stands.
        kept = frozenset(w for group in words.same for w in group if _folded(w) not in (w, *group))
        filler = frozenset(tokens(word, kept) for word in words.filler) - {()}
        plain = cls(filler, {}, kept, frozenset(), {})
        folding = cls(filler, _same(plain, words.same), kept, frozenset(), {})
        optional = frozenset(map(folding.key, words.optional))
        modifiers: dict[Key, str] = {}
        listed = [(kind, word) for kind in KINDS for word in getattr(words, kind)]
        for kind, word in listed:
            if modifiers.setdefault(folding.key(word), kind) != kind:
                known = modifiers[folding.key(word)]
                raise ModelError(f"'{word}' is listed as both {known} and {kind}")
        return cls(filler, folding.same, kept, optional, modifiers)

    def key(self, phrase: str) -> Key:
        """A phrase as it is looked up; filler stays where nothing else would be left."""
        key = _without(tokens(phrase, self.kept), self.filler)
        return _replaced(key, self.same)

    def core(self, key: Key) -> Key:
        """The key without the words that may be left out, unless nothing else would be left."""
        return _without(key, self.optional)


def _same(plain: Folding, groups: Iterable[tuple[str, ...]]) -> dict[Key, Key]:
    found: dict[Key, Key] = {}
    for first, *others in groups:
        for word in (first, *others):
            key = plain.key(word)
            if found.setdefault(key, plain.key(first)) != plain.key(first):
                other = " ".join(found[key])
                raise ModelError(f"'{word}' is listed as the same as both {other} and {first}")
    return found


def _replaced(key: Key, same: Mapping[Key, Key]) -> Key:
    """The key with the longest runs that stand for others replaced by them, from left to right."""
    widest = max(map(len, same), default=0)
    kept: list[str] = []
    i = 0
    while i < len(key):
        width = next((n for n in range(widest, 0, -1) if key[i : i + n] in same), 0)
        kept += same[key[i : i + width]] if width else (key[i],)
        i += width or 1
    return tuple(kept)


def _without(key: Key, dropped: frozenset[Key]) -> Key:
    """The key without these runs of tokens, unless nothing else would be left."""
    return _replaced(key, dict.fromkeys(dropped, ())) or key
