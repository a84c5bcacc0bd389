"""One kind of result: a line that says the finding, a frame, plain data, and what people are shown.

What people are shown is told once, as lines and tables: a terminal prints them, a notebook draws
them with their bars. All text is text, whichever file it came from; nothing of it becomes markup.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from cmocnet.wording import percents

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

TOP = 10
"""Rows of each list that are shown; the frame and the record have all."""
LONGEST = 160
"""Characters of a finding."""
SHORT = 24
"""Characters of a cell that stays on one line."""
BLUE, ORANGE = "#4a86c5", "#d9822b"
"""Read on white and on black; a bar that falls is orange."""
_LINE = '<p style="margin:.3em 0">'
_STYLE = {
    "table": "border-collapse:collapse;font-size:inherit;margin:.4em 0",
    "left": "padding:.1em .8em .1em 0;text-align:left",
    "right": "padding:.1em .8em .1em 0;text-align:right",
    "short": ";white-space:nowrap",
    "track": "position:relative;width:14em;height:.8em;margin-top:.25em;"
    "background:rgba(128,128,128,.2)",
    "part": "position:absolute;top:0;height:100%;",
}


@dataclass(frozen=True)
class Strip:
    """A bar from one value to another, with an interval over it if there is one."""

    start: float
    end: float
    within: tuple[float, float] | None = None


@dataclass(frozen=True)
class Table:
    """Rows of text under their columns; those named in ``right`` hold numbers.

    strips
        One bar a row, drawn in a notebook, all on one scale.
    mark
        Where on that scale a line stands, as at the answer that all bars start from.
    scale
        Its ends; as wide as what is drawn if it is None.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[str] = ()
    strips: Sequence[Strip | None] = ()
    mark: float | None = None
    scale: tuple[float, float] | None = None


def chances(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    known: Sequence[float],
    within: tuple[float, float] | None = None,
) -> Table:
    """Cases and their probabilities, a bar each from 0 to 1; over the first one its interval."""
    intervals = [within, *[None] * len(known)]
    return Table(
        [*columns, "Probability"],
        [(*row, told) for row, told in zip(rows, percents(known), strict=True)],
        ["Probability"],
        [Strip(0.0, p, interval) for p, interval in zip(known, intervals, strict=False)],
        scale=(0.0, 1.0),
    )


Part = str | Table
"""A line, empty for a gap, or a table."""


Rows = Iterable[Mapping[str, Any] | Sequence[Any]]
"""Each by its columns' names, or in their order."""


class Result(ABC):
    """What an analysis found.

    >>> class Found(Result):
    ...     finding = "2 < 3"
    ...     columns = ("less", "more")
    ...     def rows(self): yield (2, 3)
    ...     def record(self): return {"finding": self.finding}
    ...     def shown(self, top=TOP): yield from ("It is so: 2 < 3.", "", "No doubt.")
    >>> Found()
    <Found: 2 < 3>
    >>> Found()._repr_html_()
    '<div><p style="margin:.3em 0"><strong>It is so: 2 &lt; 3...No doubt.</p></div>'
    """

    @property
    @abstractmethod
    def finding(self) -> str:
        """What was found, on one line."""

    @property
    @abstractmethod
    def columns(self) -> Sequence[str]:
        """The columns of :meth:`frame`."""

    @abstractmethod
    def rows(self) -> Rows:
        """The rows of :meth:`frame`."""

    def frame(self) -> pd.DataFrame:
        """The finding as a table: :meth:`rows` under :attr:`columns`."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()), columns=list(self.columns))

    @abstractmethod
    def record(self) -> Any:
        """The finding as plain data: what ``--json`` prints."""

    @abstractmethod
    def shown(self, top: int = TOP) -> Iterable[Part]:
        """What people are shown, at most ``top`` rows of each list; its first line heads it."""

    @property
    def caution(self) -> str:
        """What the numbers are, and are not, on one line; empty where nobody says."""
        return ""

    def __repr__(self) -> str:
        line = " ".join(self.finding.split())
        line = line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."
        return f"<{type(self).__name__}: {line}>"

    def _repr_html_(self) -> str:
        return html([*self.shown(), self.caution])


class Several(Result, Sequence[T], Generic[T]):
    """A result that is a sequence, the foremost first."""

    items: tuple[T, ...]

    def record(self) -> Any:
        """Each of them as plain data."""
        # The items of each kind have one; a kind whose items have none says this itself, as Bars.
        return [item.record() for item in self.items]  # type: ignore[attr-defined]

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...

    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self.items[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def html(parts: Iterable[Part]) -> str:
    """Lines and tables as a notebook shows them; the first line stands out."""
    told = [p for p in parts if p != ""]
    head = ""
    if told and isinstance(told[0], str):
        head, told = f"{_LINE}<strong>{escape(told[0])}</strong></p>", told[1:]
    rest = (_table(p) if isinstance(p, Table) else f"{_LINE}{escape(p)}</p>" for p in told)
    return f"<div>{head}{''.join(rest)}</div>"


def _table(table: Table) -> str:
    drawn = list(_drawn(table))
    heads = [*table.columns, *([""] if drawn else [])]
    lines = [_row("th", heads, table)] if any(table.columns) else []
    for number, row in enumerate(table.rows):
        lines.append(_row("td", row, table, drawn[number] if drawn else ""))
    key = f"{_LINE}Bars that fall are orange.</p>" if any(ORANGE in d for d in drawn) else ""
    return f'<table style="{_STYLE["table"]}">{"".join(lines)}</table>{key}'


def _row(tag: str, cells: Sequence[str], table: Table, drawn: str = "") -> str:
    sides = ["right" if column in table.right else "left" for column in table.columns]
    told = ""
    for side, cell in zip([*sides, "left"], cells, strict=False):
        style = _STYLE[side] + _STYLE["short"] * (len(cell) <= SHORT)
        told += f'<{tag} style="{style}">{escape(cell)}</{tag}>'
    return f"<tr>{told}{f'<td>{drawn}</td>' if drawn else ''}</tr>"


def _drawn(table: Table) -> Iterator[str]:
    """The bar of each row, all on one scale."""
    every = [s for s in table.strips if s is not None]
    ends = [x for s in every for x in (s.start, s.end, *(s.within or ()))]
    ends += [] if table.mark is None else [table.mark]
    low, high = table.scale or (min(ends, default=0.0), max(ends, default=1.0))
    for strip in table.strips:
        yield _strip(strip, table.mark, low, (high - low) or 1.0)


def _strip(strip: Strip | None, mark: float | None, low: float, whole: float) -> str:
    def part(start: float, end: float, style: str) -> str:
        left, right = sorted((start, end))
        place = f"left:{(left - low) / whole:.1%};width:{(right - left) / whole:.1%};"
        return f'<div style="{_STYLE["part"]}{place}{style}"></div>'

    if strip is None:
        return "&nbsp;"
    colour = ORANGE if mark is not None and strip.end < strip.start else BLUE
    inner = part(strip.start, strip.end, f"background:{colour}")
    if strip.within:
        inner += part(*strip.within, "top:40%;height:20%;background:currentColor")
    if mark is not None:
        inner += part(mark, mark, "border-left:1px solid currentColor")
    return f'<div style="{_STYLE["track"]}">{inner}</div>'
