"""Folders of reviews: a small one, spoilt in one file or two, loaded and asked."""

from __future__ import annotations

from pathlib import Path
from random import Random

import cmocnet
from fuzz.drive import Case, Door, write
from fuzz.mutation import ODD, flipped, spoilt
from fuzz.questions import sane
from tests.conftest import GARDEN

VALID = {name: text.lstrip().encode("utf-8") for name, text in GARDEN.items()}
WORDS = (
    *ODD,
    *(
        "mood",
        "sunlight",
        "watering",
        "abandoned",
        "high",
        "sun",
        "G-01",
        "G-99",
        "given",
        "ranked",
    ),
    *("interbeta", "noisy_max", "partition", "wmean", "mixminmax", "table", "parents", "states"),
    *(
        "lowest",
        "value: 0.5",
        "strength: 1e9",
        "weight: -1",
        "[]",
        "{}",
        "'yes'",
        "yes",
        "2001-1-1",
    ),
)


def _make(rng: Random) -> Case:
    changed: dict[str, bytes] = {}
    for _ in range(rng.choice((1, 1, 1, 1, 2))):
        name = rng.choice(list(VALID))
        if rng.random() < 0.15:
            changed[name] = flipped(rng, VALID[name])
        else:
            text = spoilt(rng, VALID[name].decode("utf-8"), WORDS)
            changed[name] = text.encode("utf-8", "surrogatepass")
    return changed


def _open(given: Case, place: Path) -> None:
    if not (place / "review.yaml").exists():
        write(VALID, place)
    write(given, place)
    try:
        net = cmocnet.load(place)
        repr(net.cmocs), repr(net.situations)
        sane([p for states in net.posteriors().values() for p in states.values()])
    finally:
        write({name: VALID.get(name, b"") for name in given}, place)


DOOR = Door("reviews", _make, _open)
