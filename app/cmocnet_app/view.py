"""The page's own HTML: cards of outcomes with bars, and lists of facts. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from cmocnet_app import words

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet_app.comparison import Contrast, Outcome
    from cmocnet_app.scenario import Scenario

HERE = "This scenario"
BASELINE = "Nothing known (an assumption)"


def cards(
    net: Network, scenario: Scenario, beside: Contrast | None, found: Iterable[Outcome]
) -> str:
    """One card an outcome: the contrast in words, what the outcome means here, and the bars."""
    label = beside.label if beside else ""
    inside = "".join(_card(net, scenario, label, outcome) for outcome in found)
    return f'<div class="outcomes">{inside}</div>'


def facts(net: Network, scenario: Scenario, beside: Contrast | None) -> str:
    """What the scenario says, item by item, and what sets its contrast apart from it."""
    observed = (words.fact(net.variables[k], s) for k, s in scenario.given.items())
    done = (
        f"{words.fact(net.variables[k], s)} (we would make it so)" for k, s in scenario.do.items()
    )
    rows = _row(HERE, "", (*observed, *done))
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


def _card(net: Network, scenario: Scenario, label: str, outcome: Outcome) -> str:
    variable = outcome.variable
    meaning = words.meaning(variable, scenario.states, net.variables)
    bars = {HERE: outcome.here, label: outcome.beside, BASELINE: outcome.baseline}
    return "".join((
        f'<section class="outcome" data-outcome="{escape(variable.name)}">',
        f"<h3>{escape(words.event(variable, outcome.state))}</h3>",
        _paragraph(meaning),
        _verdict(outcome),
        _bars(bars),
        "<details><summary>What this means</summary>",
        _paragraph(variable.description),
        _paragraph(words.over_time(net.review.about.rounds, variable.name)),
        "</details></section>",
    ))  # fmt: skip


def _verdict(outcome: Outcome) -> str:
    if outcome.difference is None:
        return ""
    phrase = words.likelier(outcome.difference)
    arrow = "=" if "about" in phrase else "▲" if outcome.difference > 0 else "▼"
    text = escape(phrase[0].upper() + phrase[1:])
    bearing = words.bearing(outcome)
    return f'<p class="verdict {bearing}"><span aria-hidden="true">{arrow}</span> {text}</p>'


def _bars(bars: Mapping[str, float | None]) -> str:
    kinds = ("here", "beside", "baseline")
    rows = (
        f'<li class="{kind}"><span class="case">{escape(label)}</span>'
        f'<span class="number">{escape(words.per_cent(value))}</span><span class="track" '
        f'aria-hidden="true"><span style="width:{value:.1%}"></span></span></li>'
        for kind, (label, value) in zip(kinds, bars.items(), strict=True)
        if value is not None
    )
    return f'<ul class="bars">{"".join(rows)}</ul>'


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""
