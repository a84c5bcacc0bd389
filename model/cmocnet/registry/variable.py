"""A variable of the theory, as its file says it and as everybody else asks it.

What is the other end, which end do people wish for, what is a distribution's score, what does a
reader call a state: the variable itself knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from msgspec import UNSET, Meta, UnsetType

from cmocnet.registry.address import Address
from cmocnet.registry.judged import (
    Cell,
    Found,
    Given,
    Record,
    TableSpec,
    arcs_of,
    cells,
)
from cmocnet.typing import Array, States
from cmocnet.wording import either


class State(Record, frozen=True):
    """One state of a variable: what a manager reads, and the phrases that mean just this state."""

    label: str
    words: tuple[str, ...] = ()


NAME = "^[a-z][a-z0-9_]*$"
Layer = Literal["setting", "standing", "loop", "outcome"]
Name = Annotated[str, Meta(pattern=NAME, max_length=60)]
"""What files of other programs, addresses and spreadsheets hold as it stands."""


class Action(Record, frozen=True):
    """When people can change a variable, and how."""

    when: tuple[Literal["before", "start", "under_way"], ...]
    how: str


class VariableFile(Record, frozen=True):
    """The content of one file in ``variables/``."""

    name: Name
    label: str
    layer: Layer
    description: str
    states: Annotated[dict[Name, State], Meta(min_length=2, max_length=10)]
    question: str
    sources: str
    table: TableSpec | UnsetType = UNSET
    names: tuple[str, ...] = ()
    bare: str | None = None
    direction: Literal["up", "down"] | None = None
    favourable: str | None = None
    actionable: Action | Literal[False] = False
    by_form: dict[str, str] = {}
    later_rounds: str | None = None
    note: str | None = None


class Variable(Record, frozen=True):
    """A variable of the theory: its names, its ordered states, and how its table is judged.

    >>> fog = Variable(name="fog", label="Fog", states=("thin", "fair", "thick"), direction="up",
    ...     favourable="thin", state_labels={"thin": "Thin", "thick": "Thick"})
    >>> fog.other("thin"), fog.unfavourable, fog.other("fair")
    ('thick', 'thick', None)
    >>> float(fog.score(np.array([0.25, 0.25, 0.5]))), fog.better
    (0.625, -1)
    >>> fog.fact("thin"), fog.label_of(("fair", "thick"))
    ('Fog: Thin', 'fair or Thick')
    """

    name: str
    label: str
    states: tuple[str, ...]
    layer: str = ""
    description: str = ""
    state_labels: dict[str, str] = {}
    state_words: dict[str, tuple[str, ...]] = {}
    names: tuple[str, ...] = ()
    bare: str | None = None
    direction: Literal["up", "down"] | None = None
    favourable: str | None = None
    actionable: Action | None = None
    question: str = ""
    sources: str = ""
    table: TableSpec = Given(rows=())
    by_form: dict[str, str] = {}
    later_rounds: str | None = None
    solved: dict[str, Found] = {}
    """Address of a judgement of its table -> what it comes to given what the review states."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every phrase that its file lists: nouns for it, then what means one of its states."""
        return (*self.names, *(w for words in self.state_words.values() for w in words))

    # --- its states ---

    def other(self, state: str | None) -> str | None:
        """The other end of the variable; None where ``state`` is no end."""
        first, last = self.states[0], self.states[-1]
        return {first: last, last: first}.get(state or "")

    @property
    def most(self) -> str | None:
        """The end at which there is most of what the variable names; None without a direction."""
        ends = {"up": self.states[-1], "down": self.states[0]}
        return ends[self.direction] if self.direction else None

    @property
    def unfavourable(self) -> str | None:
        """The end opposite to the favourable one; None where that is no end, or there is none."""
        return self.other(self.favourable)

    @property
    def better(self) -> Literal[-1, 0, 1]:
        """What people wish for: 1 a higher :meth:`score`, -1 a lower one, 0 neither end."""
        if self.unfavourable is None:
            return 0
        return 1 if self.favourable == self.states[-1] else -1

    @property
    def scores(self) -> Array:
        """A number a state, evenly spaced from 0 at the first to 1 at the last."""
        return np.linspace(0.0, 1.0, len(self.states))

    def score(self, distribution: Array) -> Array:
        """The expected score of distributions over the states: (..., states) to (...), in [0, 1].

        A number where there is one distribution.
        """
        return np.asarray(distribution) @ self.scores

    def label_of(self, states: str | States) -> str:
        """What a reader calls a state, or several of which it is one; its name without a label."""
        some = (states,) if isinstance(states, str) else states
        return either(self.state_labels.get(state, state) for state in some)

    def fact(self, states: str | States) -> str:
        """That the variable is in a state, or in one of several, in words."""
        return f"{self.label}: {self.label_of(states)}"

    # --- its table ---

    @property
    def parents(self) -> tuple[str, ...]:
        """Parents in the order in which the table's axes stand."""
        return tuple(dict.fromkeys(name for name, _ in arcs_of(self.table)))

    @property
    def arcs(self) -> Mapping[str, tuple[str, ...]]:
        """Parent -> the ids of the configurations that claim the arc."""
        found: dict[str, tuple[str, ...]] = {}
        for parent, cites in arcs_of(self.table):
            found[parent] = tuple(dict.fromkeys((*found.get(parent, ()), *cites)))
        return found

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The tables that no moderator cuts further; one where none cuts it."""
        return tuple(cells(self.table))

    def cell(self, address: Address) -> Cell:
        """The cell of its table that a judgement is in."""
        return next(cell for cell in self.cells if cell.states == address.cells)
