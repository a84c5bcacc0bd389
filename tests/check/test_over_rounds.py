"""Effects over one to four rounds, against a season by season enumeration that unrolls nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

import cmocnet
from cmocnet import Network, check
from cmocnet.check.effects import Bench
from cmocnet.check.firmness import firmness
from cmocnet.check.verdicts import judge
from cmocnet.elicitation.draws import everyone
from cmocnet.registry.moment import at_round
from cmocnet.registry.reading import examine
from cmocnet.registry.records import Cmoc, Expectation, Link
from cmocnet.sensitivity.judged import varies
from cmocnet.solve.sensed import Sensed, Unknowns
from cmocnet.solve.statements import statements

REGISTER = Path("cmocs", "garden.yaml")
ORDER = ("sunlight", "mood_before", "watering", "mood", "abandoned")
"""The garden's variables, parents first."""
Rounds = dict[str, str]


def at(name: str, number: int) -> Link:
    """A variable in a round."""
    return Link(variable=name, sign="+", round=number)


@pytest.fixture(scope="module")
def seasons(
    tmp_path_factory: pytest.TempPathFactory, write_sized: Callable[[Path], Path]
) -> Network:
    """The garden with sizes, whose plot can be given more sun or less in any season."""
    folder = write_sized(tmp_path_factory.mktemp("seasons"))
    path = folder / "review.yaml"
    carried = "{mood_before: mood, sunlight: sunlight}"
    path.write_text(path.read_text().replace("{mood_before: mood}", carried))
    return cmocnet.load(folder)


def chance(net: Network, do: Rounds, seen: Rounds, last: int) -> float:
    """P(seen | do), season by season: only the light and the mood live on."""
    states, tables = net.discrete.states, net.discrete.tables
    weights: dict[tuple[str, ...], float] = {(): 1.0}
    for r in range(1, last + 1):
        after: dict[tuple[str, ...], float] = defaultdict(float)
        for lived, weight in weights.items():
            before = dict(zip(("sunlight", "mood_before"), lived, strict=False))
            for combination in product(*(states[name] for name in ORDER)):
                now = dict(zip(ORDER, combination, strict=True))
                p = weight
                for name in ORDER:
                    word = at_round(name, r)
                    if seen.get(word, now[name]) != now[name]:
                        p = 0.0
                    elif word in do:
                        p *= do[word] == now[name]
                    elif name in before:
                        p *= before[name] == now[name]
                    else:
                        family = (*tables[name].parents, name)
                        p *= tables[name].values[*(states[v].index(now[v]) for v in family)]
                after[now["sunlight"], now["mood"]] += p
        weights = after
    return sum(weights.values())


def by_hand(net: Network, word: str, state: str, do: Rounds, seen: Rounds) -> float:
    if seen.get(word, state) != state:
        return 0.0
    return chance(net, do, {**seen, word: state}, 4) / chance(net, do, seen, 4)


SETTINGS: list[tuple[str, int, Rounds, Rounds]] = [
    # variable, its round, what is done, what is seen
    ("mood", 1, {"watering": "rare"}, {}),
    ("mood", 2, {"watering": "rare"}, {}),
    ("mood", 4, {"watering": "rare"}, {}),
    ("mood", 4, {"watering": "rare", "watering@2": "regular", "watering@3": "rare"}, {}),
    ("abandoned", 3, {"mood": "low", "mood@2": "high"}, {}),
    ("watering", 4, {"mood_before@3": "low"}, {}),
    ("mood", 3, {"sunlight@2": "shade"}, {}),
    ("mood", 4, {"sunlight": "shade", "sunlight@3": "sun"}, {}),
    ("sunlight", 3, {"sunlight@2": "sun"}, {}),
    ("sunlight", 3, {"sunlight@2": "shade"}, {}),
    ("mood", 2, {}, {"mood@2": "high"}),
    ("mood", 2, {"watering@2": "rare"}, {"mood@2": "low"}),
    ("sunlight", 1, {"sunlight@2": "sun"}, {}),
    ("mood", 2, {"watering@3": "rare"}, {}),
    ("mood", 3, {"abandoned@2": "yes"}, {}),
    ("mood", 2, {}, {"abandoned@4": "yes"}),
    ("mood", 4, {"sunlight@3": "sun"}, {"abandoned": "yes", "watering@2": "rare"}),
    ("abandoned", 1, {"watering@2": "rare"}, {"mood@3": "low"}),
    ("mood_before", 4, {}, {"mood@3": "low"}),
]


@pytest.mark.parametrize(("name", "number", "do", "seen"), SETTINGS)
def test_every_round_is_as_enumerated(
    seasons: Network, name: str, number: int, do: Rounds, seen: Rounds
) -> None:
    bench, link = Bench(seasons.review, seasons.discrete), at(name, number)
    for state in seasons.discrete.states[name]:
        slow = by_hand(seasons, at_round(name, number), state, do, seen)
        assert bench.share(link, state, do, seen) == pytest.approx(slow, abs=1e-12)


@pytest.fixture(scope="module")
def unknowns(seasons: Network) -> Unknowns:
    return Unknowns(seasons.review, tuple(j for j in everyone(seasons.review) if varies(j)))


@pytest.mark.parametrize(("name", "number", "do", "seen"), SETTINGS)
def test_and_so_is_how_it_moves(
    unknowns: Unknowns, name: str, number: int, do: Rounds, seen: Rounds
) -> None:
    rng, step = np.random.default_rng(number), 1e-4
    point, towards = rng.normal(0.0, 0.5, (2, len(unknowns)))
    link = at(name, number)
    found = Sensed(unknowns, point).score(link, do, seen)
    ends = [
        Bench(unknowns.review, unknowns.network(point + way * step * towards)).score(link, do, seen)
        for way in (-1, 1)
    ]
    assert found.slope @ towards == pytest.approx((ends[1] - ends[0]) / (2 * step), abs=1e-6)


def test_what_is_asked_of_a_round_needs_little_of_the_ones_before(seasons: Network) -> None:
    """Outcomes of earlier rounds lead nowhere, and what is done later changes nothing."""
    bench = Bench(seasons.review, seasons.discrete)
    third = bench.unrolled(bench.span(at("mood", 3)))
    assert {"abandoned@3", "mood@2", "sunlight"} <= set(third.states)
    assert not {"abandoned", "abandoned@2", "mood@4"} & set(third.states)
    seen = bench.unrolled(bench.span(at("mood", 3), {"abandoned": "yes"}))
    assert "abandoned" in seen.states


# --- tests of the register --------------------------------------------------------------------


def expectation(**fields: Any) -> Expectation:
    entry = {"manipulated": "watering", "from": "rare", "to": "regular"}
    return msgspec.convert({**entry, **fields}, Expectation)


def among(net: Network, *tests: Expectation, **fields: Any) -> Cmoc:
    return msgspec.structs.replace(net.review.cmocs["G-02"], tests=tests, **fields)


def verdict(net: Network, cmoc: Cmoc) -> tuple[str, dict[str, float], tuple[str, ...]]:
    found = judge(Bench(net.review, net.discrete), cmoc)
    return found.verdict, dict(found.findings[0].effects), found.reasons


UP = {"variable": "mood", "sign": "+", "round": 4}


def test_an_effect_from_a_later_round_on(seasons: Network) -> None:
    """Water in the third season moves the mood of the fourth, more so in the sun."""
    test = expectation(
        manipulated="watering@3",
        outcomes=[UP],
        mechanism={"variable": "mood_before", "sign": "+", "round": 4},
        condition={"sunlight@2": "sun", "watering": "rare"},
        contrast={"sunlight@2": "shade", "watering": "rare"},
    )
    held = {"sunlight@2": "sun", "watering": "rare"}
    wet, dry = (
        by_hand(seasons, "mood@4", "high", {**held, "watering@3": s}, {})
        for s in ("regular", "rare")
    )
    agrees, effects, _ = verdict(seasons, among(seasons, test, type="conditional"))
    assert (agrees, effects) == ("agrees", {"mood in round 4": pytest.approx(wet - dry)})


def gap(net: Network, number: int) -> float:
    wet, dry = (
        by_hand(net, at_round("mood", number), "high", {"watering": s}, {})
        for s in ("regular", "rare")
    )
    return wet - dry


def test_an_effect_held_against_that_in_an_earlier_round(seasons: Network) -> None:
    """What the first watering does wears off, so its effect in the fourth round is less."""
    less = gap(seasons, 4) - gap(seasons, 1)
    assert less < -0.1
    test = expectation(outcomes=[{**UP, "than_round": 1}])
    said, effects, reasons = verdict(seasons, among(seasons, test))
    assert (said, effects) == (
        "wrong",
        {"mood more in round 4 than in round 1": pytest.approx(less)},
    )
    assert "mood more in round 4 than in round 1 moves" in reasons[0]
    down = expectation(outcomes=[{**UP, "sign": "-", "than_round": 1}])
    assert verdict(seasons, among(seasons, down))[0] == "agrees"


@pytest.mark.parametrize(("least", "expected"), [(0.05, "agrees"), (0.95, "wrong")])
def test_a_bound_on_a_later_round(seasons: Network, least: float, expected: str) -> None:
    test = expectation(outcomes=[UP], possible={"abandoned@3.yes": least})
    assert verdict(seasons, among(seasons, test))[0] == expected


def test_draws_see_the_same_rounds(seasons: Network) -> None:
    wears = expectation(outcomes=[{**UP, "sign": "-", "than_round": 1}])
    stays = expectation(manipulated="watering@2", outcomes=[UP], condition={"sunlight@3": "sun"})
    cmocs = {
        "G-02": among(seasons, wears, stays),
        "G-03": among(seasons, expectation(outcomes=[{**UP, "sign": "-"}])),
    }
    review = msgspec.structs.replace(seasons.review, cmocs=cmocs)
    draws = seasons.draws(n=50, seed=1)
    assert [f.share for f in firmness(review, seasons.discrete, draws)] == [1.0, 0.0]


def test_what_is_stated_over_rounds(seasons: Network) -> None:
    """An effect held against another is a difference, which no expert is asked."""
    tests = (expectation(outcomes=[UP, {**UP, "than_round": 2}]),)
    review = msgspec.structs.replace(seasons.review, cmocs={"G-02": among(seasons, *tests)})
    first, second, *_ = statements(review, [])
    assert (first.kind, first.says) == ("effect", "mood + in round 4")
    assert (second.kind, second.says) == ("condition", "mood + more in round 4 than in round 2")
    assert first.tested is not None
    assert first.tested.address == "G-02/1/mood@4"
    assert second.tested is None
    assert review.protocol.sizes is not None
    assert second.low == pytest.approx(first.low * review.protocol.sizes.differs)
    bench = Bench(review, seasons.discrete)
    assert first.quantity(bench) == pytest.approx(gap(seasons, 4))
    assert second.quantity(bench) == pytest.approx(gap(seasons, 4) - gap(seasons, 2))


# --- the files --------------------------------------------------------------------------------

LINK = 'sign: "+"}],'
TEST = "{manipulated: watering, from: rare, to: regular, outcomes"
SLIPS = {
    "a round too late": (LINK, LINK.replace("}", ", round: 5}"), ("round", "1 to 4")),
    "a cause too late": (TEST, TEST.replace("watering,", "watering@5,"), ("'watering@5' is round 5", "rounds 1 to 4")),
    "the first round by number": (TEST, TEST.replace("watering,", "watering@1,"), ("'watering@1' is round 1", "watering, without a round")),
    "no such round": (TEST, TEST.replace("watering,", "watering@soon,"), ("watering@soon", "nearest: watering")),
    "nobody's round": (TEST, TEST.replace("watering,", "waterng@2,"), ("no variable 'waterng'", "nearest: watering")),
    "no state in a round": ("condition: {sunlight: sun}", "condition: {mood_before@2: hgh}", ("mood_before@2", "'hgh'", "nearest: high")),
    "what stands": ("condition: {sunlight: sun}", "condition: {sunlight@2: sun}", ("condition.sunlight@2", "round 2 of sunlight, which stands for all rounds", "rounds.carry")),
    "a bound on no state": (TEST, TEST.replace("{", "{possible: {mood@3.hig: 0.1}, ", 1), ("mood@3.hig", "nearest: high")),
    "no earlier round": (LINK, LINK.replace("}", ", round: 2, than_round: 2}"), ("than_round", "round 2 is held against round 2", "an earlier round")),
    "manipulated and held": ("condition: {sunlight: sun}", "condition: {watering: rare}", ("watering is manipulated",)),
}  # fmt: skip


def slipped(garden: Path, old: str, new: str) -> str:
    path = garden / REGISTER
    text = path.read_text()
    before, found, after = text.rpartition(old)
    assert found
    path.write_text(before + new + after)
    with pytest.raises(cmocnet.CmocnetError) as caught:
        cmocnet.load(garden)
    return str(caught.value)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_about_rounds_ends_in_one_line(garden: Path, slip: str) -> None:
    old, new, named = SLIPS[slip]
    line = slipped(garden, old, new)
    assert "\n" not in line
    assert "garden.yaml" in line
    assert [word for word in named if word not in line] == [], line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (LINK, LINK.replace("}", ", round: 3}")),
        (TEST, TEST.replace("watering,", "watering@3,")),
    ],
)
def test_rounds_to_which_nothing_is_handed_over(garden: Path, old: str, new: str) -> None:
    path = garden / "review.yaml"
    path.write_text(path.read_text().replace("{mood_before: mood}", "{}"))
    line = slipped(garden, old, new)
    assert "\n" not in line
    named = ("garden.yaml", "round 3 of", "nothing is carried over", "rounds.carry in review.yaml")
    assert [word for word in named if word not in line] == [], line


def test_what_a_broken_file_says_of_rounds_is_not_held_against_the_register(garden: Path) -> None:
    register = garden / REGISTER
    before, _, after = register.read_text().rpartition(LINK)
    register.write_text(before + LINK.replace("}", ", round: 2}") + after)
    for file, old, new in (
        ("review.yaml", "carry: {mood_before: mood}", "carry: {mood_before: [mood]}"),
        ("review.yaml", "carry:", "cary:"),
        ("variables/mood.yaml", "layer: loop", "layer: lop"),
        ("variables/mood.yaml", "layer:", "layr:"),
    ):
        path = garden / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        faults = [str(fault) for fault in check.files(examine(garden))]
        assert any(file in fault for fault in faults)
        assert [fault for fault in faults if "round 2" in fault] == []
        path.write_text(text)


ENTRY = """
  tests:
    - {manipulated: watering@%s, from: rare, to: regular, outcomes: [{variable: mood, sign: "+", round: %s}]}
"""


@pytest.mark.parametrize(("cause", "effect", "told"), [(2, 2, True), (2, 3, False)])
def test_an_arc_within_a_later_round_cites_who_claims_it(
    garden: Path, cause: int, effect: int, told: bool
) -> None:
    """G-03 says nothing of water: it may, if a round lies between, for then no arc is claimed."""
    path = garden / REGISTER
    text = path.read_text()
    begin = text.index("  tests:", text.index("G-03:"))
    end = text.index("G-04:")
    path.write_text(text[:begin] + ENTRY.strip("\n") % (cause, effect) + "\n" + text[end:])
    found = check.files(examine(garden))
    wanted = "G-03 claims the arc watering -> mood, which does not cite it"
    assert any(wanted in str(fault) for fault in found) == told
