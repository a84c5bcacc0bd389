"""Intervals given one-sided claims hold the hidden answers, as the script that measures it finds."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from msgspec.structs import replace as with_

import cmocnet
from cmocnet import Network
from cmocnet.cli import main as cli
from cmocnet.errors import CmocnetError

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
QUESTIONS = (
    "P(abandoned | shade)",
    "P(mood = high | sun, watering = regular)",
    "P(watering = regular | sun)",
)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, as Python sees it beside the others."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import calibration

    return calibration


@pytest.fixture
def asking(garden_net: Network) -> Network:
    """The garden with sizes, and questions of its own."""
    review = garden_net.review
    return Network(with_(review, about=with_(review.about, questions=QUESTIONS)))


@pytest.mark.slow
def test_ninety_per_cent_intervals_cover(script: ModuleType, asking: Network) -> None:
    found = script.coverage(script.Simulated(asking, "at least", 200, 1), 100)
    assert found.ranks.shape == (100, 3)
    assert (found.inside > 0.8).all()
    assert found.inside.mean() == pytest.approx(0.9, abs=0.06)
    assert abs(found.below.mean() - found.above.mean()) < 0.06


def test_a_hidden_world_is_one_in_which_the_review_speaks(
    script: ModuleType, asking: Network
) -> None:
    """Claims are met, or missed as seldom as their spread allows; other worlds meet them less."""
    simulated = script.Simulated(asking, "at least", 20, 0)
    far, other = [], []
    for number in range(200):
        world, told = script.spoken(simulated, np.random.default_rng(number))
        for s, x in zip(told, simulated.worlds[1], strict=True):
            if script._claims(s):
                far.append(s.miss(x[world])[0])
                other.append(s.miss(x[number])[0])
    assert np.mean(np.abs(far)) < 0.6 * np.mean(np.abs(other))
    assert -3.7 < min(far) < -0.5


def test_a_range_lies_about_the_truth_as_it_is_solved(script: ModuleType) -> None:
    """Inside as often as its likelihood has mass there, and as far outside as its spread."""
    generator = np.random.default_rng(0)
    stated = script.Statement("x", "figure", "", None, 0.2, 0.4, 0.1)
    placed = [script._placed(stated, 0.7, generator) for _ in range(4000)]
    misses = np.array([s.miss(0.7)[0] for s in placed])
    assert all(s.high - s.low == pytest.approx(0.2) for s in placed)
    assert (misses == 0.0).mean() == pytest.approx(0.2 / (0.2 + 0.1 * np.sqrt(2 * np.pi)), abs=0.03)
    assert misses[misses != 0.0].std() == pytest.approx(1.0, abs=0.05)


def test_ranks_are_counted_on_both_sides(script: ModuleType) -> None:
    ranks = np.repeat(np.arange(401)[:, None], 3, axis=1)
    found = script.Coverage(ranks, 400)
    assert found.below == pytest.approx(found.above)
    assert found.inside == pytest.approx(0.9, abs=0.001)


@pytest.mark.parametrize("shape", ["fan", "chain"])
def test_invented_reviews_have_no_fault(
    shape: str, script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = script.simulated_reviews.write(shape, tmp_path / shape)
    assert cli(["check", "--files", "--model", str(folder)]) == 0, capsys.readouterr().out
    simulated = script.Simulated(cmocnet.load(folder), "figures", 20, 0)
    assert len(simulated.asked) == 3
    assert {s.kind for s in simulated.stated} == {"effect", "mediation", "case", "figure", "share"}
    for reading in script.READINGS:
        ranks = replace(simulated, reading=reading).ranks(0)
        assert all(0 <= rank <= 20 for rank in ranks)


def test_the_page_is_printed(
    script: ModuleType,
    asking: Network,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(script, "reviews", lambda _: [("garden", asking)])
    argv = ["calibration.py", "--replications", "2", "--draws", "10", "--reading", "figures"]
    monkeypatch.setattr(sys, "argv", argv)
    script.main()
    said = capsys.readouterr().out
    assert said.count("| garden | figures |") == 1
    assert QUESTIONS[0] in said


def test_a_review_that_asks_nothing_is_refused(script: ModuleType, garden_net: Network) -> None:
    with pytest.raises(CmocnetError, match="asks nothing"):
        script.coverage(script.Simulated(garden_net, "figures", 10, 0), 1)
