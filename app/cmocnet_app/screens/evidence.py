"""Evidence: the register of configurations, to search; and what rival readings would change."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet import check
from cmocnet_app import words
from cmocnet_app.answers import register
from cmocnet_app.exports import downloads
from cmocnet_app.markup import register_entries
from cmocnet_app.screens import common
from cmocnet_app.sections import moved_outcomes
from cmocnet_app.serving import scheduling
from cmocnet_app.serving.scheduling import aside, in_turn
from cmocnet_app.state import address, controls, theory

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from cmocnet import Network
    from cmocnet.registry.records import Cmoc

STYLE = Path(__file__).with_name("evidence.css")
ALL = ""


@aside
@st.cache_resource(show_spinner="Holding the network against every configuration", max_entries=4)
@in_turn
def judged(_net: Network, path: str) -> register.Judged:
    """What the check finds of each configuration, once for all visitors."""
    report = check.run(_net.review, _net.discrete, priors=_net.priors)
    return {agreement.cmoc.id: agreement for agreement in report.agreements}


def page(net: Network) -> None:
    """Draw the page."""
    st.html(STYLE)
    about = net.review.about
    common.opening(
        net,
        "Evidence",
        f"What the review says, in {len(net.cmocs)} configurations: in which context, by which "
        "mechanism, to which outcome. Open one for how firmly it is claimed and by whom.",
    )
    st.markdown(f"The review: {words.cited(about.citation, about.doi)}")
    common.left_out(address.said(net), theory.reading(net).wrong)
    agreements = judged(net, net.review.path)
    listed, rivals = st.tabs(["The configurations", "Rival readings"])
    with listed:
        _register(net, agreements)
    scheduling.answered()
    with rivals:
        _rivals(net)


def _register(net: Network, agreements: register.Judged) -> None:
    search = st.text_input(
        "Search", key="view.search", max_chars=80, bind="query-params",
        placeholder="a word, an author, a code", type="search",
    )  # fmt: skip
    kinds = {c.type for c in net.cmocs}
    verdicts = {a.verdict for a in agreements.values()}
    first, second, third = st.columns(3)
    kind = _filter(
        first, "Kind of claim", "view.kind", {k: v for k, v in register.TYPES.items() if k in kinds}
    )
    part = _filter(
        second, "Part of the review", "view.part", {p: p for p in register.parts(net.review)}
    )
    verdict = _filter(
        third,
        "Verdict of the check",
        "view.verdict",
        {k: v for k, v in register.VERDICTS.items() if k in verdicts},
    )
    chosen = register.matching(
        net, agreements, search=search or "", kind=kind, part=part, verdict=verdict
    )
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.markdown(f"**{len(chosen)} of {len(net.cmocs)}** configurations")
    if chosen:
        with right:
            downloads.table(
                "Download as CSV", "configurations.csv", register.COLUMNS,
                lambda: register.rows(net, agreements, chosen), wide=True,
            )  # fmt: skip
        st.html(register_entries.entries(net.review, agreements, chosen))
    else:
        st.info("Nothing matches. Search for fewer words, or set a filter back to “All”.")
    st.caption(
        "The check holds the network against the review: it shows whether the network says what "
        "the review says, not whether the review is right."
    )


def _filter(place: DeltaGenerator, label: str, key: str, options: dict[str, str]) -> str:
    """One choice among labels, or all; the answer is the key, "" for all."""
    labels = {ALL: "All", **options}
    common.known(key, list(labels.values()))
    chosen: str = place.selectbox(
        label, tuple(labels), format_func=labels.__getitem__, key=key, bind="query-params"
    )
    return chosen


def _rivals(net: Network) -> None:
    contested = [cmoc for cmoc in net.cmocs if cmoc.readings]
    if not contested:
        st.info("No configuration of this review is read in more than one way.")
        return
    st.markdown(
        "Where the review contradicts itself or its wording is open, one reading was adopted. "
        "Choose another and see how the answers move. Only you and whoever opens your link see it."
    )
    seen = theory.reading(net)
    other = seen.network
    left, right = st.columns([1, 1], gap="large")
    with left:
        for cmoc in contested:
            _reading(net, cmoc, other.review.readings[cmoc.id])
    with right, st.container(key="beside"):
        given = moved_outcomes.situation(net, "situation:evidence")
        if other is net:
            st.markdown("These are the adopted readings.")
        else:
            st.markdown("The other pages now show your readings too, and so does their link.")
        moved = moved_outcomes.moves(net, other, given)
        st.html(moved_outcomes.table(moved, "Adopted", "Your reading"))
        moved_outcomes.offered(moved, "Adopted", "Your reading")
        st.caption("▲ a move for the better, ▼ for the worse; under 1.5 points neither is marked.")


def _reading(net: Network, cmoc: Cmoc, current: str) -> None:
    key = f"reading:{cmoc.id}"
    adopted = net.review.readings[cmoc.id]

    def said(name: str) -> str:
        text = words.verbatim(register.plain(net.review, cmoc.readings[name].says))
        return f"{text} *(adopted)*" if name == adopted else text

    with st.container(border=True):
        st.html(register_entries.chain(cmoc) + f' <span class="code">{escape(cmoc.id)}</span>')
        names = tuple(cmoc.readings)
        st.radio(
            f"How to read {words.verbatim(cmoc.id)}", names,
            controls.begin_at(key, current, names), format_func=said, key=key,
            label_visibility="collapsed", on_change=_chosen, args=(net, cmoc.id),
        )  # fmt: skip


def _chosen(net: Network, cmoc: str) -> None:
    theory.read(net, cmoc, st.session_state[f"reading:{cmoc}"])
