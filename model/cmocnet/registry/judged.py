"""What is judged, as frozen records: the tables a variable's file may describe, and their numbers.

The types double as the files' schema: ``priors/schema.json`` is generated from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

Probability = Annotated[float, Meta(ge=0, le=1, description="a probability, 0 to 1")]
Weight = Annotated[
    float, Meta(ge=0, le=100, description="how much a parent counts beside the others")
]
Spread = Annotated[float, Meta(ge=0, le=3, description="log standard deviation of a weight")]
Strength = Annotated[float, Meta(gt=0, le=1e6, description="equivalent sample size")]
Sign = Literal["+", "-"]
Basis = Literal["protocol", "coder", "assumption", "expert"]


class Record(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A record of the registry: frozen, and strict about its keys."""


class Anchor(Record, frozen=True):
    """A judged number in [0, 1] with its equivalent sample size, where it comes from, and why."""

    value: Probability
    strength: Strength
    by: Basis = "protocol"
    why: str | None = None


class Parent(Record, frozen=True):
    """How a parent bears on a child: its weight, direction or scores, and who claims it."""

    cites: tuple[str, ...]
    weight: Weight
    spread: Spread
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
    strength: Strength
    when: dict[str, str] = {}
    by: Basis = "assumption"
    why: str | None = None


class InterBeta(Record, frozen=True, tag="interbeta", tag_field="method"):
    """InterBeta: the lowest and the highest row judged, rows between them interpolated by weight.

    ``lowest`` and ``highest`` are the child's expected score (0 to 1 over its ordered states) when
    every parent pulls it down, or up: the publication's worst-case and best-case rows.
    """

    lowest: Anchor
    highest: Anchor
    parents: Annotated[dict[str, Parent], Meta(min_length=1)]
    concentration: Annotated[float, Meta(gt=0, le=200)] = 8.0


class Ranked(Record, frozen=True, tag="ranked", tag_field="method"):
    """A ranked node: truncated normal around a weighted mean, minimum, maximum or mixture."""

    function: Literal["wmean", "wmin", "wmax", "mixminmax"]
    variance: Annotated[float, Meta(gt=0, le=1)]
    parents: Annotated[dict[str, Parent], Meta(min_length=1)]
    by: Basis = "coder"
    why: str | None = None


class NoisyMax(Record, frozen=True, tag="noisy_max", tag_field="method"):
    """A two-state effect of causes that act on their own, and a leak for those not named."""

    leak: Anchor
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


TableSpec = InterBeta | Ranked | NoisyMax | Given | Partition


class Judgement(Record, frozen=True):
    """One elicited number: its address, what kind it is, its central value and how sure it is.

    ``kind`` is ``weight`` (positive; ``spread`` is its log standard deviation) or ``probability``
    (``spread`` is an equivalent sample size). ``address`` reads ``variable/where.in.the.table``.
    ``overstates`` says which way the number goes if the coder overstates effects: 1 up, -1 down,
    0 neither.
    """

    address: str
    variable: str
    kind: Literal["weight", "probability"]
    value: float
    spread: float
    by: Basis
    cites: tuple[str, ...] = ()
    why: str | None = None
    overstates: Literal[-1, 0, 1] = 0


def arcs_of(spec: TableSpec) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every (parent, cited ids) of a table, moderators of partitions first."""
    if isinstance(spec, Partition):
        yield spec.by, spec.cites
        for cell in spec.cells.values():
            yield from arcs_of(cell)
    else:
        for name, parent in spec.parents.items():
            yield name, parent.cites


def parents_of(spec: TableSpec) -> Iterator[str]:
    """Parents in the order in which the table's axes stand (repeats possible)."""
    return (name for name, _ in arcs_of(spec))
