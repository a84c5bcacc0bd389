"""Files that are YAML but no valid review: each slip ends in one line that says where and what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec import Struct

import cmocnet
from cmocnet.errors import CmocnetError

SUN, WATER = "variables/sunlight.yaml", "variables/watering.yaml"
MOOD, END = "variables/mood.yaml", "variables/abandoned.yaml"
REGISTER, REVIEW = "cmocs/garden.yaml", "review.yaml"

WATERING = "watering: {weight: 3.0, spread: 0.3, cites: [G-02]}"
GUESS = "{row: [0.4, 0.6], strength: 4, by: assumption, why: a guess}"
SUN_CELL = "    sun:\n      method: interbeta\n"

# what is wrong: (file, what stands there, what is put there, what the message must name)
SLIPS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    # --- the graph
    "a cycle": (
        SUN,
        "  rows:",
        "  parents: {mood: {cites: [G-01]}}\n  rows:",
        ("circle", "sunlight", "mood"),
    ),
    "its own parent": (WATER, "    mood_before:", "    watering:", ("circle", "watering")),
    "an arc to nowhere": (
        WATER,
        "    mood_before:",
        "    mood_befor:",
        ("watering.yaml", "mood_befor", "nearest: mood_before"),
    ),
    "a moderator from nowhere": (MOOD, "by: sunlight", "by: moonlight", ("moonlight", "sunlight")),
    "moderator also in a cell": (
        MOOD,
        WATERING,
        WATERING.replace("watering", "sunlight"),
        ("mood.yaml", "sunlight"),
    ),
    # --- citations
    "no citation": (WATER, "cites: [G-01]", "cites: []", ("watering.yaml", "no citation")),
    "citation left out": (WATER, ", cites: [G-01]", "", ("watering.yaml", "cites")),
    "an unknown id": (WATER, "cites: [G-01]", "cites: [G-1]", ("watering.yaml", "G-1", "G-01")),
    "moderator uncited": (MOOD, "  cites: [G-04]", "  cites: []", ("mood.yaml", "no citation")),
    "no references, no note": (
        REGISTER,
        "  references_note: none given\n",
        "",
        ("G-03", "references_note"),
    ),
    # --- numbers
    "weight too large": (WATER, "weight: 3.6", "weight: 101", ("watering.yaml", "weight", "100")),
    "weight negative": (
        WATER,
        "weight: 3.6",
        "weight: -1",
        ("watering.yaml:17", "weight", "0 to 100"),
    ),
    "weight not a number": (WATER, "weight: 3.6", "weight: .nan", ("watering.yaml", "weight")),
    "weight in words": (WATER, "weight: 3.6", "weight: much", ("watering.yaml", "weight")),
    "spread too wide": (WATER, "spread: 0.3", "spread: 9", ("watering.yaml", "spread")),
    "no probability": (WATER, "value: 0.1", "value: 1.5", ("watering.yaml", "lowest.value")),
    "no strength": (WATER, "strength: 10}", "strength: 0}", ("watering.yaml", "strength")),
    "nothing weighs": (WATER, "weight: 3.6", "weight: 0", ("watering.yaml", "weights")),
    "lowest above highest": (WATER, "value: 0.1", "value: 0.95", ("watering.yaml", "above")),
    "a row sums to less": (SUN, "[0.4, 0.6]", "[0.4, 0.5]", ("sunlight.yaml", "row 1", "sum to 1")),
    "a row too long": (SUN, "[0.4, 0.6]", "[0.4, 0.3, 0.3]", ("row 1", "2 probabilities")),
    "a row not a number": (SUN, "[0.4, 0.6]", "[.nan, .nan]", ("sunlight.yaml", "row")),
    "rows leave a gap": (SUN, f"    - {GUESS}\n", "    []\n", ("sunlight.yaml", "no row")),
    # --- states
    "an unknown state": (WATER, "bare: regular", "bare: regullar", ("bare", "nearest: regular")),
    "an unknown favourable": (WATER, "favourable: regular", "favourable: often", ("favourable",)),
    "one state only": (MOOD, "low: {label: Low}, ", "", ("mood.yaml", "states")),
    "a row for no state": (
        SUN,
        "  rows:\n    - {",
        "  parents: {}\n  rows:\n    - {when: {mood: low}, ",
        ("sunlight.yaml:18", "rows[1].when.mood"),
    ),
    "scores for other states": (
        WATER,
        "weight: 3.6,",
        "weight: 3.6, scores: {low: 0, hgh: 1},",
        ("mood_before", "expected low, high"),
    ),
    "a cause of no state": (END, "probability: {low:", "probability: {lo:", ("abandoned", "low")),
    "a cell too few": (
        MOOD,
        SUN_CELL,
        "    sn:\n      method: interbeta\n",
        ("mood.yaml", "cells", "no cell 'sun'", "shade, sun"),
    ),
    "noisy_max of three": (
        END,
        'label: "No"}',
        'label: "No"}, maybe: {label: Maybe}',
        ("abandoned.yaml", "two states"),
    ),
    "a test to no state": (
        REGISTER,
        "{manipulated: watering, from: rare, to: regular, outcomes",
        "{manipulated: watering, from: rare, to: regularly, outcomes",
        ("G-02", "regularly", "regular"),
    ),
    "a test of nothing": (
        REGISTER,
        '[{variable: abandoned, sign: "+"}]',
        "[]",
        ("G-03", "outcomes"),
    ),
    "a bound on no state": (
        REGISTER,
        "{manipulated: mood, from: high",
        "{possible: {abandoned.ye: 0.1}, manipulated: mood, from: high",
        ("G-03", "ye"),
    ),
    # --- reasons
    "coder without a why": (WATER, "spread: 0.3", "spread: 0.3, by: coder", ("mood_before", "why")),
    "anchor without a why": (WATER, "{value: 0.1, ", "{value: 0.1, by: coder, ", ("lowest", "why")),
    "guess without a why": (SUN, ", why: a guess", "", ("rows[1].why",)),
    "leak without a why": (END, ", why: bad luck", "", ("leak", "why")),
    "ranked without a why": (MOOD, "      why: water does little without light\n", "", ("why",)),
    # --- keys
    "an unknown field": (WATER, "label: Watering", "labl: Watering", ("labl", "nearest: label")),
    "an unknown inner field": (WATER, "weight:", "wieght:", ("watering.yaml", "wieght", "weight")),
    "an unknown method": (
        WATER,
        "method: interbeta",
        "method: interbta",
        ("watering.yaml", "method"),
    ),
    "an unknown layer": (WATER, "layer: loop", "layer: lop", ("watering.yaml", "layer")),
    "a name not the file's": (WATER, "name: watering", "name: water", ("watering.yaml", "water")),
    "a state named by a number": (WATER, "{rare:", "{1:", ("watering.yaml", "states")),
    "an entry with its own id": (REGISTER, "G-03:\n", "G-03:\n  id: G-09\n", ("G-03", "id")),
    "an unknown kind": (REGISTER, "type: moderation", "type: moderated", ("G-04", "type")),
    "not an entry": (REGISTER, "G-01:\n", "G-00: 3\nG-01:\n", ("G-00", "not an entry")),
    "contradicts nobody": (REGISTER, "[G-02]\n  adopted", "[G-22]\n  adopted", ("G-04", "G-22")),
    "adopts no reading": (
        REGISTER,
        "adopted: graded",
        "adopted: grade",
        ("G-04", "nearest: graded"),
    ),
    # --- rounds, situations, claims, protocol
    "hands over to nowhere": (
        REVIEW,
        "mood_before: mood",
        "mood_befre: mood",
        ("carry", "mood_before"),
    ),
    "hands over other states": (REVIEW, "mood_before: mood", "mood_before: abandoned", ("states",)),
    "no horizon": (REVIEW, "variable: abandoned,", "variable: abandond,", ("horizon", "abandoned")),
    "an unknown headline": (REVIEW, "[mood, ", "[moood, ", ("headline", "nearest: mood")),
    "situation of no state": ("situations.yaml", "shade}", "shady}", ("dark_corner", "shade")),
    "situation expects nobody": ("situations.yaml", "{mood:", "{mod:", ("dark_corner", "mod")),
    "situation expects no sign": ("situations.yaml", 'mood: "-"', 'mood: "less"', ("expects",)),
    "situation cites nothing": (
        "situations.yaml",
        'expects: {mood: "-"',
        'cites: [G-10]\n  expects: {mood: "-"',
        ("dark_corner", "cites", "G-10"),
    ),
    "claim about nobody": (
        "claims.yaml",
        "variable: abandoned",
        "variable: abandon",
        ("sun_saves",),
    ),
    "claim restores nobody": (
        "claims.yaml",
        "outcome: mood, pack",
        "outcome: mod, pack",
        ("sun_saves",),
    ),
    "claim with no such package": (
        "claims.yaml",
        "{watering: regular}",
        "{watering: dry}",
        ("dry",),
    ),
    "claim by no path": ("claims.yaml", "[watering]", "[waterin]", ("sun_saves", "watering")),
    "a word missing in the protocol": ("protocol.yaml", "shows: 4.0, ", "", ("protocol", "shows")),
    "a negative protocol": ("protocol.yaml", "shows: 4.0", "shows: -4.0", ("protocol", "weight")),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_ends_in_one_line(garden: Path, slip: str) -> None:
    file, old, new, named = SLIPS[slip]
    path = garden / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(CmocnetError) as caught:
        cmocnet.load(garden)
    line = str(caught.value)
    assert "\n" not in line
    assert [word for word in named if word not in line] == [], line


def test_two_files_with_one_id(garden: Path) -> None:
    register = garden / REGISTER
    (garden / "cmocs" / "other.yaml").write_text(register.read_text())
    with pytest.raises(CmocnetError, match="'G-01' stands in another file too"):
        cmocnet.load(garden)


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        ("variables/moood.yaml", "label: X\n", ("variables/moood.yaml", "variables/mood.yaml")),
        ("variables/mood.yaml", "table: {by: rain}\n", ("rain",)),
        ("variables/mood.yaml", "labl: X\n", ("mood.yaml", "labl", "label")),
        ("protocol.yaml", "lowest: {shows: 2}\n", ("protocol.yaml", "lowest")),
        ("notes.txt", "nothing of use", ("no prior files",)),
    ],
)
def test_an_overlay_that_does_not_fit(
    garden: Path, tmp_path: Path, file: str, content: str, named: tuple[str, ...]
) -> None:
    over = tmp_path / "over"
    (over / file).parent.mkdir(parents=True)
    (over / file).write_text(content)
    with pytest.raises(CmocnetError) as caught:
        cmocnet.load(garden, priors=over)
    assert [word for word in named if word not in str(caught.value)] == [], str(caught.value)


def test_an_overlay_is_laid_over(garden: Path, tmp_path: Path) -> None:
    over = tmp_path / "over"
    (over / "variables").mkdir(parents=True)
    (over / WATER).write_text("table: {lowest: {value: 0.3, by: expert, why: asked}}\n")
    values = cmocnet.load(garden, priors=over).discrete.tables["watering"].values
    assert values[0, 1] == pytest.approx(0.3)
    assert values[1, 1] == pytest.approx(0.9)
    with pytest.raises(CmocnetError, match="no such folder"):
        cmocnet.load(garden, priors=tmp_path / "nowhere")


def _records(value: object) -> Iterator[Struct]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _records(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _records(item)
    elif isinstance(value, Struct):
        yield value
        yield from _records([getattr(value, f) for f in value.__struct_fields__])


def test_what_was_read_cannot_be_edited_in_place() -> None:
    """A review is shared by every network made of it; each kind of record says no."""
    one_of_each = {type(record): record for record in _records(cmocnet.load().review)}
    assert len(one_of_each) > 20
    for kind, record in one_of_each.items():
        field = kind.__struct_fields__[0]
        with pytest.raises(AttributeError):
            setattr(record, field, getattr(record, field))
