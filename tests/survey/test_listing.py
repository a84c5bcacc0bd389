"""``cmocnet elicit list``: whose numbers they are, and what is held fixed beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cmocnet import Network
from cmocnet.cli import main
from cmocnet.elicitation.draws import everyone
from cmocnet.registry import read
from cmocnet.survey.listing import numbers


def test_it_lists_what_rests_on_a_basis(net: Network) -> None:
    """The bundled review: every judgement once, those asked for, and no other."""
    known = everyone(net.review)
    assert tuple(numbers(net.review)) == known
    some = numbers(net.review, ["coder", "assumption"])
    assert {j.address for j in some} == {
        j.address for j in known if j.by in ("coder", "assumption")
    }
    assert some.of == len(known)
    assert len(numbers(net.review, ["coder"])) + len(numbers(net.review, ["assumption"])) == len(
        some
    )


def test_the_garden(garden: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ["elicit", "list", "coder", "--model", str(garden)]
    assert main(argv) == 0
    said = capsys.readouterr().out
    assert said.startswith("5 of 13 judgements by coder; 1 held fixed\n")
    assert "abandoned/leak" in said
    assert "bad luck" in said
    assert "mood/[shade]" in said
    assert "sunlight" not in said
    assert main([*argv, "--variable", "mood", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [j["address"] for j in found["judgements"]] == [
        "mood/[shade]weight.mood_before",
        "mood/[sun]lowest",
        "mood/[sun]highest",
        "mood/[sun]weight.mood_before",
    ]
    assert found["judgements"][0] == {
        "address": "mood/[shade]weight.mood_before",
        "value": 4.0,
        "spread": 0.6,
        "solved": None,
        "by": "coder",
        "why": "moods last",
    }
    fixed = {"table": "mood/[shade]", "variance": 0.2, "by": "coder"}
    assert found["fixed"] == [{**fixed, "why": "water does little without light"}]


def test_a_definition_is_left_out(garden: Path) -> None:
    before = numbers(read(garden), ["coder"])
    for name, old, new in (
        ("mood", "by: coder, why: a cell", "by: definition, why: a cell"),
        ("mood", "variance: 0.2\n", "variance: 0.2\n      by: definition\n"),
        ("watering", "  lowest:", "  concentration: 20\n  lowest:"),
    ):
        path = garden / "variables" / f"{name}.yaml"
        path.write_text(path.read_text().replace(old, new))
    after = numbers(read(garden), ["coder"])
    assert len(after) == len(before) - 2
    assert [(f.table, f.name, f.value) for f in after.fixed] == [("watering/", "concentration", 20)]
