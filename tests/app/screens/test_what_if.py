"""The page through Streamlit's AppTest: every preset, the address, and addresses that are wrong."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from cmocnet_app import main, words
from cmocnet_app.answers.headline import asked_state, contrast, outcomes
from cmocnet_app.launch import SCRIPT, command
from cmocnet_app.sections.context_panel import grouped
from cmocnet_app.state.links import from_query, packed, read, to_query, unpacked
from cmocnet_app.state.scenario import Scenario, askable, preset

NET = main.network(None)  # the one that the pages show, loaded once
PRESET = "enforced_merger_unprepared"


def opened(**address: str | list[str]) -> AppTest:
    page = AppTest.from_file(str(SCRIPT), default_timeout=60)
    for key, value in address.items():
        page.query_params[key.replace("__", ".")] = value
    return page.run()


def address(page: AppTest) -> dict[str, str]:
    """The parameters of the address; Streamlit keeps them singly or as lists."""
    return {k: v if isinstance(v, str) else ",".join(v) for k, v in page.query_params.items()}


def html(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def facts(given: dict[str, str]) -> str:
    return ", ".join(f"{name}={state}" for name, state in given.items())


def numbers(name: str, given: dict[str, str]) -> list[str]:
    state = asked_state(NET.variables[name])
    return [words.per_cent(NET.posteriors(given=given)[name][state]), state]


@pytest.mark.parametrize("name", list(NET.situations))
def test_a_preset_shows_the_networks_own_numbers(name: str) -> None:
    page, situation = opened(), NET.situations[name]
    page.pills(key="case" if situation.in_sample else "preset").set_value(name).run()
    assert not page.exception
    shown = html(page)
    assert ("In sample:" in shown) == situation.in_sample
    assert address(page) == {**situation.given, "from.situation": name}
    assert situation.contrast_label in shown
    for outcome in NET.review.about.headline:
        card = shown.split(f'data-outcome="{outcome}"')[1].split("</section>")[0]
        for given in (situation.given, situation.contrast, {}):
            assert f'"number">{numbers(outcome, given)[0].replace("<", "&lt;")}<' in card


def test_nothing_known_shows_only_the_assumption() -> None:
    page = opened()
    assert not page.exception
    assert not page.error
    assert 'class="here"' not in html(page)
    assert html(page).count("Nothing known (an assumption)") == len(NET.review.about.headline)


def test_a_link_opens_the_same_screen_as_the_choices_it_came_from() -> None:
    chosen = opened(mandate="mandated")
    chosen.select_slider(key="state:legal_agreements").set_value("strong").run()
    chosen.radio(key="how:legal_agreements").set_value("done").run()
    assert address(chosen) == {"mandate": "mandated", "do.legal_agreements": "strong"}
    linked = opened(mandate="mandated", do__legal_agreements="strong")
    assert html(linked) == html(chosen)
    assert "we would make it so" in html(linked)


def test_making_it_so_is_offered_only_for_what_people_can_change() -> None:
    page = opened(mandate="mandated", integration="group", pace="slow", leadership="combative")
    offered = {radio.key: radio.options for radio in page.radio}
    assert offered == {
        "how:integration": ["This is so", "Likely so"],
        "how:pace": ["This is so", "We would make it so"],
        "how:leadership": ["This is so", "Likely so", "We would make it so"],
    }


def test_what_lies_between_two_ends_is_a_slider_with_unknown_in_the_middle() -> None:
    page = opened(mandate="mandated", likely__pace="slow")
    slider = page.select_slider(key="state:pace")
    assert slider.options == ["Slow", "Likely slow", "Unknown", "Likely timely", "Timely"]
    assert slider.value == "likely slow"
    slider.set_value("likely timely").run()
    assert address(page) == {"mandate": "mandated", "likely.pace": "timely"}
    page.select_slider(key="state:pace").set_value("timely").run()
    assert address(page) == {"mandate": "mandated", "pace": "timely"}
    page.select_slider(key="state:pace").set_value("").run()
    assert address(page) == {"mandate": "mandated"}


def test_what_would_be_made_so_stays_so_from_end_to_end() -> None:
    page = opened(do__pace="slow")
    page.select_slider(key="state:pace").set_value("timely").run()
    assert address(page) == {"do.pace": "timely"}


def test_a_soft_answer_counts_as_a_likelihood() -> None:
    page = opened(mandate="mandated")
    page.selectbox(key="state:leadership").set_value("combative").run()
    page.radio(key="how:leadership").set_value("likely").run()
    assert address(page) == {"mandate": "mandated", "likely.leadership": "combative"}
    asked = NET.query("P(synergy=high | mandate=mandated, leadership ~ [3, 1, 1])").probability
    shown = html(page).split('data-outcome="synergy"')[1]
    assert f'"number">{words.per_cent(asked)}<' in shown
    assert "(likely)" in html(page)


def test_setting_everything_unknown_again_empties_the_address() -> None:
    page = opened(mandate="mandated")
    page.select_slider(key="state:mandate").set_value("").run()
    assert address(page) == {}
    assert page.pills(key="preset").value == ""


def test_outcomes_say_what_they_mean_for_the_form_chosen() -> None:
    forms = NET.variables["dissolution"].by_form
    assert forms["buddying"] in html(opened(integration="buddying"))
    assert forms["buddying"] not in html(opened(mandate="mandated"))


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"mandte": "mandated"}, "mandate"),
        ({"mandate": "mandted"}, "mandated"),
        ({"mandate": ["mandated", "voluntary"]}, "more than once"),
        ({"do__mandate": "mandated"}, "cannot be brought about"),
        ({"pace": "slow", "do__pace": "timely"}, "made so"),
        ({"likely__mandate": "mandted"}, "mandated"),
        ({"pace": "slow", "likely__pace": "slow"}, "for sure"),
        ({"from__situation": "enforced"}, "enforced"),
        ({"dissolution": "yes"}, "unknown context"),
        ({"view.outcom": "trust"}, "view.outcome"),
        ({"do.x" * 10_000: "y" * 10_000}, "unknown context"),
        ({"mandate": "![](http://192.0.2.1/a.png)<script>alert(1)</script>"}, "unknown state"),
    ],
)
def test_an_address_that_is_wrong_gives_one_message(
    parameters: dict[str, str | list[str]], says: str
) -> None:
    page = opened(**parameters)
    assert not page.exception
    (error,) = page.error
    message = error.value.replace("\\", "")
    assert says in message
    assert len(message) < 500
    assert "![](" not in error.value
    assert 'class="here"' not in html(page)


def test_the_way_out_of_a_wrong_address_is_any_choice() -> None:
    page = opened(mandte="mandated")
    page.select_slider(key="state:pace").set_value("slow").run()
    assert not page.error
    assert address(page) == {"pace": "slow"}
    page = opened(mandte="mandated")
    page.pills(key="preset").set_value("").run()
    assert not page.error
    assert address(page) == {}


def test_a_changed_preset_keeps_its_contrast_while_what_sets_them_apart_stands() -> None:
    begun = preset(NET, "enforced_merger_unprepared")
    more = contrast(NET, begun.turned({"pace": "slow"}))
    assert more
    assert more.changed == {"mandate": "voluntary"}
    assert more.scenario.given["pace"] == "slow"
    assert more.label == NET.situations["enforced_merger_unprepared"].contrast_label
    other = contrast(NET, begun.turned({"mandate": "voluntary"}))
    assert other
    assert other.label == "The opposite case"


def test_the_opposite_is_the_networks_own() -> None:
    scenario = Scenario({"mandate": "mandated"}, {"pace": "slow"})
    beside = contrast(NET, scenario)
    assert beside
    answer = NET.query("P(dissolution | mandated, do(pace=slow))")
    dissolution = outcomes(NET, scenario, beside)[-1]
    assert dissolution.here == pytest.approx(answer.probability, abs=1e-12)
    assert dissolution.beside == pytest.approx(answer.opposite, abs=1e-12)
    assert dissolution.baseline == pytest.approx(answer.baseline, abs=1e-12)


def test_a_state_without_an_opposite_is_shown_beside_the_baseline_alone() -> None:
    page = opened(planned_aims="realistic")
    assert not page.exception
    assert "no opposite" in " ".join(m.value for m in page.markdown)


def test_addresses_read_back() -> None:
    scenario = Scenario(
        {"mandate": "mandated"},
        {"pace": "timely"},
        {"leadership": "combative"},
        "mandated_buddying",
    )
    assert unpacked(NET, packed(scenario)) == scenario
    parameters = {key: [value] for key, value in to_query(scenario).items()}
    assert from_query(NET, parameters) == scenario
    name = next(iter(NET.situations))
    assert from_query(NET, {"from.situation": [name]}) == preset(NET, name)
    assert read(NET, {"from.situation": ["?"]}).scenario == Scenario()


def test_every_context_is_asked_for_once() -> None:
    asked = [variable.name for group in grouped(NET).values() for variable in group]
    assert sorted(asked) == sorted(askable(NET))


def test_contexts_are_grouped_as_the_review_says() -> None:
    review = SimpleNamespace(about=NET.review.about, groups={"How": ("pace", "mandate")})
    net = SimpleNamespace(review=review, variables=NET.variables, situations=NET.situations)
    groups = grouped(net)  # type: ignore[arg-type]
    assert [variable.name for variable in groups["How"]] == ["pace", "mandate"]
    assert sum(map(len, groups.values())) == len(askable(NET))


def test_no_name_of_a_variable_is_shown() -> None:
    page = opened(**{"from__situation": "partner_keeps_savings"})
    shown = html(page).replace("data-outcome", "")
    for name, variable in NET.variables.items():
        for raw in (name, *variable.states):
            assert "_" not in raw or raw not in shown.split("<style>")[-1]


def test_the_command_line_names_the_script_and_sends_nothing() -> None:
    line = command(8501, headless=True, model="elsewhere")
    assert {"--server.port=8501", "--server.headless=true", "--browser.gatherUsageStats=false",
            "--server.address=localhost"} <= set(line)  # fmt: skip
    assert Path(line[line.index("run") + 1]) == SCRIPT
    assert line[-2:] == ["--model", "elsewhere"]


def test_a_scenario_can_be_held_against_another_situation() -> None:
    page = opened(mandate="mandated", pace="slow")
    page.selectbox(key="against").set_value("mandated_buddying").run()
    assert not page.exception
    assert address(page)["view.against"] == "mandated_buddying"
    card = html(page).split('data-outcome="trust"')[1].split("</section>")[0]
    assert NET.situations["mandated_buddying"].label in card
    shown = numbers("trust", NET.situations["mandated_buddying"].given)[0]
    assert f'"number">{shown}<' in card
    page.selectbox(key="against").set_value("").run()
    assert "view.against" not in address(page)
