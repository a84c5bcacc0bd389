"""Which contexts may be changed, to which state, when, and at what cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.errors import CmocnetError, EvidenceError, QueryError, nearest
from cmocnet.model import Model

if TYPE_CHECKING:
    from cmocnet.registry.records import Variable

WHEN = ("before", "start", "under_way")


@dataclass(frozen=True)
class Lever:
    """A context set to a state by intervention.

    when, how
        As its file says; empty where the file does not call it actionable.
    """

    variable: str
    state: str
    label: str
    state_label: str
    cost: float = 1.0
    when: tuple[str, ...] = ()
    how: str = ""

    def __str__(self) -> str:
        return f"{self.label}: {self.state_label}"


def candidates(
    net: Model,
    *,
    fixed: Set[str],
    sought: Set[str],
    levers: Iterable[str] | None = None,
    when: str | Iterable[str] | None = None,
    costs: Mapping[str, float] | None = None,
) -> tuple[Lever, ...]:
    """The levers that may be pulled.

    A context moves only to its favourable state, or to any where its file favours none; a state
    named outright is taken as it is.

    Parameters
    ----------
    fixed, sought
        Variables that the evidence settles, and those of the objective: neither is a lever.
    levers
        Variables, or phrases for variable and state, to use in place of the files' actionable ones.
    when
        Keep those that can be changed at one of these times: before, start, under_way.
    costs
        Variable or ``variable=state`` -> cost, 0 or more; a lever not named costs 1.

    Raises
    ------
    CmocnetError
        No lever is left, one cannot be used, or a cost is negative or for nothing.
    """
    times = _times(when)
    if levers is None:
        pairs = [
            (name, s)
            for name, v in net.variables.items()
            if v.actionable and name not in fixed | sought
            for s in _towards(v)
        ]
    else:
        pairs = list(dict.fromkeys(_named(net, levers)))
        _free(pairs, fixed, sought)
    priced = _costs(net, costs or {}, {name for name, _ in pairs})
    found = tuple(
        _lever(net.variables[name], state, priced.get((name, state), priced.get((name, None), 1.0)))
        for name, state in pairs
        if times is None or _timely(net.variables[name], times)
    )
    if not found:
        moment = f" {' or '.join(sorted(times))}" if times else ""
        raise CmocnetError(
            f"no lever is left to pull{moment}", expected="an actionable context that is not given"
        )
    return found


def _lever(variable: Variable, state: str, cost: float) -> Lever:
    action, label = variable.actionable, variable.label_of(state)
    when, how = (action.when, action.how) if action else ((), "")
    return Lever(variable.name, state, variable.label, label, cost, when, how)


def _towards(variable: Variable) -> tuple[str, ...]:
    return (variable.favourable,) if variable.favourable else variable.states


def _named(net: Model, levers: Iterable[str]) -> Iterator[tuple[str, str]]:
    for phrase in [levers] if isinstance(levers, str) else levers:
        if phrase in net.variables:
            yield from ((phrase, s) for s in _towards(net.variables[phrase]))
        else:
            yield net.resolve(phrase)


def _free(pairs: Iterable[tuple[str, str]], fixed: Set[str], sought: Set[str]) -> None:
    for name, _ in pairs:
        if name in sought:
            raise EvidenceError(f"{name} is both the outcome sought and a lever")
        if name in fixed:
            raise EvidenceError(f"{name} is given and cannot be a lever too")


def _times(when: str | Iterable[str] | None) -> frozenset[str] | None:
    if when is None:
        return None
    times = frozenset([when] if isinstance(when, str) else when)
    for time in sorted(times - set(WHEN)):
        raise QueryError(f"no time {time!r}", where="when", expected=", ".join(WHEN))
    return times


def _timely(variable: Variable, times: Set[str]) -> bool:
    return not variable.actionable or not times.isdisjoint(variable.actionable.when)


def _costs(
    net: Model, costs: Mapping[str, float], used: Set[str]
) -> dict[tuple[str, str | None], float]:
    """(variable, state or None for any) -> cost."""
    found: dict[tuple[str, str | None], float] = {}
    for key, cost in costs.items():
        name, _, state = (part.strip() for part in key.partition("="))
        if name not in net.variables:
            near = nearest(name, net.variables)
            raise QueryError(f"a cost for {name!r}, which is no variable", nearest=near)
        states = net.variables[name].states
        if state and state not in states:
            raise QueryError(f"no state {state!r}", where=name, nearest=nearest(state, states))
        if not (math.isfinite(cost) and cost >= 0):
            raise CmocnetError(f"a cost of {cost:g}", where=key, expected="0 or more")
        if name not in used and not net.variables[name].actionable:
            raise CmocnetError(
                "a cost for what is no lever", where=name, nearest=nearest(name, used)
            )
        found[name, state or None] = float(cost)
    return found
