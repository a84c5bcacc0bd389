"""Rival readings are switched on by name, change what they say they change, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cmocnet
from cmocnet.errors import CmocnetError, ModelError

CONTESTED = ["T3-07", "T3-20", "T3-24", "T3-35", "TX-39", "TX-62"]


def test_the_review_s_contradictions_are_all_there(net: cmocnet.Network) -> None:
    contested = {c.id: c for c in net.cmocs if c.readings}
    assert sorted(contested) == CONTESTED
    for key, cmoc in contested.items():
        assert len(cmoc.readings) > 1
        assert cmoc.adopted in cmoc.readings
        assert net.review.readings[key] == cmoc.adopted
        assert not cmoc.readings[cmoc.adopted].changes, (
            "the adopted reading is the files as they are"
        )
        assert all(reading.says for reading in cmoc.readings.values())
        assert cmoc.contradicts or cmoc.type == "mixed"


@pytest.mark.parametrize("key", CONTESTED)
def test_every_rival_changes_its_tables_alone(net: cmocnet.Network, key: str) -> None:
    cmoc = net.review.cmocs[key]
    for name, reading in cmoc.readings.items():
        other = cmocnet.load(readings={key: name})
        assert other.review.readings == {**net.review.readings, key: name}
        changed = {
            v
            for v, table in net.unsolved.discrete.tables.items()
            if not np.array_equal(table.values, other.unsolved.discrete.tables[v].values)
        }
        assert changed == set(reading.changes)


def test_a_rival_moves_an_answer() -> None:
    question = "P(high faith | unambitious aims)"
    adopted, rival = (
        cmocnet.load(readings={"T3-07": name}).query(question).probability
        for name in ("reconciled", "table")
    )
    assert adopted is not None
    assert rival is not None
    assert rival < adopted, "taken at the table's word, modest aims cost faith"


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        ({"T3-07": "tabel"}, ("T3-07", "tabel", "nearest: table")),
        ({"T3-08": "table"}, ("T3-08", "nearest", "T3-07")),
        ({"T9-99": "x"}, ("T9-99", "nearest")),
    ],
)
def test_unknown_readings_are_refused(wanted: dict[str, str], named: tuple[str, ...]) -> None:
    with pytest.raises(ModelError) as caught:
        cmocnet.load(readings=wanted)
    assert [word for word in named if word not in str(caught.value)] == []


def test_readings_of_another_review(garden: Path) -> None:
    plain = cmocnet.load(garden)
    rival = cmocnet.load(garden, readings={"G-04": "water_only"})
    cells = [n.discrete.tables["mood"].values[1, ..., 1] for n in (plain, rival)]
    assert cells[0].min() == pytest.approx(0.15)
    assert cells[1].min() == pytest.approx(0.02)
    assert rival.review.readings == {"G-04": "water_only"}


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("mood: {table", "mod: {table", ("garden.yaml:68", "changes.mod", "nearest: mood")),
        (
            "lowest: {value: 0.02}",
            "lowst: {value: 0.02}",
            ("garden.yaml:68", "lowst", "nearest: lowest"),
        ),
        (
            "lowest: {value: 0.02}",
            "lowest: {value: 2}",
            ("garden.yaml:68", "lowest.value", "0 to 1"),
        ),
    ],
)
def test_a_reading_that_does_not_fit(
    garden: Path, old: str, new: str, named: tuple[str, ...]
) -> None:
    path = garden / "cmocs" / "garden.yaml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(CmocnetError) as caught:
        cmocnet.load(garden, readings={"G-04": "water_only"})
    assert [word for word in named if word not in str(caught.value)] == []
