"""The picture on the what-if page, and a closer look at one node of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet_app import words
from cmocnet_app.answers import cached
from cmocnet_app.answers.headline import Contrast, posteriors
from cmocnet_app.exports import downloads
from cmocnet_app.markup import network_drawing
from cmocnet_app.sections import one_variable
from cmocnet_app.serving import scheduling

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

    from cmocnet import Network
    from cmocnet.engine import Posteriors
    from cmocnet.explain.arcs import Arc
    from cmocnet_app.state.scenario import Scenario

SHOWN = 26
NONE = ""
READ = (
    "As read here: arcs are this project's reading of the review. A solid line: more of the one "
    "brings more of the other; dashed: less; dotted: it depends. Thicker lines work more strongly. "
    "A bar shows how likely each state is, the lowest at the left and faintest. Click a part to "
    "look closer at it."
)
KEY = "picture"
FRAME = '<div class="wide picture-frame" tabindex="0" role="region" aria-label="The picture"></div>'


@cache
def _clickable() -> ComponentRenderer:
    """The frame that shows a drawing and tells which node was clicked."""
    script = Path(__file__).with_name("network_picture.js").read_text(encoding="utf-8")
    return st.components.v2.component("picture", html=FRAME, js=script, isolate_styles=False)


def _clicked() -> None:
    """Look closer at the node clicked; a second click puts it back."""
    node = st.session_state[KEY].node
    if node:
        st.session_state["node"] = NONE if st.session_state.get("node") == node else node


def section(net: Network, scenario: Scenario, beside: Contrast | None) -> None:
    """Draw the picture, its controls and the node chosen."""
    _drawn(net, scenario, beside, cached.arcs(net))


@st.fragment
@scheduling.drawn()
def _drawn(
    net: Network, scenario: Scenario, beside: Contrast | None, arcs: tuple[Arc, ...]
) -> None:
    st.header("The picture", anchor=False)
    here = posteriors(net, scenario)
    other = posteriors(net, beside.scenario) if beside else net.posteriors()
    nodes = network_drawing.nodes(net.variables, here, other, scenario.states)
    left, right = st.columns(2, vertical_alignment="bottom")
    labels = {NONE: "Nothing chosen", **{n: v.label for n, v in net.variables.items()}}
    name = left.selectbox(
        "Look closer at", tuple(labels), format_func=labels.__getitem__, key="node"
    )
    everything = right.toggle(f"Show all {len(nodes)} parts", key="everything")
    shown = list(nodes) if everything or not scenario.states else _leading(net, nodes)
    if name and name not in shown:
        shown = [n for n in nodes if n in {*shown, name}]
    drawn = network_drawing.draw(
        nodes, arcs, shown, headings=net.review.about.layers, chosen=name or None
    )
    _clickable()(key=KEY, data=drawn, on_node_change=_clicked)
    against = words.lower(beside.label) if beside else "nothing known"
    coloured = (
        f"Coloured is what differs from {against}: blue for the better, orange for the worse; "
        "▲ more, ▼ less; dark lines carry it. What you observe also tells of its causes. "
        if scenario.states
        else ""
    )
    st.caption(coloured + READ)
    if name:
        one_variable.look(net, name, here, other, words.upper(against))
    _downloads(net, nodes, here, other, shown, arcs)


def _leading(net: Network, nodes: dict[str, network_drawing.Node]) -> list[str]:
    return network_drawing.leading(nodes, net.review.about.headline, SHOWN)


def _downloads(
    net: Network,
    nodes: dict[str, network_drawing.Node],
    here: Posteriors,
    other: Posteriors,
    shown: list[str],
    arcs: tuple[Arc, ...],
) -> None:
    def figure() -> bytes:
        drawn = network_drawing.draw(
            nodes, arcs, shown,
            headings=net.review.about.layers, paper="#ffffff", ink="#1b1f24",
        )  # fmt: skip
        return drawn.encode()

    def rows() -> downloads.Rows:
        return (
            (v.label, v.label_of(s), here[v.name][s], other[v.name][s])
            for v in net.variables.values()
            for s in v.states
        )

    head = ("What", "State", "Probability here", "Probability in the case compared with")
    with st.container(horizontal=True):
        downloads.file("Picture (SVG)", "picture.svg", "image/svg+xml", figure)
        downloads.table("Everything in the picture (CSV)", "beliefs.csv", head, rows)
