"""The judgements page of a solved review: what it states first, and an own size in its place."""

from __future__ import annotations

import csv
import html as markup
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import cmocnet
from cmocnet import Network
from cmocnet.check.effects import Bench
from cmocnet.registry.solution import NAME
from cmocnet.registry.solved import applied
from cmocnet.solve import standing, stepped
from cmocnet.solve.filing import write
from cmocnet.survey.hearing import hear
from cmocnet.survey.statements import questioned
from cmocnet_app.answers import cached, stated
from cmocnet_app.exports import downloads
from cmocnet_app.launch import SCRIPT
from cmocnet_app.screens.judgements import TABLES
from cmocnet_app.sections import moved_outcomes, statements
from cmocnet_app.state import sizes, theory
from cmocnet_app.state.prior_set import PriorSet

EFFECT = "G-02/1/mood"
TO, FROM = (f"sized:{EFFECT}:{end}" for end in ("to", "from"))


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory, write_sized: Callable[[Path], Path]) -> Path:
    """A review's folder with its own solution in it."""
    folder = write_sized(tmp_path_factory.mktemp("solved"))
    net = cmocnet.load(folder)
    write(net, [("as it stands", net.solve())])
    return folder


def script(folder: str | None) -> None:
    import streamlit as st

    import cmocnet
    from cmocnet_app.screens import judgements

    judgements.page(st.cache_resource(cmocnet.load)(folder))


def opened(folder: Path | None, mine: PriorSet | None = None, **address: str) -> AppTest:
    page = AppTest.from_function(script, default_timeout=120, args=(folder and str(folder),))
    for key, value in address.items():
        page.query_params[key.replace("__", ".")] = value
    if mine:
        page.session_state[theory.MINE] = mine
    page.run()
    assert not page.exception
    return page


def html(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def entries(page: AppTest) -> dict[str, str]:
    """Address of each effect shown, in order -> its text."""
    found = re.findall(r'<div class="stated" data-stated="([^"]+)">(.*?)</div>', html(page))
    return {key: markup.unescape(re.sub("<[^>]+>", " ", inside)) for key, inside in found}


def comes(net: Network, address: str) -> float:
    """What an effect comes to, worked out apart from the page."""
    (tested,) = [t for t in questioned(net.review).values() if t.address == address]
    bench = Bench(net.review, net.discrete)
    return tested.link.way * bench.effect(tested.test, tested.link, tested.test.condition)


def sized(folder: Path, size: sizes.Size) -> Network:
    """The network after a first step to an own size, worked out apart from the page."""
    net = cmocnet.load(folder)
    found = stepped(standing(net), sizes.heard(net.review, {EFFECT: size}))
    return Network(applied(net.review, found))


# --- what is shown ------------------------------------------------------------------------------


def test_each_statement_says_what_is_stated_and_what_the_network_comes_to(solved: Path) -> None:
    net = cmocnet.load(solved)
    shown = entries(opened(solved))
    assert set(shown) == {t.address for t in questioned(net.review).values()}
    for address, text in shown.items():
        value = comes(net, address)
        assert f"The network comes to {round(100 * value)}." in text
        assert address.split("/")[0] in text
    assert "Watering: Regular, rather than rare. " in shown[EFFECT]
    assert "high mood in at least 16 more of 100" in shown[EFFECT]
    assert "high mood before in at least 35 more of 100" in shown["G-01/1/mood_before"]
    assert "garden abandoned in at least 12 more of 100" in shown["G-03/1/abandoned"]


def test_what_is_missed_is_said_in_words(solved: Path) -> None:
    net = cmocnet.load(solved)
    every = stated.stated(standing(net), cached.ends(net))
    (one,) = [s for s in every if s.tested.address == EFFECT]
    for value, told in (
        (0.16, ("agrees", "As large as stated")),
        (0.157, ("agrees", "As large as stated")),
        (0.14, ("weak", "Short: by 2 points")),
        (-0.06, ("wrong", "The other way: 22 points short")),
        (0.0, ("weak", "Short: by 16 points")),
    ):
        assert stated.verdict(stated.Stated(one.asked, one.statement, one.ids, value)) == told
    assert f"{len(every)} effects" in stated.counted(every)


def test_every_statement_is_linked_to_its_evidence_and_keeps_the_scenario(solved: Path) -> None:
    page = opened(solved, sunlight="shade")
    links = [markup.unescape(a) for a in re.findall(r'<a class="code" href="([^"]+)"', html(page))]
    assert "evidence?sunlight=shade&view.search=G-02" in links
    assert all('target="_blank"' in a for a in re.findall(r'<a class="code"[^>]*>', html(page)))


def test_what_bears_on_the_scenario_and_the_outcome_comes_first(solved: Path) -> None:
    order = list(entries(opened(solved, sunlight="shade", view__outcome="mood")))
    assert order.index("G-01/1/mood_before") < order.index("G-03/1/abandoned")
    by_outcome = list(entries(opened(solved, view__outcome="abandoned")))
    assert by_outcome[0] == "G-03/1/abandoned"


def test_the_outcome_chosen_stands_in_the_address(solved: Path) -> None:
    page = opened(solved)
    page.selectbox(key="statements:outcome").set_value("abandoned").run()
    assert page.query_params["view.outcome"] in ("abandoned", ["abandoned"])
    assert next(iter(entries(page))) == "G-03/1/abandoned"


def test_more_are_shown_on_demand(solved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "FEW", 2)
    page = opened(solved)
    assert len(entries(page)) == 2
    next(b for b in page.button if b.label == "Show 2 more").click().run()
    assert len(entries(page)) == 4


def test_the_tables_own_numbers_stand_below_and_work_as_before(solved: Path) -> None:
    page = opened(solved)
    (tables,) = [e for e in page.expander if e.label == TABLES]
    assert [s for s in tables.slider if s.key.startswith("judged:")]
    page.slider(key="judged:mood/[shade]weight.watering").set_value(6.0).run()
    assert not page.exception
    assert page.session_state[theory.MINE].numbers == {"mood/[shade]weight.watering": 6.0}
    assert "it comes to" in entries(page)[EFFECT]


@pytest.mark.parametrize("kind", ["garden", "sized"])
def test_without_a_solution_the_page_is_as_it_was(
    kind: str, request: pytest.FixtureRequest
) -> None:
    page = opened(request.getfixturevalue(kind))
    assert not entries(page)
    assert not [e for e in page.expander if e.label == TABLES]
    assert [s for s in page.slider if s.key.startswith("judged:")]
    assert page.selectbox(key="view.about")


# --- an own size --------------------------------------------------------------------------------


def test_an_own_size_moves_all_numbers_to_a_first_step(solved: Path) -> None:
    net = cmocnet.load(solved)
    page = opened(solved)
    to, from_ = page.slider(key=TO).value, page.slider(key=FROM).value
    page.slider(key=TO).set_value(to + 20).run()
    assert not page.exception
    assert not page.error
    own = sized(solved, ((to + 20) / 100, from_ / 100))
    value = comes(own, EFFECT)
    assert value > comes(net, EFFECT) + 0.05
    assert f"it comes to {round(100 * value)}." in entries(page)[EFFECT]
    given = next(iter(net.situations.values())).given
    for outcome in moved_outcomes.moves(net, own, given):
        row = html(page).split(f'data-move="{outcome.variable.name}"')[1].split("</tr>")[0]
        assert moved_outcomes.fine(outcome.here or 0.0) in row
        assert moved_outcomes.fine(outcome.beside or 0.0) in row
        assert outcome.here != outcome.beside
    (changed,) = [m.value for m in page.markdown if m.value.startswith("Changed:")]
    assert f"{to + 20} of 100 where Watering" in changed.replace("\\", "")
    page.button(key=f"stated:{EFFECT}").click().run()
    assert page.session_state[theory.MINE].empty
    assert page.slider(key=TO).value == to
    assert "it comes to" not in entries(page)[EFFECT]


def test_the_page_says_that_it_is_a_first_step_and_what_is_exact(solved: Path) -> None:
    told = " ".join(c.value for c in opened(solved).caption)
    assert "first step" in told
    assert "cmocnet solve --answers FILE" in told


def test_own_sizes_as_answers_are_what_the_solver_hears(solved: Path, tmp_path: Path) -> None:
    review = cmocnet.load(solved).review
    own = {EFFECT: (0.97, 0.5), "G-01/1/watering": (0.0, 1.0)}
    file = tmp_path / "my_answers.csv"
    table = [sizes.COLUMNS, *sizes.rows(review, own)]
    file.write_bytes(downloads.rows_as_csv(table))
    assert len([*csv.reader(io.StringIO(file.read_text("utf-8-sig")))]) == 5
    theirs, ours = hear(review, [file]), sizes.heard(review, own)
    assert theirs.keys() == ours.keys() == {EFFECT, "G-04/1/mood", "G-01/1/watering"} & ours.keys()
    for address, said in ours.items():
        assert theirs[address].difference == pytest.approx(said.difference)
        assert theirs[address].spread == pytest.approx(said.spread)
        assert said.spread == pytest.approx(0.0435, abs=0.001)


def test_sizes_go_with_an_uploaded_set_and_with_numbers(solved: Path) -> None:
    text = "table: {leak: {value: 0.2, strength: 8, by: expert, why: seen}}\n"
    address = "mood/[shade]weight.watering"
    mine = PriorSet({"variables/abandoned.yaml": text}, {address: 6.0}, {EFFECT: (0.9, 0.5)})
    page = opened(solved, mine)
    made = theory_made(solved, mine)
    found = {j.address: j for j in cmocnet.elicitation.draws.everyone(made.review)}
    assert found["abandoned/leak"].central == pytest.approx(0.2)
    assert found[address].central == pytest.approx(6.0)
    own = {
        j.address: j for j in cmocnet.elicitation.draws.everyone(sized(solved, (0.9, 0.5)).review)
    }
    for other in ("mood/[sun]highest", "watering/highest"):
        assert found[other].central == pytest.approx(own[other].central)
    (notice,) = [m.value for m in page.markdown if "You are looking through" in m.value]
    assert "1 effect of your own size" in notice
    assert "1 judgement of your own" in notice


def theory_made(folder: Path, mine: PriorSet) -> Network:
    net = cmocnet.load(folder)
    return theory._make(net, mine, standing(net)).network


def test_what_stands_on_own_sizes_says_so_wherever_it_is_shown(solved: Path) -> None:
    made = theory_made(solved, PriorSet(sizes={EFFECT: (0.9, 0.5)}))
    net = cmocnet.load(solved)
    assert "Not the review as adopted" in theory.caution(made)
    assert "Not the review as adopted" not in theory.caution(net)
    assert cached._part(made) != cached._part(net)
    assert made.intervals()
    assert (
        net.query("P(abandoned | shade)").rivals.keys()
        == made.query("P(abandoned | shade)").rivals.keys()
    )


def test_own_sizes_survive_a_change_of_page(solved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [str(SCRIPT), "--model", str(solved)])
    page = AppTest.from_file(str(SCRIPT), default_timeout=120)
    page.run()
    turn(page, "judgements")
    page.slider(key=TO).set_value(97).run()
    kept = page.session_state[theory.MINE]
    assert kept.sizes[EFFECT][0] == 0.97
    turn(page, "")
    assert not page.exception
    assert [m for m in page.markdown if "1 effect of your own size" in m.value]
    turn(page, "judgements")
    assert page.session_state[theory.MINE] == kept
    assert page.slider(key=TO).value == 97


def turn(page: AppTest, place: str) -> None:
    page._page_hash = next(
        h for h, p in page._registered_pages.items() if p["url_pathname"] == place
    )
    page.run()


def test_a_reading_that_was_not_solved_leaves_the_page_as_it_was(solved: Path) -> None:
    mine = PriorSet(sizes={EFFECT: (0.9, 0.5)})
    page = opened(solved, mine, **{"reading__G-04": "water_only"})
    assert not entries(page)
    assert [i for i in page.info if "nothing was solved" in i.value]
    assert page.slider


@pytest.mark.parametrize(("value", "kept"), [(40, {}), (60, {EFFECT: (0.6, 0.2)})])
def test_a_slider_that_is_gone_sizes_nothing(
    monkeypatch: pytest.MonkeyPatch, value: int, kept: sizes.Sizes
) -> None:
    monkeypatch.setattr(statements.st, "session_state", {TO: value})
    sets = [PriorSet()]
    monkeypatch.setattr(statements.theory, "mine", lambda: sets[-1])
    monkeypatch.setattr(statements.theory, "keep", sets.append)
    statements._sized(EFFECT, TO, 0, (40, 20))
    assert sets[-1].sizes == kept


# --- the bundled review ---------------------------------------------------------------------------


def test_the_bundled_review_shows_statements_first_once_it_is_solved(net: Network) -> None:
    situation = next(iter(net.situations))
    page = opened(None, from__situation=situation)
    shown = entries(page)
    assert bool(shown) == (Path(net.review.path) / NAME).exists()
    assert len(shown) in (0, statements.FEW)
    assert [s for s in page.slider if s.key.startswith("judged:")]
    for text in shown.values():
        assert re.search(r"of 100.*The network comes to \d+( the other way)?\.", text)
