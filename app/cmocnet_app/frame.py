"""What every page shares: style, links to the other pages, what the numbers are, and the foot."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet_app import contexts, view, words
from cmocnet_app.scenario import Scenario, readable

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from cmocnet import Network

STYLE = Path(__file__).with_name("page.css")


def links(pages: Iterable[StreamlitPage]) -> None:
    """Links to every page that take the scenario along."""
    st.html(STYLE)
    parameters = {key: st.query_params.get_all(key) for key in st.query_params}
    with st.container(horizontal=True, key="pages"):
        for page in pages:
            st.page_link(page, query_params=parameters)


def scenario(net: Network) -> tuple[Scenario, str | None]:
    """The scenario in the address, and what is wrong with the address."""
    return readable(net, {key: st.query_params.get_all(key) for key in st.query_params})


def opening(net: Network, title: str, lead: str) -> None:
    """Title, what the page is for, and what the numbers are and cannot say."""
    about = net.review.about
    st.title(title, anchor=False)
    st.markdown(lead)
    st.html(view.note(f"{about.caution} {about.scope}"))


def wrong(message: str | None) -> None:
    """Say what is wrong with the address, if anything."""
    if message:
        told = words.verbatim(message)
        st.error(f"This address can't be read, so nothing is taken from it: {told}")


def unanswered(error: Exception) -> None:
    """Say that there is no answer, and why."""
    st.error(f"There is no answer to this: {words.verbatim(str(error))}")


def described(shown: Scenario, net: Network) -> bool:
    """Is anything known? Where not, the ways to begin are offered."""
    if shown.states:
        return True
    st.info("Nothing is known yet. Choose a situation to begin with, or describe your own.")
    labels = {name: words.titled(situation) for name, situation in net.situations.items()}
    st.pills(
        "Start from a situation",
        tuple(labels),
        format_func=labels.__getitem__,
        key="begin",
        on_change=_begin,
    )
    return False


def _begin() -> None:
    chosen = st.session_state["begin"]
    if chosen is not None:
        contexts.write(Scenario(situation=chosen))


def shown(name: str, default: str, among: Iterable[str]) -> str:
    """What the address says a page shows, if it is one of those it can show."""
    said = st.query_params.get(name, default)
    return said if said in set(among) else default


def foot(net: Network) -> None:
    """Where the numbers come from."""
    about = net.review.about
    same = "" if net.priors else "; whoever opens it sees the same"
    st.caption(
        "“Nothing known” rests on assumed prevalences: read it last. "
        f"The address of this page holds the whole scenario{same}."
    )
    st.caption(
        f"Read from: {words.verbatim(about.citation)} [doi:{about.doi}](https://doi.org/{about.doi})"
    )
