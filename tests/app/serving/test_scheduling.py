"""Several visitors at once, over the websocket: everyone's newest change is answered."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from benchmarks import visitors
from cmocnet_app.serving import scheduling
from cmocnet_app.serving.queueing import Run, Visitor
from tests.app.waiting import past


def test_everyones_newest_change_is_answered(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More changes than the page can draw to the end: it must not begin each and finish none."""
    monkeypatch.setattr(visitors, "EVERY", 0.5)
    seen: dict[int, visitors.Visitor] = {}

    def over(visitor: visitors.Visitor) -> bool:
        """All go on changing things until each was answered twice."""
        seen[id(visitor)] = visitor
        late = past(visitor.begun)
        return late or (len(seen) == 12 and all(len(v.told.waits) > 1 for v in seen.values()))

    async def visit() -> list[visitors.Told]:
        return await asyncio.gather(*(visitors.visit(site, seed, over) for seed in range(12)))

    with ThreadPoolExecutor(1) as apart:  # a browser's tests keep a loop running in this thread
        found = apart.submit(asyncio.run, visit()).result()
    assert all(len(told.waits) > 1 for told in found)
    assert not any(told.owed for told in found)


def script() -> None:
    import streamlit as st

    from cmocnet_app.serving import scheduling

    with scheduling.drawn(st.empty()):
        st.text("drawn")
        scheduling.answered()
        st.text("all")


def test_a_wait_is_told_and_its_end_takes_that_away(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Note:
        def info(self, text: str) -> None:
            told.append(text)

        def empty(self) -> None:
            told.append("")

    # A run and a note that do no more than these tests look at.
    here = scheduling.Here(Run(), Note())  # type: ignore[arg-type]
    for left in (0.2, 3.0, 1.0, None, None):
        here.look(left)
    here.run.owed = False
    here.look(2.0)
    assert told == [
        "Others are being answered; your turn comes in about 3 seconds.",
        "Others are being answered; your turn comes in about 1 second.",
        "",
        "Others are being answered; the rest of this page comes in about 2 seconds.",
    ]


def test_a_page_alone_says_nothing_of_others() -> None:
    page = AppTest.from_function(script).run()
    assert [text.value for text in page.text] == ["drawn", "all"]
    assert not page.info


def test_a_run_that_its_visitor_gave_up_ends_as_streamlit_ends_one() -> None:
    visitor = Visitor()
    run = visitor.run()
    kept = scheduling._here.set(scheduling.Here(run))
    try:
        visitor.run()
        with pytest.raises(StopException):
            scheduling.in_turn(lambda: pytest.fail("worked"))()
    finally:
        scheduling._here.reset(kept)
