"""The public networks, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmocnet.engine.source import discrete_network
from cmocnet.typing import DiscreteNetwork

NETWORKS = Path(__file__).parent.parent / "networks"
PUBLIC = ("alarm", "hailfinder", "win95pts")


@pytest.fixture(scope="session", params=PUBLIC)
def public(request: pytest.FixtureRequest) -> DiscreteNetwork:
    return discrete_network(NETWORKS / f"{request.param}.bif")


@pytest.fixture(scope="session")
def alarm() -> DiscreteNetwork:
    return discrete_network(NETWORKS / "alarm.bif")
