"""From a judgement's address to its place in the table, to ask about it and replace it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cmocnet.registry.judged import Given, InterBeta, NoisyMax, Partition, Ranked
from cmocnet.registry.records import Variable

Part = Literal["lowest", "highest", "weight", "leak", "cause", "row"]


@dataclass(frozen=True, eq=False)
class Place:
    """Where a judgement stands.

    held
        the moderators' states of the cell it is in, outermost first
    spec
        the table of that cell
    part
        which number of it
    parent, state
        for a weight or a cause: whose, and for which of the parent's states
    row, share
        for a given row: which (from 0), and which of its nested shares (from 1)
    """

    held: tuple[tuple[str, str], ...]
    spec: InterBeta | Ranked | NoisyMax | Given
    part: Part
    parent: str = ""
    state: str = ""
    row: int = 0
    share: int = 0

    @property
    def turned(self) -> bool:
        """Whether the question asks for 1 minus the judgement: a given row of two states.

        The registry holds the share of the lower state; people are asked for the upper one.
        """
        return isinstance(self.spec, Given) and len(self.spec.rows[self.row].row) == 2

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the variable's file that lead to this cell's table."""
        return ("table", *(key for _, state in self.held for key in ("cells", state)))


def place(variable: Variable, address: str) -> Place:
    """The place of one of :func:`cmocnet.elicitation.tables.judgements`' addresses.

    >>> from cmocnet.registry import bundled, read
    >>> trust = read(bundled()).variables["trust"]
    >>> found = place(trust, "trust/[low]weight.experience")
    >>> found.held, found.part, found.parent
    ((('initial_trust', 'low'),), 'weight', 'experience')
    >>> found.keys
    ('table', 'cells', 'low')
    """
    rest = address.removeprefix(f"{variable.name}/")
    held: list[tuple[str, str]] = []
    spec = variable.table
    while isinstance(spec, Partition):
        state = next(s for s in spec.cells if rest.startswith(f"[{s}]"))
        held.append((spec.by, state))
        rest, spec = rest.removeprefix(f"[{state}]"), spec.cells[state]
    part, _, more = rest.partition(".")
    if part.startswith("row"):
        return Place(tuple(held), spec, "row", row=int(part[3:]) - 1, share=int(more))
    name, _, cause = more.partition(".")
    return Place(tuple(held), spec, part, parent=name, state=cause)  # type: ignore[arg-type]
