"""What follows from the register's codes may be left out of a variable's file, in any review."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import cmocnet
from cmocnet.check.coding import numbers
from cmocnet.check.filed import examine as files
from cmocnet.elicitation.draws import by_address, everyone
from cmocnet.elicitation.overlay import Placed, contents, write
from cmocnet.errors import CmocnetError
from cmocnet.registry import Review, read
from cmocnet.registry.reading import examine

DEFAULTS = "leak: {value: 0.05, strength: 8}\nprevalence: 4\n"


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def bare(cell: dict[str, Any]) -> None:
    """Take from a mapping of a table, and from all inside it, the numbers of the protocol."""
    if cell.get("by", "protocol") == "protocol":
        for key in ("value", "strength", "weight", "spread"):
            cell.pop(key, None)
    for key in ("lowest", "highest"):
        if cell.get("method") == "interbeta" and key in cell and not stripped(cell[key]):
            del cell[key]
    for inside in cell.values():
        if isinstance(inside, dict):
            bare(inside)


def stripped(anchor: dict[str, Any]) -> dict[str, Any]:
    bare(anchor)
    return anchor


def strip(folder: Path) -> int:
    """Take every number of the protocol from a review's files; how many lines fewer they have."""
    before = after = 0
    for path in (folder / "variables").glob("*.yaml"):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        before += len(yaml.safe_dump(content))
        if content.get("table", {}).get("method", "given") != "given":
            bare(content["table"])
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        after += len(yaml.safe_dump(content))
        path.write_text(text, encoding="utf-8")
    return before - after


def spell_out(folder: Path) -> int:
    """Write every number of the protocol into a review's files; how many were put in."""
    review, put = read(folder), 0
    for name in review.variables:
        path = folder / "variables" / f"{name}.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number in numbers(review, name):
            if "rows" in number.keys:  # an even row stands there, or the table is left out
                continue
            *above, word = number.keys
            inside = content
            for key in above:
                inside = inside.setdefault(key, {})
            put += word not in inside
            inside[word] = number.value
        path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")
    return put


def same(one: Review, other: Review) -> bool:
    return everyone(one) == everyone(other)


def test_the_bundled_review_says_the_same_without_them(review_copy: Path) -> None:
    before = read(review_copy)
    assert spell_out(review_copy) > 300
    spelt = read(review_copy)
    assert strip(review_copy) > 5_000
    for after in (spelt, read(review_copy)):
        assert same(before, after)
        assert after.variables == before.variables
        assert not after.notices
    assert files(examine(review_copy)) == ()


def test_another_review_too(garden: Path) -> None:
    before = read(garden)
    change(garden, "variables/watering.yaml", "weight: 3.6, spread: 0.3, ", "")
    change(garden, "variables/watering.yaml", "  lowest: {value: 0.1, strength: 10}\n", "")
    change(garden, "variables/watering.yaml", "highest: {value: 0.9, strength: 10}", "highest: {}")
    change(garden, "variables/abandoned.yaml", "{value: 0.4, strength: 4}", "{}")
    assert read(garden) == before
    assert files(examine(garden)) == ()


def test_in_the_cells_of_a_partition(garden: Path) -> None:
    before = by_address(read(garden))
    change(garden, "variables/mood.yaml", "weight: 3.0, spread: 0.3, ", "")
    after = by_address(read(garden))
    assert after == before
    assert after["mood/[sun]weight.watering"].by == "protocol"


def test_half_of_a_number_is_the_protocols(garden: Path) -> None:
    """Who judges a number need not say how sure it is."""
    change(
        garden, "variables/mood.yaml", "lowest: {value: 0.15, strength: 8,", "lowest: {value: 0.15,"
    )
    change(garden, "variables/mood.yaml", "weight: 4.0, spread: 0.6,", "weight: 4.0,")
    found = by_address(read(garden))
    lowest, weight = found["mood/[sun]lowest"], found["mood/[sun]weight.mood_before"]
    assert (lowest.value, lowest.spread, lowest.by) == (0.15, 12, "coder")  # G-02 governs
    assert (weight.value, weight.spread) == (4.0, 0.6)


def test_what_the_protocol_says_moves_what_is_left_out(garden: Path) -> None:
    change(garden, "variables/watering.yaml", "  lowest: {value: 0.1, strength: 10}\n", "")
    change(garden, "protocol.yaml", "lowest: {shows: 0.1,", "lowest: {shows: 0.05,")
    assert by_address(read(garden))["watering/lowest"].value == 0.05


def test_a_leak_and_a_setting_have_the_protocols_defaults(garden: Path) -> None:
    append(garden, "protocol.yaml", DEFAULTS)
    change(
        garden,
        "variables/abandoned.yaml",
        "  leak: {value: 0.05, strength: 8, by: coder, why: bad luck}\n",
        "",
    )
    sun = garden / "variables" / "sunlight.yaml"
    sun.write_text(sun.read_text(encoding="utf-8").partition("table:")[0], encoding="utf-8")
    review = read(garden)
    found = by_address(review)
    leak, share = found["abandoned/leak"], found["sunlight/row1.1"]
    assert (leak.value, leak.spread, leak.by) == (0.05, 8, "protocol")
    assert (share.value, share.spread, share.by) == (0.5, 4, "protocol")
    assert files(examine(garden)) == ()
    told = [n for name in ("abandoned", "sunlight") for n in numbers(review, name)]
    assert [n.table for n in told if n.value != n.coded] == []
    assert {n.table for n in told} >= {"leak", "prevalence"}
    assert cmocnet.load(garden).query("P(sunlight = sun)").probability == 0.5


def test_a_rival_reading_may_change_what_is_left_out(garden: Path) -> None:
    change(
        garden,
        "variables/mood.yaml",
        "      lowest: {value: 0.15, strength: 8, by: coder, why: a cell}\n",
        "",
    )
    found = by_address(read(garden, readings={"G-04": "water_only"}))["mood/[sun]lowest"]
    assert (found.value, found.spread) == (0.02, 12)


def test_a_number_may_be_laid_over_what_is_left_out(garden: Path, tmp_path: Path) -> None:
    """Of every address of a review that leaves out all it may."""
    append(garden, "protocol.yaml", DEFAULTS)
    strip(garden)
    sun, end = garden / "variables" / "sunlight.yaml", garden / "variables" / "abandoned.yaml"
    sun.write_text(sun.read_text(encoding="utf-8").partition("table:")[0], encoding="utf-8")
    text = yaml.safe_load(end.read_text(encoding="utf-8"))
    del text["table"]["leak"]
    end.write_text(yaml.safe_dump(text, sort_keys=False), encoding="utf-8")
    review = read(garden)
    known = everyone(review)
    placed = [Placed(j.address, 0.5, 2.0, "expert", "asked") for j in known]
    (tmp_path / "set").mkdir()
    write(review, contents(review, placed), "Asked.", tmp_path / "set")
    found = everyone(read(garden, priors=tmp_path / "set"))
    assert [j.address for j in found] == [j.address for j in known]
    assert {(j.value, j.spread, j.by) for j in found} == {(0.5, 2.0, "expert")}


FAULTS: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "no leak": (
        lambda f: change(
            f,
            "variables/abandoned.yaml",
            "  leak: {value: 0.05, strength: 8, by: coder, why: bad luck}\n",
            "",
        ),
        ("abandoned.yaml", "leak", "protocol.yaml"),
    ),
    "no prevalence": (
        lambda f: change(f, "variables/sunlight.yaml", "strength: 4, by", "by"),
        ("sunlight.yaml", "rows[1]", "prevalence"),
    ),
    "no table": (
        lambda f: change(f, "variables/watering.yaml", "table:", "note: none\nby_form:"),
        ("watering.yaml", "table"),
    ),
    "somebody's number that is not there": (
        lambda f: change(
            f,
            "variables/watering.yaml",
            "lowest: {value: 0.1, strength: 10}",
            "lowest: {by: coder, why: so}",
        ),
        ("watering.yaml", "lowest", "by: coder"),
    ),
    "somebody's weight that is not there": (
        lambda f: change(
            f, "variables/watering.yaml", "weight: 3.6, spread: 0.3,", "by: expert, why: so,"
        ),
        ("watering.yaml", "mood_before", "by: expert"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_nobody_gives_is_a_fault(garden: Path, fault: str) -> None:
    damage, named = FAULTS[fault]
    damage(garden)
    with pytest.raises(CmocnetError) as told:
        read(garden)
    assert all(name in str(told.value) for name in named), str(told.value)


def test_codes_that_lack_are_told_once(garden: Path) -> None:
    change(garden, "variables/watering.yaml", "weight: 3.6, spread: 0.3, ", "")
    change(garden, "protocol.yaml", "weight:\n  hedge: {shows: 4.0, ", "weight:\n  hedge: {")
    change(garden, "variables/mood_before.yaml", "cites: [G-01]", "cites: [G-9]")
    told = [str(fault) for fault in examine(garden).faults.told()]
    assert len(told) == 2
    assert any("no number for 'shows'" in line for line in told)
    assert any("G-9" in line for line in told)


# --- definitions ---------------------------------------------------------------------------------


def definitions() -> Iterator[tuple[str, str, str, str]]:
    """A file, what stands there, what is put there, and the address that is no judgement then."""
    water = "variables/watering.yaml"
    yield (
        water,
        "lowest: {value: 0.1, strength: 10}",
        "lowest: {value: 0.1, by: definition, why: w}",
        "watering/lowest",
    )
    yield (
        "variables/abandoned.yaml",
        "{value: 0.4, strength: 4}",
        "{value: 0.4, by: definition, why: w}",
        "abandoned/cause.mood.low",
    )
    yield (
        "variables/mood.yaml",
        "by: coder, why: moods last",
        "by: definition, why: w",
        "mood/[sun]weight.mood_before",
    )
    yield (
        "variables/sunlight.yaml",
        "strength: 4, by: assumption, why: a guess",
        "by: definition, why: w",
        "sunlight/row1.1",
    )


@pytest.mark.parametrize(("file", "old", "new", "address"), [*definitions()])
def test_a_definition_is_no_judgement(
    garden: Path, file: str, old: str, new: str, address: str
) -> None:
    before = cmocnet.load(garden)
    assert address in by_address(before.review)
    change(garden, file, old, new)
    net = cmocnet.load(garden)
    assert address not in by_address(net.review)
    assert address not in net.draws(n=5).values
    for name, table in net.discrete.tables.items():
        assert (table.values == before.discrete.tables[name].values).all()
    assert files(examine(garden)) == ()


def test_a_definition_says_why(garden: Path) -> None:
    change(
        garden,
        "variables/watering.yaml",
        "lowest: {value: 0.1,",
        "lowest: {by: definition, value: 0.1,",
    )
    with pytest.raises(CmocnetError, match="definition without a reason"):
        read(garden)
