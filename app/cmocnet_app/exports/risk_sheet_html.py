"""The risk sheet as one HTML file: style within, no script, nothing fetched. Text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from cmocnet_app.exports.risk_sheet import UNPREPARED

if TYPE_CHECKING:
    from cmocnet_app.exports.risk_sheet import Line, Point, Sheet

SURE = "Direction holds"
STYLE = Path(__file__).with_name("risk_sheet.css")


def html(sheet: Sheet) -> str:
    """The whole file."""
    body = "".join((
        f"<h1>{escape(sheet.name)}</h1>",
        f'<p class="small">Risk sheet. Read from: {escape(sheet.review)}.</p>',
        f"<p><strong>{escape(sheet.caution)}</strong></p>",
        _facts(sheet.facts),
        "<h2>What to expect</h2>",
        _table(sheet),
        f"<h2>Where it is weakest, for {escape(sheet.aim)}</h2>",
        _points(sheet.weak, "Nothing of what was said makes it worse."),
        "<h2>What would help most</h2>",
        _points(sheet.changes, ""),
        f"<p><strong>{escape(sheet.together)}</strong></p>",
        "<h2>What this is</h2>",
        f"<p>{escape(sheet.scope)}</p>",
        f'<p class="small">{escape(sheet.made_by)} To reproduce:</p>',
        f"<code>{escape(sheet.code)}</code>",
        f'<p class="small">{escape(sheet.citation)}</p>',
    ))  # fmt: skip
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Risk sheet: {escape(sheet.name)}</title>"
        f"<style>{STYLE.read_text('utf-8')}</style></head>"
        f"<body>{body}</body></html>"
    )


def _facts(facts: Iterable[str]) -> str:
    return f'<ul class="facts">{"".join(f"<li>{escape(f)}</li>" for f in facts)}</ul>'


def _table(sheet: Sheet) -> str:
    heads = [
        "Outcome",
        "This plan",
        *([sheet.contrast, "So it is", SURE] if sheet.contrast else []),
    ]
    heads.append(UNPREPARED)
    numbers = {"This plan", sheet.contrast, SURE, UNPREPARED}
    top = "".join(
        f'<th scope="col"{_kind("number" if h in numbers else "")}>{escape(h)}</th>' for h in heads
    )
    rows = "".join(_row(line, compared=bool(sheet.contrast)) for line in sheet.lines)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"


def _row(line: Line, *, compared: bool) -> str:
    cells = [(line.plan, "number")]
    if compared:
        cells += [(line.contrast, "number"), (line.compared, line.bearing), (line.sure, "number")]
    cells.append((line.unprepared, "number"))
    inside = "".join(f"<td{_kind(kind)}>{escape(text)}</td>" for text, kind in cells)
    return f'<tr><th scope="row">{escape(line.outcome)}</th>{inside}</tr>'


def _kind(name: str) -> str:
    return f' class="{name}"' if name else ""


def _points(points: Iterable[Point], none: str) -> str:
    items = "".join(
        f"<li><strong>{escape(p.head)}.</strong> {escape(p.text)} "
        f'<span class="small">({escape(p.sources)})</span></li>'
        for p in points
    )
    return f"<ol>{items}</ol>" if items else f"<p>{escape(none)}</p>"
