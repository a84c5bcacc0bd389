"""A closer look at one node: what it is, how likely its states are, and what the review claims."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.explain.words import listed
from cmocnet_app import words
from cmocnet_app.markup import elements

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.engine import Posteriors
    from cmocnet.registry.records import Cmoc, Variable

RESTS = {
    "case": "rests on cases",
    "review": "rests on other reviews",
    "theory": "rests on theory",
    "inference": "the authors' own inference",
}
AGREED = {
    "several": "several works agree",
    "one": "one work says so",
    "contested": "contested",
    "none": "no work cited",
}


def look(net: Network, name: str, here: Posteriors, other: Posteriors, against: str) -> None:
    """Show one variable in full."""
    variable = net.variables[name]
    st.markdown(f"### {words.verbatim(variable.label)}")
    st.html(elements.note(variable.description))
    head = ("State", "This scenario", against)
    rows = [
        (
            variable.label_of(s),
            words.per_cent(here[name][s]),
            words.per_cent(other[name][s]),
        )
        for s in variable.states
    ]
    st.html(
        elements.table(head, rows, f"How likely each state of {words.lower(variable.label)} is")
    )
    claims = claimed(net, variable)
    if not claims:
        st.caption("Nothing in the picture leads to this: it is set from outside.")
        return
    st.markdown("What the review says leads to it, and the works it cites:")
    st.html(f'<ul class="claims">{"".join(_claim(net, c) for c in claims)}</ul>')
    with st.expander("The claims by number, and how each was read"):
        for cmoc in claims:
            number, where = words.verbatim(cmoc.id), words.verbatim(cmoc.where)
            st.markdown(f"**{number}** ({where}). {words.verbatim(cmoc.reading)}")


def claimed(net: Network, variable: Variable) -> list[Cmoc]:
    """The configurations that a variable's arcs cite, each once."""
    ids = dict.fromkeys(key for cites in variable.arcs.values() for key in cites)
    return [net.review.cmocs[key] for key in ids if key in net.review.cmocs]


def _claim(net: Network, cmoc: Cmoc) -> str:
    told = f"{cmoc.context} → {words.lower(cmoc.mechanism)} → {words.lower(cmoc.outcome)}"
    grounds = f"{words.upper(RESTS[cmoc.evidence])}; {AGREED[cmoc.agreement]}"
    own = "; told of the review's own cases" if cmoc.in_sample else ""
    works = listed([net.review.sources[key].short for key in cmoc.sources])
    sources = f" ({works})" if works else ""
    return f"<li>{escape(told)}. <small>{escape(grounds + own + sources)}.</small></li>"
