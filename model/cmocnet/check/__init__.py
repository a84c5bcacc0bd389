"""Floor 6: hold the model against the review it encodes.

``run(review, network)`` gives a :class:`Report`: a verdict for every configuration, the
discussion's claims, the named situations, the sense list, and the gaps between register and graph.
What it measures is encoding agreement: does the network say what the review says? Not: is the
review right?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from cmocnet.check.claims import Held, claims, situations
from cmocnet.check.effects import Bench
from cmocnet.check.filed import examine as files
from cmocnet.check.firmness import Directions, Firmness, firmness
from cmocnet.check.mutation import Mutant, mutants
from cmocnet.check.predictive import Spread, Spreads, predictive
from cmocnet.check.sense import sense
from cmocnet.check.verdicts import VERDICTS, Agreement, Finding, Verdict, judge
from cmocnet.registry.reading import examine
from cmocnet.registry.records import Review
from cmocnet.results import TOP, Part, Result, Rows, Table
from cmocnet.typing import DiscreteNetwork

__all__ = [
    "Agreement",
    "Bench",
    "Directions",
    "Finding",
    "Firmness",
    "Held",
    "Mutant",
    "Report",
    "Spread",
    "Spreads",
    "Verdict",
    "files",
    "firmness",
    "mutants",
    "predictive",
    "run",
]


T = TypeVar("T")

BESIDE = ("claims", "situations", "sense")
"""What must come out beyond the single configurations."""
CAUTION = "This holds the model against the review, not the review against the world."


@dataclass(frozen=True, repr=False)
class Report(Result):
    """What the check found.

    agreements
        one a configuration, with its findings, verdict and reasons
    claims, situations, sense
        what must come out beyond the single configurations
    gaps
        ids that no arc carries, or that are missing from the register, and what the files say
        otherwise than the format asks for, each with file and line
    """

    agreements: tuple[Agreement, ...]
    claims: tuple[Held, ...]
    situations: tuple[Held, ...]
    sense: tuple[Held, ...]
    gaps: tuple[str, ...]

    def count(self, verdict: Verdict) -> int:
        """How many configurations have this verdict."""
        return sum(a.verdict == verdict for a in self.agreements)

    @property
    def ok(self) -> bool:
        """Nothing wrong, no gap, and everything that must come out does."""
        return not self.count("wrong") and not self.gaps and not any(h.fails for h in self._others)

    @property
    def finding(self) -> str:
        """How many agree, how many do not, and what else fails."""
        others = sum(held.fails for held in self._others)
        told = ", ".join(f"{n} {verdict}" for verdict, n in self._counts.items())
        failing = f"{others} other failures; {len(self.gaps)} gaps"
        return f"{len(self.agreements)} configurations: {told}; {failing}"

    @property
    def caution(self) -> str:
        """What a verdict is, and is not."""
        return CAUTION

    @property
    def _others(self) -> tuple[Held, ...]:
        return (*self.claims, *self.situations, *self.sense)

    @property
    def _counts(self) -> dict[str, int]:
        return {verdict: self.count(verdict) for verdict in VERDICTS}

    columns = ("id", "verdict", "reasons", "weak_because")

    def rows(self) -> Rows:
        """One a configuration."""
        for a in self.agreements:
            yield a.cmoc.id, a.verdict, "; ".join(a.reasons), a.cmoc.weak_because

    def record(self) -> dict[str, Any]:
        """Every verdict, with what was found behind it."""
        return {
            "ok": self.ok,
            "counts": self._counts,
            "configurations": [a.record() for a in self.agreements],
            **{name: [asdict(held) for held in getattr(self, name)] for name in BESIDE},
            "gaps": list(self.gaps),
        }

    def shown(self, top: int | None = TOP) -> Iterator[Part]:
        """One row a configuration, then what must come out beyond them, and the gaps.

        Of each list the ``top`` that agree least, or all for None.
        """
        yield from [self.finding] if top else []
        rows = [a.row for a in _worst(self.agreements, top, lambda a: -VERDICTS.index(a.verdict))]
        yield Table(["Id", "Verdict", "Effects", "Mediated", "Why"], rows, ["Mediated"])
        for name in BESIDE:
            yield name.capitalize()
            some = _worst(getattr(self, name), top, lambda held: held.holds)
            yield Table(["", "", ""], [held.row for held in some])
        yield from (f"gap: {gap}" for gap in self.gaps[:top])
        yield from [] if top else [self.finding]


def _worst(some: Sequence[T], top: int | None, good: Callable[[T], int]) -> Sequence[T]:
    return some if top is None else sorted(some, key=good)[:top]


def run(review: Review, network: DiscreteNetwork, *, priors: Path | None = None) -> Report:
    """Check a review's network of one round, on two rounds unrolled, and the files it is made of.

    ``priors`` is the folder that was laid over the review's, if any.

    >>> from cmocnet import load
    >>> net = load()
    >>> report = run(net.review, net.discrete)
    >>> report.count("wrong")
    0
    """
    bench = Bench(review, network)
    # The files are read once more: a record does not know its line.
    again = examine(Path(review.path), priors=priors, readings=review.readings)
    return Report(
        agreements=tuple(judge(bench, cmoc) for cmoc in review.cmocs.values()),
        claims=tuple(claims(bench)),
        situations=tuple(situations(bench)),
        sense=tuple(sense(bench)),
        gaps=(*_gaps(review), *map(str, files(again))),
    )


def _gaps(review: Review) -> Iterator[str]:
    """Configurations without a test or an arc, and ids that the register lacks."""
    carried = {i for v in review.variables.values() for cites in v.arcs.values() for i in cites}
    twins = review.twins
    for key, cmoc in review.cmocs.items():
        if not twins[key] & carried:
            yield f"{key}: no arc carries it"
        if not cmoc.tests:
            yield f"{key}: no test"
    for prefix, count in review.about.ids.items():
        keys = (f"{prefix}-{n:02d}" for n in range(1, count + 1))
        yield from (f"{key}: not in the register" for key in keys if key not in review.cmocs)
