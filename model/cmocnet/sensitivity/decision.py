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
from cmocnet.sensitivity.reach import Chances, one_by_one, possible
from cmocnet.typing import Array


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
    chances = possible(asked, [v for v in names if v not in downstream])
    options = list(decision.options)
    utilities = np.stack([_expected(asked, decision, option, chances) for option in options])
    without, given = utilities[:, 0], utilities[:, 1:]
    default = options[int(without.argmax())]
    found, start = [], 0
    for name, shares in chances.items():
        told = given[:, start : start + len(shares)]
        start += len(shares)
        gain = float(told.max(axis=0) @ list(shares.values()) - without.max())
        best = {s: options[i] for s, i in zip(shares, told.argmax(axis=0), strict=True)}
        found.append(Worth(name, asked.label(name), max(0.0, gain), best, default))
    return found


def _expected(asked: Asked, decision: Decision, option: str, chances: Chances) -> Array:
    """Expected utility of an option with nothing more observed, then for each state by itself."""
    program, variables, targets = asked.program, list(chances), list(decision.utilities)
    doing = replace(asked.evidence, do={**asked.evidence.do, **decision.options[option]})
    codes = np.pad(one_by_one(asked, chances), ((1, 0), (0, 0)), constant_values=-1)
    total = np.full(len(codes), -decision.costs.get(option, 0.0))
    found = program.predict(codes, variables, targets, doing)
    for name, shares in zip(targets, found, strict=True):
        worth = decision.utilities[name]
        total += shares @ np.array([worth.get(s, 0.0) for s in program.network.states[name]])
    return total


def _checked(asked: Asked, decision: Decision) -> set[str]:
    """The variables that the options change, directly or downstream; errors for what is wrong."""
    code = asked.program.codebook.code
    if not decision.options or not decision.utilities:
        raise CmocnetError("no options or no utilities", expected="at least one of each")
    for name in decision.costs:
        if name not in decision.options:
            raise QueryError(f"a cost for {name!r}, which is no option", where="costs")
    worth = [u for states in decision.utilities.values() for u in states.values()]
    if not all(map(isfinite, [*decision.costs.values(), *worth])):
        raise CmocnetError("a cost or utility is not finite", expected="finite numbers")
    for option in decision.options.values():
        for name, state in option.items():
            code(name, state)
    for name, states in decision.utilities.items():
        for state in states:
            code(name, state)
    changed = {v for option in decision.options.values() for v in option}
    for child, table in asked.program.network.tables.items():  # parents stand before children
        if changed.intersection(table.parents):
            changed.add(child)
    e = asked.evidence
    late = [v for v in (*e.observed, *e.likelihood, *e.marginal, *e.do) if v in changed]
    if late:
        raise QueryError(
            f"{late[0]} is given but lies downstream of an option",
            expected="evidence known before the decision",
        )
    return changed
