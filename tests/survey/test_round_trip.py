"""Template, three filled files, fit, query: the whole way, and what disagreement does on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import yaml

import cmocnet
from cmocnet.elicitation.draws import draw, everyone, quantile
from cmocnet.registry import Review, bundled, read
from cmocnet.registry.shares import nested, row_of
from cmocnet.survey import compare, convene, write_priors, write_template

Fill = Callable[[str, Mapping[str, object]], Path]

AGREED = {
    "inertia/lowest": (0.05, 0.1, 0.2),
    "inertia/highest": (0.6, 0.8, 0.92),
    "flexibility/row1.1": (0.8, 0.9, 0.96),
    "progress/weight.achievement": (3, 4, 6),
}
WORDS = {
    "inertia/lowest": ("(almost) impossible", "improbable", "uncertain"),
    "inertia/highest": ("", "probable", ""),
    "progress/weight.achievement": ("", "strong", ""),
    "dissolution/[low]cause.trust_breach.yes": ("25%", "50 %", "0,75"),
}


def test_every_judgement_is_one_question(review: Review, template: Path) -> None:
    book = openpyxl.load_workbook(template / "questions.xlsx")
    sheet = book["Questions"]
    ids = [row[0].value for row in sheet.iter_rows(min_row=2)]
    assert ids == [j.address for j in everyone(review)]
    assert all(row[1].value and row[2].value for row in sheet.iter_rows(min_row=2))
    assert "5th percentile" in sheet["F1"].value
    assert any("5th percentile" in str(c.value) for (c,) in book["How to answer"].iter_rows())


def test_round_trip(fill: Fill, review: Review, tmp_path: Path) -> None:
    """One expert answers in words, one leaves most rows out, one disagrees."""
    files = [
        fill("words.csv", WORDS),
        fill("few.xlsx", {"inertia/lowest": AGREED["inertia/lowest"]}),
        fill("contrary.xlsx", {**AGREED, "inertia/lowest": (0.4, 0.5, 0.6)}),
    ]
    panel = convene(review, files)
    write_priors(review, panel, tmp_path / "set")
    net, old = cmocnet.load(priors=tmp_path / "set"), cmocnet.load()
    lowest = panel.results["inertia/lowest"].pooled
    assert lowest.apart
    assert lowest.disagreement > 0.7
    judged = {j.address: j for j in everyone(net.review)}
    assert judged["inertia/lowest"].value == pytest.approx(lowest.distribution.value, rel=1e-5)
    assert judged["inertia/lowest"].spread == pytest.approx(lowest.distribution.spread, rel=1e-5)
    assert judged["inertia/lowest"].by == "expert"
    assert judged["flexibility/row1.1"].value == pytest.approx(1 - 0.893, abs=0.02)
    assert {j.address: j.value for j in everyone(old.review)}.keys() == judged.keys()
    question = "P(inertia | high functioning)"
    assert net.query(question).probability != pytest.approx(old.query(question).probability)
    found = compare(old, net)
    assert {c.address for c in found.changes} == set(panel.results)
    assert not found.other
    assert found.moves[0].by != 0
    sizes = [abs(move.by) for move in found.moves]
    assert sizes == sorted(sizes, reverse=True), "what moved most is told first"


def test_disagreement_widens(fill: Fill, review: Review, tmp_path: Path) -> None:
    """The same three widths, once near one another and once apart: the pooled interval widens."""
    near = [(0.1, 0.2, 0.3), (0.11, 0.21, 0.31), (0.09, 0.19, 0.29)]
    apart = [(0.1, 0.2, 0.3), (0.35, 0.45, 0.55), (0.02, 0.05, 0.12)]
    widths = {}
    for name, said in {"near": near, "apart": apart}.items():
        files = [fill(f"{name}{i}.csv", {"inertia/lowest": s}) for i, s in enumerate(said)]
        panel = convene(review, files)
        write_priors(review, panel, tmp_path / name)
        laid = read(bundled(), priors=tmp_path / name)
        judged = next(j for j in everyone(laid) if j.address == "inertia/lowest")
        low, high = quantile(judged, np.array([0.05, 0.95]))
        drawn = draw(laid, n=2000, seed=1).tables["inertia"][:, -1, 1]
        widths[name] = (high - low, np.ptp(np.quantile(drawn, [0.05, 0.95])))
    assert widths["apart"][0] > 2 * widths["near"][0]
    assert widths["apart"][1] > 1.5 * widths["near"][1]


def test_nobody_is_changed_who_was_not_asked(fill: Fill, review: Review, tmp_path: Path) -> None:
    """A given table's other rows come along; a prior set names only what was judged."""
    panel = convene(review, [fill("a.csv", {"entry_point/row2.1": (0.2, 0.3, 0.5)})])
    assert write_priors(review, panel, tmp_path / "set") == ("entry_point",)
    content = yaml.safe_load((tmp_path / "set/variables/entry_point.yaml").read_text())
    assert list(content) == ["table"]
    laid = read(bundled(), priors=tmp_path / "set")
    old, new = (r.variables["entry_point"].table.rows for r in (review, laid))
    assert [a == b for a, b in zip(old, new, strict=True)] == [True, False]
    asked, *others = nested(new[1].row)
    assert asked == pytest.approx(0.32, abs=0.03)
    assert others == pytest.approx(nested(old[1].row)[1:].tolist(), abs=1e-5)


def test_every_kind_of_table_can_be_laid_over(fill: Fill, review: Review, tmp_path: Path) -> None:
    """All questions answered with what stands there: the set changes nothing but digits."""
    asked = everyone(review)
    answers = {}
    for j in asked:
        value = 1 - j.value if _turned(review, j.address) else j.value
        if j.kind == "weight":
            answers[j.address] = (value * 0.5, value, value * 2)
        else:
            answers[j.address] = (value * 0.8, value, 1 - (1 - value) * 0.8)
    panel = convene(review, [fill("all.csv", answers)])
    assert set(panel.results) == {j.address for j in asked}
    write_priors(review, panel, tmp_path / "set")
    laid = {j.address: j for j in everyone(read(bundled(), priors=tmp_path / "set"))}
    assert laid.keys() == {j.address for j in asked}
    for j in asked:
        expected = panel.results[j.address].pooled.distribution.value
        if _turned(review, j.address):
            expected = 1 - expected
        assert laid[j.address].value == pytest.approx(expected, abs=1e-5)
        assert laid[j.address].by == "expert"


def _turned(review: Review, address: str) -> bool:
    return (
        "/row" in address and len(review.variables[address.split("/", maxsplit=1)[0]].states) == 2
    )


def test_weights_of_experts_and_of_a_half_answered_table(fill: Fill, review: Review) -> None:
    a = fill(
        "a.csv",
        {
            "conflict_damage/[high]weight.resolution_quality": (1, 2, 4),
            "inertia/lowest": (0.1, 0.2, 0.3),
        },
    )
    b = fill("b.csv", {"inertia/lowest": (0.5, 0.6, 0.7)})
    panel = convene(review, [a, b], weights=[3, 1])
    assert panel.weights == (0.75, 0.25)
    assert panel.half_weighted == ("conflict_damage/[high]",)
    value = panel.results["inertia/lowest"].pooled.distribution.value
    assert value == pytest.approx(0.75 * 0.2 + 0.25 * 0.6, abs=0.01)
    only = convene(review, [a, b], weights=[0, 1])
    assert set(only.results) == {"inertia/lowest"}


def test_another_review_needs_no_line_of_code(garden: Path, tmp_path: Path) -> None:
    other = read(garden)
    asked = write_template(other, tmp_path / "t")
    assert asked == len(everyone(other))


def test_shares_and_back() -> None:
    row = [0.2, 0.05, 0.5, 0.25]
    assert row_of(nested(row), 9).tolist() == pytest.approx(row, abs=1e-9)
    assert row_of(np.array([0.1, 1 / 3, 0.123456789]), 9).sum() == pytest.approx(1.0, abs=1e-12)
