"""The last lines of a test run: which tests were left out, why, and how to enable them."""

from __future__ import annotations

import os
from collections import Counter

# Threads of a matrix library, in each of several workers, would but wait for one another.
for library in ("OPENBLAS", "OMP"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import hypothesis  # noqa: E402  # such libraries read the environment when they are loaded
import pytest  # noqa: E402  # likewise

# No test asserts time, so none fails on a busy machine; under CI the same examples run each time.
hypothesis.settings.register_profile(
    "project", deadline=None, derandomize=bool(os.environ.get("CI"))
)
hypothesis.settings.load_profile("project")

# Nothing kept by an earlier run may answer for the code under test.
os.environ["CMOCNET_CACHE"] = ""

BROWSER = ("browser", "chromium", "playwright")
REMEDY = (
    "To run the browser tests, install Chromium (Debian: apt-get install chromium) "
    "and call `make test` again."
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many workers again as processors: browser tests mostly wait."""
    ours = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (ours or 1) * 3 // 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes several seconds begins first: no worker shall be left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every file whose tests were left out, with the reason; nothing is left out silently."""
    left_out = Counter(map(_reason, terminalreporter.stats.get("skipped", [])))
    if not left_out:
        return
    terminalreporter.section("left out")
    for (place, reason), number in sorted(left_out.items()):
        terminalreporter.line(f"{place}: {number} left out: {reason}")
    if any(word in reason.lower() for _, reason in left_out for word in BROWSER):
        terminalreporter.line(REMEDY)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str]:
    """The file of a skipped test, and why it was skipped."""
    found = report.longrepr
    reason = str(found[2] if isinstance(found, tuple) else found)
    return report.nodeid.split("::")[0], reason.removeprefix("Skipped: ")
