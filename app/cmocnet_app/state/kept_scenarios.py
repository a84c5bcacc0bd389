"""The scenarios kept in the address to be compared with the one that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet_app.state import address
from cmocnet_app.state.links import packed, unpacked

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet_app.state.scenario import Scenario

WITH = "view.with"
MOST = 3
"""So many fit beside the one that the address holds."""


def kept(net: Network) -> tuple[dict[str, Scenario], list[str]]:
    """The scenarios kept, each under its text in the address; why others can't be read."""
    scenarios, wrong = {}, []
    for text in dict.fromkeys(st.query_params.get_all(WITH)):
        try:
            scenarios[text] = unpacked(net, text)
        except CmocnetError as error:
            wrong.append(str(error))
    return scenarios, wrong


def holds(scenario: Scenario) -> bool:
    """Is this one kept?"""
    return packed(scenario) in st.query_params.get_all(WITH)


def full(net: Network) -> bool:
    """Is there no room for one more?"""
    return len(kept(net)[0]) >= MOST


def keep(net: Network, scenario: Scenario) -> None:
    """Keep a scenario for the rest of the visit; what can't be read goes."""
    scenarios, _ = kept(net)
    st.query_params[WITH] = list(dict.fromkeys([*scenarios, packed(scenario)]))[:MOST]


def keep_this(net: Network) -> None:
    """Keep the scenario that the address holds."""
    keep(net, address.said(net).scenario)


def remove(text: str) -> None:
    """Keep one no longer, by its text in the address."""
    st.query_params[WITH] = [one for one in st.query_params.get_all(WITH) if one != text]
