"""The script that ``streamlit run`` runs: load the review once, then show the page asked for."""

from __future__ import annotations

import argparse

import streamlit as st

import cmocnet
from cmocnet import Network
from cmocnet.errors import CmocnetError
from cmocnet_app import comparison, page_what_if, words


@st.cache_resource(show_spinner="Reading the review")
def network(model: str | None) -> Network:
    """The network, loaded and compiled once for all visitors, who only read it."""
    net = cmocnet.load(model)
    comparison.prepare(net)
    return net


def main() -> None:
    """Set the page up and run it."""
    st.set_page_config(page_title="What if?", layout="wide", initial_sidebar_state=340)
    options = argparse.ArgumentParser(allow_abbrev=False)
    options.add_argument("--model")
    model: str | None = options.parse_known_args()[0].model
    try:
        net = network(model)
    except CmocnetError as error:
        st.error(words.verbatim(str(error)))
        return

    def what_if() -> None:
        page_what_if.page(net)

    st.navigation([st.Page(what_if, title="What if?", default=True)]).run()


if __name__ == "__main__":
    main()
