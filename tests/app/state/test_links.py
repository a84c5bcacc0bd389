"""Links that others added to or mistyped: what can be read is shown, the rest is said."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from cmocnet.errors import QueryError
from cmocnet_app import main
from cmocnet_app.launch import SCRIPT
from cmocnet_app.state.links import copied, read, to_query, unpacked
from cmocnet_app.state.scenario import Scenario, preset

NET = main.network(None)  # the one that the pages show, loaded once
PRESET = "enforced_merger_unprepared"
FOREIGN = {"utm_source": "news", "utm_medium": "email", "fbclid": "IwAR0", "gclid": "x", "": "x"}
HELD = {"mandate": "mandated", "do.pace": "slow", "likely.leadership": "combative"}
KEPT = Scenario({"mandate": "mandated"}, {"pace": "slow"}, {"leadership": "combative"})


def opened(address: dict[str, str]) -> AppTest:
    page = AppTest.from_file(str(SCRIPT), default_timeout=60)
    page.query_params.update(address)
    return page.run()


def told(boxes: object) -> str:
    return " ".join(box.value for box in boxes).replace("\\", "")  # type: ignore[attr-defined]


def test_a_foreign_parameter_is_passed_over_and_said() -> None:
    page = opened(HELD | {"utm_source": "news", "fbclid": "IwAR0"})
    assert not page.exception
    assert not page.error
    assert "“utm_source” and “fbclid”" in told(page.info)
    assert "The rest of it is shown." in told(page.info)
    assert page.select_slider(key="state:mandate").value == "mandated"
    page.select_slider(key="state:reputation").set_value("good").run()
    assert dict(page.query_params) == HELD | {"reputation": "good"}
    assert not page.info


@pytest.mark.parametrize("key", [*FOREIGN, "view.unknown", "from.where", "x" * 10_000])
def test_whatever_is_foreign_leaves_the_scenario_as_it_is(key: str) -> None:
    found = read(NET, {k: [v] for k, v in HELD.items()} | {key: ["1"]})
    assert found.scenario == KEPT
    assert not found.wrong
    assert len(found.foreign) == 1
    assert len(found.foreign[0]) < 100


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reputation": "god"}, "nearest: good"),
        ({"reputaton": "good"}, "nearest: reputation"),
        ({"do.mandate": "mandated"}, "cannot be brought about"),
        ({"likely.repute": "good"}, "unknown context"),
        ({"from.situation": "enforced"}, "enforced_merger_"),
        ({"reading.T3-20": "nonsense"}, "unknown reading"),
        ({"trust": "high"}, "unknown context"),
    ],
)
def test_a_wrong_parameter_of_ours_leaves_the_rest(wrong: dict[str, str], says: str) -> None:
    held = {k: v for k, v in HELD.items() if "do.mandate" not in wrong or k != "mandate"}
    page = opened(held | wrong)
    assert not page.exception
    assert len(page.error) == 1
    assert says in told(page.error)
    assert page.radio(key="how:pace").value == "done"
    assert page.selectbox(key="state:leadership").value == "combative"


def test_what_is_said_in_two_ways_is_neither() -> None:
    found = read(NET, {"pace": ["slow"], "do.pace": ["timely"], "mandate": ["mandated"]})
    assert found.scenario == Scenario({"mandate": "mandated"})
    assert len(found.wrong) == 1


@pytest.mark.parametrize(
    ("address", "nearest"),
    [
        ({"view.against": "mandated_budying"}, "mandated_buddying"),
        ({"view.outcom": "trust"}, "view"),
    ],
)
def test_what_a_page_cannot_show_is_said(address: dict[str, str], nearest: str) -> None:
    page = opened(HELD | address)
    assert nearest in told([*page.warning, *page.error])
    assert page.select_slider(key="state:mandate").value == "mandated"


@pytest.mark.parametrize(
    ("module", "address"),
    [
        ("why", {"view.outcome": "trst"}),
        ("evidence", {"view.kind": "nonsense"}),
        ("evidence", {"view.part": "nonsense"}),
        ("evidence", {"view.verdict": "nonsense"}),
        ("judgements", {"view.about": "nonsense"}),
    ],
)
def test_every_page_says_what_it_cannot_show(module: str, address: dict[str, str]) -> None:
    def drawn(name: str) -> None:
        from importlib import import_module

        from cmocnet_app import main

        import_module(f"cmocnet_app.screens.{name}").page(main.network(None))

    page = AppTest.from_function(drawn, default_timeout=60, args=(module,))
    page.query_params.update(HELD | address)
    page.run()
    assert not page.exception
    assert "can't show" in told(page.warning)


def test_a_copied_link_may_hold_foreign_parameters_but_must_hold_a_scenario() -> None:
    query = "&".join(f"{k}={v}" for k, v in (HELD | {"utm_source": "news"}).items())
    assert unpacked(NET, f"https://example.org/?{query}") == KEPT
    assert copied(NET, query).foreign == ("utm_source",)
    with pytest.raises(QueryError, match="no scenario"):
        unpacked(NET, "https://example.org/?utm_source=news&fbclid=x")
    with pytest.raises(QueryError, match="unknown state"):
        unpacked(NET, query.replace("mandated", "mandted"))


def test_a_situation_beside_foreign_parameters_is_still_its_preset() -> None:
    address = to_query(Scenario(situation=PRESET)) | FOREIGN
    assert read(NET, {k: [v] for k, v in address.items()}).scenario == preset(NET, PRESET)
