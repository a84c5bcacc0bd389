"""The most probable stories against a search of everything on a small review."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import cmocnet
from cmocnet import Network, levers
from cmocnet.errors import CmocnetError
from cmocnet.typing import Evidence


def test_the_story_is_the_likeliest_state_of_everything(garden: Path) -> None:
    net = cmocnet.load(garden)
    told = levers.tell(net.ask("P(abandoned)"))
    names = list(net.variables)
    every = [
        dict(zip(names, s, strict=True)) for s in product(*(net.variables[v].states for v in names))
    ]
    for story, end in ((told.success, "no"), (told.failure, "yes")):
        ended = [s for s in every if s["abandoned"] == end]
        best = max(ended, key=lambda s: net.program.log_probability(Evidence(observed=s)))
        assert story.ends == {"abandoned": end}
        assert story.settings == {"sunlight": best["sunlight"]}
        assert story.outcomes == {v: best[v] for v in ("mood", "abandoned")}
    assert told.success.probability + told.failure.probability == pytest.approx(1)
    assert told.differs == ("sunlight",)


def test_what_is_fixed_stays_in_both_stories(net: Network) -> None:
    told = levers.tell(net.ask("P(low synergy | mandated)"), do={"pace": "slow"})
    assert told.success.ends == {"synergy": "high"}
    assert told.failure.ends == {"synergy": "low"}
    for story in (told.success, told.failure):
        assert story.settings["mandate"] == "mandated"
        assert story.settings["pace"] == "slow"
        assert set(story.outcomes) == set(net.review.about.headline)
        assert story.support["mandate"] == pytest.approx(1)
    assert not {"mandate", "pace"} & set(told.differs)


@pytest.mark.parametrize(
    ("asked", "other"), [("modest", "overreaching"), ("overreaching", "modest")]
)
def test_an_end_nobody_favours_fails_at_the_other_end(net: Network, asked: str, other: str) -> None:
    told = levers.tell(net.ask(f"P(planned_aims={asked})"))
    assert told.success.ends == {"planned_aims": asked}
    assert told.failure.ends == {"planned_aims": other}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("P(trust=? | mandated)", "without a state"),
        ("P(dissolution | mandate := [0.5, 0.5])", "cannot be met by one story"),
        ("P(entry_point=market_threat | slow pace)", "has no opposite"),
    ],
)
def test_what_cannot_be_told_gets_one_line(net: Network, question: str, said: str) -> None:
    with pytest.raises(CmocnetError, match=said):
        levers.tell(net.ask(question))
