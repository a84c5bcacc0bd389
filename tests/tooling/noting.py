"""A pytest plugin that notes what each test calls, or runs chosen tests in a given order."""

from __future__ import annotations

import cProfile
import json
import os
import time
from pathlib import Path
from typing import Any

PACKAGE = "model/cmocnet"
FEW = 4
"""Examples of a property while its calls are noted."""


class Ranked:
    """A pytest plugin: runs the tests named, in that order; or all, noting what each one calls."""

    def __init__(self, rank: dict[str, int] | None, tree: Path, file: Path) -> None:
        self.rank, self.prefix = rank, str(tree / PACKAGE) + os.sep
        self.file, self.written = file, 0.0
        self.cut = len(str(tree)) + 1
        self.calls = cProfile.Profile(subcalls=False, builtins=False)
        self.notes: dict[str, Any] = {}
        self.times: dict[Any, float] = {}
        self.slower: dict[str, float] = {}
        self.since = 0.0

    def pytest_collection(self) -> None:
        fewer_phases()

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        import hypothesis

        if self.rank is not None:
            items[:] = [item for item in items if item.nodeid in self.rank]
            items.sort(key=lambda item: self.rank[item.nodeid])
        else:
            for test in {_of_hypothesis(item) for item in items} - {None}:
                own = test._hypothesis_internal_use_settings
                fewer = hypothesis.settings(own, max_examples=min(FEW, own.max_examples))
                test._hypothesis_internal_use_settings = fewer
                self.times[test] = own.max_examples / fewer.max_examples
            self.slower = {i.nodeid: self.times.get(_of_hypothesis(i), 1.0) for i in items}
            self.since = time.process_time()
            self.calls.enable()

    def pytest_unconfigure(self) -> None:
        if self.rank is None:
            self.write()

    def pytest_runtest_logreport(self, report: Any) -> None:
        if self.rank is not None:
            return
        note = self.notes.setdefault(report.nodeid, {"seconds": 0.0, "calls": [], "setup": []})
        note["seconds"] += (time.process_time() - self.since) * self.slower.get(report.nodeid, 1.0)
        self.since = time.process_time()
        note["failed"] = note.get("failed", False) or report.failed or report.skipped
        note["setup" if report.when == "setup" else "calls"] += self._called()
        if time.monotonic() > self.written + 3:
            self.write()

    def write(self) -> None:
        self.file.with_suffix(".part").write_text(json.dumps(self.notes))
        self.file.with_suffix(".part").replace(self.file)
        self.written = time.monotonic()

    def _called(self) -> list[str]:
        """File and first line of the package's functions called since this was last asked."""
        codes = [e.code for e in self.calls.getstats() if not isinstance(e.code, str)]
        self.calls.clear()
        return sorted({f"{c.co_filename[self.cut :]}:{c.co_firstlineno}" for c in codes
                       if c.co_filename.startswith(self.prefix)})  # fmt: skip


def fewer_phases() -> None:
    """No time is spent on the smallest example of a failure; which are tried is settled."""
    import hypothesis

    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("mutate", deadline=None, derandomize=True, phases=phases)
    hypothesis.settings.load_profile("mutate")


def _of_hypothesis(item: Any) -> Any:
    """The function of a test that makes its own examples, else None."""
    test = getattr(getattr(item, "obj", None), "__func__", getattr(item, "obj", None))
    return test if hasattr(test, "_hypothesis_internal_use_settings") else None
