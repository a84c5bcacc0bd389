"""What one measurement is, and the bar it is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Unit = Literal["s", "B"]


@dataclass(frozen=True)
class Bar:
    """What a workload shall reach: the peer's cost over ours is at least ``ratio``.

    peer
        The beginning of the peers' names; the cheapest of them counts.
    says
        The bar in words.
    """

    peer: str
    ratio: float
    says: str


@dataclass(frozen=True)
class Row:
    """One workload measured.

    ours, peers
        Median seconds (or bytes) of the whole workload.
    multiply_adds, passes
        Of one forward run, and how many forward runs' worth of them the workload needs: a backward
        run needs twice those of the forward run before it.
    difference
        The largest difference between our numbers and any peer's.
    size
        What grows, in a workload that is a series.
    """

    group: str
    work: str
    ours: float
    peers: Mapping[str, float] = field(default_factory=dict)
    bars: tuple[Bar, ...] = ()
    multiply_adds: int | None = None
    passes: float = 1
    difference: float | None = None
    unit: Unit = "s"
    size: float | None = None

    def cheapest(self, peer: str) -> str:
        """The cheapest of the peers whose names begin so."""
        return min((p for p in self.peers if p.startswith(peer)), key=self.peers.__getitem__)

    def ratio(self, peer: str) -> float:
        """How many times our cost the cheapest of these peers takes."""
        return self.peers[self.cheapest(peer)] / self.ours

    def met(self, bar: Bar) -> bool:
        """Is the bar reached?"""
        return self.ratio(bar.peer) >= bar.ratio

    def fraction(self, rate: float) -> float | None:
        """The share of ``rate`` (flop/s) that our arithmetic ran at, two flops a multiply-add."""
        if self.multiply_adds is None or self.unit != "s":
            return None
        return 2 * self.multiply_adds * self.passes / self.ours / rate


@dataclass(frozen=True)
class Effort:
    """How thoroughly to measure.

    rounds
        Rounds in which every contender runs once; the median over them is reported.
    sample
        Seconds that one sample lasts at least, by repeating short work.
    """

    rounds: int
    sample: float
    quick: bool


FULL = Effort(rounds=5, sample=0.02, quick=False)
QUICK = Effort(rounds=3, sample=0.001, quick=True)
