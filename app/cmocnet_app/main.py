"""The script that ``streamlit run`` runs: load the review once, then show the page asked for."""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

import streamlit as st

import cmocnet
from cmocnet import Network
from cmocnet.errors import CmocnetError
from cmocnet_app import words
from cmocnet_app.answers import headline
from cmocnet_app.screens import common
from cmocnet_app.serving import scheduling, visits

# Module of screens -> its title and its place in the address.
PAGES = {
    "what_if": ("What if?", ""),
    "why": ("Why, and what would help", "why"),
    "compare": ("Compare", "compare"),
    "evidence": ("Evidence", "evidence"),
    "judgements": ("Judgements", "judgements"),
}


@st.cache_resource(show_spinner="Reading the review")
def network(model: str | None) -> Network:
    """The network, loaded and compiled once for all visitors, who only read it."""
    net = cmocnet.load(model)
    headline.prepare(net)
    # What stays for good is not searched for garbage again.
    gc.collect()
    gc.freeze()
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
    visits.visit()
    with scheduling.drawn(st.empty()):
        _page(net)


def _page(net: Network) -> None:
    pages = [
        st.Page(_drawn(module, net), title=title, url_path=place or None, default=not place)
        for module, (title, place) in PAGES.items()
        if find_spec(f"cmocnet_app.screens.{module}")
    ]
    # Streamlit's own menu would drop the scenario from the address.
    chosen = st.navigation(pages, position="hidden")
    common.links(pages)
    chosen.run()


def _drawn(module: str, net: Network) -> Callable[[], None]:
    def draw() -> None:
        import_module(f"cmocnet_app.screens.{module}").page(net)

    draw.__name__ = module
    return draw


if __name__ == "__main__":
    main()
