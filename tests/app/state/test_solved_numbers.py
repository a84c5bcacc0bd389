"""The page shows a solved number as it stands, and from what belief it was solved."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

import cmocnet
from cmocnet.elicitation.draws import by_address
from cmocnet.registry.judged import Found
from cmocnet_app.screens import judgements
from cmocnet_app.state import prior_set


@pytest.mark.parametrize(
    "address", ["abandoned/leak", "mood/[sun]weight.watering", "sunlight/row1.1"]
)
def test_as_it_stands(address: str, garden: Path) -> None:
    net = cmocnet.load(garden)
    bare = by_address(net.review)[address]
    was, spread, by = bare.value, bare.spread, bare.by
    found = Found(value=was * 0.9, score=-0.5, left=0.6, was=was, spread=spread, by=by)
    solved = replace(bare, solved=found)
    before, after = (prior_set.asked(net.review, j).value for j in (bare, solved))
    turned = before != was
    assert turned == (address == "sunlight/row1.1")
    assert after == pytest.approx(1.0 - 0.9 * was if turned else 0.9 * was)
    wide, narrow = (prior_set.middle(net.review, j) for j in (bare, solved))
    assert narrow[0] < narrow[1]
    assert np.diff(narrow) < np.diff(wide)
    told = judgements._told(net, solved, after)
    assert judgements.BY["solved"] in told
    assert judgements.BY[by] in told
    assert judgements.BY["solved"] not in judgements._told(net, bare, before)
