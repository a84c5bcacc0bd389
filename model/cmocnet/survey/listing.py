"""Whose numbers they are: every judgement of a review by what it rests on, and what is held fixed.

What the protocol gives follows from the register's codes, and a definition says what a word means;
what the coder or an assumption adds to that, a reader should be able to see on one page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from cmocnet.elicitation.draws import everyone
from cmocnet.errors import QueryError, nearest
from cmocnet.registry import Review, Variable
from cmocnet.registry.judged import CONCENTRATION, Basis, InterBeta, Judgement, Ranked
from cmocnet.results import TOP, Part, Rows, Several, Table
from cmocnet.wording import either, flat

JUDGED = tuple(basis for basis in get_args(Basis) if basis != "definition")
"""What a judgement may rest on."""


@dataclass(frozen=True)
class Fixed:
    """A number of a table's method, which nobody is asked for and nothing moves: where, and why."""

    table: str
    name: str
    value: float
    by: Basis
    why: str | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Numbers(Several[Judgement]):
    """Judgements in file order; ``of`` is how many the review has, ``by`` whose these are."""

    review: Review
    items: tuple[Judgement, ...]
    fixed: tuple[Fixed, ...]
    of: int
    by: tuple[str, ...]

    @property
    def finding(self) -> str:
        """How many, of how many, and how many are held fixed."""
        whose = f" by {either(self.by)}" if self.by else ""
        counts = Counter(j.by for j in self)
        each = ", ".join(f"{n} by {by}" for by, n in counts.most_common())
        parts = f" ({each})" if len(counts) > 1 else ""
        return f"{len(self)} of {self.of} judgements{whose}{parts}; {len(self.fixed)} held fixed"

    @property
    def caution(self) -> str:
        """What the review's numbers are, and are not."""
        return flat(self.review.about.caution)

    columns = ("address", "value", "spread", "solved", "by", "why")

    def rows(self) -> Rows:
        """One a judgement."""
        for j in self:
            yield j.address, j.value, j.spread, j.solved and j.solved.value, j.by, j.why

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        told = [dict(zip(self.columns, row, strict=True)) for row in self.rows()]
        fixed = [{"table": f.table, f.name: f.value, "by": f.by, "why": f.why} for f in self.fixed]
        return {"judgements": told, "of": self.of, "fixed": fixed}

    def shown(self, top: int | None = TOP) -> Iterator[Part]:
        """One row a judgement, then what is held fixed; ``top`` of each, or all for None."""
        yield self.finding
        columns = ["Judgement", "Value", "Sure", "Solved", "By", "Why"]
        rows = [
            (
                *(j.address, f"{j.value:.3g}", f"{j.spread:.3g}"),
                f"{j.solved.value:.3g}" if j.solved else "",
                *(j.by, j.why or ""),
            )
            for j in self[:top]
        ]
        yield Table(columns, rows, columns[1:4])
        if self.fixed:
            yield "Held fixed:"
            held = [
                (f.table, f.name, f"{f.value:.3g}", f.by, f.why or "") for f in self.fixed[:top]
            ]
            yield Table(["Table", "Number", "Value", "By", "Why"], held, ["Value"])


def numbers(review: Review, by: Collection[str] = (), variables: Collection[str] = ()) -> Numbers:
    """The judgements that rest on one of these bases, of these variables; all where none is named.

    Raises
    ------
    QueryError
        A basis or a variable is unknown: names the nearest.

    >>> from cmocnet.registry import bundled, read
    >>> found = numbers(read(bundled()), by=["protocol"])
    >>> {j.by for j in found}
    {'protocol'}
    """
    for word in by:
        if word not in JUDGED:
            raise QueryError(f"nobody called {word!r}", nearest=nearest(word, JUDGED))
    for name in variables:
        if name not in review.variables:
            raise QueryError(f"no variable {name!r}", nearest=nearest(name, review.variables))
    known = everyone(review)
    some = [v for v in review.variables.values() if not variables or v.name in variables]
    named = {v.name for v in some}
    wanted = tuple(j for j in known if j.variable in named and (not by or j.by in by))
    shape = review.protocol.shape
    usual = {CONCENTRATION} if shape is None else {shape.concentration, shape.construct}
    fixed = tuple(f for v in some for f in _fixed(v, usual) if not by or f.by in by)
    return Numbers(review, wanted, fixed, len(known), tuple(by))


def _fixed(variable: Variable, usual: Collection[float]) -> Iterator[Fixed]:
    """What is not judged and not as the protocol has it."""
    for cell in variable.cells:
        table = f"{variable.name}/" + "".join(f"[{state}]" for state in cell.states)
        match cell.spec:
            case Ranked() as spec if spec.by != "definition":
                yield Fixed(table, "variance", spec.variance, spec.by, spec.why)
            case InterBeta() as spec if spec.concentration not in usual:
                yield Fixed(table, "concentration", spec.concentration, "coder")
