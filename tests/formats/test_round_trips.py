"""Random networks in every format: any legal layout reads back exactly, any damage is refused.

The layouts come from a writer of the tests' own, so that reader and writer cannot be wrong alike.
"""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmocnet import formats
from cmocnet.errors import CmocnetError
from cmocnet.formats import NetworkWarning
from cmocnet.typing import DiscreteNetwork, Table
from tests.formats import strategies

LAYOUTS = {
    ".bif": strategies.bif,
    ".net": strategies.net,
    ".uai": strategies.uai,
    ".xdsl": strategies.xdsl,
    ".xmlbif": strategies.xmlbif,
}
HOLD = {".bif": strategies.ODD, ".xmlbif": (*strategies.ODD, 'a "b"', "&<>")}
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def renamed(network: DiscreteNetwork) -> DiscreteNetwork:
    """The network with the names that UAI gives."""
    new = {name: f"v{i}" for i, name in enumerate(network.states)}
    states = {new[n]: tuple(map(str, range(len(s)))) for n, s in network.states.items()}
    tables = {
        new[n]: Table(new[n], tuple(new[p] for p in t.parents), t.values)
        for n, t in network.tables.items()
    }
    return DiscreteNetwork(states, tables)


@pytest.mark.parametrize("ending", LAYOUTS)
@SETTINGS
@given(data=st.data())
def test_any_legal_layout_reads_back_exactly(reads, ending: str, data) -> None:
    network = data.draw(strategies.networks(HOLD.get(ending, strategies.FAR)))
    found = reads(data.draw(LAYOUTS[ending](network)), ending)
    assert strategies.same(renamed(network) if ending == ".uai" else network, found)


@pytest.mark.parametrize("ending", LAYOUTS)
@SETTINGS
@given(data=st.data())
def test_what_is_written_reads_back_exactly(reads, ending: str, data) -> None:
    network = data.draw(strategies.networks(HOLD.get(ending, strategies.FAR)))
    found = reads(formats.text(network, f"n{ending}", title='A "title" <&>'), ending)
    right = renamed(network) if ending == ".uai" else network
    assert strategies.same(right, found)
    assert list(found.states) == list(right.states), "the order is kept"


def damaged(data, text: str) -> str:
    """The text with one character changed, left out or put in, or a piece doubled or lost."""
    at = data.draw(st.integers(0, len(text) - 1))
    marks = st.sampled_from(sorted({*'{}()[];,|"%#/*<>&=-.e \n\0', *"x09é"}))
    kind = data.draw(st.sampled_from(["change", "drop", "insert", "double", "cut", "end"]))
    if kind in {"change", "drop", "insert"}:
        new = "" if kind == "drop" else data.draw(marks)
        return text[:at] + new + text[at + (kind != "insert") :]
    if kind == "end":
        return text[:at]
    piece = text[at : at + data.draw(st.integers(1, 80))]
    return text.replace(piece, piece * 2 if kind == "double" else "", 1)


@pytest.mark.parametrize("ending", LAYOUTS)
@settings(SETTINGS, max_examples=250)
@given(data=st.data())
def test_a_damaged_file_is_refused_in_one_line_or_means_the_same(reads, ending: str, data) -> None:
    network = data.draw(strategies.networks(strategies.FAR[:4], exact=True))
    text = formats.text(network, f"n{ending}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NetworkWarning)
        try:
            found = reads(damaged(data, text), ending)
        except CmocnetError as error:
            line = str(error)
            assert "\n" not in line
            assert len(line) < 700
            assert f"n{ending}" in line
            return
    if ending == ".uai":  # one digit can make another network of indices
        assert all(np.allclose(t.values.sum(axis=-1), 1) for t in found.tables.values())
        return
    assert_alike(network, found)


def assert_alike(network: DiscreteNetwork, found: DiscreteNetwork) -> None:
    """Equal but for a name that stands once and nothing refers to, and for the last digits."""
    called = dict(zip(found.states, network.states, strict=True))
    for name, table in found.tables.items():
        right = network.tables[called[name]]
        assert tuple(called[p] for p in table.parents) == right.parents
        np.testing.assert_allclose(table.values, right.values, atol=1e-5)


@SETTINGS
@given(
    text=st.text(
        alphabet=st.sampled_from(sorted('networkvariable{}()[];,|"01.\n/* ')), max_size=200
    )
)
@pytest.mark.parametrize("ending", [*formats.ENDINGS])
def test_nonsense_is_refused_with_its_place(reads, ending: str, text: str) -> None:
    with pytest.raises(CmocnetError, match=re.escape(f"n{ending}")):
        reads(text, ending)
