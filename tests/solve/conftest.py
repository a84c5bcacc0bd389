"""The solution of the garden with sizes."""

from __future__ import annotations

import pytest

from cmocnet import Network
from cmocnet.solve import Solution


@pytest.fixture(scope="session")
def solution(garden_net: Network) -> Solution:
    """Its solution."""
    return garden_net.solve()
