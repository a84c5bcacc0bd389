"""Turn whatever names a discrete Bayesian network into a :class:`DiscreteNetwork`.

Accepted: this project's own :class:`~cmocnet.typing.DiscreteNetwork` (or anything that has its
``states`` and ``tables``), a pgmpy ``DiscreteBayesianNetwork``, recognised by its methods, and the
path of a file that :mod:`cmocnet.formats` reads. pgmpy is not imported.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np

from cmocnet import formats
from cmocnet.errors import ModelError
from cmocnet.typing import DiscreteNetwork, Table

SUM_TOLERANCE = 1e-6


def discrete_network(network: object) -> DiscreteNetwork:
    """The network as states and tables in topological order, checked.

    Raises
    ------
    FileError
        If the file of a path cannot be read.
    ModelError
        If a table's shape does not fit its variables, has a negative or missing number, does not
        sum to one, or the arcs form a cycle.
    """
    if isinstance(network, str | Path):
        return checked(formats.read(network))
    if hasattr(network, "states") and hasattr(network, "tables"):
        return checked(DiscreteNetwork(dict(network.states), dict(network.tables)))
    if hasattr(network, "get_cpds") and hasattr(network, "nodes"):
        return checked(from_pgmpy(network))
    raise ModelError(
        f"cannot compile a {type(network).__name__}",
        expected="a DiscreteNetwork, a pgmpy DiscreteBayesianNetwork or the path of a file",
    )


def from_pgmpy(model: Any) -> DiscreteNetwork:
    """States and tables of a pgmpy model, whose tables have the child first and ours last."""
    states: dict[str, tuple[str, ...]] = {}
    tables: dict[str, Table] = {}
    for node in model.nodes():
        cpd = model.get_cpds(node)
        if cpd is None:
            raise ModelError("has no table", where=str(node))
        name = str(node)
        states[name] = tuple(str(s) for s in cpd.state_names[node])
        values = np.moveaxis(np.asarray(cpd.values, dtype=np.float64), 0, -1)
        tables[name] = Table(name, tuple(str(p) for p in cpd.variables[1:]), values)
    return DiscreteNetwork(states, tables)


def checked(network: DiscreteNetwork) -> DiscreteNetwork:
    """The same network in topological order, its tables contiguous doubles of the right shape."""
    try:
        order = tuple(
            TopologicalSorter({v: t.parents for v, t in network.tables.items()}).static_order()
        )
    except CycleError as error:
        raise ModelError("the arcs form a cycle", where=" -> ".join(error.args[1])) from error
    missing = set(order) ^ set(network.states)
    if missing:
        raise ModelError("states or a table are missing", where=", ".join(sorted(missing)))
    position = {v: i for i, v in enumerate(network.states)}
    if any(position[p] > position[c] for c, t in network.tables.items() for p in t.parents):
        names = order
    else:
        names = tuple(network.states)
    return DiscreteNetwork(
        {v: tuple(network.states[v]) for v in names},
        {v: _checked_table(network, v) for v in names},
    )


def _checked_table(network: DiscreteNetwork, variable: str) -> Table:
    table = network.tables[variable]
    values = np.ascontiguousarray(table.values, dtype=np.float64)
    shape = tuple(len(network.states[v]) for v in (*table.parents, variable))
    if values.shape != shape:
        raise ModelError(
            f"table of shape {values.shape}", where=variable, expected=f"shape {shape}"
        )
    if not np.all(values >= 0):
        raise ModelError("table has a negative or missing probability", where=variable)
    if np.abs(values.sum(axis=-1) - 1).max() > SUM_TOLERANCE:
        raise ModelError("a row of the table does not sum to 1", where=variable)
    return Table(variable, tuple(table.parents), values)
