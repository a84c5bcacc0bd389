"""A public network, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmocnet.engine.source import discrete_network
from cmocnet.typing import DiscreteNetwork


@pytest.fixture(scope="session")
def alarm() -> DiscreteNetwork:
    return discrete_network(Path(__file__).parent.parent / "networks" / "alarm.bif")
