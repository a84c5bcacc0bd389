"""What if: choose what is known and see the outcomes beside the opposite case and the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet_app import words
from cmocnet_app.answers import headline, sureness
from cmocnet_app.markup import elements, outcome_cards
from cmocnet_app.screens import common
from cmocnet_app.sections import context_panel, keep_and_share, network_picture, short_answers
from cmocnet_app.serving import scheduling
from cmocnet_app.state import address, controls, theory
from cmocnet_app.state.scenario import Scenario, chosen, preset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streamlit.delta_generator import DeltaGenerator

    from cmocnet import Network
    from cmocnet_app.answers.headline import Contrast, Outcome

LEAD = (
    "Describe your {unit} and see what one review of studies leads one to expect of it, "
    "beside a comparable one."
)
NOTHING = "Nothing known"
AGAINST = "view.against"
IN_SAMPLE = "In sample: what is shown here was read from this very case, so it confirms nothing."
CHANGE = "Change anything in the panel at the side; on a small screen, » at the top opens it."


def page(net: Network) -> None:
    """Draw the page for the scenario in the address."""
    seen = theory.seen(net)
    said = address.said(net)
    scenario = said.scenario
    common.opening(net, "What if?", LEAD.format(unit=words.verbatim(net.review.about.unit)))
    common.left_out(said, seen.wrong)
    theory.notice(net)
    net = seen.network
    # Beside a wrong address no preset stands chosen, so that each of them is a way out of it.
    _presets(net, None if said.wrong else chosen(net, scenario))
    try:
        first = _first(net, scenario)
    except CmocnetError as error:
        first = None
        common.unanswered(error)
    scheduling.answered()
    # The many controls at the side come after the first answer, which thus is there at once.
    context_panel.panel(net, scenario)
    scheduling.step_aside()
    try:
        if first:
            _more(net, scenario, first)
    except CmocnetError as error:
        common.unanswered(error)
    common.foot(net)


def _presets(net: Network, current: str | None) -> None:
    others = {n: s.label for n, s in net.situations.items() if not s.in_sample}
    cases = {n: s.label for n, s in net.situations.items() if s.in_sample}
    _row(net, "preset", "Start from a situation", others | {"": NOTHING}, current)
    if cases:
        _row(net, "case", "Or from a case that the review itself tells", cases, current)
    told = ""
    if current:
        situation = net.situations[current]
        told = f"{situation.summary} {IN_SAMPLE if situation.in_sample else ''}"
    st.html(elements.note(f"{told.strip()} {CHANGE}".strip()))


def _row(
    net: Network, key: str, title: str, labels: Mapping[str, str], current: str | None
) -> None:
    st.pills(
        title,
        tuple(labels),
        default=controls.begin(key, current if current in labels else None),
        format_func=lambda name: words.verbatim(labels[name]),
        key=key,
        on_change=_begin,
        args=(net, key),
    )


def _begin(net: Network, key: str) -> None:
    name = st.session_state[key]
    if name is not None:  # None: the chosen one was pressed again, which changes nothing
        address.write(preset(net, name) if name else Scenario())


def _against(net: Network, current: str) -> None:
    """What the scenario is held against."""
    labels = {"": "What suits it best"}
    labels |= words.titles(net.situations)
    st.selectbox(
        "Hold it against",
        tuple(labels),
        controls.begin_at("against", current, tuple(labels)),
        format_func=labels.__getitem__,
        key="against",
        on_change=_turn,
        filter_mode=None,
        width=320,
    )


def _turn() -> None:
    name = st.session_state["against"]
    if name:
        st.query_params[AGAINST] = name
    else:
        st.query_params.pop(AGAINST, None)


@dataclass(frozen=True)
class First:
    """The first answer: what the scenario is held against, the outcomes, and where they stand."""

    against: str
    beside: Contrast | None
    outcomes: tuple[Outcome, ...]
    summary: DeltaGenerator
    slot: DeltaGenerator


def _first(net: Network, scenario: Scenario) -> First:
    """Paint the outcomes."""
    against = common.shown(AGAINST, "", net.situations)
    beside = headline.contrast(net, scenario, against)
    outcomes = headline.outcomes(net, scenario, beside)
    st.header("What to expect", anchor=False)
    if not scenario.states:
        st.markdown(
            "Nothing is known yet: these are only the assumptions everything starts from. "
            "Choose a situation, or say what you know."
        )
    elif beside is None:
        st.html(outcome_cards.facts(net, scenario, None))
        st.markdown("This has no opposite to be held against; the bars show it beside the default.")
    else:
        st.html(outcome_cards.facts(net, scenario, beside))
    summary = st.empty()
    if beside:
        summary.markdown(words.verbatim(headline.summary(outcomes)))
    slot = st.empty()
    slot.html(outcome_cards.cards(net, scenario, beside, outcomes))
    return First(against, beside, outcomes, summary, slot)


def _more(net: Network, scenario: Scenario, first: First) -> None:
    """What takes longer: how sure that is, the answers in short, the picture, the files."""
    beside, outcomes = first.beside, first.outcomes
    with st.spinner("Drawing the judgements anew", show_time=False):
        sure = sureness.of(net, scenario, beside, outcomes)
    unsure = [name for name, how in sure.items() if words.unsure(how.holds)]
    if beside and unsure:
        first.summary.markdown(words.verbatim(headline.summary(outcomes, unsure)))
    first.slot.html(outcome_cards.cards(net, scenario, beside, outcomes, sure))
    blue = (
        "Blue marks a difference for the better, orange one for the worse, grey hardly any; "
        "in outline where its direction is unsure. "
    )
    st.caption(f"{blue if beside else ''}The thin lines are 90 per cent intervals.")
    if scenario.states:
        _against(net, first.against)
        st.header("In short", anchor=False)
        with st.spinner("Looking for the answers", show_time=False):
            told = list(short_answers.answers(net, scenario, beside, outcomes))
        st.html(elements.answers(told))
    network_picture.section(net, scenario, beside)
    keep_and_share.section(net, scenario, beside, outcomes)
