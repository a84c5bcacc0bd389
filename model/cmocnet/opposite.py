"""The opposite case: every observed or made state turned to the other end of its variable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cmocnet.registry.variable import Variable
from cmocnet.typing import Evidence


def ends(evidence: Evidence, variables: Mapping[str, Variable]) -> dict[str, str]:
    """Variable -> its other end, for every observed or made state that has one.

    A state between the ends, or of a variable without a direction, has no opposite.
    """
    found = {}
    for name, state in (*evidence.observed.items(), *evidence.do.items()):
        other = variables[name].other(state)
        if variables[name].direction and other:
            found[name] = other
    return found


def turned(evidence: Evidence, states: Mapping[str, str]) -> Evidence:
    """The evidence with these variables in other states.

    >>> turned(Evidence(observed={"a": "low"}, do={"b": "yes"}), {"a": "high"}).observed
    {'a': 'high'}
    """
    return replace(
        evidence,
        observed={k: states.get(k, v) for k, v in evidence.observed.items()},
        do={k: states.get(k, v) for k, v in evidence.do.items()},
    )
