"""Tables too large to be written out: small ones, joined by variables that nobody else sees.

Where parents act each on its own (noisy-MAX), the child is the largest of what they produce, so
that "the largest so far" can be handed from one parent to the next: a chain of small tables, exact,
with one hidden variable a parent (Heckerman 1993, Uncertainty in Artificial Intelligence 9:122; as
"parent divorcing" in Olesen et al. 1989, Applied Artificial Intelligence 3:385). A weighted mean
that is the chance of one of two states is a chain as well: each parent in turn answers by itself,
or leaves what was said before it. All numbers stay probabilities, so nothing cancels where answers
are small.

Such a :class:`~cmocnet.typing.Table` has ``parts``. To everybody it is one table of one variable
with its own parents; only who multiplies tables (the engine) and who hands them to other programs
puts the hidden variables in (:func:`whole`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from math import prod

import numpy as np

from cmocnet.errors import ModelError
from cmocnet.typing import Array, DiscreteNetwork, Part, Scope, Table

Change = Callable[[Scope, Array], tuple[Scope, Array]]
"""What becomes of a small table: its parents, and its values with any leading axes."""
Family = tuple[tuple[str, ...], Array, tuple[Part, ...]]
"""Parents, values and parts, in the order in which a table takes them."""


def split(parts: Sequence[Part], values: Array) -> list[Array]:
    """The values of each part, from (..., entries) to (..., *shape of the part).

    >>> parts = [Part(("a", "b"), (), (2,)), Part(("a", "b"), (0,), (2, 2))]
    >>> [values.tolist() for values in split(parts, np.arange(6.0))]
    [[0.0, 1.0], [[2.0, 3.0], [4.0, 5.0]]]
    """
    ends = list(accumulate((prod(part.shape) for part in parts), initial=0))
    lead = values.shape[:-1]
    return [
        values[..., start:end].reshape(*lead, *part.shape)
        for part, start, end in zip(parts, ends, ends[1:], strict=False)
    ]


def family(pieces: Iterable[tuple[tuple[str, ...], Scope, Array]]) -> Family:
    """A table from the states, parents and values of its parts; leading axes must be alike.

    >>> once = ("no", "yes"), ("flu",), np.array([[1.0, 0.0], [0.5, 0.5]])
    >>> parents, values, parts = family([once, (("no", "yes"), (0, "cold"), np.ones((2, 2, 2)))])
    >>> parents, values.shape, parts[1].parents
    (('flu', 'cold'), (12,), (0, 'cold'))
    """
    parts, flat, parents = [], [], []
    for states, scope, values in pieces:
        inner = values.ndim - len(scope) - 1
        parts.append(Part(states, scope, values.shape[inner:]))
        flat.append(values.reshape(*values.shape[:inner], -1))
        parents += [p for p in scope if isinstance(p, str)]
    return tuple(dict.fromkeys(parents)), np.concatenate(flat, axis=-1), tuple(parts)


def mapped(
    table: Table,
    change: Change = lambda parents, values: (parents, values),
    *,
    own: Change | None = None,
    values: Array | None = None,
) -> Family:
    """A table with something done to it, or to each of its parts.

    Parameters
    ----------
    change
        What is done to the table, or to all parts alike.
    own
        What is done instead to the part of the variable itself, or to a table without parts.
    values
        Values in place of the table's, with any leading axes.

    >>> coin = Table("coin", (), np.array([0.25, 0.75]))
    >>> mapped(coin, lambda parents, values: (parents, values[..., ::-1]))[1]
    array([0.75, 0.25])
    """
    found = table.values if values is None else values
    own = own or change
    if not table.parts:
        parents, found = own(table.parents, found)
        return tuple(str(p) for p in parents), found, ()
    ways = (*(change,) * (len(table.parts) - 1), own)
    pieces = zip(table.parts, split(table.parts, found), ways, strict=True)
    return family((part.states, *way(part.parents, a)) for part, a, way in pieces)


def switched(table: Table, switch: str, code: int) -> Family:
    """With one parent more, the first: at its first state as it is, at its second making a state.

    >>> switched(Table("coin", (), np.array([0.25, 0.75])), "trick", 1)[1].tolist()
    [[0.25, 0.75], [0.0, 1.0]]
    """
    return mapped(table, own=switching(switch, code))


def switching(switch: str, code: int) -> Change:
    """What :func:`switched` does to the part of the variable itself."""

    def change(parents: Scope, values: Array) -> tuple[Scope, Array]:
        both = np.stack([values, _made(values, code)], axis=values.ndim - len(parents) - 1)
        return (switch, *parents), both

    return change


def _made(values: Array, code: int) -> Array:
    """Rows alike in shape that make one state."""
    rows = np.zeros_like(values)
    rows[..., code] = 1.0
    return rows


def whole(network: DiscreteNetwork) -> DiscreteNetwork:
    """The network with hidden variables put in; itself where there are none.

    Each hidden variable stands right before the variable that it helps to make, and is called after
    the parent up to which it reaches, ``fever_up_to_flu``.
    """
    if not any(getattr(table, "parts", ()) for table in network.tables.values()):
        return network  # tables of another project's making have no parts
    states: dict[str, tuple[str, ...]] = {}
    tables: dict[str, Table] = {}
    taken = {*network.states}
    for name, table in network.tables.items():
        hidden: list[str] = []
        pieces = split(table.parts, table.values)
        for part, values in zip(table.parts[:-1], pieces, strict=False):
            named = (p for p in reversed(part.parents) if isinstance(p, str))
            reached = next(named, len(hidden))  # what was settled has no parent left
            called = f"{name}_up_to_{reached}"
            while called in taken:
                called += "_"
            taken.add(called)
            states[called] = part.states
            tables[called] = Table(called, _named(part, hidden), values)
            hidden.append(called)
        states[name] = network.states[name]
        tables[name] = (
            Table(name, _named(table.parts[-1], hidden), pieces[-1]) if table.parts else table
        )
    return DiscreteNetwork(states, tables)


def _named(part: Part, hidden: Sequence[str]) -> tuple[str, ...]:
    return tuple(p if isinstance(p, str) else hidden[p] for p in part.parents)


def written(table: Table, what: str) -> Array:
    """The table's values, for what takes them written out.

    >>> causes = family([(("no", "yes"), ("flu",), np.eye(2))])
    >>> written(Table("fever", *causes), "its picture")
    Traceback (most recent call last):
    cmocnet.errors.ModelError: fever: its picture takes all rows of its table, and those over 1 \
parents are too many to be written out; expected fewer parents, or intermediate variables that ...
    """
    if table.parts:
        raise ModelError(
            f"{what} takes all rows of its table, and those over {len(table.parents)} parents are "
            "too many to be written out",
            where=table.variable,
            expected="fewer parents, or intermediate variables that gather some of them",
        )
    return table.values
