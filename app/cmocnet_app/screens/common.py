"""What every page shares: style, links to the other pages, what the numbers are, and the foot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import QueryError, nearest
from cmocnet.explain.words import listed
from cmocnet_app import words
from cmocnet_app.markup import elements
from cmocnet_app.state import address
from cmocnet_app.state.scenario import Scenario
from cmocnet_app.words import short

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from cmocnet import Network
    from cmocnet.errors import CmocnetError
    from cmocnet_app.state.links import Read

STYLE = Path(__file__).with_name("page.css")
NAMED = 3
"""So many foreign parts of an address are named; of more, only how many."""


def links(pages: Iterable[StreamlitPage]) -> None:
    """Links to every page that take the scenario along."""
    st.html(STYLE)
    parameters = address.parameters()
    with st.container(horizontal=True, key="pages"):
        for page in pages:
            st.page_link(page, query_params=parameters)


def opening(net: Network, title: str, lead: str) -> None:
    """Title, what the page is for, and what the numbers are and cannot say."""
    about = net.review.about
    st.title(title, anchor=False)
    st.markdown(lead)
    st.html(elements.note(f"{about.caution} {about.scope}"))


def left_out(said: Read, others: Sequence[CmocnetError] = ()) -> None:
    """Say what of the address is left out, if anything: ours but wrong, and not ours at all."""
    rest = " The rest of it is shown." if said.scenario.states else ""
    wrong = [*said.wrong, *others]
    if wrong:
        many = f"{len(wrong)} things in this address can't be read and are left out, the first"
        head = many if wrong[1:] else "This address can't be read in full, and this is left out"
        st.error(f"{head}: {words.verbatim(str(wrong[0]))}.{rest}")
    if said.foreign:
        st.info(f"Of this address {named(said.foreign)} left out: no part of a scenario.{rest}")


def named(foreign: Sequence[str]) -> str:
    """The first foreign parts of an address by name, how many more there are, and a verb."""
    names = [f"“{words.verbatim(key)}”" for key in foreign[:NAMED]]
    more = [f"{len(foreign) - NAMED} more"] if foreign[NAMED:] else []
    return f"{listed([*names, *more])} {'is' if len(foreign) == 1 else 'are'}"


def unanswered(error: Exception) -> None:
    """Say that there is no answer, and why."""
    st.error(f"There is no answer to this: {words.verbatim(str(error))}")


def described(shown: Scenario, net: Network) -> bool:
    """Is anything known? Where not, the ways to begin are offered."""
    if shown.states:
        return True
    st.info("Nothing is known yet. Choose a situation to begin with, or describe your own.")
    labels = words.titles(net.situations)
    st.pills(
        "Start from a situation",
        tuple(labels),
        format_func=lambda name: words.verbatim(labels[name]),
        key="begin",
        on_change=_begin,
    )
    return False


def _begin() -> None:
    chosen = st.session_state["begin"]
    if chosen is not None:
        address.write(Scenario(situation=chosen))


def shown(name: str, default: str, among: Iterable[str]) -> str:
    """What the address says a page shows; where the page can't show that, it says so."""
    said = st.query_params.get_all(name)
    return said[0] if known(name, {default, *among}) and said else default


def known(name: str, among: Collection[str]) -> bool:
    """Can a page show what the address says under a name? Where not, it says so."""
    said = st.query_params.get_all(name)
    if len(said) < 2 and set(said) <= set(among):
        return True
    text = short(said[-1])
    what = f"can't show {text!r}" if len(said) == 1 else "is said more than once"
    error = QueryError(what, where=name, nearest=nearest(text, filter(None, among)))
    st.warning(f"Left out of this address: {words.verbatim(str(error))}.")
    return False


def foot(net: Network) -> None:
    """Where the numbers come from."""
    about = net.review.about
    same = "" if net.priors else "; whoever opens it sees the same"
    st.caption(
        "“Nothing known” rests on assumed prevalences: read it last. "
        f"The address of this page holds the whole scenario{same}."
    )
    st.caption(f"Read from: {words.cited(about.citation, about.doi)}")
