"""The garden review with sizes in its protocol, and its solution."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import cmocnet
from cmocnet import Network
from cmocnet.registry import bundled
from cmocnet.solve import Solution

SIZES = yaml.safe_load((bundled() / "protocol.yaml").read_text(encoding="utf-8"))["sizes"]
CASE = """
the_corner:
  label: The corner
  summary: A plot in the shade that was given up.
  given: {sunlight: shade, mood_before: low}
  contrast_label: In the sun
  contrast: {sunlight: sun, mood_before: low}
  seen: {abandoned: "yes"}
"""
RATE = """
base_rates:
  - {variable: abandoned, state: "yes", low: 0.5, high: 0.6, says: Half of all, source: digger2001, rounds: 8}
"""


@pytest.fixture(scope="session")
def write_sized(write_garden: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """Writes the garden with sizes, a case that was seen, and an outside figure at its own time."""

    def write(folder: Path) -> Path:
        write_garden(folder)
        for name, more in (
            ("protocol.yaml", yaml.safe_dump({"sizes": SIZES})),
            ("situations.yaml", CASE),
            ("review.yaml", RATE),
        ):
            path = folder / name
            path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
        return folder

    return write


@pytest.fixture
def sized(tmp_path: Path, write_sized: Callable[[Path], Path]) -> Path:
    """The folder of the garden with sizes, fresh for each test."""
    return write_sized(tmp_path / "sized")


@pytest.fixture(scope="session")
def garden_net(
    tmp_path_factory: pytest.TempPathFactory, write_sized: Callable[[Path], Path]
) -> Network:
    """The garden with sizes."""
    return cmocnet.load(write_sized(tmp_path_factory.mktemp("sized")))


@pytest.fixture(scope="session")
def solution(garden_net: Network) -> Solution:
    """Its solution."""
    return garden_net.solve()
