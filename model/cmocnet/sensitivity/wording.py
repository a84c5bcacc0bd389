"""A judgement's address in words: "Trust at the end of the round: weight of Experience"."""

from __future__ import annotations

from collections.abc import Mapping

from cmocnet.registry.address import Address
from cmocnet.registry.judged import Given, Judgement
from cmocnet.registry.variable import Variable

Variables = Mapping[str, Variable]


def in_words(judgement: Judgement, variables: Variables) -> str:
    """The variable's label, and which of its numbers this is.

    >>> from cmocnet import load
    >>> from cmocnet.elicitation.tables import judgements
    >>> known = load().variables
    >>> print(in_words(judgements(known["inertia"])[0], known))
    Collaborative inertia: level when everything pulls it down
    """
    variable = variables[judgement.variable]
    held = [_is(name, state, variables) for name, state in variable.cell(judgement.address).held]
    where = f", where {' and '.join(held)}" if held else ""
    return f"{variable.label}: {_number(judgement.address, variables)}{where}"


def _number(at: Address, variables: Variables) -> str:
    match at.part:
        case "lowest":
            return "level when everything pulls it down"
        case "highest":
            return "level when everything pulls it up"
        case "leak":
            return "chance without any of the causes named"
        case "weight":
            return f"weight of {variables[at.parent].label}"
        case "cause":
            return f"chance that it follows from {_is(at.parent, at.state, variables)} alone"
    spec = variables[at.variable].cell(at).spec
    assert isinstance(spec, Given)
    when = " and ".join(_is(p, s, variables) for p, s in spec.rows[at.row - 1].when.items())
    return _share(variables[at.variable], at.share) + (f", given {when}" if when else "")


def _share(variable: Variable, k: int) -> str:
    """Nested share k: the mass up to state k out of the mass up to state k + 1."""
    labels = [variable.label_of(s) for s in variable.states]
    if len(labels) == 2:
        return f"chance of '{labels[0]}'"
    if k == 1:
        return f"chance of '{labels[0]}' rather than '{labels[1]}'"
    return f"chance of staying short of '{labels[k]}'"


def _is(name: str, state: str, variables: Variables) -> str:
    return f"{variables[name].label} is '{variables[name].label_of(state)}'"
