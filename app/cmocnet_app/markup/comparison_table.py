"""The compare page's tables as HTML. All text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import repeat
from typing import TYPE_CHECKING

from cmocnet_app import words
from cmocnet_app.markup.elements import wide_table

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.intervals import Interval
    from cmocnet_app.state.scenario import Scenario


SAME = "The review draws no difference here"


@dataclass(frozen=True)
class Cell:
    """An outcome in one scenario, in [0, 1]; from the second on also against the first.

    less
        The first's probability less this one's, ``less_within`` its interval over paired draws.
    better
        Share of draws in which the first does better; None where there is no difference.
    """

    value: float
    within: Interval
    less: float | None = None
    less_within: Interval | None = None
    better: float | None = None


@dataclass(frozen=True)
class Row:
    """One outcome in every scenario; ``sign`` is 1 where more of it is better, else -1."""

    event: str
    sign: float
    cells: tuple[Cell, ...]


def facts(net: Network, heads: Sequence[str], cases: Sequence[Scenario]) -> str:
    """What each scenario says; what only some say, or say otherwise, stands out."""
    told = [list(case.facts(net.variables)) for case in cases]
    common = set.intersection(*map(set, told))
    rows = []
    for head, said in zip(heads, told, strict=True):
        items = "".join(
            f"<li{'' if fact in common and len(cases) > 1 else ' class=own'}>{escape(fact)}</li>"
            for fact in said
        )
        rows.append(f"<dt>{escape(head)}</dt><dd><ul>{items}</ul></dd>")
    return f'<dl class="facts">{"".join(rows)}</dl>'


def table(heads: Sequence[str], rows: Sequence[Row]) -> str:
    """The outcomes in every scenario, each held against the first."""
    columns = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    lines = "".join(
        f'<tr data-outcome="{escape(row.event)}"><th scope="row">{escape(row.event)}</th>'
        f"{''.join(map(_cell, heads, row.cells, repeat(row.sign)))}</tr>"
        for row in rows
    )
    columns = f'<th scope="col">Outcome</th>{columns}'
    return wide_table(columns, lines, "How likely each outcome is in each scenario", "compare")


def _cell(head: str, cell: Cell, sign: float) -> str:
    start = f'<td data-case="{escape(head)}">'  # what the cell is called where it stands alone
    value = (
        f'<span class="number">{escape(words.per_cent(cell.value))}</span> '
        f'<span class="within">({escape(words.span(cell.within))})</span>'
    )
    if cell.less is None or cell.less_within is None:
        return f"{start}{value}</td>"
    if cell.better is None:
        told = f'<br><small class="against same">{SAME}</small>'
        return f"{start}{value}{told}</td>"
    bearing = words.bearing(sign * cell.less)
    low, high = (words.signed(100 * end) for end in cell.less_within)
    against = f"A has {words.points(cell.less)} ({low} to {high})"
    return (
        f'{start}{value}<br><small class="against {bearing}">{escape(against)}</small><br>'
        f"<small>A does better in {escape(words.per_cent(cell.better))} of draws</small></td>"
    )
