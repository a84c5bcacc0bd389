"""What the what-if page answers beyond its bars: sureness, short answers, picture, files."""

from __future__ import annotations

import io
import re
import zipfile
from types import SimpleNamespace
from xml.etree import ElementTree

from streamlit.testing.v1 import AppTest

from cmocnet_app import downloads, main, picture, words
from cmocnet_app.launch import SCRIPT
from cmocnet_app.sureness import share

NET = main.network(None)  # the one that the pages show, loaded once
PRESET = "enforced_merger_unprepared"


def opened(**address: str | list[str]) -> AppTest:
    page = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for key, value in address.items():
        page.query_params[key.replace("__", ".")] = value
    return page.run()


def html(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def facts(given: dict[str, str]) -> str:
    return ", ".join(f"{name}={state}" for name, state in given.items())


def test_every_bar_has_its_interval_and_the_contrast_says_how_sure_it_is() -> None:
    page = opened(**{"from__situation": PRESET})
    situation, shown = NET.situations[PRESET], html(page)
    within = NET.intervals(NET.evidence(situation.given))["inertia"]["yes"]
    card = shown.split('data-outcome="inertia"')[1].split("</section>")[0]
    assert f'"within">({words.span(within)})<' in card
    state = "inertia=yes"
    held = NET.compare(
        f"P({state} | {facts(situation.given)})", f"P({state} | {facts(situation.contrast)})"
    )
    assert words.sureness(share(held)) in card


def test_the_front_answers_stand_in_the_order_people_ask() -> None:
    page = opened(**{"from__situation": PRESET})
    told = html(page).split('<dl class="answers">')[1].split("</dl>")[0]
    asked = [part.split("</dt>")[0] for part in told.split("<dt>")[1:]]
    assert [question[:10] for question in asked] == [
        "Where will", "Will we ge", "What does ", "Which weak", "Which thre", "What must ",
        "Can contra", "What might", "Which stud", "What shoul", "What can&#",
    ]  # fmt: skip
    assert NET.review.about.scope in told
    assert not re.search(r"\b(T3|TX)-\d", told)


def test_the_picture_is_well_formed_and_shows_what_moved() -> None:
    page = opened(**{"from__situation": PRESET})
    (drawn,) = (m.value for m in page.markdown if "<svg" in m.value)
    root = ElementTree.fromstring(drawn)
    nodes = {n.get("data-node") for n in root.iter() if n.get("data-node")}
    assert {*NET.situations[PRESET].given, *NET.review.about.headline} <= nodes
    page.toggle(key="everything").set_value(True).run()
    (drawn,) = (m.value for m in page.markdown if "<svg" in m.value)
    nodes = [n.get("data-node") for n in ElementTree.fromstring(drawn).iter()]
    assert {n for n in nodes if n} == set(NET.variables)


def test_a_node_chosen_shows_its_claims_and_hides_their_numbers_until_asked() -> None:
    page = opened(**{"from__situation": PRESET})
    page.selectbox(key="node").set_value("trust").run()
    assert not page.exception
    assert "How likely each state of trust" in html(page)
    claims = html(page).split('class="claims"')[1]
    assert NET.review.cmocs["T3-13"].context in claims
    assert "T3-13" not in claims


def test_hostile_words_in_a_review_are_escaped_in_the_picture() -> None:
    hostile = '<script>alert("x")</script>'
    evil = SimpleNamespace(**{f: getattr(NET.variables["trust"], f) for f in (
        "name", "layer", "states", "state_labels", "favourable")}, label=hostile)  # fmt: skip
    node = picture.Node(evil, {"low": 0.5, "medium": 0.3, "high": 0.2}, 0.1, False)  # type: ignore[arg-type]
    drawn = picture.draw({"trust": node}, (), ["trust"])
    assert "<script" not in drawn
    ElementTree.fromstring(drawn)


def test_downloads_neutralise_formulas() -> None:
    made = downloads.table(["=cmd()"], [["+1", -1.5, "@x", "a,b"]]).decode("utf-8-sig")
    assert made.splitlines() == ["'=cmd()", "'+1,-1.5,'@x,\"a,b\""]
    names = zipfile.ZipFile(io.BytesIO(downloads.tables(NET.discrete))).namelist()
    assert set(names) == {f"{name}.csv" for name in NET.variables}
    assert b"<smile" in downloads.xdsl(NET)
