"""Sweeps give the same numbers here and on a cluster, also when a worker is killed on the way."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cmocnet import CmocnetError, Network
from cmocnet.sensitivity import judgement_indices
from cmocnet.sensitivity.globally import Response
from cmocnet.sensitivity.sweep import swept

QUESTION = "P(initial trust low | mandated)"
CHUNK = 40


@pytest.fixture(scope="module")
def plain_main() -> Iterator[None]:
    """Workers start by running the main module again; page tests leave a page's script there."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "__main__", ModuleType("__main__"))
        yield


@pytest.fixture(scope="module")
def cluster(plain_main: None) -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as found:
        yield found


@pytest.fixture(scope="module")
def response() -> Response:
    import cmocnet

    return Response.of(cmocnet.load().ask(QUESTION))


@pytest.fixture(scope="module")
def rows(response: Response) -> np.ndarray:
    return np.random.default_rng(5).normal(size=(600, 1 + len(response.chosen)))


@pytest.fixture(scope="module")
def serial(response: Response, rows: np.ndarray) -> np.ndarray:
    with swept(response, chunk=CHUNK) as function:
        return function(rows)


def test_chunks_change_nothing(response, rows, serial):
    seen: list[tuple[int, int]] = []
    with swept(response, chunk=333, progress=lambda *p: seen.append(p)) as function:
        assert function(rows) == pytest.approx(serial, abs=1e-14)
        assert len(function(rows[:0])) == 0
    assert seen == [(333, 600), (600, 600)]


def test_a_cluster_gives_the_same_numbers(cluster, response, rows, serial):
    address = cluster.scheduler_address
    with swept(response, scheduler=address, chunk=CHUNK) as function:
        assert (function(rows) == serial).all()


def test_a_worker_killed_on_the_way_changes_nothing(cluster, response, rows, serial):
    killed: list[int] = []
    first = next(iter(cluster.workers.values())).pid

    def kill(done: int, total: int) -> None:
        if not killed:
            os.kill(first, signal.SIGKILL)
            killed.append(done)

    address = cluster.scheduler_address
    with swept(response, scheduler=address, chunk=CHUNK, progress=kill) as function:
        found = function(rows)
    assert killed[0] < len(rows), "it was killed before the end"
    assert (found == serial).all()


def test_sobol_indices_on_a_cluster_and_in_parts_are_the_same(cluster, net: Network):
    pytest.importorskip("SALib")
    asked = {"n": 8, "seed": 3, "top": 4}
    here = judgement_indices(net.ask(QUESTION), **asked)
    there = judgement_indices(net.ask(QUESTION), scheduler=cluster.scheduler_address, **asked)
    parted = judgement_indices(net.ask(QUESTION), chunk=7, **asked)
    for found in (there, parted):
        assert found.inputs == here.inputs
        assert found.labels == here.labels
        assert found.total == pytest.approx(here.total, abs=1e-9)
        assert found.first_error == pytest.approx(here.first_error, abs=1e-9)


@pytest.fixture
def mute() -> Iterator[str]:
    """Accepts a connection and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"


def refused(address: str) -> None:
    """Found out by asking once, for no longer than the patience: no client is made that would wait."""
    asked: list[float] = []

    async def once(question: Any, timeout: float) -> Any:
        asked.append(timeout)
        return await waited(question, timeout)

    waited = asyncio.wait_for
    error = pytest.raises(CmocnetError, match="no scheduler answers")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("asyncio.wait_for", once)
        patched.setattr("distributed.Client", lambda *_, **__: pytest.fail("a client was made"))
        with error, swept(len, scheduler=address, patience=1.0):
            pass
    assert set(asked) <= {1.0}


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "elsewhere", "", "bar://x:1"])
def test_a_scheduler_that_is_not_there(address):
    pytest.importorskip("distributed")
    refused(address)


def test_a_scheduler_that_never_speaks(mute):
    pytest.importorskip("distributed")
    refused(mute)


def test_a_scheduler_without_workers():
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 0, "processes": False, "dashboard_address": ":0", "silence_logs": 50}
    with distributed.LocalCluster(**options) as empty:
        error = pytest.raises(CmocnetError, match="has no workers")
        with error, swept(len, scheduler=empty.scheduler_address, patience=0.5):
            pass


def test_without_dask_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CmocnetError, match=r"cmocnet\[cluster\]"), swept(len, scheduler="tcp://x"):
        pass


def test_an_error_of_the_function_comes_through():
    def fails(rows):
        raise CmocnetError("no such row")

    error = pytest.raises(CmocnetError, match="no such row")
    with swept(fails) as function, error:
        function(np.zeros((3, 1)))


@pytest.mark.parametrize("options", [{"chunk": 0}, {"patience": 0.0}])
def test_numbers_out_of_range(options):
    with pytest.raises(CmocnetError, match="positive"), swept(len, **options):
        pass
