"""Turn whatever names a discrete Bayesian network into a :class:`DiscreteNetwork`.

Accepted: this project's own :class:`~cmocnet.typing.DiscreteNetwork` (or anything that has its
``states`` and ``tables``), a pgmpy ``DiscreteBayesianNetwork``, recognised by its methods, and the
path of a BIF file. What the other formats leave to be chosen (labels, the order of numbers) is
chosen where :func:`cmocnet.formats.read` is called. pgmpy is not imported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np

from cmocnet import formats
from cmocnet.errors import FileError, ModelError
from cmocnet.parts import whole
from cmocnet.typing import DiscreteNetwork, Table

SUM_TOLERANCE = 1e-6


def discrete_network(network: object) -> DiscreteNetwork:
    """The network as states and tables in topological order, checked.

    Raises
    ------
    FileError
        If the file of a path is no BIF, or cannot be read.
    ModelError
        If there are no variables; a name, state or parent is there twice; a variable is not
        discrete; a table is filed under another variable's name, has a parent without an arc or
        other states of it, does not fit its variables' states, has a negative, infinite or missing
        number, or a row that does not sum to one; or the arcs form a cycle.
    """
    if isinstance(network, str | Path):
        if formats.kind(Path(network)) != "BIF":
            raise FileError(
                "compile takes the path of a BIF file alone",
                where=str(network),
                expected="for other formats, what engine.read(path) gives",
            )
        return checked(formats.read(network))
    if hasattr(network, "states") and hasattr(network, "tables"):
        return checked(DiscreteNetwork(dict(network.states), dict(network.tables)))
    if hasattr(network, "get_cpds") and hasattr(network, "nodes"):
        return checked(from_pgmpy(network))
    raise ModelError(
        f"cannot compile a {type(network).__name__}",
        expected="a DiscreteNetwork, a pgmpy DiscreteBayesianNetwork or the path of a BIF file",
    )


def from_pgmpy(model: Any) -> DiscreteNetwork:
    """States and tables of a pgmpy model, whose tables have the child first and ours last.

    A parent's states are matched by name wherever a table lists them; a table and the model's arcs
    must name the same parents.
    """
    own: dict[str, Any] = {}
    for node in model.nodes():
        cpd = model.get_cpds(node)
        if str(node) in own:
            raise ModelError("two variables have this name", where=str(node))
        if cpd is None:
            raise ModelError("has no table", where=str(node))
        if not (hasattr(cpd, "state_names") and hasattr(cpd, "values")):
            raise ModelError(
                f"is a {type(cpd).__name__}, not a table of probabilities",
                where=str(node),
                expected="discrete variables; put a continuous one into classes first",
            )
        own[str(node)] = cpd
    states = {
        name: tuple(str(s) for s in cpd.state_names[cpd.variable]) for name, cpd in own.items()
    }
    tables = {name: _pgmpy_table(model, cpd, states) for name, cpd in own.items()}
    return DiscreteNetwork(states, tables)


def _pgmpy_table(model: Any, cpd: Any, states: Mapping[str, tuple[str, ...]]) -> Table:
    name, axes = str(cpd.variable), [str(p) for p in cpd.variables[1:]]
    arcs = [str(p) for p in model.get_parents(cpd.variable)]
    for p in axes:
        if p not in arcs:
            raise ModelError(f"its table has the parent {p}, but no arc comes from it", where=name)
    for p in arcs:
        if p not in axes:
            raise ModelError(f"an arc comes from {p}, which its table does not have", where=name)
    values = np.asarray(cpd.values, dtype=np.float64)
    for axis, given in enumerate(cpd.variables[1:], start=1):
        parent, listed = str(given), [str(s) for s in cpd.state_names[given]]
        if sorted(listed) != sorted(states[parent]):
            raise ModelError(
                f"its table lists the states {', '.join(listed)} of {parent}",
                where=name,
                expected=", ".join(states[parent]),
            )
        values = values.take([listed.index(s) for s in states[parent]], axis=axis)
    return Table(name, tuple(axes), np.moveaxis(values, 0, -1))


def checked(network: DiscreteNetwork) -> DiscreteNetwork:
    """The same network in topological order, its tables read-only doubles of the right shape."""
    hidden = whole(network)
    if hidden is not network:
        checked(hidden)
    if not (network.states or network.tables):
        raise ModelError("the network has no variables")
    for name, table in network.tables.items():
        if table.variable != name:
            raise ModelError(f"has the table of {table.variable}", where=str(name))
        _distinct([str(p) for p in table.parents], "parent", name)
    for name, states in network.states.items():
        _distinct([str(s) for s in states], "state", name)
        if not states:
            raise ModelError("has no states", where=str(name))
    _distinct([str(name) for name in network.states], "variable", "the network")
    try:
        parents = {v: table.parents for v, table in network.tables.items()}
        order = tuple(TopologicalSorter(parents).static_order())
    except CycleError as error:
        cycle = " -> ".join(str(v) for v in error.args[1])
        raise ModelError("the arcs form a cycle", where=cycle) from error
    missing = set(order) ^ set(network.states)
    if missing:
        lost = ", ".join(sorted(map(str, missing)))
        raise ModelError("states or a table are missing", where=lost)
    position = {v: i for i, v in enumerate(network.states)}
    if all(position[p] < position[child] for p, child in network.arcs):
        order = tuple(network.states)
    return DiscreteNetwork(
        {v: tuple(network.states[v]) for v in order},
        {v: _checked_table(network, v) for v in order},
    )


def _distinct(names: Sequence[str], kind: str, where: str) -> None:
    for i, name in enumerate(names if len(set(names)) < len(names) else ()):
        if name in names[:i]:
            raise ModelError(f"the {kind} {name!r} is there twice", where=str(where))


def _checked_table(network: DiscreteNetwork, variable: str) -> Table:
    table = network.tables[variable]
    if getattr(table, "parts", ()):
        return table
    try:
        values = np.ascontiguousarray(table.values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ModelError(f"table is not of numbers ({error})", where=variable) from None
    shape = tuple(len(network.states[v]) for v in (*table.parents, variable))
    if values.shape != shape:
        raise ModelError(
            f"table of shape {values.shape}", where=variable, expected=f"shape {shape}"
        )
    if not (np.isfinite(values).all() and np.all(values >= 0)):
        raise ModelError("table has a negative, infinite or missing probability", where=variable)
    if np.abs(values.sum(axis=-1) - 1).max() > SUM_TOLERANCE:
        raise ModelError("a row of the table does not sum to 1", where=variable)
    return Table(variable, tuple(table.parents), values)
