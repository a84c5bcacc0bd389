"""What experts are asked is what the tables do, wherever "more" of a noun lies."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import cmocnet
from cmocnet.elicitation.draws import everyone
from cmocnet.explain.arcs import arcs
from cmocnet.survey.wording import question

ENDS = ("up", "down")


def _net(garden: Path, ends: dict[str, str | None], effect: str, more: str = "") -> cmocnet.Network:
    """The garden with the noun's "more" at another end of some variables' states."""
    for name, end in ends.items():
        path = garden / "variables" / f"{name}.yaml"
        line = f"direction: {end}\n" if end else ""
        path.write_text(path.read_text().replace("direction: up\n", line))
    path = garden / "variables" / "mood.yaml"
    sun = path.read_text().rpartition("mood_before: {")
    path.write_text(f'{sun[0]}{sun[1]}effect: "{effect}", {more}{sun[2]}')
    return cmocnet.load(garden)


def _asked(net: cmocnet.Network, address: str) -> str:
    return question(net.review, next(j for j in everyone(net.review) if j.address == address))


@pytest.mark.parametrize(("before", "after", "effect"), list(product(ENDS, ENDS, "+-")))
def test_a_weight_s_verb_is_what_the_table_does(
    garden: Path, before: str, after: str, effect: str
) -> None:
    net = _net(garden, {"mood_before": before, "mood": after}, effect)
    # By hand: take one step towards more of the parent's noun; is there more of the child's?
    more = {"up": -1, "down": 0}
    given = [
        {"sunlight": "sun", "mood_before": net.variables["mood_before"].states[i]}
        for i in (-1 - more[before], more[before])
    ]
    less, most = (net.posteriors(do=held)["mood"] for held in given)
    state = net.variables["mood"].states[more[after]]
    verb = "raises" if most[state] > less[state] else "lowers"
    asked = _asked(net, "mood/[sun]weight.mood_before")
    assert asked.startswith(f"Mood before {verb} Mood, other things equal.")
    told = next(a.way for a in arcs(net) if (a.parent, a.child) == ("mood_before", "mood"))
    assert told == (verb if effect == "+" else "mixed")  # in the shade it works the other way


@pytest.mark.parametrize("effect", ["+", "-"])
@pytest.mark.parametrize("unordered", ["mood_before", "mood"])
def test_without_an_order_in_words_the_states_are_named(
    garden: Path, unordered: str, effect: str
) -> None:
    net = _net(garden, {unordered: None}, effect)
    ends = "from Low to High" if effect == "+" else "from High to Low"
    asked = _asked(net, "mood/[sun]weight.mood_before")
    assert asked.startswith(f"Mood before, going {ends}, moves Mood towards High")


@pytest.mark.parametrize("effect", ["+", "-"])
def test_states_with_scores_of_their_own_are_named(garden: Path, effect: str) -> None:
    net = _net(garden, {}, effect, "scores: {low: 0.9, high: 0.2}, ")
    ends = "from High to Low" if effect == "+" else "from Low to High"
    asked = _asked(net, "mood/[sun]weight.mood_before")
    assert asked.startswith(f"Mood before, going {ends}, moves Mood towards High")


@pytest.mark.parametrize("end", ENDS)
def test_the_share_asked_for_is_named(garden: Path, end: str) -> None:
    net = _net(garden, {"mood": end, "watering": end, "abandoned": end}, "+")
    assert _asked(net, "watering/highest").endswith("Answer with the share that would be Regular.")
    assert "enough for Yes" in _asked(net, "abandoned/cause.mood.low")
