"""What answers single questions, as those see it who ask it many: a program, by its form alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cmocnet.engine.circuit import Factors
from cmocnet.engine.indicators import Codebook, Indicators
from cmocnet.engine.selection import Selection
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence


class Single(Protocol):
    """The part of :class:`~cmocnet.engine.program.Program` that its own helpers rest on."""

    network: DiscreteNetwork
    codebook: Codebook
    factors: Factors
    selection: Selection

    def __init__(self, network: DiscreteNetwork) -> None: ...

    def event(self, targets: Event, evidence: Evidence = ...) -> float:
        """P(targets | evidence)."""

    def joint(self, targets: Sequence[str], evidence: Evidence = ...) -> Array:
        """P(targets | evidence), one axis a target."""

    def log_probability(self, evidence: Evidence) -> float:
        """log P(evidence)."""

    def shares(
        self, keep: tuple[int, ...], evidence: Evidence, indicators: Indicators
    ) -> list[float]:
        """P(keep | evidence), flat."""

    def log_shares(self, keep: tuple[int, ...], indicators: Indicators) -> Array:
        """Logarithms of P(keep | evidence), flat."""
