"""Compare: up to four scenarios side by side, with the differences between them."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_uppercase
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet.intervals import central
from cmocnet_app import words
from cmocnet_app.answers import cached, sureness
from cmocnet_app.answers.headline import asked_state, better, posteriors, question
from cmocnet_app.exports import downloads
from cmocnet_app.markup import comparison_table
from cmocnet_app.screens import common
from cmocnet_app.sections import context_panel
from cmocnet_app.serving import scheduling
from cmocnet_app.state import address, kept_scenarios, theory
from cmocnet_app.state.kept_scenarios import MOST
from cmocnet_app.state.links import copied
from cmocnet_app.state.scenario import Scenario, chosen, preset

if TYPE_CHECKING:
    from cmocnet import Network

LEAD = "Up to four scenarios side by side: the one you described, and others you add."


def page(net: Network) -> None:
    """Draw the page for the scenarios in the address."""
    seen = theory.seen(net)
    said = address.said(net)
    scenario = said.scenario
    common.opening(net, "Compare", LEAD)
    common.left_out(said, seen.wrong)
    theory.notice(net)
    net = seen.network
    context_panel.panel(net, scenario)
    others = _others(net, scenario)
    if common.described(scenario, net):
        _add(net, scenario, others)
        try:
            _table(net, [scenario, *others.values()])
        except CmocnetError as error:
            common.unanswered(error)
    common.foot(net)


def _others(net: Network, scenario: Scenario) -> dict[str, Scenario]:
    """The first of the scenarios kept that differ from this one; what is left out is said."""
    scenarios, wrong = kept_scenarios.kept(net)
    if wrong:
        which = "A scenario" if len(wrong) == 1 else f"{len(wrong)} scenarios"
        st.error(f"{which} kept in this address can't be read: {words.verbatim(wrong[0])}")
    own = replace(scenario, situation=None)
    others = {text: one for text, one in scenarios.items() if replace(one, situation=None) != own}
    if len(others) < len(scenarios):
        st.caption("A scenario kept is the very one shown as A: change something to see both.")
    more = list(others)[MOST:]
    if more:
        st.warning(f"{MOST + 1} scenarios fit side by side; this address holds {len(more)} more.")
    return {text: case for text, case in others.items() if text not in more}


def _add(net: Network, scenario: Scenario, others: dict[str, Scenario]) -> None:
    if len(others) < MOST:
        left, right = st.columns(2, vertical_alignment="bottom")
        labels = words.titles(net.situations)
        left.selectbox(
            "Add a situation",
            tuple(labels),
            format_func=labels.__getitem__,
            index=None,
            placeholder="Choose one",
            key="add",
            on_change=_added,
            args=(net,),
            filter_mode=None,
        )
        right.text_input(
            "or a link copied from “What if?”", key="pasted", on_change=_pasted, args=(net,)
        )
        refused = st.session_state.pop("refused", None)
        if refused:
            st.error(f"That link can't be read: {words.verbatim(refused)}")
        foreign = st.session_state.pop("foreign", ())
        if foreign:
            st.info(f"Of that link {common.named(foreign)} left out: no part of a scenario.")
    if others:
        with st.container(horizontal=True):
            for letter, (text, other) in zip(ascii_uppercase[1:], others.items(), strict=False):
                name = words.verbatim(f"{letter}: {label(net, other)}")
                st.button(
                    f"Remove {name}",
                    key=f"remove{letter}",
                    on_click=kept_scenarios.remove,
                    args=(text,),
                )


def _added(net: Network) -> None:
    if st.session_state["add"] is not None:
        kept_scenarios.keep(net, preset(net, st.session_state["add"]))
        st.session_state["add"] = None


def _pasted(net: Network) -> None:
    text = st.session_state["pasted"]
    st.session_state["pasted"] = ""
    try:
        if text:
            said = copied(net, text)
            kept_scenarios.keep(net, said.scenario)
            st.session_state["foreign"] = said.foreign
    except CmocnetError as error:
        st.session_state["refused"] = str(error)


def label(net: Network, scenario: Scenario) -> str:
    """What a scenario is called: its situation, or how many things it says."""
    exact = chosen(net, scenario)
    if exact:
        return net.situations[exact].label
    if scenario.situation:
        return f"{net.situations[scenario.situation].label}, changed"
    said = len(scenario.states)
    return f"{said} thing{'s' if said != 1 else ''} said" if said else "Nothing known"


def _table(net: Network, cases: list[Scenario]) -> None:
    heads = [f"{ascii_uppercase[k]}: {label(net, case)}" for k, case in enumerate(cases)]
    st.html(comparison_table.facts(net, heads, cases))
    scheduling.answered()
    if len(cases) == 1:
        st.info("Add another scenario to compare this one with.")
    with st.spinner("Comparing draw by draw", show_time=False):
        rows = [_row(net, name, cases) for name in net.review.about.headline]
    st.html(comparison_table.table(heads, rows))
    if len(cases) > 1:
        st.caption(
            "In brackets, 90 per cent intervals. Differences are taken draw by draw, so that what "
            "both share cancels out; “better in” is the share of draws in which A does better."
        )
    columns = [
        column
        for k, head in enumerate(heads)
        for column in (head, f"{head}, lower end", f"{head}, upper end",
                       *(() if not k else (f"A less {head}", f"A better than {head}")))
    ]  # fmt: skip
    downloads.table(
        "This table (CSV)", "comparison.csv", ["Outcome", *columns], lambda: map(_cells, rows)
    )


def _row(net: Network, name: str, cases: list[Scenario]) -> comparison_table.Row:
    state, sign = asked_state(net.variables[name]), better(net, name)
    cells: list[comparison_table.Cell] = []
    for case in cases:
        value = posteriors(net, case)[name][state]
        within = central(cached.samples(net, question(net, case, name)))
        if not cells:
            cells.append(comparison_table.Cell(value, within))
            continue
        paired = sureness.paired(net, cases[0], case, name)
        share = paired.positive if sign > 0 else paired.negative
        if not paired.depends:
            cells.append(comparison_table.Cell(value, within, 0.0, (0.0, 0.0)))
            continue
        cells.append(
            comparison_table.Cell(value, within, paired.difference, paired.interval, share)
        )
    return comparison_table.Row(words.event(net.variables[name], state), sign, tuple(cells))


def _cells(row: comparison_table.Row) -> list[object]:
    cells: list[object] = [row.event]
    for k, cell in enumerate(row.cells):
        cells += [cell.value, *cell.within]
        cells += [cell.less, cell.better] if k else []
    return cells
