"""Rival readings and a visitor's own numbers, on the pages that show answers."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

import cmocnet
from cmocnet.elicitation.draws import everyone
from cmocnet_app import main, words
from cmocnet_app.answers.headline import asked_state
from cmocnet_app.exports import risk_sheet
from cmocnet_app.launch import SCRIPT
from cmocnet_app.state import prior_set, theory, uploads
from cmocnet_app.state.prior_set import PriorSet, asked
from cmocnet_app.state.scenario import preset

NET = main.network(None)
SITUATION = "enforced_merger_unprepared"
GIVEN = NET.situations[SITUATION].given
RIVAL = {"T3-24": "overambition_only"}


def opened(mine: PriorSet | None = None, **address: str | list[str]) -> AppTest:
    page = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for key, value in address.items():
        page.query_params[key.replace("__", ".").replace("T3_", "T3-")] = value
    if mine:
        page.session_state[theory.MINE] = mine
    return page.run()


def html(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def card(page: AppTest, outcome: str) -> str:
    return html(page).split(f'data-outcome="{outcome}"')[1].split("</section>")[0]


def shown(net: cmocnet.Network, outcome: str) -> str:
    state = asked_state(net.variables[outcome])
    return f'"number">{words.per_cent(net.posteriors(given=GIVEN)[outcome][state])}<'


def test_a_link_with_a_rival_reading_shows_the_answers_under_it() -> None:
    page = opened(from__situation=SITUATION, reading__T3_24="overambition_only")
    assert not page.exception
    other = cmocnet.load(readings=RIVAL)
    moved = [n for n in NET.review.about.headline if shown(other, n) != shown(NET, n)]
    assert moved
    for name in NET.review.about.headline:
        assert shown(other, name) in card(page, name)
    (notice,) = (m.value for m in page.markdown if "1 other reading of the review" in m.value)
    assert "No link holds your numbers" not in notice


def test_one_button_leads_back_to_the_review_as_adopted() -> None:
    page = opened(from__situation=SITUATION, reading__T3_24="overambition_only")
    next(b for b in page.button if b.label.startswith("Back to the review")).click().run()
    assert "reading.T3-24" not in page.query_params
    for name in NET.review.about.headline:
        assert shown(NET, name) in card(page, name)


def test_a_reading_stays_when_the_scenario_changes() -> None:
    page = opened(mandate="mandated", reading__T3_20="improved")
    page.select_slider(key="state:pace").set_value("slow").run()
    assert page.query_params["reading.T3-20"] in ("improved", ["improved"])


def test_numbers_of_ones_own_reach_the_answers() -> None:
    judged = next(
        j for j in everyone(NET.review) if j.variable == "inertia" and j.kind == "probability"
    )
    value = min(asked(NET.review, judged).value + 0.3, 0.9)
    mine = PriorSet(numbers={judged.address: value})
    page = opened(mine, from__situation=SITUATION)
    assert not page.exception
    own = uploads.laid_over(NET, prior_set.files(NET, mine))
    assert shown(own, "inertia") != shown(NET, "inertia")
    assert shown(own, "inertia") in card(page, "inertia")
    (notice,) = (m.value for m in page.markdown if "1 judgement of your own" in m.value)
    assert "No link holds your numbers" in notice
    assert any("with the bundled judgements" in c.value for c in page.caption)
    sheet = risk_sheet.compose(own, preset(NET, SITUATION))
    assert "judgements changed by whoever made this" in sheet.caution
    assert "Not the review" not in risk_sheet.compose(NET, preset(NET, SITUATION)).caution
    assert shown(NET, "inertia") in card(opened(from__situation=SITUATION), "inertia")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ({"reading__T3_20": "improvd"}, "improved"),
        ({"reading__T3_20": ["improved", "both"]}, "more than once"),
        ({"reading__TX-99": "improved"}, "TX-99"),
        ({"reading__": "<script>alert(1)</script>"}, "more than one way"),
        ({"reading__T3_20": "x" * 10_000}, "unknown reading"),
    ],
)
def test_a_wrong_reading_is_answered_by_one_message(
    address: dict[str, str | list[str]], says: str
) -> None:
    page = opened(**address)
    assert not page.exception
    (error,) = page.error
    assert says in error.value.replace("\\", "")
    assert len(error.value) < 500


def test_labels_of_an_uploaded_set_bring_no_picture_and_no_link() -> None:
    picture = "![p](http://192.0.2.1/a.png) http://192.0.2.2/"
    text = f"label: '{picture}'\ndescription: '{picture}'"
    page = AppTest.from_file(str(SCRIPT), default_timeout=60)
    page.session_state[theory.MINE] = PriorSet(base={"variables/pace.yaml": text})
    page.run()
    assert not page.exception
    slider = page.select_slider(key="state:pace")
    assert words.verbatim(picture) == slider.label == slider.help
    assert "![" not in slider.label
    assert "http://" not in slider.label.replace("\\", "")


@pytest.mark.parametrize("text", [":smile:", ":material/home:", ":streamlit:", "a -> b", "x <- y"])
def test_no_name_of_a_picture_and_no_arrow_is_left_whole(text: str) -> None:
    shown = words.verbatim(text).replace("\\", "")
    assert text not in shown
    assert shown.replace("\u2060", "") == text


def test_a_doi_is_a_link_to_nowhere_else() -> None:
    told = words.cited("A work.", "10.1234/x)![p](http://192.0.2.1/a.png")
    address = told.rsplit("](", 1)[1]
    assert address.startswith("https://doi.org/10.1234/x%29%21%5Bp%5D%28http%3A")
    assert address.count(")") == 1
    assert "](" not in words.cited("A work.", "javascript:alert(1)")


def test_a_judgement_beyond_the_usual_ends_is_shown_as_it_stands() -> None:
    known = [j for j in everyone(NET.review) if j.variable == NET.review.about.headline[0]]
    heavy = next(j for j in known if j.kind == "weight")
    rare = next(j for j in known if j.kind == "probability")
    for judgement, value, shown in ((heavy, 60.0, 60.0), (rare, 0.0004, 0.04)):
        page = AppTest.from_file(str(SCRIPT), default_timeout=60)
        page.run()
        page._page_hash = next(
            h for h, p in page._registered_pages.items() if p["url_pathname"] == "judgements"
        )
        page.session_state[theory.MINE] = PriorSet(numbers={judgement.address: value})
        page.run()
        assert not page.exception
        assert page.slider(key=f"judged:{judgement.address}").value == pytest.approx(shown)
