"""The distribution that an answer carries: worked out at once if small, when looked at if not.

The probability of a conjunction does not need it, so a question about twenty outcomes together is
answered although their joint distribution would fill the memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import product

from cmocnet.engine import Program, ReferenceEngine
from cmocnet.errors import QueryError
from cmocnet.forks import kept
from cmocnet.typing import Event, Evidence, States

Engine = Program | ReferenceEngine

SMALL = 4096
"""Combinations up to which a distribution is worked out with the answer."""
LARGEST = 250_000
"""Combinations that a distribution may have."""
BYTES = 400
"""What one combination takes in memory, roughly: its states, its number, its place."""


def key(states: str | States) -> str:
    """A state as it stands, or the states of several variables joined.

    >>> key("high"), key(("high", "no"))
    ('high', 'high, no')
    """
    return ", ".join(map(str, states)) if isinstance(states, tuple) else states


class Joint(Mapping[str, float]):
    """State -> probability of one variable, "high, no" -> probability of several.

    The states of several stand in the order of ``states``; a tuple of them finds the same.

    states
        Target variable -> its states.

    Raises :class:`~cmocnet.errors.QueryError` when looked at if it has too many combinations.
    """

    def __init__(self, engine: Engine, states: Mapping[str, States], evidence: Evidence) -> None:
        self.engine = engine
        self.states = states
        self.evidence = evidence

    @property
    def size(self) -> int:
        """How many combinations of states there are."""
        return math.prod(map(len, self.states.values()))

    @kept
    def settled(self) -> dict[str, float]:
        """All of it as plain numbers."""
        if self.size > LARGEST:
            what = f"the distribution of {len(self.states)} targets has {self.size:,} combinations"
            memory = f"some {self.size * BYTES / 1e9:,.1f} GB"
            expected = f"at most {LARGEST:,}, or a state for each target, which needs none"
            raise QueryError(f"{what}, {memory}", expected=expected)
        joint = self.engine.joint(list(self.states), self.evidence)
        keys = map(key, product(*self.states.values()))
        return dict(zip(keys, map(float, joint.ravel()), strict=True))

    def cells(self) -> Iterator[tuple[States, float]]:
        """The states of each combination, one a target, and its probability."""
        yield from zip(product(*self.states.values()), self.settled.values(), strict=True)

    def __getitem__(self, states: str | States) -> float:
        return self.settled[key(states)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.settled)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        if self.size <= SMALL:
            return repr(self.settled)
        return f"<distribution over {self.size:,} combinations of {', '.join(self.states)}>"

    def probability(self, event: Event) -> float:
        """P(event | evidence), from the distribution if it is small and without it if not.

        >>> from cmocnet import load
        >>> net = load()
        >>> trust = Joint(net.program, {"trust": net.variables["trust"].states}, Evidence())
        >>> round(trust.probability({"trust": ("low", "medium")}) + trust["high"], 12)
        1.0
        """
        if self.size > SMALL:
            return self.engine.event(event, self.evidence)
        some = [*product(*((s,) if isinstance(s, str) else s for s in event.values()))]
        if len(some) == 1:
            return self[some[0]]
        return min(1.0, math.fsum(self[states] for states in some))
