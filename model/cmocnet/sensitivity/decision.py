"""Value of information: by how much would knowing a context raise the best expected utility?

A decision is a choice between interventions. Something observed before it lets one choose anew for
each thing one may be told; what that is worth is the mean of the best less the best of the means
(Raiffa, H. and Schlaifer, R. (1961), Applied Statistical Decision Theory; Howard, R. A. (1966),
IEEE Transactions on Systems Science and Cybernetics 2:22).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite

import numpy as np

from cmocnet.asked import Asked
from cmocnet.errors import CmocnetError, QueryError
from cmocnet.sensitivity.reach import possible
from cmocnet.typing import Array, Evidence


@dataclass(frozen=True)
class Decision:
    """A choice between interventions, and what outcomes are worth.

    options
        name -> what is made so: variable -> state. An empty mapping is doing nothing.
    utilities
        outcome variable -> state -> utility; a state left out counts 0, variables add up.
    costs
        name -> cost of the option, in units of utility; an option left out costs 0.
    """

    options: Mapping[str, Mapping[str, str]]
    utilities: Mapping[str, Mapping[str, float]]
    costs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Worth:
    """What observing one variable before the decision is worth.

    gain
        Expected utility with it less without it, 0 or more.
    best
        state that may be observed -> the option that is then best.
    default
        The option that is best without it.
    """

    variable: str
    label: str
    gain: float
    best: Mapping[str, str]
    default: str


def value_of_information(
    asked: Asked,
    decision: Decision,
    *,
    among: Sequence[str] | None = None,
) -> tuple[Worth, ...]:
    """The worth of observing each unobserved context before deciding, the largest first.

    Variables downstream of an option cannot be observed before it and are left out.

    Parameters
    ----------
    asked
        Its evidence is what is known already; it must not lie downstream of an option.
    decision
        Options and utilities.
    among
        Variables to consider; by default the unobserved contexts.

    Raises
    ------
    QueryError, CmocnetError
        A name is unknown, there is no option or no utility, or a number is not finite.

    >>> from cmocnet import load
    >>> choice = Decision({"wait": {}, "train": {"culture_plan": "in_place"}},
    ...     {"dissolution": {"no": 100.0}}, costs={"train": 1.0})
    >>> value_of_information(load().ask("P(dissolution | mandated)"), choice)[0].gain >= 0.0
    True
    """
    found = worths(asked, decision, asked.among(among))
    return tuple(sorted(found, key=lambda w: (-w.gain, w.variable)))


def worths(asked: Asked, decision: Decision, names: Sequence[str]) -> list[Worth]:
    """See :func:`value_of_information`."""
    downstream = _checked(asked, decision)
    states = possible(asked, [v for v in names if v not in downstream])
    posteriors = asked.program.posteriors(asked.evidence)
    labels = list(decision.options)
    without = [_expected(asked, decision, o, {})[0] for o in labels]
    given = np.stack([_expected(asked, decision, o, states) for o in labels])
    found, start = [], 0
    for name, possible_states in states.items():
        utilities = given[:, start : start + len(possible_states)]
        start += len(possible_states)
        chances = np.array([posteriors[name][s] for s in possible_states])
        gain = float(utilities.max(axis=0) @ chances - max(without))
        best = [labels[i] for i in utilities.argmax(axis=0)]
        default = labels[int(np.argmax(without))]
        chosen = dict(zip(possible_states, best, strict=True))
        found.append(Worth(name, asked.label(name), max(0.0, gain), chosen, default))
    return found


def _expected(
    asked: Asked, decision: Decision, option: str, states: Mapping[str, Sequence[str]]
) -> Array:
    """Expected utility of an option for each single observation; with none, one number."""
    program = asked.program
    doing = replace(asked.evidence, do={**asked.evidence.do, **decision.options[option]})
    targets = list(decision.utilities)
    variables = list(states)
    rows = [(j, program.codebook.code(v, s)) for j, v in enumerate(variables) for s in states[v]]
    codes = np.full((max(1, len(rows)), len(variables)), -1, dtype=np.int64)
    for i, (j, code) in enumerate(rows):
        codes[i, j] = code
    total = np.full(len(codes), -decision.costs.get(option, 0.0))
    for name, chances in zip(
        targets, program.predict(codes, variables, targets, doing), strict=True
    ):
        worth = decision.utilities[name]
        total += chances @ np.array([worth.get(s, 0.0) for s in program.network.states[name]])
    return total


def _checked(asked: Asked, decision: Decision) -> frozenset[str]:
    """The variables that the options change, directly or downstream; errors for what is wrong."""
    code = asked.program.codebook.code
    if not decision.options or not decision.utilities:
        raise CmocnetError("no options or no utilities", expected="at least one of each")
    for name in decision.costs:
        if name not in decision.options:
            raise QueryError(f"a cost for {name!r}, which is no option", where="costs")
    numbers = [
        *decision.costs.values(),
        *(u for s in decision.utilities.values() for u in s.values()),
    ]
    if not all(map(isfinite, numbers)):
        raise CmocnetError("a cost or utility is not finite", expected="finite numbers")
    for option in decision.options.values():
        for name, state in option.items():
            code(name, state)
    for name, worth in decision.utilities.items():
        for state in worth:
            code(name, state)
    changed = _downstream(asked, {v for option in decision.options.values() for v in option})
    _before(asked.evidence, changed)
    return changed


def _downstream(asked: Asked, names: set[str]) -> frozenset[str]:
    """The variables and all their descendants."""
    found = set(names)
    for child, table in asked.program.network.tables.items():  # parents stand before children
        if found & set(table.parents):
            found.add(child)
    return frozenset(found)


def _before(evidence: Evidence, changed: frozenset[str]) -> None:
    known = (*evidence.observed, *evidence.likelihood, *evidence.marginal, *evidence.do)
    late = [v for v in known if v in changed]
    if late:
        raise QueryError(
            f"{late[0]} is given but lies downstream of an option",
            expected="evidence known before the decision",
        )
