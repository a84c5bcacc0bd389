"""The judgements page: change a number, take the set away, bring one; uploads that are wrong."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import FileUploader

import cmocnet
from cmocnet.elicitation.draws import everyone
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry.judged import Basis
from cmocnet.registry.moment import moment
from cmocnet.survey import write_template
from cmocnet.survey.statements import Setting, questioned
from cmocnet_app.answers import stated
from cmocnet_app.screens import judgements
from cmocnet_app.screens.judgements import BY
from cmocnet_app.sections import moved_outcomes, statements
from cmocnet_app.state import prior_set, sizes, uploads
from cmocnet_app.state.prior_set import PriorSet

SPARE = re.compile(re.escape(tempfile.gettempdir()) + r"/tmp\w+")
"""A folder made for one upload, of which a visitor is not told."""

NET = cmocnet.load()
KNOWN = {j.address: j for j in everyone(NET.review)}
ADDRESS = "inertia/highest"
TURNED = next(
    j.address
    for j in KNOWN.values()
    if abs(prior_set.asked(NET.review, j).value - (1 - j.central)) < 1e-12 and j.central != 0.5
)


def script() -> None:
    import streamlit as st

    import cmocnet
    from cmocnet_app.screens import judgements

    judgements.page(st.cache_resource(cmocnet.load)())


def opened(about: str = "inertia") -> AppTest:
    page = AppTest.from_function(script, default_timeout=60)
    page.run()
    return page.selectbox(key="view.about").set_value(about).run()


def html(page: AppTest) -> str:
    return "".join(str(element.proto.body) for element in page.get("html"))


def packed(**files: str | bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def change(value: float, address: str = ADDRESS, base: uploads.Files | None = None) -> PriorSet:
    return PriorSet(base or {}, {address: value})


GOOD = prior_set.files(NET, change(0.6))
(NAME,) = GOOD


def test_every_judgement_can_be_changed_and_comes_back_as_changed() -> None:
    halfway = {a: (0.37 if j.kind == "probability" else 2.5) for a, j in KNOWN.items()}
    files = prior_set.files(NET, PriorSet(numbers=halfway))
    made = uploads.laid_over(NET, files)
    for judgement in everyone(made.review):
        found = prior_set.asked(made.review, judgement).value
        assert found == pytest.approx(halfway[judgement.address], abs=1e-5)
        assert judgement.by == "expert"


def test_a_share_asked_the_other_way_round_is_turned() -> None:
    made = uploads.laid_over(NET, prior_set.files(NET, change(0.9, TURNED)))
    (judgement,) = [j for j in everyone(made.review) if j.address == TURNED]
    assert judgement.value == pytest.approx(0.1, abs=1e-6)


def test_numbers_lie_over_an_uploaded_set() -> None:
    other = "inertia/lowest"
    base = prior_set.files(NET, change(0.3, other))
    under = uploads.laid_over(NET, base)
    made = uploads.laid_over(NET, prior_set.files(under, change(0.6, base=base)))
    values = {j.address: j.value for j in everyone(made.review)}
    assert values[other] == pytest.approx(0.3)
    assert values[ADDRESS] == pytest.approx(0.6)


def test_the_download_is_what_the_command_line_takes(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(uploads.zipped(GOOD))) as archive:
        archive.extractall(tmp_path)
    ours = uploads.laid_over(NET, GOOD)
    theirs = cmocnet.load(priors=tmp_path)
    assert dict(theirs.posteriors()["inertia"]) == dict(ours.posteriors()["inertia"])
    assert uploads.unpack(uploads.zipped(GOOD)) == GOOD


def test_a_zipped_folder_with_its_answers_is_taken() -> None:
    files = {f"mine/{NAME}": GOOD[NAME], "mine/answers.csv": "id\n", "mine/variables/": ""}
    assert uploads.unpack(packed(**files)) == GOOD


LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a zip"),
        (b"PK\x03\x04 and nothing more", "not a zip"),
        (b"x" * (uploads.MAX_PACKED + 1), "at most"),
        (packed(), "no prior files"),
        (packed(**{"variables/inertia.yaml": LAUGHS}), "alias"),
        (packed(**{"variables/inertia.yaml": "a: " + "[" * 100}), "deep"),
        (packed(**{"variables/inertia.yaml": "a: !!python/object:os.system x"}), "a tag"),
        (packed(**{"variables/inertia.yaml": "- 1"}), "mapping"),
        (packed(**{"variables/inertia.yaml": b"\xff\xfe\x00"}), "UTF-8"),
        (packed(**{"variables/inertia.yaml": "a: 1\na: 2"}), "duplicate"),
        (packed(**{"variables/inertia.yaml": b"0" * 6_000_000}), "huge"),
        (packed(**{"../variables/inertia.yaml": "a: 1"}), "does not belong"),
        (packed(**{"/etc/passwd": "a: 1"}), "does not belong"),
        (packed(**{"variables/../../x.yaml": "a: 1"}), "does not belong"),
        (packed(**{"cmocs/text_power.yaml": "a: 1", "protocol.yaml": "a: 1"}), "does not belong"),
        (packed(**{"variables/<img src=x>.yaml": "a: 1"}), "does not belong"),
        (packed(**{f"variables/v{n}.yaml": "a: 1" for n in range(400)}), "400 files"),
    ],
)  # fmt: skip
def test_a_bad_archive_is_one_clear_message(data: bytes, says: str) -> None:
    with pytest.raises(FileError) as caught:
        uploads.unpack(data)
    message = str(caught.value)
    assert says in message
    assert len(message) < 400
    assert not SPARE.search(message)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"variables/nosuch.yaml": "label: x"}, "no file"),
        ({"variables/inertia.yaml": "table: {lowest: {value: 7}}"}, "inertia.yaml"),
        ({"variables/inertia.yaml": "nonsense: 7"}, "nonsense"),
        ({"variables/../x.yaml": "a: 1"}, "does not belong"),
        (
            {
                "variables/mandate.yaml": "states: {voluntary: {label: a}, mandated: {label: b}, x: {label: c}}"
            },
            "mandate",
        ),
    ],
)
def test_a_set_that_does_not_fit_says_where_and_names_no_folder(
    files: dict[str, str], says: str
) -> None:
    with pytest.raises(CmocnetError) as caught:
        uploads.laid_over(NET, files)
    assert says in str(caught.value)
    assert not SPARE.search(str(caught.value))


def test_more_arcs_than_the_review_has_are_refused() -> None:
    text = "table: {parents: {mandate: {weight: 1, spread: 0.3, cites: [T3-30]}}}"
    with pytest.raises(FileError, match="adds an arc"):
        uploads.laid_over(NET, {"variables/inertia.yaml": text})


def sheet(folder: Path, kind: str, cells: dict[str, tuple[object, object, object]]) -> bytes:
    """The sheet that experts are given, filled in."""
    write_template(NET.review, folder / "asked", ["inertia"])
    book = openpyxl.load_workbook(folder / "asked" / "questions.xlsx")
    for row in book.active.iter_rows(min_row=2):
        for cell, value in zip(row[5:8], cells.get(row[0].value, ()), strict=False):
            cell.value = value
    if kind == "xlsx":
        whole = io.BytesIO()
        book.save(whole)
        return whole.getvalue()
    lines = ["id,low,central,high", *(f"{k},{','.join(map(str, v))}" for k, v in cells.items())]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_filled_in_sheet_becomes_a_prior_set(kind: str, tmp_path: Path) -> None:
    data = sheet(tmp_path, kind, {ADDRESS: (0.5, 0.6, 0.7)})
    files = uploads.from_sheets(NET, [(f"../../An Expert.{kind}", data)])
    assert list(files) == ["variables/inertia.yaml"]
    assert "An Expert" in files["variables/inertia.yaml"]
    made = {j.address: j for j in everyone(uploads.laid_over(NET, files).review)}
    assert made[ADDRESS].value == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"id,low,central,high\ninertia/highest,=1+1,0.5,0.6\n", "formula"),
        ("a.csv", b"id,low,central,high\nnosuch,0.1,0.5,0.6\n", "no question"),
        ("a.csv", b"\xff\xfe", "UTF-8"),
        ("a.csv", b"", "lacks a column"),
        ("a.xlsx", b"PK not a workbook", "xlsx"),
        ("a.xlsm", b"", "unknown kind"),
        ("a.csv", b"x" * 6_000_000, "at most"),
    ],
)
def test_a_bad_sheet_is_one_clear_message(name: str, data: bytes, says: str) -> None:
    with pytest.raises(CmocnetError) as caught:
        uploads.from_sheets(NET, [(name, data)])
    assert says in str(caught.value)
    assert not SPARE.search(str(caught.value))


# --- the page ---------------------------------------------------------------------------------


def test_each_judgement_shows_its_question_its_note_and_who_says_so() -> None:
    page = opened()
    assert not page.exception
    mine = [j for j in KNOWN.values() if j.variable == "inertia"]
    sliders = [s.key for s in page.slider if not str(s.key).startswith("sized:")]
    assert sliders == [f"judged:{j.address}" for j in mine]
    shown = html(page)
    assert all(BY[j.by] in shown for j in mine)
    assert NET.review.about.caution in shown


def test_everyone_who_may_have_said_a_number_has_a_name() -> None:
    assert set(BY) == set(get_args(Basis))


def test_a_changed_number_moves_the_headline_outcomes_at_once() -> None:
    page = opened()
    page.slider(key=f"judged:{ADDRESS}").set_value(60.0).run()
    assert not page.exception
    situation = next(iter(NET.situations.values()))
    expected = moved_outcomes.moves(NET, uploads.laid_over(NET, GOOD), situation.given)
    for outcome in expected:
        row = html(page).split(f'data-move="{outcome.variable.name}"')[1].split("</tr>")[0]
        assert moved_outcomes.fine(outcome.here or 0) in row
    page.button(key=f"back:{ADDRESS}").click().run()
    assert set(re.findall(r'class="number same">([^<]+)<', html(page))) == {"none"}
    assert page.slider(key=f"judged:{ADDRESS}").value == pytest.approx(100 * KNOWN[ADDRESS].central)


@pytest.mark.parametrize(("value", "kept"), [(40.0, None), (60.0, 0.6)])
def test_a_slider_that_is_gone_keeps_no_number_of_its_own(
    monkeypatch: pytest.MonkeyPatch, value: float, kept: float | None
) -> None:
    """A browser may tell what a slider showed that another variable's has replaced."""
    sets: list[PriorSet] = []
    monkeypatch.setattr(judgements.st, "session_state", {f"judged:{ADDRESS}": value})
    monkeypatch.setattr(judgements.theory, "mine", PriorSet)
    monkeypatch.setattr(judgements.theory, "keep", sets.append)
    judgements._changed(ADDRESS, "probability", 40.0)
    assert [s.numbers[ADDRESS] for s in sets] == ([] if kept is None else [kept])


def test_one_visitors_numbers_are_not_anothers() -> None:
    mine = opened()
    mine.slider(key=f"judged:{ADDRESS}").set_value(60.0).run()
    other = opened()
    assert other.slider(key=f"judged:{ADDRESS}").value == pytest.approx(
        100 * KNOWN[ADDRESS].central
    )


def test_every_variables_judgements_can_be_opened() -> None:
    page = opened()
    for name in ("trust", "domination", "task_complexity", "planned_aims", "entry_point"):
        page.selectbox(key="view.about").set_value(name).run()
        assert not page.exception
        assert page.slider


def test_what_is_so_by_definition_alone_is_no_judgement_to_open() -> None:
    offered = opened().selectbox(key="view.about").options
    assert NET.variables["entry_point"].label in offered
    assert NET.variables["mandate"].label not in offered


def test_a_number_that_rests_on_no_claim_is_not_said_to() -> None:
    told = html(opened("investment")).split('<dl class="judged">')[1]
    assert "one number for all" in told.split("No configuration")[0]
    assert "No configuration" in told


def test_an_effect_of_a_later_round_says_its_round() -> None:
    later = [t for t in questioned(NET.review).values() if "@" in t.test.manipulated]
    assert later
    for effect in later:
        _, number = moment(effect.test.manipulated)
        (told,) = sizes.told(NET.review, {effect.address: (0.9, 0.5)})
        assert f"in round {number}" in told
        assert f"in round {number}" in stated.change(NET.review, effect)
        assert f"in round {number}" in statements._setting(NET, Setting(effect, after=True))


def uploader(page: AppTest, kind: str) -> FileUploader:
    """The uploader that stands there now; another takes its place once its files are read."""
    (found,) = [u for u in page.file_uploader if str(u.key).startswith(f"upload:{kind}")]
    return found


def test_an_uploaded_set_is_used_and_put_back() -> None:
    page = opened()
    uploader(page, "set").set_value([("p.zip", uploads.zipped(GOOD), "application/zip")]).run()
    assert not page.exception
    assert not page.error
    assert page.slider(key=f"judged:{ADDRESS}").value == pytest.approx(60.0)
    reset = next(b for b in page.button if b.label == "Put everything back")
    reset.click().run()
    assert page.slider(key=f"judged:{ADDRESS}").value == pytest.approx(100 * KNOWN[ADDRESS].central)


def test_a_bad_upload_gives_one_message_and_changes_nothing() -> None:
    page = opened()
    bad = packed(**{"variables/inertia.yaml": "a: &a [x]\nb: *a"})
    uploader(page, "set").set_value([("p.zip", bad, "application/zip")]).run()
    assert not page.exception
    (error,) = page.error
    assert "alias" in error.value
    assert page.slider(key=f"judged:{ADDRESS}").value == pytest.approx(100 * KNOWN[ADDRESS].central)


def test_a_set_that_renames_things_runs_no_script() -> None:
    page = opened()
    text = 'label: "<script>alert(1)</script>![](http://192.0.2.1/a.png)"\n' + GOOD[NAME]
    data = packed(**{NAME: text})
    uploader(page, "set").set_value([("p.zip", data, "application/zip")]).run()
    assert not page.exception
    assert not page.error
    assert "<script>" not in html(page)
    assert not [m for m in page.markdown if "![](" in m.value]
