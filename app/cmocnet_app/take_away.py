"""What a visitor takes away from the what-if page: the link, the numbers, the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from cmocnet_app import (
    downloads,
    figures,
    offer,
    page_compare,
    risk_sheet,
    sureness,
    view,
    words,
)
from cmocnet_app.comparison import Contrast, Outcome
from cmocnet_app.figures import Bar
from cmocnet_app.scenario import READING, Scenario, packed, to_query

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
    net: Network, scenario: Scenario, beside: Contrast | None, found: Sequence[Outcome]
) -> None:
    """Draw the link and the downloads."""
    st.header("Keep and share", anchor=False)
    if scenario.states:
        st.caption(BUNDLED if net.priors else SAME)
        st.code(address(scenario), language=None, wrap_lines=True)
        _keep(net, scenario)
    with st.container(horizontal=True):
        offer.table(
            "Outcomes (CSV)", "outcomes.csv", HEAD, lambda: _rows(net, scenario, beside, found)
        )
        figures.offered(
            net, scenario, "outcomes.svg", "What to expect, with 90 per cent intervals",
            lambda: _bars(net, scenario, beside, found),
        )  # fmt: skip
        offer.file(
            "The network (XDSL)", "network.xdsl", "application/xml", lambda: downloads.xdsl(net)
        )
        offer.file(
            "Its tables (CSV, zipped)", "tables.zip", "application/zip",
            lambda: downloads.tables(net.discrete),
        )  # fmt: skip
    risk_sheet.download_section(net, scenario)


def _keep(net: Network, scenario: Scenario) -> None:
    kept = packed(scenario) in st.query_params.get_all(page_compare.WITH)
    full = page_compare.full(net)
    st.button(
        "Keep this scenario for “Compare”",
        on_click=page_compare.keep_this,
        args=(net,),
        disabled=kept or full,
        help=KEPT if kept else FULL if full else None,
    )


def address(scenario: Scenario) -> str:
    """The whole address that opens a scenario."""
    page = (st.context.url or "").partition("?")[0]
    readings = {k: st.query_params[k] for k in st.query_params if k.startswith(READING)}
    return f"{page}?{urlencode(to_query(scenario) | readings)}"


def _bars(
    net: Network, scenario: Scenario, beside: Contrast | None, found: Sequence[Outcome]
) -> list[Bar | str]:
    sure = sureness.of(net, scenario, beside, found)
    bars: list[Bar | str] = []
    for outcome in found:
        bars.append(words.event(outcome.variable, outcome.state))
        how = sure[outcome.variable.name]
        cases = (
            (view.HERE, outcome.here, how.here, "here"),
            (beside.label if beside else "", outcome.beside, how.beside, "beside"),
            (view.BASELINE, outcome.baseline, how.baseline, "baseline"),
        )
        bars += [
            Bar(label, 0.0, value, words.per_cent(value), kind, within)
            for label, value, within, kind in cases
            if value is not None
        ]
    return bars


def _rows(
    net: Network, scenario: Scenario, beside: Contrast | None, found: Sequence[Outcome]
) -> list[tuple[object, ...]]:
    sure = sureness.of(net, scenario, beside, found)
    rows = []
    for outcome in found:
        how = sure[outcome.variable.name]
        here, other = how.here or (None, None), how.beside or (None, None)
        event = words.event(outcome.variable, outcome.state)
        numbers = (outcome.here, *here, outcome.beside, *other, outcome.baseline, how.holds)
        rows.append((event, *numbers))
    return rows
