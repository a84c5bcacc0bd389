"""The plain shapes that pass between floors: tables, a discrete network, and evidence.

Nothing here knows where numbers come from or how answers are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
States = tuple[str, ...]
"""Some states of one variable."""
Event = Mapping[str, str | States]
"""Variable -> its state, or states of which it has one: what a probability is asked of."""


class OneOf(tuple[float, ...]):
    """That a variable has one of some of its states, as the likelihood of ones and zeros it is.

    states
        All states of the variable, in order.
    some
        Those that it may have.

    >>> OneOf(("low", "medium", "high"), ("low", "medium"))
    (1.0, 1.0, 0.0)
    >>> str(OneOf(("low", "medium", "high"), ("low", "medium")))
    'low or medium'
    """

    some: States
    states: States

    def __new__(cls, states: States, some: States) -> OneOf:
        """The likelihood; see the class."""
        made = super().__new__(cls, (float(state in some) for state in states))
        made.some = tuple(state for state in states if state in some)
        made.states = tuple(states)
        return made

    def __getnewargs__(self) -> tuple[States, States]:
        return self.states, self.some

    def __str__(self) -> str:
        return " or ".join(self.some)


def frozen(values: Array) -> Array:
    """The array if nobody can write to it, otherwise a read-only copy.

    >>> frozen(np.zeros(2)).flags.writeable
    False
    """
    if isinstance(values, np.ndarray) and values.base is None and not values.flags.writeable:
        return values
    copy = np.array(values)
    copy.setflags(write=False)
    return copy


Scope = tuple[str | int, ...]
"""Parents within a table in parts: those of the network by name, hidden ones by number."""


class Part(NamedTuple):
    """One of the small tables that a table too large to be written out is made of.

    All but the last are of hidden variables, numbered from 0 on, that nothing outside the table
    knows; the last is of the table's own variable.

    states
        Those of the variable that this part is the table of.
    parents, shape
        Of the part, as of any table.
    """

    states: States
    parents: Scope
    shape: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """A conditional probability table P(variable | parents).

    ``values`` has shape ``(*parent cardinalities, cardinality)``: one axis a parent, in the order
    of ``parents``, and the variable's own axis last, along which it sums to one. They are the
    table's own and read-only: an array given is copied unless nobody can write to it.

    A table that would be too large to be written out is in ``parts``, and ``values`` has the
    entries of all of them one after the other, shape ``(entries,)``; see :mod:`cmocnet.parts`.

    >>> given = np.array([0.2, 0.8])
    >>> rain = Table("rain", (), given)
    >>> given[:] = 0.5
    >>> rain.values, rain.values.flags.writeable
    (array([0.2, 0.8]), False)
    """

    variable: str
    parents: tuple[str, ...]
    values: Array
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values))

    def __reduce__(
        self,
    ) -> tuple[type[Table], tuple[str, tuple[str, ...], Array, tuple[Part, ...]]]:
        """Copies are made anew, because NumPy's own copies are writable."""
        return Table, (self.variable, self.parents, self.values, self.parts)


@dataclass(frozen=True, eq=False)
class DiscreteNetwork:
    """A discrete Bayesian network: states and one table a variable, in topological order.

    >>> import numpy as np
    >>> coin = Table("coin", (), np.array([0.5, 0.5]))
    >>> net = DiscreteNetwork({"coin": ("heads", "tails")}, {"coin": coin})
    >>> net.cardinality("coin")
    2
    """

    states: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, Table]

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable, parents before children."""
        return tuple(self.states)

    def cardinality(self, name: str) -> int:
        """How many states a variable has."""
        return len(self.states[name])

    @property
    def arcs(self) -> tuple[tuple[str, str], ...]:
        """Every (parent, child), children in topological order."""
        return tuple((p, child) for child, table in self.tables.items() for p in table.parents)


@dataclass(frozen=True)
class Evidence:
    """The four kinds of evidence, kept apart because they mean four different things.

    observed
        variable -> state: this is so.
    likelihood
        variable -> one non-negative number a state: how well what was seen fits each state. That
        it has one of several states is a :class:`OneOf`.
    marginal
        variable -> one probability a state: the posterior of this variable shall be exactly this,
        whatever else is given.
    do
        variable -> state: someone makes it so; arcs into the variable are cut first.
    """

    observed: Mapping[str, str] = field(default_factory=dict)
    likelihood: Mapping[str, Sequence[float]] = field(default_factory=dict)
    marginal: Mapping[str, Sequence[float]] = field(default_factory=dict)
    do: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        kinds = (self.observed, self.likelihood, self.marginal, self.do)
        if not all(isinstance(kind, Mapping) for kind in kinds):  # refused where it is used
            raise TypeError("evidence of a kind that is no mapping")
        states = (frozenset(kind.items()) for kind in (self.observed, self.do))
        numbers = (
            frozenset((name, tuple(values)) for name, values in kind.items())
            for kind in (self.likelihood, self.marginal)
        )
        return hash((*states, *numbers))

    @property
    def settled(self) -> frozenset[str]:
        """The variables of which nothing is left to ask; a likelihood only bears on its own."""
        return frozenset({*self.observed, *self.marginal, *self.do})

    @property
    def empty(self) -> bool:
        """Is nothing given at all?"""
        return not (self.observed or self.likelihood or self.marginal or self.do)

    def items(self, number: Callable[[float], str] = "{:g}".format) -> tuple[str, ...]:
        """Every item as a question has it: ``mandate=mandated``, ``pace ~ [1, 2]``, ..."""

        def weighed(name: str, sign: str, values: Sequence[float]) -> str:
            if isinstance(values, OneOf):
                return f"{name}={values}"
            plain = values.values() if isinstance(values, Mapping) else values
            return f"{name} {sign} [{', '.join(map(number, plain))}]"

        return (
            *(f"{k}={v}" for k, v in self.observed.items()),
            *(weighed(k, "~", v) for k, v in self.likelihood.items()),
            *(weighed(k, ":=", v) for k, v in self.marginal.items()),
            *(f"do({k}={v})" for k, v in self.do.items()),
        )
