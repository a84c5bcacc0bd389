"""Evidence checked and turned into numbers: one weight a state for every variable it touches.

In the network polynomial an observation sets the indicators of the other states to zero, a
likelihood weights them, and an intervention also replaces the variable's table by ones, which cuts
the arcs into it (Darwiche 2003; Pearl 2009, Causality, section 3.2.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cmocnet.errors import EvidenceError, QueryError, nearest
from cmocnet.typing import Array, DiscreteNetwork, Evidence

Hard = tuple[int, int, int]
"""(variable, code of its state, 1 for an intervention)."""

Soft = tuple[int, int, Array]
"""(variable, 1 for an intervention, one weight a state)."""


@dataclass(eq=False, slots=True)
class Indicators:
    """What evidence does to the variables it touches; a variable is in one of the two only.

    Never changed once made; not frozen because a frozen one takes three times as long to make.
    """

    hard: tuple[Hard, ...] = ()
    soft: tuple[Soft, ...] = ()
    log_scale: float = 0.0
    """Logarithm of what was divided out of the likelihoods so that the largest weight is 1."""

    def tilted(self, weights: Mapping[int, Array]) -> Indicators:
        """The same evidence with further weights on some variables."""
        hard, soft = list(self.hard), {i: (i, cut, w) for i, cut, w in self.soft}
        for i, w in weights.items():
            match = [h for h in hard if h[0] == i]
            if match:
                continue  # an observed variable has one state left, so weights change nothing
            _, cut, old = soft.get(i, (i, 0, np.ones(len(w))))
            soft[i] = (i, cut, old * w)
        return Indicators(tuple(hard), tuple(soft.values()), self.log_scale)


NOTHING = Indicators()


class Codebook:
    """Numbers of variables and states, and checked look-ups by name."""

    def __init__(self, network: DiscreteNetwork) -> None:
        self.states = network.states
        self.names = network.names
        self.index = {v: i for i, v in enumerate(self.names)}
        self.codes: dict[str, dict[str, int]] = {
            v: {s: i for i, s in enumerate(states)} for v, states in network.states.items()
        }
        self.cards = tuple(len(states) for states in network.states.values())
        self.hard: dict[str, dict[str, Hard]] = {
            v: {s: (self.index[v], c, 0) for s, c in codes.items()}
            for v, codes in self.codes.items()
        }

    def variable(self, name: str) -> int:
        """The number of a variable; a :class:`QueryError` names the nearest if there is none."""
        try:
            return self.index[name]
        except (KeyError, TypeError):
            raise QueryError(
                f"unknown variable {name!r}", nearest=nearest(str(name), self.names)
            ) from None

    def code(self, name: str, state: str) -> int:
        """The code of a state of a variable."""
        self.variable(name)
        try:
            return self.codes[name][state]
        except (KeyError, TypeError):
            raise QueryError(
                f"unknown state {state!r}",
                where=name,
                nearest=nearest(str(state), self.states[name]),
            ) from None

    def indicators(self, evidence: Evidence) -> Indicators:
        """Observations, likelihoods and interventions; fixed marginals are left to their solver."""
        if not (evidence.likelihood or evidence.do):
            hard = self.hard
            try:
                return Indicators(tuple([hard[v][s] for v, s in evidence.observed.items()]))
            except (KeyError, TypeError):
                pass
        return self._mixed(evidence)

    def _mixed(self, evidence: Evidence) -> Indicators:
        hard: dict[int, int] = {}
        do = {self.variable(v): self.code(v, s) for v, s in evidence.do.items()}
        weights: dict[int, Array] = {}
        log_scale = 0.0
        for v, w in evidence.likelihood.items():
            numbers = self.numbers(v, w, "likelihood")
            log_scale += float(np.log(numbers.max()))
            weights[self.variable(v)] = numbers / numbers.max()
        for v, s in evidence.observed.items():
            hard[self.variable(v)] = self.code(v, s)
        for i in list(hard):
            if i in do and do[i] != hard[i]:
                weights.setdefault(i, np.ones(self.cards[i]))
        for given in (hard, do):
            for i, code in given.items():
                if i in weights:
                    weights[i] = weights[i] * (np.arange(self.cards[i]) == code)
        merged = {**{i: (c, 0) for i, c in hard.items()}, **{i: (c, 1) for i, c in do.items()}}
        return Indicators(
            tuple((i, c, cut) for i, (c, cut) in merged.items() if i not in weights),
            tuple((i, int(i in do), w) for i, w in weights.items()),
            log_scale,
        )

    def numbers(self, name: str, values: Sequence[float], kind: str) -> Array:
        """One finite non-negative number a state, not all zero."""
        card = self.cards[self.variable(name)]
        weights = np.asarray(values, dtype=np.float64)
        if weights.shape != (card,):
            raise EvidenceError(
                f"{kind} has {weights.size} numbers",
                where=name,
                expected=f"one for each of {', '.join(self.states[name])}",
            )
        if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.any()):
            raise EvidenceError(
                f"{kind} {weights.tolist()} cannot be used",
                where=name,
                expected="finite non-negative numbers, not all zero",
            )
        return weights


def observed_codes(
    codebook: Codebook, assignment: Mapping[str, str]
) -> tuple[tuple[int, int], ...]:
    """(variable, state) numbers of an assignment."""
    return tuple((codebook.variable(v), codebook.code(v, s)) for v, s in assignment.items())
