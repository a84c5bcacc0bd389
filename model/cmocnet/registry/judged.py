"""What is judged, as frozen records: the tables a variable's file may describe, and their numbers.

The types double as the files' schema: ``priors/schema.json`` is generated from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import nan
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct, field

from cmocnet.registry.address import Address

Probability = Annotated[float, Meta(ge=0, le=1, description="a probability, 0 to 1")]
Weight = Annotated[
    float, Meta(ge=0, le=100, description="how much a parent counts beside the others")
]
Spread = Annotated[float, Meta(ge=0, le=3, description="log standard deviation of a weight")]
Strength = Annotated[float, Meta(gt=0, le=1e6, description="equivalent sample size")]
Sign = Literal["+", "-"]
Basis = Literal["protocol", "coder", "assumption", "expert", "solved", "definition"]
Kind = Literal["probability", "weight"]
"""Of a judged number: a probability, whose belief is a Beta, or a weight, whose is a log-normal."""


class Record(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A record of the registry: frozen, and strict about its keys."""


CONCENTRATION, TOGETHER = 8.0, 0.1
"""Of a table's rows, and of parents needed together, where neither file nor protocol says."""


def left_out() -> float:
    """What stands for a number that is left out, until the protocol's takes its place."""
    return nan


class Anchor(Record, frozen=True):
    """A judged number in [0, 1] with its equivalent sample size, where it comes from, and why."""

    value: Probability = field(default_factory=left_out)
    strength: Strength = field(default_factory=left_out)
    by: Basis = "protocol"
    why: str | None = None


class Parent(Record, frozen=True):
    """How a parent bears on a child: its weight, direction or scores, and who claims it."""

    cites: tuple[str, ...]
    weight: Weight = field(default_factory=left_out)
    spread: Spread = field(default_factory=left_out)
    effect: Sign = "+"
    scores: dict[str, Probability] | None = None
    by: Basis = "protocol"
    why: str | None = None


class Cause(Record, frozen=True):
    """A cause that acts on its own: per parent state the probability that it alone is enough."""

    cites: tuple[str, ...]
    probability: Annotated[dict[str, Anchor], Meta(min_length=1)]


class Arc(Record, frozen=True):
    """An arc of a table that is given outright, with the ids that claim it."""

    cites: tuple[str, ...]


class Row(Record, frozen=True):
    """One row of a given table: the parent states it holds for, and the child's distribution."""

    row: tuple[Probability, ...]
    strength: Strength = field(default_factory=left_out)
    when: dict[str, str] = {}
    by: Basis = "assumption"
    why: str | None = None


class InterBeta(Record, frozen=True, kw_only=True, tag="interbeta", tag_field="method"):
    """InterBeta: the lowest and the highest row judged, rows between them interpolated by weight.

    ``lowest`` and ``highest`` are the child's expected score (0 to 1 over its ordered states) when
    every parent pulls it down, or up: the publication's worst-case and best-case rows. Parents add
    up, or are needed ``together``: one that is at its worst then nearly decides alone, the more so
    the smaller ``shift`` (:func:`cmocnet.elicitation.interbeta.index`).
    """

    lowest: Anchor = field(default_factory=Anchor)
    highest: Anchor = field(default_factory=Anchor)
    parents: Annotated[dict[str, Parent], Meta(min_length=1)]
    concentration: Annotated[float, Meta(gt=0, le=1000)] = field(default_factory=left_out)
    steepness: Annotated[float, Meta(ge=0, le=50)] = field(default_factory=left_out)
    together: bool = False
    shift: Annotated[float, Meta(gt=0, le=10)] | None = None


class Ranked(Record, frozen=True, tag="ranked", tag_field="method"):
    """A ranked node: truncated normal around a weighted mean, minimum, maximum or mixture."""

    function: Literal["wmean", "wmin", "wmax", "mixminmax"]
    variance: Annotated[float, Meta(gt=0, le=1)]
    parents: Annotated[dict[str, Parent], Meta(min_length=1)]
    by: Basis = "coder"
    why: str | None = None


class NoisyMax(Record, frozen=True, kw_only=True, tag="noisy_max", tag_field="method"):
    """A two-state effect of causes that act on their own, and a leak for those not named."""

    leak: Anchor = field(default_factory=Anchor)
    parents: Annotated[dict[str, Cause], Meta(min_length=1)]


class Given(Record, frozen=True, tag="given", tag_field="method"):
    """A table written row by row; ``when`` may leave parents out, the last fitting row counts."""

    rows: tuple[Row, ...]
    parents: dict[str, Arc] = {}


class Partition(Record, frozen=True, tag="partition", tag_field="method"):
    """A table cut by a moderating parent; each of its states has a table of its own."""

    by: str
    cites: tuple[str, ...]
    cells: dict[str, TableSpec]
    why: str | None = None


Plain = InterBeta | Ranked | NoisyMax | Given
"""A table that no moderator cuts."""
TableSpec = InterBeta | Ranked | NoisyMax | Given | Partition


Rule = Literal["sum", "product"]
"""How parents combine: weighted arithmetic mean, or the rival, a shifted geometric mean."""


class Found(Record, frozen=True):
    """A number as it was solved from what the review states, beside the belief it started from.

    value
        the most probable one
    score
        its standard normal score under that belief
    left
        the standard deviation of the score given the statements, above 0 and at most 1
    was, spread, by
        the belief: its central value, how sure it is, and whose it is
    """

    value: Annotated[float, Meta(ge=0)]
    score: float
    left: Annotated[float, Meta(gt=0, le=1)]
    was: float
    spread: float
    by: Basis


class Judgement(Record, frozen=True):
    """One elicited number: its address, its central value, how sure it is, and what it rests on.

    value, spread
        what was believed before anything was solved; ``spread`` is a weight's log standard
        deviation, a probability's equivalent sample size
    solved
        what it comes to given everything that the review states, if it was solved
    """

    address: Address
    value: float
    spread: float
    by: Basis
    cites: tuple[str, ...] = ()
    why: str | None = None
    solved: Found | None = None

    @property
    def central(self) -> float:
        """The number that tables are built from: solved if it was, else as it was judged."""
        return self.value if self.solved is None else self.solved.value

    @property
    def variable(self) -> str:
        """Whose table the number is in."""
        return self.address.variable

    @property
    def kind(self) -> Kind:
        """What kind of number it is."""
        return "weight" if self.address.part == "weight" else "probability"

    @property
    def overstates(self) -> Literal[-1, 0, 1]:
        """Which way the number goes if the coder overstates effects: 1 up, -1 down, 0 neither."""
        if self.address.part == "lowest":
            return -1
        return 1 if self.address.part in ("highest", "cause") else 0


class Cell(NamedTuple):
    """A table that no moderator cuts: a variable's own, or one for some states of its moderators.

    held
        The moderators' states for which it holds, outermost first: (moderator, state) each.
    """

    held: tuple[tuple[str, str], ...]
    spec: Plain

    @property
    def states(self) -> tuple[str, ...]:
        """The moderators' states, as an address has them."""
        return tuple(state for _, state in self.held)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in the variable's file that lead to it."""
        return ("table", *(key for state in self.states for key in ("cells", state)))


def cells(spec: TableSpec, held: tuple[tuple[str, str], ...] = ()) -> Iterator[Cell]:
    """Every table inside a table that no moderator cuts further, in file order.

    >>> inner = Given(rows=())
    >>> found = cells(Partition(by="pace", cites=(), cells={"slow": inner, "quick": inner}))
    >>> [cell.held for cell in found]
    [(('pace', 'slow'),), (('pace', 'quick'),)]
    """
    if isinstance(spec, Partition):
        for state, cell in spec.cells.items():
            yield from cells(cell, (*held, (spec.by, state)))
    else:
        yield Cell(held, spec)


def arcs_of(spec: TableSpec) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every (parent, cited ids) of a table, moderators of partitions first."""
    if isinstance(spec, Partition):
        yield spec.by, spec.cites
        for cell in spec.cells.values():
            yield from arcs_of(cell)
    else:
        for name, parent in spec.parents.items():
            yield name, parent.cites
