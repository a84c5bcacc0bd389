"""The address of the page: what it says now, and how a control changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from cmocnet_app.state.links import READING, VIEW, Read, read, to_query

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet_app.state.scenario import Scenario


def parameters() -> dict[str, list[str]]:
    """Every parameter with every value it has."""
    return {key: st.query_params.get_all(key) for key in st.query_params}


def said(net: Network) -> Read:
    """What the address says: the scenario, what of it can't be used, and what isn't ours."""
    return read(net, parameters())


def write(scenario: Scenario) -> None:
    """Make the address that of this scenario; readings and what pages show stay as they were."""
    kept = {key: all_ for key, all_ in parameters().items() if key.startswith((VIEW, READING))}
    st.query_params.from_dict({**to_query(scenario), **kept})


def link(scenario: Scenario) -> str:
    """The whole address that opens a scenario, read as it is now."""
    page = (st.context.url or "").partition("?")[0]
    readings = {key: st.query_params[key] for key in st.query_params if key.startswith(READING)}
    return f"{page}?{urlencode(to_query(scenario) | readings)}"
