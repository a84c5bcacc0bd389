"""What the what-if page answers beyond its bars: sureness, short answers, picture, files."""

from __future__ import annotations

import io
import json
import re
import zipfile
from xml.etree import ElementTree

import msgspec
from streamlit.testing.v1 import AppTest

from cmocnet_app import main, words
from cmocnet_app.answers import cached
from cmocnet_app.answers.headline import asked_state
from cmocnet_app.exports import downloads
from cmocnet_app.launch import SCRIPT
from cmocnet_app.markup import network_drawing

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


def nodes_drawn(page: AppTest) -> set[str]:
    (drawn,) = (json.loads(element.proto.json) for element in page.get("bidi_component"))
    return {n.get("data-node") for n in ElementTree.fromstring(drawn).iter()} - {None}


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
    assert words.sureness(held.holds) in card


def test_what_is_unsure_is_told_as_unsure() -> None:
    page = opened(**{"from__situation": PRESET})
    situation = NET.situations[PRESET]
    summary = next(m.value for m in page.markdown if "The review leads one to expect" in m.value)
    warning = summary.partition("The direction is unsure for")[2]
    for name in NET.review.about.headline:
        variable = NET.variables[name]
        event = f"{name}={asked_state(variable)}"
        held = NET.compare(
            f"P({event} | {facts(situation.given)})", f"P({event} | {facts(situation.contrast)})"
        )
        card = html(page).split(f'data-outcome="{name}"')[1].split("</section>")[0]
        label = words.lower(words.event(variable, asked_state(variable)))
        assert words.unsure(held.holds) == (" unsure" in card) == (label in warning)


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


def test_where_it_hurts_reads_well_whatever_the_label() -> None:
    """A label that is a question or a part of one makes no noun of its state."""
    told = html(opened(**{"from__situation": "alliance_that_ended"}))
    variable = NET.variables["resolution_quality"]
    assert f"First: {variable.label} ({variable.label_of('poor')}), " in told


def test_the_picture_is_well_formed_and_shows_what_moved() -> None:
    page = opened(**{"from__situation": PRESET})
    nodes = nodes_drawn(page)
    assert {*NET.situations[PRESET].given, *NET.review.about.headline} <= nodes
    page.toggle(key="everything").set_value(True).run()
    assert nodes_drawn(page) == set(NET.variables)


def test_an_arc_ends_at_its_childs_edge_wherever_the_child_stands() -> None:
    """Below its parent, above it, or beside it."""
    found = network_drawing.nodes(NET.variables, NET.posteriors(), NET.posteriors(), ())
    drawn = network_drawing.draw(found, cached.arcs(NET), list(found))
    root = ElementTree.fromstring(drawn)
    boxes = [
        (float(box.get("x")) + network_drawing.WIDTH / 2, float(box.get("y")))
        for box in root.iter("{http://www.w3.org/2000/svg}rect")
        if box.get("class") == "box"
    ]
    tops = {(x, y) for x, y in boxes}
    bottoms = {(x, y + network_drawing.HEIGHT) for x, y in boxes}
    arcs = [p.get("d") for p in root.iter("{http://www.w3.org/2000/svg}path") if p.get("class")]
    assert len(arcs) == sum(len(v.arcs) for v in NET.variables.values())
    for path in arcs:
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", path)]
        start, end = tuple(numbers[:2]), tuple(numbers[-2:])
        if "c" in path:  # relative to the start
            end = (start[0] + end[0], start[1] + end[1])
        assert start in tops | bottoms, path
        assert end in tops | bottoms, path


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
    evil = msgspec.structs.replace(NET.variables["trust"], label=hostile)
    node = network_drawing.Node(evil, {"low": 0.5, "medium": 0.3, "high": 0.2}, 0.1, False)
    drawn = network_drawing.draw({"trust": node}, (), ["trust"])
    assert "<script" not in drawn
    ElementTree.fromstring(drawn)


def test_downloads_neutralise_formulas() -> None:
    made = downloads.rows_as_csv([["=cmd()"], ["+1", -1.5, "@x", "a,b"]]).decode("utf-8-sig")
    assert made.splitlines() == ["'=cmd()", "'+1,-1.5,'@x,\"a,b\""]
    names = zipfile.ZipFile(io.BytesIO(downloads.zipped_tables(NET.discrete))).namelist()
    assert set(names) == {f"{name}.csv" for name in NET.variables}
    assert b"<smile" in downloads.xdsl(NET)
