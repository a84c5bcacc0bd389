"""The pages "Why, and what would help" and "Compare" through Streamlit's AppTest."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from cmocnet.intervals import central
from cmocnet_app import main, words

NET = main.network(None)  # the one that the pages show, loaded once
PRESET = "enforced_merger_unprepared"
OTHER = "enforced_merger_prepared"


def why() -> None:
    from cmocnet_app import main
    from cmocnet_app.screens import why

    why.page(main.network(None))


def compare() -> None:
    from cmocnet_app import main
    from cmocnet_app.screens import compare

    compare.page(main.network(None))


def opened(page: object, **address: str | list[str]) -> AppTest:
    shown = AppTest.from_function(page, default_timeout=60)  # type: ignore[arg-type]
    for key, value in address.items():
        shown.query_params[key.replace("__", ".")] = value
    return shown.run()


def html(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def said(page: AppTest) -> str:
    return " ".join(m.value for m in page.markdown).replace("\\", "")


def question(name: str, outcome: str) -> str:
    given = ", ".join(f"{k}={v}" for k, v in NET.situations[name].given.items())
    return f"P({outcome} | {given})"


@pytest.fixture(scope="module")
def reasons() -> AppTest:
    return opened(why, from__situation=PRESET, view__outcome="inertia")


def test_why_says_what_each_part_adds(reasons: AppTest) -> None:
    assert not reasons.exception
    shown = html(reasons)
    for part in NET.explain(question(PRESET, "inertia=yes")).contributions.items:
        variable = NET.variables[part.item.variable]
        row = shown.split(f">{words.fact(variable, str(part.item.value))}</span>")[1]
        assert f'"told">{words.points(part.value)}<' in row[:120]


def test_what_would_help_takes_the_answer_where_the_network_says(reasons: AppTest) -> None:
    found = NET.levers(question(PRESET, "inertia=yes"), k=3)
    assert f"to **{words.per_cent(found.best.value)}**" in said(reasons)
    for lever in found.best.levers:
        assert str(lever) in html(reasons)


def test_levers_follow_the_number_the_time_and_the_budget(reasons: AppTest) -> None:
    page = opened(why, from__situation=PRESET, view__outcome="inertia")
    page.slider(key="most").set_value(1).run()
    found = NET.levers(question(PRESET, "inertia=yes"), k=1)
    assert f"to **{words.per_cent(found.best.value)}**" in said(page)
    page.number_input(key="budget").set_value(0).run()
    assert not page.exception
    assert "can't" not in said(page)


def test_what_to_find_out_and_how_sure(reasons: AppTest) -> None:
    asked = question(PRESET, "inertia=yes")
    answer = NET.query(asked)
    within = central(answer.samples)
    assert f"**{words.span(within)}**" in said(reasons)
    bars = NET.sensitivity(asked, top=10).tornado
    assert all(bar.label.split(":")[0] in html(reasons) for bar in bars)
    low = min(answer.probability, *answer.rivals.values())
    high = max(answer.probability, *answer.rivals.values())
    assert f"**{words.span((low, high))}**" in said(reasons)


def test_no_claim_is_named_by_number_outside_what_one_opens(reasons: AppTest) -> None:
    inside = [m.value for e in reasons.expander for m in e.markdown]
    inside += [str(h.proto.body) for e in reasons.expander for h in e.get("html")]
    number = re.compile(r"\b(T3|TX)\\?-\d")
    assert any(number.search(text) for text in inside)
    everything = [m.value for m in reasons.markdown]
    everything += [str(h.proto.body) for h in reasons.get("html")]
    assert not any(number.search(text) for text in everything if text not in inside)


def test_another_outcome_goes_into_the_address() -> None:
    page = opened(why, mandate="mandated")
    page.selectbox(key="outcome").set_value("faith").run()
    assert not page.exception
    assert page.query_params["view.outcome"] in ("faith", ["faith"])
    assert page.query_params["mandate"] in ("mandated", ["mandated"])


def test_a_mixture_is_unusual_only_where_it_is_rare() -> None:
    """The review's own case is but a little rarer than its parts would suggest."""
    asked = NET.explain(question("alliance_that_held", "inertia=yes")).conflict
    assert asked.conflicting
    assert "unusual mixture" not in said(opened(why, from__situation="alliance_that_held"))
    assert "unusual mixture" in said(opened(why, from__situation="special_measures_buddying"))


def test_a_road_that_cites_nothing_says_so_in_a_sentence() -> None:
    shown = html(opened(why, from__situation="network_into_group", view__outcome="faith"))
    assert "<small>No work cited." in shown


def test_how_sure_names_what_the_draws_are_held_to(reasons: AppTest) -> None:
    assert NET.review.solved
    assert "thought plausible and what the review states" in said(reasons)


@pytest.mark.parametrize("page", [why, compare])
def test_nothing_known_offers_a_way_to_begin(page: object) -> None:
    shown = opened(page)
    assert not shown.exception
    shown.pills(key="begin").set_value(PRESET).run()
    assert not shown.exception
    assert "Mandate: Mandated" in html(shown)


def test_kept_scenarios_that_cannot_be_shown_are_said_and_the_rest_stays() -> None:
    kept = [f"pace={state}" for state in NET.variables["pace"].states] + ["mandate=voluntary"]
    page = opened(compare, mandate="mandated", view__with=["nonsense", *kept, "pace=never"])
    assert not page.exception
    assert "2 scenarios kept in this address can't be read" in page.error[0].value
    assert not page.warning
    assert html(page).count('<th scope="col">') == 1 + 1 + len(kept)
    page = opened(compare, mandate="mandated", view__with=["nonsense", kept[0], "x", "y", kept[1]])
    page.selectbox(key="add").set_value(PRESET).run()
    assert not page.error
    assert PRESET in page.query_params["view.with"][-1]
    many = [*kept, "do.pace=slow", "do.leadership=" + NET.variables["leadership"].states[0]]
    page = opened(compare, mandate="mandated", view__with=many)
    assert f"holds {len(many) - 3} more" in page.warning[0].value


@pytest.mark.parametrize("page", [why, compare])
def test_a_wrong_address_is_one_message(page: object) -> None:
    shown = opened(page, mandate="<img src=x>", view__outcome="<script>")
    assert not shown.exception
    assert len(shown.error) == 1


def test_scenarios_stand_side_by_side_with_paired_differences() -> None:
    page = opened(compare, from__situation=PRESET, view__with=[f"from.situation={OTHER}"])
    assert not page.exception
    row = html(page).split('data-outcome="Collaborative inertia"')[1].split("</tr>")[0]
    one, other = question(PRESET, "inertia=yes"), question(OTHER, "inertia=yes")
    held = NET.compare(one, other)
    for asked in (one, other):
        assert f'"number">{words.per_cent(NET.query(asked).probability)}<' in row
    assert words.points(held.difference) in row
    better = words.per_cent(float((held.samples < 0).mean())).replace("<", "&lt;")
    assert f"A does better in {better} of draws" in row


def test_scenarios_are_added_pasted_and_removed() -> None:
    page = opened(compare, mandate="mandated")
    page.selectbox(key="add").set_value(PRESET).run()
    assert "B: Enforced merger, unprepared" in html(page)
    page.text_input(key="pasted").set_value("http://localhost/?pace=slow&do.leadership=x").run()
    assert "can't be read" in page.error[0].value
    page.text_input(key="pasted").set_value("http://localhost/?pace=slow").run()
    assert "C: 1 thing said" in html(page)
    page.button(key="removeB").click().run()
    assert not page.exception
    assert "B: 1 thing said" in html(page)


@pytest.mark.parametrize("kept", ["nonsense", "x" * 30_000, "a=1&" * 500, "mandate=<b>"])
def test_a_scenario_that_cannot_be_read_is_one_message(kept: str) -> None:
    page = opened(compare, mandate="mandated", view__with=[kept])
    assert not page.exception
    assert len(page.error) == 1
    assert len(page.error[0].value) < 500
