"""A question to each of two networks: the bundled one in words, the public alarm network in names."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmocnet import Network, engine
from cmocnet.engine import Program
from cmocnet.query import Query
from cmocnet.typing import Evidence

ALARM = Path(__file__).parent.parent / "networks" / "alarm.bif"
MANDATED = "P(dissolution | mandated, low cultural compatibility, do(pace=slow))"

Put = tuple[Network | Program, str | Query]


@pytest.fixture(scope="session")
def alarm() -> Program:
    return engine.compile(str(ALARM))


@pytest.fixture(scope="session")
def hypotension() -> Query:
    states = {"BP": "LOW", "HRBP": "HIGH"}
    given = Evidence(
        observed=states, likelihood={"CVP": (0.2, 0.5, 0.9)}, do={"INTUBATION": "NORMAL"}
    )
    return Query({"HYPOVOLEMIA": "TRUE"}, given)


@pytest.fixture(params=["bundled", "alarm"])
def put(request: pytest.FixtureRequest, net: Network, alarm: Program, hypotension: Query) -> Put:
    """A network and a question to it."""
    return (net, MANDATED) if request.param == "bundled" else (alarm, hypotension)
