"""Addresses of judgements: written and read by one grammar, and texts all the same."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmocnet import Network
from cmocnet.elicitation.draws import everyone, tables
from cmocnet.errors import QueryError
from cmocnet.registry import Address
from cmocnet.registry.variable import NAME

NAMES = st.from_regex(NAME, fullmatch=True)
COUNTS = st.integers(1, 10**6)
CELLS = st.lists(NAMES, max_size=3).map(tuple)
ADDRESSES = st.one_of(
    st.builds(Address, NAMES, st.sampled_from(["lowest", "highest", "leak"]), cells=CELLS),
    st.builds(Address, NAMES, st.just("weight"), cells=CELLS, parent=NAMES),
    st.builds(Address, NAMES, st.just("cause"), cells=CELLS, parent=NAMES, state=NAMES),
    st.builds(Address, NAMES, st.just("row"), cells=CELLS, row=COUNTS, share=COUNTS),
)


def parts(address: Address) -> tuple[object, ...]:
    return tuple(getattr(address, name) for name in Address.__slots__)


@given(ADDRESSES)
def test_what_is_written_is_read_back(address: Address) -> None:
    found = Address.parse(str(address))
    assert found == address
    assert parts(found) == parts(address)
    assert found.startswith(found.table)
    assert found.table == address.beside("lowest").removesuffix("lowest")


@given(ADDRESSES)
def test_an_address_is_its_text(address: Address) -> None:
    text = str(address)
    assert {address: 1}[text] == 1
    assert json.loads(json.dumps({address: address})) == {text: text}
    for copied in (copy.deepcopy(address), pickle.loads(pickle.dumps(address))):
        assert isinstance(copied, Address)
        assert parts(copied) == parts(address)


@given(st.text() | ADDRESSES.map(lambda a: a[:-1]) | ADDRESSES.map(lambda a: f"{a}]"))
def test_a_text_is_an_address_or_a_plain_error(text: str) -> None:
    try:
        assert str(Address.parse(text)) == text
    except QueryError as error:
        assert "no address of a judgement" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    "text",
    ["", "trust", "trust/", "/lowest", "trust/lowest.x", "trust/weight", "trust/weight.a.b",
     "trust/cause.a", "trust/row0.1", "trust/row1", "trust/row01.1", "trust/[]lowest",
     "trust/[low", "trust/[low]", "trust/lowest ", "a/b/lowest", "trust/row1.\u0661"],
)  # fmt: skip
def test_what_is_none_is_refused_with_the_nearest(text: str) -> None:
    with pytest.raises(QueryError, match=r"expected variable/number.*nearest: trust/lowest"):
        Address.parse(text, ["trust/lowest"])


def test_every_judgement_stands_where_its_address_says(net: Network) -> None:
    known = everyone(net.review)
    for judgement in known:
        variable = net.variables[judgement.variable]
        cell = variable.cell(judgement.address)
        assert cell.states == judgement.address.cells
        assert (judgement.address.part == "weight") == (judgement.kind == "weight")
        assert all(state in net.variables[name].states for name, state in cell.held)
    assert len({j.address for j in known}) == len(known)


def test_drawn_values_at_no_address_are_refused_with_the_nearest(net: Network) -> None:
    with pytest.raises(QueryError, match=r"no address of a judgement.*nearest: inertia/lowest"):
        dict(tables(net.review, {"inertia/lowset": None}))  # type: ignore[dict-item]
