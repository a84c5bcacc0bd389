"""How much is damaged where damage is tried."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--damages", type=int, default=12, help="damages tried of every kept file")


@pytest.fixture
def damages(request: pytest.FixtureRequest) -> int:
    number = request.config.getoption("--damages", default=12)
    assert isinstance(number, int)
    return number
