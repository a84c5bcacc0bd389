"""What a visitor takes away from the what-if page: the link, the numbers, the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet_app import words
from cmocnet_app.answers import sureness
from cmocnet_app.answers.headline import Contrast, Outcome
from cmocnet_app.exports import downloads, figures, risk_sheet
from cmocnet_app.exports.figures import Bar
from cmocnet_app.markup import outcome_cards
from cmocnet_app.state import address, kept_scenarios
from cmocnet_app.state.scenario import Scenario

if TYPE_CHECKING:
    from cmocnet import Network

HEAD = (
    "Outcome", "Here", "Here, lower end", "Here, upper end", "Compared with", "Lower end",
    "Upper end", "Nothing known", "Share of draws in which the direction holds",
)  # fmt: skip
SAME = "This link opens the same screen for whoever has access to this page."
BUNDLED = "This link opens the same scenario with the bundled judgements: no link holds your own."
KEPT = "It is kept already."
FULL = "Three are kept already: remove one on “Compare” first."


def section(
    net: Network, scenario: Scenario, beside: Contrast | None, outcomes: Sequence[Outcome]
) -> None:
    """Draw the link and the downloads."""
    st.header("Keep and share", anchor=False)
    if scenario.states:
        st.caption(BUNDLED if net.priors else SAME)
        st.code(address.link(scenario), language=None, wrap_lines=True)
        _keep(net, scenario)
    with st.container(horizontal=True):
        downloads.table(
            "Outcomes (CSV)", "outcomes.csv", HEAD, lambda: _rows(net, scenario, beside, outcomes)
        )
        figures.offered(
            net, scenario, "outcomes.svg", "What to expect, with 90 per cent intervals",
            lambda: _bars(net, scenario, beside, outcomes),
        )  # fmt: skip
        downloads.file(
            "The network (XDSL)", "network.xdsl", "application/xml", lambda: downloads.xdsl(net)
        )
        downloads.file(
            "Its tables (CSV, zipped)", "tables.zip", "application/zip",
            lambda: downloads.zipped_tables(net.discrete),
        )  # fmt: skip
    _risk_sheet(net, scenario)


def _keep(net: Network, scenario: Scenario) -> None:
    kept, full = kept_scenarios.holds(scenario), kept_scenarios.full(net)
    st.button(
        "Keep this scenario for “Compare”",
        on_click=kept_scenarios.keep_this,
        args=(net,),
        disabled=kept or full,
        help=KEPT if kept else FULL if full else None,
    )


def _risk_sheet(net: Network, scenario: Scenario) -> None:
    """Offer the sheet for a meeting; draws nothing where nothing is known."""
    if not scenario.states:
        return
    from cmocnet_app.exports import risk_sheet_html, risk_sheet_pdf

    with st.container(border=True):
        st.header("Take it to a meeting", anchor=False)
        st.markdown("One page: where this is weak, what that sets off, and what would help most.")
        name = st.text_input(
            "Name on the sheet", key="sheet:name", max_chars=risk_sheet.LONGEST,
            placeholder=risk_sheet.UNNAMED,
        )  # fmt: skip

        def sheet() -> risk_sheet.Sheet:
            return risk_sheet.compose(net, scenario, name or "")

        left, right = st.columns(2)
        with left:
            downloads.file(
                "Risk sheet as PDF", "risk-sheet.pdf", "application/pdf",
                lambda: risk_sheet_pdf.pdf(sheet()), wide=True,
            )  # fmt: skip
        with right:
            downloads.file(
                "Risk sheet as HTML", "risk-sheet.html", "text/html",
                lambda: risk_sheet_html.html(sheet()).encode(), wide=True,
            )  # fmt: skip


def _bars(
    net: Network, scenario: Scenario, beside: Contrast | None, outcomes: Sequence[Outcome]
) -> list[Bar | str]:
    sure = sureness.of(net, scenario, beside, outcomes)
    bars: list[Bar | str] = []
    for outcome in outcomes:
        bars.append(words.event(outcome.variable, outcome.state))
        how = sure[outcome.variable.name]
        cases = (
            (outcome_cards.HERE, outcome.here, how.here, "here"),
            (beside.label if beside else "", outcome.beside, how.beside, "beside"),
            (outcome_cards.BASELINE, outcome.baseline, how.baseline, "baseline"),
        )
        bars += [
            Bar(label, 0.0, value, words.per_cent(value), kind, within)
            for label, value, within, kind in cases
            if value is not None
        ]
    return bars


def _rows(
    net: Network, scenario: Scenario, beside: Contrast | None, outcomes: Sequence[Outcome]
) -> list[tuple[object, ...]]:
    sure = sureness.of(net, scenario, beside, outcomes)
    rows = []
    for outcome in outcomes:
        how = sure[outcome.variable.name]
        here, other = how.here or (None, None), how.beside or (None, None)
        event = words.event(outcome.variable, outcome.state)
        numbers = (outcome.here, *here, outcome.beside, *other, outcome.baseline, how.holds)
        rows.append((event, *numbers))
    return rows
