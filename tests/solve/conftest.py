"""The solutions of the garden with sizes, and its folder with them."""

from __future__ import annotations

from pathlib import Path

import pytest

import cmocnet
from cmocnet import Network
from cmocnet.registry import solved
from cmocnet.solve import Solution
from cmocnet.solve.filing import solutions, write


@pytest.fixture(scope="session")
def solution(garden_net: Network) -> Solution:
    """Its solution."""
    return garden_net.solve()


@pytest.fixture(scope="session")
def every(garden_net: Network) -> list[tuple[str, Solution]]:
    """The garden's solutions."""
    return [*solutions(garden_net)]


@pytest.fixture
def filed(sized: Path, every: list[tuple[str, Solution]]) -> Path:
    """The garden's folder with its solutions."""
    write(cmocnet.load(sized), every)
    return sized


@pytest.fixture(autouse=True)
def unsaid() -> None:
    """Nothing was said yet in this run."""
    solved._said.clear()
