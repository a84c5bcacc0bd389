"""The workbook that an expert fills in: one row a question, as a CSV and as an .xlsx."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from cmocnet.elicitation.draws import everyone
from cmocnet.errors import QueryError, nearest
from cmocnet.extras import require
from cmocnet.registry.judged import Judgement
from cmocnet.registry.records import Review
from cmocnet.survey.cells import plain, text
from cmocnet.survey.verbal import Scales, scales
from cmocnet.survey.wording import question, scale
from cmocnet.writing import new_folder

HEADINGS = ("id", "question", "scale", "configurations", "sources")
ANSWERS = ("low (5th percentile)", "central (50th percentile)", "high (95th percentile)")
"""The last columns, which are empty."""
WIDTHS = (30, 70, 40, 20, 40)
"""Column widths of the .xlsx, in characters."""


def write_template(review: Review, folder: Path, variables: Iterable[str] = ()) -> int:
    """Write ``questions.csv`` and ``questions.xlsx`` into a new folder, and say how many there are.

    The folder appears whole or not at all. Asked about are the tables of ``variables``, or of all
    where none is named.

    Raises
    ------
    QueryError
        No such variable, or none of them has anything to ask.
    FileError
        The folder exists already or cannot be made.
    CmocnetError
        openpyxl, which comes with the extra ``survey``, is not installed.
    """
    asked = questions(review, variables)
    words = scales(Path(review.path))
    rows = [_row(review, judgement, words) for judgement in asked]
    weights = (
        f"Words for weights: {words.weight.listed}. {words.weight.why or words.weight.source}",
        "Weights count only beside one another: answer all those of a table, or none.",
    )
    write_workbook(folder, HEADINGS, rows, WIDTHS, notes(review, words, weights))
    return len(asked)


def write_workbook(
    folder: Path,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[int],
    beside: Sequence[str],
) -> None:
    """Write a table twice into a new folder, as ``questions.csv`` and ``questions.xlsx``.

    Columns for the answers are added to the ``headings`` and ``widths``; ``beside`` is what a
    second sheet says of how to answer.

    Raises
    ------
    FileError, CmocnetError
        As :func:`write_template`.
    """
    require("openpyxl", "survey")
    table = [(*headings, *ANSWERS), *((*row, *("" for _ in ANSWERS)) for row in rows)]
    with new_folder(folder) as place:
        (place / "questions.csv").write_text(text(table), encoding="utf-8-sig", newline="")
        _workbook(table, (*widths, *(12 for _ in ANSWERS)), beside).save(place / "questions.xlsx")


def questions(review: Review, variables: Iterable[str] = ()) -> tuple[Judgement, ...]:
    """Every judgement there is to ask for, or those of some variables' tables.

    >>> from cmocnet.registry import bundled, read
    >>> [j.address for j in questions(read(bundled()), ["coordination"])][:2]
    ['coordination/lowest', 'coordination/highest']
    """
    only = known(review, variables)
    asked = tuple(j for j in everyone(review) if not only or j.variable in only)
    if not asked:
        raise QueryError(f"nothing was judged of {', '.join(only)}", expected="another variable")
    return asked


def known(review: Review, variables: Iterable[str]) -> list[str]:
    """The names, each of which must be a variable's."""
    names = list(variables)
    for name in names:
        if name not in review.variables:
            raise QueryError(f"no variable {name!r}", nearest=nearest(name, review.variables))
    return names


def _row(review: Review, judgement: Judgement, words: Scales) -> tuple[str, ...]:
    works = dict.fromkeys(key for i in judgement.cites for key in review.cmocs[i].sources)
    return (
        judgement.address,
        question(review, judgement),
        scale(judgement.kind, words.of(judgement.kind)),
        ", ".join(judgement.cites) or "none",
        "; ".join(review.sources[key].short for key in works) or "none cited",
    )


def notes(review: Review, words: Scales, own: Sequence[str]) -> list[str]:
    """What stands on the sheet beside the questions; ``own`` is what only these questions need."""
    return [
        f"Questions about: {review.about.title}",
        review.about.caution,
        "Give three numbers a question, or leave the whole row empty. Low is your 5th percentile: "
        "you would be surprised, one time in twenty, to find it lower. Central is your median: as "
        "likely lower as higher. High is your 95th percentile.",
        "A word may stand for a number. A word alone in central reaches from the word below it to "
        "the word above it.",
        f"Words for shares: {words.probability.listed}. Source: {words.probability.source}",
        *own,
        "Save the file under your own name; do not change the column id. No formulas.",
    ]


def _workbook(table: Sequence[Sequence[str]], widths: Sequence[int], beside: Sequence[str]) -> Any:
    import openpyxl
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book: Any = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Questions"
    for line in table:
        sheet.append([cell or None for cell in line])
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    empty = PatternFill("solid", fgColor="FFF7D6")
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if cell.data_type == "f":  # text of the review, whatever it begins with
                cell.data_type = "s"
            if cell.row == 1:
                cell.font = Font(bold=True)
            elif cell.column > len(widths) - len(ANSWERS):
                cell.fill = empty
    sheet.freeze_panes = "B2"
    how = book.create_sheet("How to answer")
    how.column_dimensions["A"].width = 110
    for note in beside:
        how.append([plain(" ".join(note.split()))])
        how.cell(how.max_row, 1).alignment = Alignment(wrap_text=True, vertical="top")
    return book
