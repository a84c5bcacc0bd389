"""The doors, by name."""

from __future__ import annotations

from pathlib import Path

from fuzz import keeping, links, networks, questions, reviews, scenarios, workbooks
from fuzz.drive import Door, Tally, drive

DOORS: dict[str, Door] = {
    door.name: door
    for door in (
        questions.WORDS,
        questions.PYTHON,
        reviews.DOOR,
        scenarios.FILES,
        scenarios.FRAMES,
        workbooks.DOOR,
        *networks.DOORS,
        links.DOOR,
        keeping.DOOR,
    )
}


def driven(name: str, seed: int, inputs: int, seconds: float, folder: Path) -> Tally:
    """The door of this name driven: what a process of its own is asked for."""
    return drive(DOORS[name], seed, inputs, seconds, folder)
