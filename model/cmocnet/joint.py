"""The distribution that an answer carries: worked out at once if small, when looked at if not.

The probability of a conjunction does not need it, so a question about twenty outcomes together is
answered although their joint distribution would fill the memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
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


class Joint(Mapping[object, float]):
    """State -> probability of one variable; tuple of states -> probability of several.

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
    def _found(self) -> dict[object, float]:
        if self.size > LARGEST:
            what = f"the distribution of {len(self.states)} targets has {self.size:,} combinations"
            memory = f"some {self.size * BYTES / 1e9:,.1f} GB"
            expected = f"at most {LARGEST:,}, or a state for each target, which needs none"
            raise QueryError(f"{what}, {memory}", expected=expected)
        joint = self.engine.joint(list(self.states), self.evidence)
        labels = list(self.states.values())
        keys = labels[0] if len(labels) == 1 else product(*labels)
        return dict(zip(keys, map(float, joint.ravel()), strict=True))

    def __getitem__(self, key: object) -> float:
        return self._found[key]

    def __iter__(self) -> Iterator[object]:
        return iter(self._found)

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
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
        some = [(s,) if isinstance(s, str) else s for s in event.values()]
        keys: Sequence[object] = some[0] if len(some) == 1 else tuple(product(*some))
        if len(keys) == 1:
            return self._found[keys[0]]
        return min(1.0, math.fsum(self._found[key] for key in keys))

    def settled(self) -> Mapping[object, float]:
        """The distribution as plain numbers where it is small, else itself, not looked at."""
        return self._found if self.size <= SMALL else self
