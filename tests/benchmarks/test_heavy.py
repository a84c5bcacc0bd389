"""Heavy visitors of the page see whole pages, and say where one is none; no time is asserted."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

import cmocnet
from benchmarks import heavy
from cmocnet_app.state.links import read
from tests.app import served_page


def test_a_newcomer_sees_every_kind_of_page_whole_beside_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heavy, "ARRIVED", 0.0)
    with served_page.served() as (address, _), ThreadPoolExecutor(1) as apart:
        told = apart.submit(asyncio.run, heavy.looked(address, 4, 1.0)).result()
    assert set(told.waits) == set(heavy.PAGES)
    assert all(told.waits.values())
    assert told.pages >= 4 + sum(map(len, told.waits.values()))


@pytest.mark.parametrize("page", heavy.PAGES)
def test_what_is_asked_for_can_be_read(net: cmocnet.Network, page: str) -> None:
    from urllib.parse import parse_qs

    asked = [heavy._asked(page, random.Random(seed), net) for seed in range(20)]
    assert len(set(asked)) > 5
    for query in asked:
        said = read(net, parse_qs(query))
        assert not said.wrong
        assert not said.foreign


def test_a_page_that_ends_early_or_fails_is_no_whole_page() -> None:
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    sight = heavy.Sight("why", random.Random(1), "")
    message = ForwardMsg()
    message.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    with pytest.raises(RuntimeError, match="before all of it stood"):
        sight.hear(message)
    message.delta.new_element.exception.message = "broken"
    with pytest.raises(RuntimeError, match="why failed: broken"):
        sight.hear(message)
