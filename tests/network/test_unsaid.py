"""What is not said means the same at every door."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import cmocnet
from cmocnet import Network, levers
from cmocnet.model import DRAWS
from cmocnet.network import Question


def defaults(door: object) -> dict[str, object]:
    return {
        name: one.default
        for name, one in inspect.signature(door).parameters.items()  # type: ignore[arg-type]  # any callable is a door
        if one.default is not one.empty
    }


DOORS = [
    getattr(owner, name)
    for owner in (Network, Question)
    for name in dir(owner)
    if not name.startswith("_") and inspect.isfunction(getattr(owner, name))
]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__qualname__)
def test_seeds_and_draws_are_the_usual_ones_and_by_keyword(door: object) -> None:
    given, kinds = defaults(door), inspect.signature(door).parameters  # type: ignore[arg-type]  # any callable is a door
    assert given.get("seed", 0) == 0
    for name in {"n", "seed"} & given.keys():
        assert kinds[name].kind is inspect.Parameter.KEYWORD_ONLY
    if "levers" not in getattr(door, "__name__", ""):
        assert given.get("n", DRAWS) == DRAWS


def test_levers_are_searched_alike_from_both_sides() -> None:
    assert defaults(Network.levers) == defaults(levers.best)


@pytest.mark.parametrize(("content", "held"), [("", "nothing"), ("- a\n", "a list")])
def test_a_file_without_keys_says_what_it_holds(garden: Path, content: str, held: str) -> None:
    (garden / "words.yaml").write_text(content)
    with pytest.raises(cmocnet.CmocnetError, match=rf"words\.yaml.*the file holds {held}"):
        cmocnet.load(garden)
