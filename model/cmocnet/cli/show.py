"""What people read: tables and lines on a terminal, sensible digits; and JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from cmocnet.results import Part

if TYPE_CHECKING:
    from rich.console import Console

    from cmocnet.scenarios import Progress

T = TypeVar("T")

WIDE = 120
"""Characters a line where nobody's terminal says how many."""


def as_json(value: object) -> None:
    """Print a value as JSON: every digit, no bare NaN."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def console(*, stderr: bool = False) -> Console:
    """A terminal that shows text as it is: square brackets in a question are no mark-up."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDE
    return Console(
        file=stream, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False
    )


def lines(*texts: str) -> None:
    """Print lines, folded at the terminal's width; an empty text is an empty line."""
    out = console()
    for text in texts:
        out.print(text)


def parts(*some: Part) -> None:
    """Print lines and tables, as a result tells them."""
    for part in some:
        if isinstance(part, str):
            lines(part)
        elif any(part.columns) or len(part.columns) > 2:
            table(part.columns, part.rows, right=part.right)
        else:
            fields((name, text) for name, text in part.rows)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()
) -> None:
    """Print a table; the columns named in ``right`` hold numbers."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, show_header=any(columns))
    cells = list(rows)
    # Names are not folded unless one is so long that it would push the numbers out.
    short = all(len(row[0]) <= console().width // 2 for row in cells)
    for number, column in enumerate(columns):
        grid.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=column in right or (number == 0 and short),
        )
    for row in cells:
        grid.add_row(*row)
    console().print(grid)


def wide_table(first: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table of numbers in as many parts as the width asks for, each under ``first``."""
    room, start = console().width - len(first), 0
    while start < len(columns):
        end, used = start, 0
        while end < len(columns) and (end == start or used + len(columns[end]) + 3 <= room - 3):
            used += len(columns[end]) + 3
            end += 1
        part = columns[start:end]
        numbered = ((row[0], *row[start + 1 : end + 1]) for row in rows)
        table([first, *part], numbered, right=[first, *part])
        start = end


def fields(pairs: Iterable[tuple[str, str]]) -> None:
    """Print names and texts side by side, leaving out those without a text."""
    from rich.table import Table

    grid = Table(box=None, pad_edge=False, show_header=False)
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column()
    for name, text in pairs:
        if text:
            grid.add_row(name, text)
    console().print(grid)


@contextmanager
def bar(what: str) -> Iterator[Progress | None]:
    """A progress bar on standard error, or None where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress as rich

    columns: tuple[Any, ...] = (
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        rich.TextColumn("{task.completed:,.0f}", markup=False),
        rich.TimeElapsedColumn(),
    )
    with rich.Progress(*columns, console=console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=None)
        yield lambda rows, total: shown.update(task, completed=rows, total=total)


def counted(what: str, items: Iterable[T], total: int) -> list[T]:
    """All of them, with a progress bar while they are made."""
    found: list[T] = []
    with bar(what) as progress:
        for item in items:
            found.append(item)
            if progress is not None:
                progress(len(found), total)
    return found
