"""Whole commands in processes of their own: the cold start of a question, and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import cmocnet
from benchmarks.batches import TARGET, contexts, scenarios
from benchmarks.results import Bar, Effort, Row
from benchmarks.timing import Contender, agreement, medians
from cmocnet import Network

QUESTION = "P(dissolution | mandated, low cultural compatibility)"
SCRIPT = Path(__file__).parent / "pgmpy_script.py"
COMMAND = (sys.executable, "-m", "cmocnet")
FIFTH = Bar("script with pgmpy", 5, "under a fifth of the pgmpy script's time")
GIBIBYTE = Bar("limit", 1, "under 1 GiB")
BLOCK = 50_000

ENV = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
"""Whatever is installed has its bytecode beside it; a checkout gets it in the first run."""

LAUNCHER = """
import os, sys
child = os.spawnv(os.P_NOWAIT, sys.argv[1], sys.argv[1:])
_, status, used = os.wait4(child, 0)
print(used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Runs a command and prints its peak memory in bytes. A process begins with the peak of the one
that started it, so a small one must start it."""


def cold(effort: Effort) -> Iterator[Row]:
    """``cmocnet query`` from nothing, but for what an earlier run on the machine has kept."""
    quick = (*COMMAND, "query", "--quick", QUESTION)
    whole = (*COMMAND, "query", QUESTION)
    with tempfile.TemporaryDirectory() as folder:
        peer = (sys.executable, str(SCRIPT), str(_tables(cmocnet.load(), Path(folder))))
        mine = json.loads(_run((*quick, "--json")))["probability"]
        difference = agreement(mine, [("pgmpy", float(_run(peer)))])
        contenders = [
            Contender("whole", lambda: _run(whole)),
            Contender("quick", lambda: _run(quick)),
            Contender(FIFTH.peer, lambda: _run(peer)),
        ]
        for c in contenders:
            c.run()
        times = medians(contenders, effort, once=True)
    script = {FIFTH.peer: times[FIFTH.peer]}
    for name, label in (("whole", "with interval and rival readings"), ("quick", "--quick")):
        work = f"cold cmocnet query, {label}, second run on a machine"
        yield Row("commands", work, times[name], script, (FIFTH,), difference=difference)


def _run(command: tuple[str, ...]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, env=ENV).stdout


def _tables(net: Network, folder: Path) -> Path:
    """The network for the script, in a form quicker to read than any of pgmpy's own."""
    record = {
        v: {
            "states": list(net.discrete.states[v]),
            "parents": list(table.parents),
            "rows": np.moveaxis(table.values, -1, 0).reshape(table.values.shape[-1], -1).tolist(),
        }
        for v, table in net.discrete.tables.items()
    }
    path = folder / "network.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return path


def memory(effort: Effort) -> Iterator[Row]:
    """Peak memory of a million scenarios through ``cmocnet predict``, Parquet to Parquet."""
    net = cmocnet.load()
    n = 1_000 if effort.quick else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "scenarios.parquet"), Path(folder, "answers.parquet")
        codes = scenarios(net, n, seed=8)
        _write(net, codes, source)
        asked = ("predict", str(source), "-o", str(out), "--target", f"{TARGET}=yes")
        peak = float(_run((sys.executable, "-c", LAUNCHER, *COMMAND, *asked)).split()[-1])
        difference = agreement(_read(out), [("the library", _expected(net, codes))])
    yield Row(
        group="memory",
        work=f"peak memory, {n:,} scenarios through cmocnet predict, Parquet to Parquet",
        ours=peak,
        peers={"limit": 2.0**30},
        bars=(GIBIBYTE,),
        difference=difference,
        unit="B",
    )


def _write(net: Network, codes: NDArray[np.int8], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = contexts(net)
    with pq.ParquetWriter(path, pa.schema([(v, pa.string()) for v in names])) as writer:
        for start in range(0, len(codes), BLOCK):
            part = codes[start : start + BLOCK]
            columns = [_column(net.variables[v].states, part[:, j]) for j, v in enumerate(names)]
            writer.write_table(pa.table(dict(zip(names, columns, strict=True))))


def _column(states: tuple[str, ...], codes: NDArray[np.int8]) -> Any:
    import pyarrow as pa

    words = np.array([*states, None], dtype=object)  # code -1 is the last one
    return pa.array(words[codes], pa.string())


def _read(path: Path) -> Any:
    import pyarrow.parquet as pq

    return pq.read_table(path, columns=[f"{TARGET}=yes"]).column(0).to_numpy()


def _expected(net: Network, codes: NDArray[np.int8]) -> Any:
    """The answers of the first scenarios, from the library."""
    return net.batches.predict(codes[:1000], contexts(net), [{TARGET: "yes"}])[0]
