"""How much of what a review says the rest of it foretells: by configuration, and by variable.

What was put in comes out again: that agreement is a residual and says how well numbers were fitted.
Whether a review hangs together shows in what was not put in (:mod:`.left_out`): the statements of
one configuration, or of all that speak of one variable at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cmocnet.check import Report
from cmocnet.registry.moment import moment
from cmocnet.registry.records import Cmoc, Review
from cmocnet.results import TOP, Part, Result, Rows, Table
from cmocnet.solve.left_out import Predicted
from cmocnet.solve.solution import Solution


@dataclass(frozen=True, eq=False)
class Foretold:
    """What is left out at once, and what everything else predicts of it.

    name
        the configuration's id, or the variable that all of them speak of
    ids
        the configurations left out, twins among them
    effects
        every effect that these state; at least one
    """

    name: str
    ids: tuple[str, ...]
    effects: tuple[Predicted, ...]

    @property
    def right(self) -> int:
        """How many effects have the stated direction by the rest."""
        return sum(p.direction for p in self.effects)

    @property
    def weakest(self) -> Predicted:
        """The effect that the rest predicts least."""
        return min(self.effects, key=lambda p: p.rest)

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "name": self.name,
            "ids": list(self.ids),
            "right": self.right,
            "effects": [p.record() for p in self.effects],
        }

    def row(self, label: str) -> tuple[str, ...]:
        """In words: what, how many configurations, how many effects are right, and the weakest."""
        least = self.weakest
        counts = f"{len(self.ids)}", f"{self.right} of {len(self.effects)}"
        return label, *counts, f"{least.put_in:+.3f}", f"{least.rest:+.3f}", least.statement.told


@dataclass(frozen=True, eq=False, repr=False)
class Coherence(Result):
    """The share predicted of what was left out, beside the residual of what was put in.

    agree, of
        configurations that the network agrees with, of all that were held against it
    alone, groups
        each configuration left out with its twins, and all at once that speak of a variable; what
        the rest predicts least first
    rested
        whether the solver came to rest
    """

    review: Review
    agree: int
    of: int
    alone: tuple[Foretold, ...]
    groups: tuple[Foretold, ...]
    rested: bool = True

    @property
    def share(self) -> float:
        """The share of configurations whose every direction the rest predicts."""
        return self._whole / len(self.alone) if self.alone else 1.0

    @property
    def share_of_groups(self) -> float:
        """The share of directions predicted when all that speak of a variable are left out."""
        right, effects = self._by_variable
        return right / effects if effects else 1.0

    @property
    def finding(self) -> str:
        """The share predicted, beside the residual."""
        right, effects = self._by_variable
        told = (
            f"of {self._whole} of {len(self.alone)} configurations ({self.share:.0%}) the rest "
            f"predicts every direction, and {right:,} of {effects:,} directions where all that "
            f"speak of a variable are left out; put in, {self.agree} of {self.of} agree, a residual"
        )
        return told if self.rested else f"the search did not come to rest; {told}"

    @property
    def _by_variable(self) -> tuple[int, int]:
        groups = self.groups
        return sum(f.right for f in groups), sum(len(f.effects) for f in groups)

    @property
    def _whole(self) -> int:
        return sum(f.right == len(f.effects) for f in self.alone)

    @property
    def caution(self) -> str:
        """What agreement with the rest is, and is not."""
        return "Whether the review's other statements lead one to expect it, not whether it is so."

    columns = ("part", "name", "ids", "right", "effects", "put_in", "rest")

    def rows(self) -> Rows:
        """One a configuration, then one a variable; the numbers are its weakest effect's."""
        for part, some in (("configuration", self.alone), ("variable", self.groups)):
            for f in some:
                least = f.weakest
                counts = ", ".join(f.ids), f.right, len(f.effects)
                yield part, f.name, *counts, least.put_in, least.rest

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "residual": {"agree": self.agree, "of": self.of},
            "share": self.share,
            "share_of_groups": self.share_of_groups,
            "configurations": [f.record() for f in self.alone],
            "groups": [f.record() for f in self.groups],
            "rested": self.rested,
        }

    def shown(self, top: int | None = TOP) -> Iterator[Part]:
        """The shares, then what the rest predicts least: configurations, and variables.

        ``top`` of each, or all for None.
        """
        yield f"Left out: {self.finding}"
        numbers = ["Configurations", "Right", "Put in", "By the rest"]
        columns = [*numbers, "The weakest"]
        yield Table(["Left out", *columns], [f.row(f.name) for f in self.alone[:top]], numbers)
        labels = self.review.variables
        rows = [f.row(labels[f.name].label) for f in self.groups[:top]]
        yield Table(["Left out: all of", *columns], rows, numbers)
        yield self.caution


def coherence(solution: Solution, report: Report) -> Coherence:
    """What the rest predicts of everything that was left out, beside the residual of a check.

    The downdate is one step of the solver from where it came to rest; the fewer statements are left
    out, the nearer it comes to solving anew.
    """
    review = solution.model.review
    by_source: dict[str, list[Predicted]] = {}
    for p in solution.left_out():
        by_source.setdefault(p.statement.source, []).append(p)
    alone = [_foretold(key, review.twins[key], effects) for key, effects in by_source.items()]
    found = (
        _foretold(name, ids, [*solution.left_out({name: ids})])
        for name, ids in spoken_of(review).items()
        if len(set(ids) & set(by_source)) > 1
    )
    return Coherence(
        review,
        agree=report.count("agrees"),
        of=len(report.agreements),
        alone=_weakest_first(alone),
        groups=_weakest_first([f for f in found if f.effects]),
        rested=solution.converged,
    )


def spoken_of(review: Review) -> Mapping[str, Sequence[str]]:
    """Variable -> the configurations whose tests change it or ask of it, with their twins."""
    found: dict[str, set[str]] = {name: set() for name in review.variables}
    for key, cmoc in review.cmocs.items():
        for name in _names(cmoc):
            found[name] |= review.twins[key]
    return {name: sorted(ids) for name, ids in found.items() if ids}


def _names(cmoc: Cmoc) -> Iterator[str]:
    for test in cmoc.tests:
        links = (*((test.mechanism,) if test.mechanism else ()), *test.outcomes)
        yield from (moment(test.manipulated)[0], *(link.variable for link in links))


def _foretold(name: str, ids: Collection[str], effects: Sequence[Predicted]) -> Foretold:
    return Foretold(name, tuple(sorted(ids)), tuple(effects))


def _weakest_first(some: Sequence[Foretold]) -> tuple[Foretold, ...]:
    return tuple(sorted(some, key=lambda f: (f.right / len(f.effects), f.weakest.rest)))
