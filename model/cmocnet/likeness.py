"""Which meanings an unknown phrase comes nearest to, by the words it shares with known phrases.

Words of few variables count for more than words of many, as their inverse document frequency
(Spärck Jones 1972, doi:10.1108/eb026526) says; likeness is the weighted share of words in common
(Jaccard). What is found is shown to a reader who chooses; it is never taken for what was meant.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from itertools import pairwise

from cmocnet.errors import nearest
from cmocnet.folding import Key
from cmocnet.typing import States
from cmocnet.wording import spoken

Sure = tuple[str, str]
"""A variable and a state of it."""

_STEM = 5  # letters that words of one family share: distribute, distribution
_LONGEST = 200  # letters of a text whose pairs are remembered, for it is remembered too
_LEAST = 0.2  # likeness below which two phrases have nothing to do with each other


@dataclass(frozen=True, eq=False, repr=False)
class Likeness:
    """Known phrases, by the stems of their words; made by :meth:`of`.

    >>> known = {("late", "frost"): [("frost", ("yes",))], ("rich", "soil"): [("soil", ("good",))]}
    >>> Likeness.of(known).nearest(("frosts", "come", "later"))
    (('frost', 'yes'),)
    """

    phrases: Mapping[frozenset[str], Set[Sure]]
    weights: Mapping[str, float]

    @classmethod
    def of(cls, known: Mapping[Key, Iterable[tuple[str, States]]]) -> Likeness:
        """The likeness to these phrases; each maps to the variables and states it can mean."""
        phrases: dict[frozenset[str], set[Sure]] = defaultdict(set)
        for key, meanings in known.items():
            phrases[_stems(key)] |= {(name, s) for name, states in meanings for s in states}
        users: dict[str, set[str]] = defaultdict(set)
        for stems, sure in phrases.items():
            for stem in stems:
                users[stem] |= {name for name, _ in sure}
        everyone = len(set().union(*users.values()))
        weights = {stem: math.log(1 + everyone / max(1, len(by))) for stem, by in users.items()}
        return cls(phrases, weights)

    def nearest(self, key: Key, most: int = 3) -> tuple[Sure, ...]:
        """The meanings of the likest phrases, likest first; none where no phrase is alike."""
        asked = _stems(key)
        known = {stem for stem in asked if stem in self.weights}
        # A word never heard before says as little as the commonest one.
        unknown = (len(asked) - len(known)) * min(self.weights.values(), default=0.0)
        total = unknown + self._weight(known)
        likest: dict[Sure, float] = {}
        for stems, meanings in self.phrases.items():
            if shared := self._weight(stems & known):
                score = shared / (total + self._weight(stems) - shared)
                for meaning in meanings:
                    likest[meaning] = max(score, likest.get(meaning, 0.0))
        ranked = sorted((-score, m) for m, score in likest.items() if score >= _LEAST)
        return tuple(meaning for _, meaning in ranked[:most])

    def _weight(self, stems: Iterable[str]) -> float:
        return math.fsum(self.weights[stem] for stem in stems)


def _stems(key: Key) -> frozenset[str]:
    return frozenset(token[:_STEM] for token in key)


def spelled(phrase: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """The three candidates spelled most like a phrase.

    Shared pairs of letters choose whom to compare, for comparing is slow.

    >>> spelled("Shred vision", ["trust", "shared vision", "television"])[0]
    'shared vision'
    """
    plain = spoken(phrase)[:80]
    pairs = _pairs(plain)
    ranked = nsmallest(40, sorted(candidates), key=lambda c: (pairs ^ _pairs(c)).bit_count())
    return nearest(plain, ranked)


def _pairs(text: str) -> int:
    return _remembered(text) if len(text) <= _LONGEST else _counted(text)


def _counted(text: str) -> int:
    """The pairs of neighbouring letters as bits; that two of many may share one does no harm."""
    bits = 0
    for one, other in pairwise(text):
        bits |= 1 << (31 * ord(one) + ord(other)) % 1021
    return bits


_remembered = lru_cache(2**13)(_counted)
