"""The page's own HTML: cards of outcomes with bars, and lists of facts. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from cmocnet_app import words

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.answer import Interval
    from cmocnet_app.comparison import Contrast, Outcome
    from cmocnet_app.scenario import Scenario
    from cmocnet_app.sureness import Sureness

HERE = "This scenario"
BASELINE = "Nothing known (an assumption)"


def cards(
    net: Network,
    scenario: Scenario,
    beside: Contrast | None,
    found: Iterable[Outcome],
    sure: Mapping[str, Sureness] | None = None,
) -> str:
    """One card an outcome: the contrast in words, what the outcome means here, and the bars.

    Intervals, and how sure the direction is, are left out while ``sure`` is not known.
    """
    label = beside.label if beside else ""
    known = sure or {}
    inside = "".join(
        _card(net, scenario, label, outcome, known.get(outcome.variable.name)) for outcome in found
    )
    return f'<div class="outcomes">{inside}</div>'


def facts(net: Network, scenario: Scenario, beside: Contrast | None) -> str:
    """What the scenario says, item by item, and what sets its contrast apart from it."""
    observed = (words.fact(net.variables[k], s) for k, s in scenario.given.items())
    likely = (f"{words.fact(net.variables[k], s)} (likely)" for k, s in scenario.likely.items())
    done = (
        f"{words.fact(net.variables[k], s)} (we would make it so)" for k, s in scenario.do.items()
    )
    rows = _row(HERE, "", (*observed, *likely, *done))
    if beside:
        told = (words.fact(net.variables[k], s) for k, s in beside.changed.items())
        kept = beside.scenario.states.keys() - beside.changed.keys()
        rows += _row("Compared with", beside.label, told, "all else the same" if kept else "")
    return f'<dl class="facts">{rows}</dl>'


def note(text: str) -> str:
    """A smaller paragraph beside the main text."""
    return f'<p class="note">{escape(text)}</p>'


def _row(term: str, label: str, told: Iterable[str], after: str = "") -> str:
    items = "".join(f"<li>{escape(item)}</li>" for item in told)
    named = f'<li class="plain">{escape(label)}</li>' if label else ""
    rest = f'<li class="plain">{escape(after)}</li>' if after else ""
    return f"<dt>{escape(term)}</dt><dd><ul>{named}{items}{rest}</ul></dd>"


def _card(
    net: Network, scenario: Scenario, label: str, outcome: Outcome, sure: Sureness | None
) -> str:
    variable = outcome.variable
    meaning = words.meaning(variable, scenario.states, net.variables)
    within = (sure.here, sure.beside, sure.baseline) if sure else (None, None, None)
    bars = [
        ("here", HERE, outcome.here, within[0]),
        ("beside", label, outcome.beside, within[1]),
        ("baseline", BASELINE, outcome.baseline, within[2]),
    ]
    return "".join((
        f'<section class="outcome" data-outcome="{escape(variable.name)}">',
        f"<h3>{escape(words.event(variable, outcome.state))}</h3>",
        _paragraph(meaning),
        _verdict(outcome, unsure=words.unsure(sure.holds) if sure else False),
        _sureness(sure),
        _since(outcome),
        "".join(('<ul class="bars">', *(bar(*each) for each in bars), "</ul>")),
        "<details><summary>What this means</summary>",
        _paragraph(variable.description),
        _paragraph(words.over_time(net.review.about.rounds, variable.name)),
        "</details></section>",
    ))  # fmt: skip


def _verdict(outcome: Outcome, *, unsure: bool) -> str:
    if outcome.difference is None:
        return ""
    phrase = words.likelier(outcome.difference)
    same = abs(outcome.difference) < words.SAME
    arrow = "=" if same else "▲" if outcome.difference > 0 else "▼"
    text = escape(phrase[0].upper() + phrase[1:])
    bearing = words.bearing(outcome)
    kind = f"{bearing} unsure" if unsure else bearing
    return f'<p class="verdict {kind}"><span aria-hidden="true">{arrow}</span> {text}</p>'


def _since(outcome: Outcome) -> str:
    if outcome.began is None:
        return ""
    return f'<p class="since">You began at {escape(words.per_cent(outcome.began))}.</p>'


def _sureness(sure: Sureness | None) -> str:
    if sure is None or sure.difference is None:
        return ""
    told = words.sureness(sure.holds, depends=sure.depends)
    return f'<p class="sure">{escape(told)}</p>'


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


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def answers(told: Iterable[tuple[str, str]]) -> str:
    """Questions, each with its short answer."""
    rows = "".join(f"<dt>{escape(q)}</dt><dd>{escape(a)}</dd>" for q, a in told)
    return f'<dl class="answers">{rows}</dl>'


def table(head: Iterable[str], rows: Iterable[Iterable[str]], caption: str) -> str:
    """A plain table that scrolls sideways where the screen is narrow; the first column names."""
    columns = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    lines = []
    for first, *rest in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return (
        '<div class="wide" tabindex="0" role="region" '
        f'aria-label="{escape(caption)}"><table class="plain"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
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
