"""No test reads a clock: what depends on how busy a machine is fails on one that is.

Waiting for something outside, as the browser's tests do for a server, is no test and stands beside
them in a file of its own.
"""

from __future__ import annotations

import re

import pytest

from tests.tooling.source import ROOT

CLOCKS = re.compile(
    r"\b(perf_counter|monotonic|process_time|thread_time|timeit|clock_gettime|time_ns"
    r"|time\.time|datetime\.now|datetime\.today|from time import time)\b"
)
TESTS = sorted(p for p in (ROOT / "tests").rglob("test_*.py") if p.name != "test_clocks.py")


def test_no_test_reads_a_clock() -> None:
    read = {
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in TESTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if CLOCKS.search(line)
    }
    assert not read


@pytest.mark.parametrize(
    "line", ["start = time.perf_counter()", "time.monotonic() < 8", "'import timeit'"]
)
def test_a_clock_would_be_seen(line: str) -> None:
    assert CLOCKS.search(line)
