"""A review of another subject loads, answers, is checked and exported by the same code."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import cmocnet
from cmocnet import check
from cmocnet.errors import QueryError


@pytest.fixture
def gardens(garden: Path) -> cmocnet.Network:
    return cmocnet.load(garden)


def _by_hand(sun: str) -> float:
    """P(abandoned | sunlight) summed over the other variables, from the files' own numbers."""
    net_mood = {"shade": 0.1, "sun": 0.9}[sun]
    total = 0.0
    for before, water in product((0, 1), (0, 1)):
        p = (net_mood if before else 1 - net_mood) * _water(before, water)
        total += p * (0.05 + 0.95 * 0.4 * (1 - _happy(water, before)))
    return total


def _water(before: int, water: int) -> float:
    regular = 0.9 if before else 0.1
    return regular if water else 1 - regular


def _happy(water: int, before: int) -> float:
    """InterBeta in the sun: from 0.15 to 0.85 along (3 water + 4 mood before) / 7."""
    return 0.15 + 0.7 * (3 * water + 4 * before) / 7


def test_answers(gardens: cmocnet.Network) -> None:
    answer = gardens.query("P(abandoned | sunny plot)")
    assert answer.probability == pytest.approx(_by_hand("sun"), abs=1e-12)
    other = gardens.query("P(given up | dark corner)").probability
    assert answer.opposite == pytest.approx(other, abs=1e-12)
    assert answer.opposite is not None
    assert answer.probability is not None
    assert answer.probability < answer.opposite


def test_words_are_its_own(gardens: cmocnet.Network) -> None:
    assert gardens.resolve("happy gardeners") == ("mood", "high")
    assert gardens.resolve("no watering") == ("watering", "rare")
    assert gardens.resolve("higher mood before") == ("mood_before", "high")
    with pytest.raises(QueryError):
        gardens.resolve("higher cultural compatibility")


def test_rounds(gardens: cmocnet.Network) -> None:
    posteriors = cmocnet.engine.compile(gardens.unroll(3)).posteriors()
    assert posteriors["mood_before@2"].array == pytest.approx(posteriors["mood"].array)
    assert (
        0 < posteriors["gone@1"]["yes"] < posteriors["gone@2"]["yes"] < posteriors["gone@3"]["yes"]
    )


def test_check(gardens: cmocnet.Network) -> None:
    report = check.run(gardens.review, gardens.discrete)
    assert {a.cmoc.id: a.verdict for a in report.agreements} == dict.fromkeys(
        ("G-01", "G-02", "G-03", "G-04"), "agrees"
    )
    assert report.ok
    assert [h.name for h in (*report.claims, *report.situations)] == ["sun_saves", "dark_corner"]


def test_gaps_are_reported(garden: Path) -> None:
    review = garden / "review.yaml"
    review.write_text(review.read_text().replace("{G: 4}", "{G: 5}"))
    ends = garden / "variables" / "abandoned.yaml"
    ends.write_text(ends.read_text().replace("cites: [G-03]", "cites: [G-02]"))
    net = cmocnet.load(garden)
    report = check.run(net.review, net.discrete)
    assert not report.ok
    register, files = report.gaps[:2], report.gaps[2:]
    assert [gap.partition(":")[0] for gap in register] == ["G-03", "G-05"]
    assert all(gap.startswith(f"{ends}:") for gap in files)
    assert "G-03 claims the arc mood -> abandoned" in files[0]
    assert len(files) == 3  # the arc, and the two numbers that no longer follow from the citation


def test_export(gardens: cmocnet.Network, tmp_path: Path) -> None:
    gardens.save(tmp_path / "garden.xdsl")
    assert 'id="mood_before"' in (tmp_path / "garden.xdsl").read_text()
    assert gardens.to_pgmpy().check_model()
