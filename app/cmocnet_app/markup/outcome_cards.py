"""What a scenario says, and a card with bars for each outcome, as HTML. All text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from cmocnet_app import words
from cmocnet_app.markup.elements import bar, paragraph

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet_app.answers.headline import Contrast, Outcome
    from cmocnet_app.answers.sureness import Sureness
    from cmocnet_app.state.scenario import Scenario

HERE = "This scenario"
BASELINE = "Nothing known (an assumption)"


def cards(
    net: Network,
    scenario: Scenario,
    beside: Contrast | None,
    outcomes: Iterable[Outcome],
    sure: Mapping[str, Sureness] | None = None,
) -> str:
    """One card an outcome: the contrast in words, what the outcome means here, and the bars.

    Intervals, and how sure the direction is, are left out while ``sure`` is not known.
    """
    label = beside.label if beside else ""
    known = sure or {}
    inside = "".join(
        _card(net, scenario, label, outcome, known.get(outcome.variable.name))
        for outcome in outcomes
    )
    return f'<div class="outcomes">{inside}</div>'


def facts(net: Network, scenario: Scenario, beside: Contrast | None) -> str:
    """What the scenario says, item by item, and what sets its contrast apart from it."""
    rows = _row(HERE, "", scenario.facts(net.variables))
    if beside:
        told = (words.fact(net.variables[k], s) for k, s in beside.changed.items())
        kept = beside.scenario.states.keys() - beside.changed.keys()
        rows += _row("Compared with", beside.label, told, "all else the same" if kept else "")
    return f'<dl class="facts">{rows}</dl>'


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
        paragraph(meaning),
        _verdict(outcome, unsure=words.unsure(sure.holds) if sure else False),
        _sureness(sure),
        _since(outcome),
        "".join(('<ul class="bars">', *(bar(*each) for each in bars), "</ul>")),
        "<details><summary>What this means</summary>",
        paragraph(variable.description),
        paragraph(words.over_time(net.review.about.rounds, variable.name)),
        "</details></section>",
    ))  # fmt: skip


def _verdict(outcome: Outcome, *, unsure: bool) -> str:
    if outcome.difference is None:
        return ""
    phrase = words.likelier(outcome.difference)
    same = abs(outcome.difference) < words.SAME
    arrow = "=" if same else "▲" if outcome.difference > 0 else "▼"
    text = escape(phrase[0].upper() + phrase[1:])
    bearing = words.bearing(outcome.gain)
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
