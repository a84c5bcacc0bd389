"""Sweeps: one function over many rows, chunk by chunk, here or on the workers of a Dask scheduler.

The rows are the same, in the same chunks, and each chunk is worked out by the same code, so that
the numbers do not depend on where it ran. A chunk whose worker is lost is given to another.
"""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import islice
from operator import call as _call
from typing import Any
from uuid import uuid4

import numpy as np

from cmocnet.errors import CmocnetError
from cmocnet.extras import missing
from cmocnet.typing import Array

Function = Callable[[Array], Array]
"""Rows of inputs (m, inputs) -> one number a row (m,)."""

Progress = Callable[[int, int], None]
"""Called with rows done and rows in all."""

CHUNK = 1024
"""Rows of one task."""

PATIENCE = 3.0
"""Seconds that a scheduler is given to answer, and to have a worker."""

AHEAD = 3
"""Chunks sent ahead for each thread of the workers; more would only fill the scheduler's memory."""

EXTRA = "cluster"
"""The optional extra that brings Dask."""


@contextmanager
def swept(
    function: Function,
    *,
    scheduler: str | None = None,
    chunk: int = CHUNK,
    progress: Progress | None = None,
    patience: float = PATIENCE,
) -> Iterator[Function]:
    """The function, worked out over chunks of its rows: serially, or on a Dask scheduler's workers.

    Parameters
    ----------
    function
        Rows (m, inputs) -> numbers (m,); workers need the same packages installed.
    scheduler
        Address as "tcp://host:8786"; None to run here.
    chunk
        Rows of one task.
    progress
        Told the rows done and the rows in all of each call.
    patience
        Seconds to wait for the scheduler's answer.

    Raises
    ------
    CmocnetError
        No Dask, no scheduler that answers, no workers, or too many of them lost.

    >>> with swept(lambda rows: rows.sum(axis=1), chunk=2) as function:
    ...     function(np.arange(6.0).reshape(3, 2)).tolist()
    [1.0, 5.0, 9.0]
    """
    if chunk < 1 or not patience > 0.0:
        raise CmocnetError(f"chunk {chunk}, patience {patience:g}", expected="both positive")
    if scheduler is None:
        yield lambda rows: _gathered(rows, chunk, _serial(function, rows, chunk), progress)
        return
    with _connected(scheduler, patience) as client:
        yield lambda rows: _gathered(rows, chunk, _sent(client, function, rows, chunk), progress)


def _gathered(
    rows: Array, chunk: int, parts: Iterator[tuple[int, Array]], progress: Progress | None
) -> Array:
    """All rows' numbers, from (first row, numbers) of every chunk, in whatever order they come."""
    found, done = np.empty(len(rows)), 0
    for start, part in parts:
        found[start : start + chunk] = part
        done += len(part)
        if progress:
            progress(done, len(rows))
    return found


def _serial(function: Function, rows: Array, chunk: int) -> Iterator[tuple[int, Array]]:
    for start in range(0, len(rows), chunk):
        yield start, function(rows[start : start + chunk])


# --- on a cluster ---------------------------------------------------------------------------------


@contextmanager
def _connected(scheduler: str, patience: float) -> Iterator[Any]:
    """A client of the scheduler, closed in the end; its own complaints are ours to word."""
    distributed = _distributed()
    with _quiet():
        _answering(scheduler, patience)
        client = distributed.Client(scheduler, timeout=patience, set_as_default=False)
        try:
            client.wait_for_workers(1, timeout=patience)
        except TimeoutError:
            client.close(timeout=patience)
            what, expected = "the scheduler has no workers", "dask worker ADDRESS"
            raise CmocnetError(what, where=scheduler, expected=expected) from None
        try:
            yield client
        finally:
            with suppress(Exception):  # the work is done or lost: leaving must not hide which
                client.close(timeout=patience)


def _answering(scheduler: str, patience: float) -> None:
    """Ask the scheduler who it is; Dask's own client would wait for ever where nobody speaks."""
    import asyncio

    async def identity() -> Any:
        distributed = _distributed()
        safely = distributed.Security().get_connection_args("client")
        async with distributed.rpc(scheduler, connection_args=safely) as peer:
            return await asyncio.wait_for(peer.identity(), patience)

    with ThreadPoolExecutor(1) as apart:  # this thread may have a loop of its own
        try:
            found = apart.submit(asyncio.run, identity()).result()
        except Exception as error:  # whatever a stranger at that address may bring about
            raise _silent(scheduler) from error
    if found.get("type") != "Scheduler":
        raise _silent(scheduler)


def _silent(scheduler: str) -> CmocnetError:
    expected = "the address of a running Dask scheduler, as tcp://host:8786"
    return CmocnetError("no scheduler answers", where=scheduler, expected=expected)


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs at length what is about to be one line of ours."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _sent(client: Any, function: Function, rows: Array, chunk: int) -> Iterator[tuple[int, Array]]:
    """The chunks as tasks of a cluster, each as it is ready, few of them waiting at a time.

    The function is a task too, so that a lost copy is remade.
    """
    packed = import_module("cloudpickle").dumps(function)
    held = client.submit(pickle.loads, packed, key=f"function-{uuid4().hex}")
    starts = iter(range(0, len(rows), chunk))
    first: dict[str, int] = {}

    def some(many: int) -> list[Any]:
        futures = []
        for start in islice(starts, many):
            part = np.ascontiguousarray(rows[start : start + chunk])
            futures.append(client.submit(_call, held, part, pure=False))
            first[futures[-1].key] = start
        return futures

    threads = sum(client.nthreads().values())
    ready = _distributed().as_completed(some(AHEAD * max(1, threads)), loop=client.loop)
    for future in ready:
        part = _result(future, client.scheduler.address)
        ready.update(some(1))
        yield first.pop(future.key), part


def _result(future: Any, scheduler: str) -> Array:
    distributed = _distributed()
    try:
        return np.asarray(future.result())
    except (distributed.KilledWorker, distributed.client.FutureCancelledError) as error:
        what, expected = "too many workers were lost", "smaller chunks"
        raise CmocnetError(what, where=scheduler, expected=expected) from error
    except ImportError as error:
        what, expected = f"a worker lacks {error.name}", "the same packages on every worker"
        raise CmocnetError(what, where=scheduler, expected=expected) from error


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError:
        raise missing("sweeps on a cluster need Dask", EXTRA) from None
