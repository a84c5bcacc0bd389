"""What is measured on: the machine, its rate of matrix products, and the versions."""

from __future__ import annotations

import os
import platform
import re
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.peers import THREADS

SIDE = 1024
"""Rows and columns of the matrices."""
PACKAGES = (
    "numpy",
    "numba",
    "scipy",
    "pgmpy",
    "pyAgrum",
    "torch",
    "opt_einsum",
    "pandas",
    "pyarrow",
)


@dataclass(frozen=True)
class Machine:
    """The machine; rates are flop/s of a double-precision matrix product."""

    processor: str
    cores: int
    system: str
    blas: str
    rate: float
    rate_of_one: float


def measured() -> Machine:
    """This machine, its rates measured now."""
    pools_of: Any = import_module("threadpoolctl")  # which has no types
    pools = [p for p in pools_of.threadpool_info() if "numpy" in p["filepath"]]
    blas = ", ".join(f"{p['internal_api']} {p['version']}" for p in pools[:1]) or "unknown"
    rate = _rate()
    with pools_of.threadpool_limits(1):
        alone = _rate()
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return Machine(_processor(), cores(), system, blas, rate, alone)


def cores() -> int:
    """The cores this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def threads() -> str:
    """Who uses how many threads, in words."""
    tried = " and ".join(map(str, THREADS))
    return (
        f"cmocnet answers single questions on one and batches on all {cores()} cores;\n"
        f"  pyAgrum and PyTorch were tried with {tried} threads and the faster one counts;\n"
        "  BLAS was left at its default, one thread a core"
    )


def versions() -> dict[str, str]:
    """The version of every package that takes part."""
    found = {"cmocnet": version("cmocnet")}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _rate() -> float:
    rng = np.random.default_rng(0)
    a, b = rng.random((SIDE, SIDE)), rng.random((SIDE, SIDE))
    out = a @ b
    times = []
    for _ in range(15):
        start = time.perf_counter()
        np.matmul(a, b, out=out)
        times.append(time.perf_counter() - start)
    return 2 * SIDE**3 / median(times)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        found = re.search(r"^model name\s*:\s*(.+)$", info.read_text(encoding="utf-8"), re.M)
        if found:
            return found[1]
    return platform.processor() or platform.machine()
