"""Evidence from Python: mappings or phrases, checked against the variables they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cmocnet.errors import EvidenceError, QueryError, nearest
from cmocnet.query import Kind, weights
from cmocnet.registry.records import Variable
from cmocnet.typing import Evidence

Given = Mapping[str, str] | Iterable[str]
"""Variable -> state, or phrases that name states."""
Numbers = Mapping[str, Sequence[float]]


def evidence(
    variables: Mapping[str, Variable],
    resolve: Callable[[str], tuple[str, str]],
    given: Given = (),
    do: Given = (),
    likelihood: Numbers | None = None,
    marginal: Numbers | None = None,
) -> Evidence:
    """The four kinds of evidence as one.

    Raises
    ------
    QueryError
        An unknown variable, state or phrase, or numbers that do not fit; names the nearest.
    EvidenceError
        One variable said to be in two states.
    """
    kinds: tuple[tuple[Kind, Numbers], ...] = (
        ("likelihood", likelihood or {}),
        ("marginal", marginal or {}),
    )
    for kind, numbers in kinds:
        for name, values in numbers.items():
            weights(kind, values, _known(variables, name).states, f"{kind} of {name}")
    return Evidence(
        observed=_states(variables, resolve, given),
        likelihood={k: tuple(v) for k, v in (likelihood or {}).items()},
        marginal={k: tuple(v) for k, v in (marginal or {}).items()},
        do=_states(variables, resolve, do),
    )


def _known(variables: Mapping[str, Variable], name: str) -> Variable:
    if name not in variables:
        raise QueryError(f"no variable {name!r}", nearest=nearest(name, variables))
    return variables[name]


def _states(
    variables: Mapping[str, Variable], resolve: Callable[[str], tuple[str, str]], given: Given
) -> dict[str, str]:
    pairs = given.items() if isinstance(given, Mapping) else map(resolve, given)
    found: dict[str, str] = {}
    for name, state in pairs:
        states = _known(variables, name).states
        if state not in states:
            raise QueryError(f"no state {state!r}", where=name, nearest=nearest(state, states))
        if found.setdefault(name, state) != state:
            raise EvidenceError(f"{name} is said to be {found[name]} and {state}")
    return found
