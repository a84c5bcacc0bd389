"""Does any one source carry a whole path, or is the path stitched from several?

A chain whose first half one study shows and whose second half another does may hold in neither
place: what mediates there need not mediate here (transitivity of indirect evidence; Salanti 2012,
Research Synthesis Methods 3:80). A source counts for an arc if it is cited for a configuration that
is credited with it (see :mod:`.credits`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One arc of a path.

    moves
        Which way the child goes: "raises", "lowers" or "shifts".
    cmocs
        Ids of the configurations that the arc cites and that speak of it in this case; none where
        the review says nothing of it here.
    sources
        Keys of the works cited for them.
    """

    parent: str
    child: str
    moves: str
    cmocs: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Stretch:
    """Arcs ``first`` to ``last`` (from 0) of a path, and the sources that support each of them."""

    first: int
    last: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Thread:
    """A path cut into the fewest stretches that some source supports from end to end.

    An arc that no source supports is a stretch of its own, without sources.
    """

    stretches: tuple[Stretch, ...]

    @property
    def single(self) -> tuple[str, ...]:
        """Keys of the sources that support every arc of the path."""
        return self.stretches[0].sources if len(self.stretches) == 1 else ()

    @property
    def stitched(self) -> bool:
        """Is there no one source for the whole path?"""
        return not self.single

    @property
    def bare(self) -> tuple[int, ...]:
        """Arcs (from 0) that no source supports."""
        return tuple(s.first for s in self.stretches if not s.sources)

    @property
    def seams(self) -> tuple[int, ...]:
        """Arcs (from 0) at which a new stretch begins."""
        return tuple(s.first for s in self.stretches[1:])


def follow(sources: Sequence[Sequence[str]]) -> Thread:
    """The thread of a path whose arcs have these sources.

    Going as far as some source reaches before cutting gives the fewest stretches.

    >>> thread = follow([["a", "b"], ["b"], ["c"], []])
    >>> [(s.first, s.last, s.sources) for s in thread.stretches]
    [(0, 1, ('b',)), (2, 2, ('c',)), (3, 3, ())]
    >>> follow([["a", "b"], ["b"]]).single
    ('b',)
    """
    stretches: list[Stretch] = []
    for i, own in enumerate(sources):
        last = stretches[-1] if stretches else None
        shared = tuple(s for s in last.sources if s in own) if last else ()
        if last and shared:
            stretches[-1] = Stretch(last.first, i, shared)
        else:
            stretches.append(Stretch(i, i, tuple(own)))
    return Thread(tuple(stretches))
