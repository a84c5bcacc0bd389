"""The evidence page: the register as listed, searched and taken away; rival readings."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import msgspec
import pytest
from streamlit.testing.v1 import AppTest

import cmocnet
from cmocnet import check
from cmocnet.survey.cells import STARTS
from cmocnet_app.answers import register
from cmocnet_app.exports import downloads
from cmocnet_app.markup import register_entries
from cmocnet_app.sections import moved_outcomes

NET = cmocnet.load()
JUDGED = {a.cmoc.id: a for a in check.run(NET.review, NET.discrete).agreements}


def script() -> None:
    import streamlit as st

    import cmocnet
    from cmocnet_app.screens import evidence

    evidence.page(st.cache_resource(cmocnet.load)())


def opened(**address: str) -> AppTest:
    page = AppTest.from_function(script, default_timeout=60)
    for key, value in address.items():
        page.query_params[key.replace("__", ".")] = value
    return page.run()


def html(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def listed(page: AppTest) -> list[str]:
    return re.findall(r'data-entry="([^"]+)"', html(page))


def test_every_configuration_is_listed_with_its_verdict_and_sources() -> None:
    page = opened()
    assert not page.exception
    assert listed(page) == [c.id for c in NET.cmocs]
    shown = html(page)
    for cmoc in NET.cmocs:
        entry = shown.split(f'data-entry="{cmoc.id}"')[1].split("</details>")[0]
        assert register.VERDICTS[JUDGED[cmoc.id].verdict] in entry
        for key in cmoc.sources:
            assert register_entries.cited(NET.review.sources[key]) in entry


def test_weak_is_told_of_the_effect_and_of_the_mechanism() -> None:
    carried = [a for a in JUDGED.values() if a.verdict == "weak"]
    assert any("mediated" in reason for a in carried for reason in a.reasons)
    for agreement in carried:
        shown = register_entries.entries(NET.review, JUDGED, [agreement.cmoc])
        assert "hardly, or mostly by another road" in shown


def test_caution_and_the_paper_are_on_the_page() -> None:
    page = opened()
    about = NET.review.about
    assert about.caution in html(page)
    assert any(f"https://doi.org/{about.doi}" in m.value for m in page.markdown)


def test_filters_narrow_the_list_and_stand_in_the_address() -> None:
    page = opened()
    page.selectbox(key="view.verdict").set_value("weak").run()
    assert listed(page) == [k for k, a in JUDGED.items() if a.verdict == "weak"]
    page.selectbox(key="view.kind").set_value("chain").run()
    kept = listed(page)
    assert kept
    assert {NET.review.cmocs[k].type for k in kept} == {"chain"}
    page.text_input(key="view.search").set_value("no such word anywhere").run()
    assert not listed(page)
    assert page.info


@pytest.mark.parametrize("search", ["power", "AUSCHRA", "T3-07", "initial trust"])
def test_a_search_finds_what_holds_every_word(search: str) -> None:
    found = register.matching(NET, JUDGED, search=search)
    assert found
    assert len(found) < len(NET.cmocs)


def test_a_part_of_the_review_finds_what_stands_there() -> None:
    for part in register.parts(NET.review):
        found = register.matching(NET, JUDGED, part=part)
        assert found
        assert all(part in c.where for c in found)


def test_the_table_holds_every_entry_and_no_formula() -> None:
    text = downloads.rows_as_csv([register.COLUMNS, *register.rows(NET, JUDGED, NET.cmocs)]).decode(
        "utf-8-sig"
    )
    head, *rows = csv.reader(io.StringIO(text))
    assert tuple(head) == register.COLUMNS
    assert [row[0] for row in rows] == [c.id for c in NET.cmocs]
    assert all(len(row) == len(head) for row in rows)
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(STARTS)]


def test_a_formula_in_an_entry_is_neutralised_and_html_escaped() -> None:
    first = NET.cmocs[0]
    bad = msgspec.structs.replace(first, context="=1+1", statement="<script>alert(1)</script>")
    text = downloads.rows_as_csv(register.rows(NET, JUDGED, [bad])).decode("utf-8-sig")
    assert "'=1+1" in text
    shown = register_entries.entries(NET.review, JUDGED, [bad])
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_doi_that_is_none_makes_no_link() -> None:
    work = msgspec.structs.replace(
        next(iter(NET.review.sources.values())), fields={"author": "A, B", "doi": "javascript:x"}
    )
    assert register.doi(work) == ""
    assert "<a" not in register_entries.cited(work)


def test_no_name_of_a_variable_is_shown() -> None:
    shown = re.sub(
        r'(href|data-entry)="[^"]*"', "", register_entries.entries(NET.review, JUDGED, NET.cmocs)
    )
    text = re.sub(r"<[^>]+>|doi:\S+", " ", shown)
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b", text)


def test_a_rival_reading_moves_the_headline_outcomes() -> None:
    page = opened()
    contested = [c for c in NET.cmocs if c.readings]
    assert len([r for r in page.radio if r.key.startswith("reading:")]) == len(contested)
    situation = next(iter(NET.situations.values()))
    page.radio(key="reading:T3-20").set_value("improved").run()
    assert not page.exception
    other = cmocnet.load(readings={"T3-20": "improved"})
    expected = moved_outcomes.moves(NET, other, situation.given)
    assert any(abs(o.difference or 0) > 1e-4 for o in expected)
    for outcome in expected:
        row = html(page).split(f'data-move="{outcome.variable.name}"')[1].split("</tr>")[0]
        assert moved_outcomes.fine(outcome.beside or 0) in row
        assert moved_outcomes.fine(outcome.here or 0) in row


def test_a_visitors_reading_is_not_anothers() -> None:
    mine = opened()
    mine.radio(key="reading:T3-20").set_value("improved").run()
    assert opened().radio(key="reading:T3-20").value == "both"
    assert NET.review.readings["T3-20"] == "both"


def test_moves_say_for_better_or_worse() -> None:
    (first, *_) = moved_outcomes.moves(NET, NET, {})
    assert "none" in moved_outcomes.table([first], "a", "b")
    worse = replace(first, here=0.1, beside=0.5)
    assert 'class="number worse"' in moved_outcomes.table([worse], "<a>", "b")
    assert "&lt;a&gt;" in moved_outcomes.table([worse], "<a>", "b")
