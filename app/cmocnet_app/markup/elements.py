"""The page's own pieces of HTML: notes, lists, tables and bars. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from cmocnet_app import words

if TYPE_CHECKING:
    from cmocnet.intervals import Interval


def note(text: str) -> str:
    """A smaller paragraph beside the main text."""
    return f'<p class="note">{escape(text)}</p>'


def paragraph(text: str) -> str:
    """A paragraph; nothing where there is no text."""
    return f"<p>{escape(text)}</p>" if text else ""


def answers(told: Iterable[tuple[str, str]]) -> str:
    """Questions, each with its short answer."""
    rows = "".join(f"<dt>{escape(q)}</dt><dd>{escape(a)}</dd>" for q, a in told)
    return f'<dl class="answers">{rows}</dl>'


def table(head: Iterable[str], rows: Iterable[Iterable[str]], caption: str) -> str:
    """A plain table; the first column names."""
    columns = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = []
    for first, *rest in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return wide_table(columns, "".join(lines), caption)


def wide_table(columns: str, lines: str, caption: str, kind: str = "") -> str:
    """A table, its cells as HTML, that scrolls sideways where the screen is narrow."""
    told = escape(caption)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{told}">'
        f'<table class="{f"plain {kind}".strip()}"><caption>{told}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def bar(kind: str, label: str, value: float | None, within: Interval | None) -> str:
    """One bar with its 90 per cent interval, as an item of a list."""
    if value is None:
        return ""
    span, range_ = "", ""
    if within:
        low, high = within
        span = f'<span class="within">({escape(words.span(within))})</span>'
        range_ = f'<i style="left:{low:.1%};width:{high - low:.1%}"></i>'
    return (
        f'<li class="{kind}"><span class="case">{escape(label)}</span>'
        f'<span><span class="number">{escape(words.per_cent(value))}</span> {span}</span>'
        f'<span class="track" aria-hidden="true"><span style="width:{value:.1%}"></span>{range_}'
        "</span></li>"
    )


def signed(label: str, told: str, share: float, bearing: str) -> str:
    """A bar to the right or left of the middle; ``share`` is of the longest, in [-1, 1]."""
    width = 50 * abs(share)
    left = 50.0 if share > 0 else 50 - width
    return (
        f'<li><span class="case">{escape(label)}</span><span class="told">{escape(told)}</span>'
        f'<span class="middle" aria-hidden="true"><span class="{bearing}" '
        f'style="left:{left:.1f}%;width:{width:.1f}%"></span></span></li>'
    )


def ranges(told: Iterable[tuple[str, float, float]], answer: float) -> str:
    """Bars from one answer to another on a common scale, the answer itself marked: a tornado."""
    rows = list(told)
    ends = [answer, *(end for _, *pair in rows for end in pair)]
    low = max(0.0, min(ends) - 0.02)
    scale = min(1.0, max(ends) + 0.02) - low
    parts = []
    for label, one, other in rows:
        left, right = sorted((one, other))
        parts.append(
            f'<li><span class="case">{escape(label)}</span><span class="told">'
            f"{escape(words.per_cent(one))} to {escape(words.per_cent(other))}</span>"
            '<span class="spread" aria-hidden="true">'
            f'<span style="left:{(left - low) / scale:.1%};width:{(right - left) / scale:.1%}">'
            f'</span><i style="left:{(answer - low) / scale:.1%}"></i></span></li>'
        )
    return f'<ul class="signed">{"".join(parts)}</ul>'
