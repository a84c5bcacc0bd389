"""``python -m benchmarks``: measure, print, and write docs/benchmarks.md and its chart."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import (
    analyses,
    batches,
    commands,
    derivatives,
    judged,
    machine,
    page,
    posteriors,
    report,
)
from benchmarks.results import FULL, QUICK, Effort, Row

DOCS = Path(__file__).parent.parent / "docs"
WORKLOADS: dict[str, Callable[[Effort], Iterator[Row]]] = {
    "bundled": posteriors.bundled,
    "public": posteriors.public,
    "growing": posteriors.growing,
    "one-target": posteriors.one_target,
    "scenarios": batches.ten_thousand,
    "growth": batches.growth,
    "derivatives": derivatives.derivatives,
    "draws": judged.draws,
    "analyses": analyses.analyses,
    "memory": commands.memory,
    "cold": commands.cold,
    "page": page.page,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the workloads asked for; the page is written when all have run in full."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is written")
    parser.add_argument("--only", choices=WORKLOADS, action="append", help="repeatable")
    asked = parser.parse_args(arguments)
    # Before the first of them is loaded: a peer's idle threads must not run into others' turns.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    effort = QUICK if asked.quick else FULL
    here = machine.measured()
    rows = list(measured(asked.only or list(WORKLOADS), effort))
    page = report.page(rows, here, effort.rounds)
    if asked.quick or asked.only:
        print(page)
        return 0
    from benchmarks import chart

    (DOCS / "benchmarks.md").write_text(page, encoding="utf-8")
    chart.draw(rows, DOCS / "benchmarks.svg")
    print(f"written to {DOCS / 'benchmarks.md'}")
    return 0


def measured(names: Sequence[str], effort: Effort) -> Iterator[Row]:
    """The rows of these workloads, each announced as it is done."""
    for name in names:
        start = time.perf_counter()
        for row in WORKLOADS[name](effort):
            bars = "; ".join(
                f"{bar.says}: {report.reached(row, bar)}{'' if row.met(bar) else ', NOT MET'}"
                for bar in row.bars
            )
            print(f"{row.work}: {row.ours:.3g} {row.unit}. {bars}", file=sys.stderr, flush=True)
            yield row
        print(f"-- {name}: {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
