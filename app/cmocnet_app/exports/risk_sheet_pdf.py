"""The risk sheet as one A4 page of PDF, set smaller until it fits.

PDF's own fonts know Latin letters only; any other letter becomes a question mark, so that no font
has to come along. The HTML sheet keeps every letter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from cmocnet_app.exports.risk_sheet import UNPREPARED

if TYPE_CHECKING:
    from cmocnet_app.exports.risk_sheet import Line, Point, Sheet

SIZES = (9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5)
MARGIN = 13.0
LEADING = 0.49
"""Height of a line in millimetres for each point of size."""
INK, GREY, BLUE = (27, 31, 36), (74, 82, 92), (11, 92, 173)
COLOURS = {"better": BLUE, "worse": (156, 56, 10), "same": INK}
PLAIN = str.maketrans({
    "\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": "-",
    "\u2026": "...", "\u2192": "->", "\u2212": "-",
})  # fmt: skip
"""Typographic marks as plain ones."""


def pdf(sheet: Sheet) -> bytes:
    """The whole file; one page, or two where even the smallest size overflows."""
    for size in SIZES:
        drawn = _Page(sheet, size)
        if drawn.page_no() == 1:
            break
    return bytes(drawn.output())


def latin(text: str) -> str:
    """Text in letters that PDF's own fonts have.

    >>> latin("“Łódź → Köln”")
    '"?ódz -> Köln"'
    """
    letters = []
    for letter in text.translate(PLAIN):
        if not _has(letter):
            letter = unicodedata.normalize("NFKD", letter)[:1]  # noqa: PLW2901
        letters.append(letter if _has(letter) else "?")
    return "".join(letters)


def _has(letter: str) -> bool:
    return letter.isprintable() and ord(letter) < 256


class _Page(FPDF):
    """The sheet drawn at one size."""

    def __init__(self, sheet: Sheet, size: float) -> None:
        super().__init__(format="A4")
        self.size = size
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN)
        self.set_title(latin(f"Risk sheet: {sheet.name}"))
        self.set_lang("en")
        self.add_page()
        self._draw(sheet)

    def _draw(self, sheet: Sheet) -> None:
        self._say(sheet.name, scale=1.8, style="B")
        self._say(f"Risk sheet. Read from: {sheet.review}.", scale=0.9, colour=GREY)
        self._say(sheet.caution, style="B", after=1.0)
        self._say("; ".join(sheet.facts), after=0.5)
        self._head("What to expect")
        self._table(sheet)
        self._head(f"Where it is weakest, for {sheet.aim}")
        self._points(sheet.weak, "Nothing of what was said makes it worse.")
        self._head("What would help most")
        self._points(sheet.changes, "")
        self._say(sheet.together, style="B")
        self._head("What this is")
        self._say(sheet.scope)
        self._say(f"{sheet.made_by} To reproduce:", scale=0.9, colour=GREY)
        self._say(sheet.code, scale=0.8, family="courier", after=0.8)
        self._say(sheet.citation, scale=0.9, colour=GREY)

    def _say(
        self,
        text: str,
        *,
        scale: float = 1.0,
        style: str = "",
        colour: tuple[int, int, int] = INK,
        family: str = "helvetica",
        after: float = 0.4,
    ) -> None:
        if not text:
            return
        self.set_font(family, style, self.size * scale)
        self.set_text_color(*colour)
        height = self.size * scale * LEADING
        self.multi_cell(0, height, latin(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(after)

    def _head(self, text: str) -> None:
        self.ln(self.size * 0.18)
        self._say(text, scale=1.2, style="B", colour=BLUE, after=0.2)
        self.set_draw_color(*BLUE)
        self.line(MARGIN, self.get_y(), self.w - MARGIN, self.get_y())
        self.ln(1.2)

    def _table(self, sheet: Sheet) -> None:
        compared = bool(sheet.contrast)
        heads = ["Outcome", "This plan"]
        heads += [sheet.contrast, "So it is", "Direction holds"] if compared else []
        heads.append(UNPREPARED)
        between, sides = ((17, 20, 10), ("RIGHT", "LEFT", "RIGHT")) if compared else ((), ())
        widths = (30, 10, *between, 13)
        align = ("LEFT", "RIGHT", *sides, "RIGHT")
        self.set_font("helvetica", "", self.size)
        self.set_text_color(*INK)
        self.set_draw_color(200, 205, 210)
        with self.table(
            col_widths=widths, text_align=align, line_height=self.size * LEADING * 1.15,
            borders_layout="HORIZONTAL_LINES", headings_style=FontFace(emphasis="BOLD"),
        ) as table:  # fmt: skip
            top = table.row()
            for head in heads:
                top.cell(latin(head))
            for line in sheet.lines:
                row = table.row()
                for text, style in _cells(line, compared=compared):
                    row.cell(latin(text), style=style)

    def _points(self, points: Sequence[Point], none: str) -> None:
        if not points:
            self._say(none)
        for number, point in enumerate(points, start=1):
            self._say(f"{number}. {point.head}", style="B", after=0)
            self._say(point.text, after=0)
            self._say(f"Sources: {point.sources}.", scale=0.9, colour=GREY, after=0.9)


def _cells(line: Line, *, compared: bool) -> list[tuple[str, FontFace | None]]:
    cells: list[tuple[str, FontFace | None]] = [(line.outcome, None), (line.plan, None)]
    if compared:
        said = FontFace(color=COLOURS[line.bearing])
        cells += [(line.contrast, None), (line.compared, said), (line.sure, None)]
    return [*cells, (line.unprepared, None)]
