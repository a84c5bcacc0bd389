"""Evidence checked and turned into numbers: one weight a state for every variable it touches.

In the network polynomial an observation sets the indicators of the other states to zero, a
likelihood weights them, and an intervention also replaces the variable's table by ones, which cuts
the arcs into it (Darwiche 2003; Pearl 2009, Causality, section 3.2.3).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.errors import EvidenceError, QueryError, nearest
from cmocnet.parts import whole
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence

Hard = tuple[int, int, int]
"""(variable, code of its state, 1 for an intervention)."""

Soft = tuple[int, Array]
"""(variable, one weight a state)."""

CUT, SOFT = 1, 2
"""Kinds of a mark; 0 is an observation."""

NO_WEIGHTS = np.zeros(0)

JOINT = 4096
"""Entries up to which an event is read from the joint distribution of its variables."""


FAR = 1e-290
"""Below this share of the largest a weight loses digits in doubles."""


@dataclass(eq=False, slots=True)
class Indicators:
    """What evidence does to the variables it touches; a variable is in one of the two only.

    Never changed once made; not frozen because a frozen one takes three times as long to make.
    """

    hard: tuple[Hard, ...] = ()
    soft: tuple[Soft, ...] = ()
    log_scale: float = 0.0
    """Logarithm of what was divided out of the likelihoods so that the largest weight is 1."""
    logs: Mapping[int, Array] = field(default_factory=dict)
    """Logarithms of those soft weights that doubles cannot hold beside a largest of 1."""

    def each(self, cards: Sequence[int]) -> Iterator[tuple[int, int, Array]]:
        """All evidence as (variable, 1 for an intervention, one weight a state)."""
        for i, code, cut in self.hard:
            yield i, cut, (np.arange(cards[i]) == code).astype(np.float64)
        for i, weights in self.soft:
            yield i, 0, weights

    def marks(self) -> tuple[NDArray[np.int64], Array]:
        """As the kernels read it: (variable, state or first weight, kind) each; the weights."""
        hard = np.fromiter(chain.from_iterable(self.hard), np.int64, 3 * len(self.hard))
        if not self.soft:
            return hard, NO_WEIGHTS
        ends = accumulate((len(weights) for _, weights in self.soft), initial=0)
        soft = [(i, at, SOFT) for (i, _), at in zip(self.soft, ends, strict=False)]
        weights = np.concatenate([weights for _, weights in self.soft])
        return np.concatenate([hard, np.ravel(soft)]), weights

    def log_weights(self, i: int, weights: Array) -> Array:
        """Logarithms of a soft variable's weights, zero being minus infinity."""
        known = self.logs.get(i)
        return logarithms(weights) if known is None else known

    def tilted(self, logs: Mapping[int, Array]) -> Indicators:
        """The same evidence with further weights, given as logarithms, on some variables."""
        hard, soft, far, scale = list(self.hard), dict(self.soft), dict(self.logs), self.log_scale
        for i, more in logs.items():
            old = soft.get(i, np.ones(len(more)))
            match = next((h for h in hard if h[0] == i), None)
            if match is not None:
                if more[match[1]] > -np.inf:
                    continue  # an observed variable has one state left, so weights change nothing
                hard.remove(match)
                old = np.zeros(len(more))  # nothing is left of it
            total = self.log_weights(i, old) + more
            most = float(total.max())
            if most > -np.inf:
                total, scale = total - most, scale + most
            far[i], soft[i] = total, np.exp(total)
        return Indicators(tuple(hard), tuple(soft.items()), scale, far)


def logarithms(weights: Array) -> Array:
    """Natural logarithms, that of zero being minus infinity."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(weights))


class Codebook:
    """Numbers of variables and states, and checked look-ups by name.

    Hidden variables (:mod:`cmocnet.parts`) have numbers; by name there are none.
    """

    def __init__(self, network: DiscreteNetwork) -> None:
        every = whole(network)
        self.states = network.states
        self.names = every.names
        self.index = {v: i for i, v in enumerate(self.names) if v in network.states}
        self.codes: dict[str, dict[str, int]] = {
            v: {s: i for i, s in enumerate(states)} for v, states in every.states.items()
        }
        self.cards = tuple(len(states) for states in every.states.values())
        self.hard: dict[str, dict[str, Hard]] = {
            v: {s: (i, c, 0) for s, c in self.codes[v].items()} for v, i in self.index.items()
        }

    def variable(self, name: str) -> int:
        """The number of a variable; a :class:`QueryError` names the nearest if there is none."""
        try:
            return self.index[name]
        except (KeyError, TypeError):
            near = nearest(name[:80], self.index) if isinstance(name, str) else ()
            raise QueryError(f"unknown variable {_shown(name)}", nearest=near) from None

    def code(self, name: str, state: str) -> int:
        """The code of a state of a variable."""
        self.variable(name)
        try:
            return self.codes[name][state]
        except (KeyError, TypeError):
            near = nearest(str(state)[:80], self.states[name]) if isinstance(state, str) else ()
            expected = None if near else " or ".join(self.states[name])
            what = f"unknown state {_shown(state)}"
            raise QueryError(what, where=name, expected=expected, nearest=near) from None

    def some(self, name: str, states: str | Sequence[str]) -> tuple[int, ...]:
        """The codes of a state of a variable, or of several, in order and each once."""
        if isinstance(states, (tuple, list)) and states:
            return tuple(sorted({self.code(name, state) for state in states}))
        return (self.code(name, states),)  # type: ignore[arg-type]

    def apart(self, names: Iterable[str]) -> tuple[int, ...]:
        """The numbers of variables of which none may be named twice."""
        found = tuple(self.variable(name) for name in names)
        for position, i in enumerate(found):
            if i in found[:position]:
                raise QueryError("is named twice", where=self.names[i], expected="it once")
        return found

    def event(self, event: Event) -> dict[int, tuple[int, ...]]:
        """The codes of the states that an event allows each of its variables."""
        if not isinstance(event, Mapping):
            what = f"{type(event).__name__} is no event"
            raise QueryError(what, expected="variable -> state, or several in a tuple")
        return {self.variable(name): self.some(name, s) for name, s in event.items()}

    def entries(self, event: Mapping[int, Sequence[int]]) -> NDArray[np.intp] | None:
        """Where the flat joint of its variables holds an event; None if the joint is too large."""
        if math.prod(self.cards[i] for i in event) > JOINT:
            return None
        flat = np.zeros(1, np.intp)
        for i, codes in event.items():
            flat = (flat[:, None] * self.cards[i] + np.array(codes)).ravel()
        return flat

    def logs(self, event: Mapping[int, Sequence[int]]) -> dict[int, Array]:
        """An event as the likelihood of ones and zeros that it is, in logarithms."""
        found = {i: np.full(self.cards[i], -np.inf) for i in event}
        for i, codes in event.items():
            found[i][list(codes)] = 0.0
        return found

    def indicators(self, evidence: Evidence) -> Indicators:
        """Observations, likelihoods and interventions; fixed marginals are left to their solver."""
        if not isinstance(evidence, Evidence):
            what = f"{type(evidence).__name__} is no evidence"
            raise QueryError(what, expected="Evidence(observed={variable: state}), for one")
        if not (evidence.likelihood or evidence.do):
            hard = self.hard
            try:
                return Indicators(tuple([hard[v][s] for v, s in evidence.observed.items()]))
            except (KeyError, TypeError, AttributeError):
                pass
        return self._mixed(evidence)

    def _mixed(self, evidence: Evidence) -> Indicators:
        for kind in ("observed", "likelihood", "marginal", "do"):
            if not isinstance(getattr(evidence, kind), Mapping):
                what = f"{type(getattr(evidence, kind)).__name__} is no mapping"
                raise QueryError(what, where=kind, expected="one from variables")
        observed, do = (
            {self.variable(v): self.code(v, s) for v, s in kind.items()}
            for kind in (evidence.observed, evidence.do)
        )
        weights = {
            self.variable(v): self.numbers(v, w, "likelihood")
            for v, w in evidence.likelihood.items()
        }
        hard, soft, logs, log_scale = [], [], {}, 0.0
        for i, code in {**observed, **do}.items():
            chance = weights.pop(i)[code] if i in weights else 1.0
            if chance > 0.0 and observed.get(i, code) == code:
                hard.append((i, code, int(i in do)))
                log_scale += math.log(chance)
            else:  # impossible, and said by the run
                weights[i] = np.zeros(self.cards[i])
        for i, w in weights.items():
            most = float(w.max()) or 1.0
            scaled = w / most
            if ((w > 0) & (scaled < FAR)).any():
                logs[i] = logarithms(w) - math.log(most)
            soft.append((i, scaled))
            log_scale += math.log(most)
        return Indicators(tuple(hard), tuple(soft), log_scale, logs)

    def numbers(self, name: str, values: Sequence[float], kind: str) -> Array:
        """One finite non-negative number a state, not all zero."""
        card = self.cards[self.variable(name)]
        weights = np.array(in_order(values, self.states[name], name), dtype=np.float64)
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


def in_order(values: object, states: Sequence[str], where: str) -> tuple[float, ...]:
    """Numbers of a variable's states in the order of the states.

    Labelled ones, in a mapping or a pandas Series, go by their labels; lists, tuples and arrays by
    position. How many there are and whether they make sense is for the caller to check.

    Raises
    ------
    QueryError
        Labels that are not just the states, what is no number, or what has no order.

    >>> in_order({"high": 0.8, "low": 0.2}, ("low", "high"), "fog")
    (0.2, 0.8)
    """
    expected = f"a number for each of {', '.join(states)}"
    labelled = _labelled(values)
    if labelled is not None:
        labels = [label for label, _ in labelled]
        for label in labels:
            if label not in states:
                near = nearest(label[:80], states)
                raise QueryError(f"{label[:80]!r} is no state", where=where, nearest=near)
            if labels.count(label) > 1:
                raise QueryError(f"{label!r} has two numbers", where=where, expected=expected)
        given = dict(labelled)
        for state in states:
            if state not in given:
                raise QueryError(f"no number for {state!r}", where=where, expected=expected)
        return tuple(_number(given[state], where, expected) for state in states)
    array = getattr(values, "ndim", None) == 1
    if not array and (not isinstance(values, Sequence) or isinstance(values, (str, bytes))):
        what = f"{type(values).__name__} has no number for each state"
        raise QueryError(what, where=where, expected=expected)
    return tuple(_number(value, where, expected) for value in values)  # type: ignore[attr-defined]


def _shown(value: object) -> str:
    try:
        return " ".join(repr(value).split())[:80]
    except Exception:
        return f"of type {type(value).__name__}"


def _labelled(values: Any) -> list[tuple[str, object]] | None:
    """Labels and their numbers, told without importing pandas; None where there are no labels."""
    if not isinstance(values, Mapping):
        if getattr(values, "ndim", None) != 1 or not hasattr(values, "index"):
            return None
        if list(values.index) == list(range(len(values))):
            return None
    return [(str(label), number) for label, number in values.items()]


def _number(value: object, where: str, expected: str) -> float:
    if type(value) is float:
        return value
    if not isinstance(value, Real):
        raise QueryError(f"{_shown(value)} is no number", where=where, expected=expected)
    try:
        return float(value)
    except OverflowError:
        raise QueryError("a number too large", where=where, expected=expected) from None
