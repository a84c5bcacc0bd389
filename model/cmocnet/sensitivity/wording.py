"""A judgement's address in words: "Trust at the end of the round: weight of Experience"."""

from __future__ import annotations

from collections.abc import Mapping

from cmocnet.registry.judged import Given, Judgement, Partition, TableSpec
from cmocnet.registry.records import Variable

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
    spec, place, cells = variable.table, judgement.address.partition("/")[2], []
    while isinstance(spec, Partition):
        state, _, place = place.removeprefix("[").partition("]")
        cells.append(_is(spec.by, state, variables))
        spec = spec.cells[state]
    where = f", where {' and '.join(cells)}" if cells else ""
    return f"{variable.label}: {_number(spec, place, variable, variables)}{where}"


def _number(spec: TableSpec, place: str, variable: Variable, variables: Variables) -> str:
    kind, _, rest = place.partition(".")
    if kind == "lowest":
        return "level when everything pulls it down"
    if kind == "highest":
        return "level when everything pulls it up"
    if kind == "leak":
        return "chance without any of the causes named"
    if kind == "weight":
        return f"weight of {variables[rest].label}"
    if kind == "cause":
        parent, _, state = rest.partition(".")
        return f"chance that it follows from {_is(parent, state, variables)} alone"
    assert isinstance(spec, Given)
    row = spec.rows[int(kind.removeprefix("row")) - 1]
    when = " and ".join(_is(p, s, variables) for p, s in row.when.items())
    return _share(variable, int(rest)) + (f", given {when}" if when else "")


def _share(variable: Variable, k: int) -> str:
    """Nested share k: the mass up to state k out of the mass up to state k + 1."""
    labels = [variable.state_labels[s] for s in variable.states]
    if len(labels) == 2:
        return f"chance of '{labels[0]}'"
    if k == 1:
        return f"chance of '{labels[0]}' rather than '{labels[1]}'"
    return f"chance of staying short of '{labels[k]}'"


def _is(name: str, state: str, variables: Variables) -> str:
    variable = variables[name]
    return f"{variable.label} is '{variable.state_labels[state]}'"
