"""Small random wrong changes to the package, and which of them its tests notice.

Run by hand, from the project's folder, never on the files themselves but on copies::

    nice python -m tests.tooling.mutate --count 300 --modules engine,elicitation --folder /tmp/m

Each change is one of arithmetic, comparison, truth or a number. It is tried on the tests of the
changed module's own folder, those that call the changed function first, and on its doctest; the
first failure, or no end in time, is a change noticed. What is printed is the share noticed and
every survivor, which either needs a test or has a reason. The same folder goes on where it was
left: a change once tried is not tried again, but what survived is with ``--again``, after new tests.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.tooling.changes import Change, changes
from tests.tooling.living import SURVIVED, UNTESTED, Living, ended
from tests.tooling.noting import PACKAGE, Ranked
from tests.tooling.source import ROOT

COPIED = ("model", "app", "tests", "priors", "docs", "conftest.py", "pyproject.toml", "README.md")
WARM = ("numpy", "scipy.stats", "pandas", "numba", "pytest", "hypothesis", "pgmpy.models")
SURVEY = 900.0
"""Processor seconds after which no more tests of a folder are surveyed."""
LOOPS = {"kernels", "compiled", "circuit"}
"""Modules whose text stands in compiled loops: a change there means compiling them anew."""

FOLDERS = {
    "answer": "uncertainty", "amounts": "uncertainty", "intervals": "uncertainty",
    "contrast": "uncertainty", "model": "uncertainty network",
    "asked": "uncertainty query sensitivity/test_tornado.py",
    "comparing": "query", "folding": "query", "likeness": "query", "forks": "engine/test_forks.py",
    "arguments": "query network/test_doors.py", "cells": "query network/test_doors.py",
    "check": "check registry/test_coding.py registry/test_all_at_once.py "
             "uncertainty/test_answers.py",
    "levers": "levers network/test_results.py",
    "evidence": "query network/test_doors.py network/test_fixed_marginals.py",
    "items": "query network/test_doors.py network/test_fixed_marginals.py",
    "brackets": "query", "results": "network",
    "joint": "query", "lexicon": "query",
    "opposite": "query", "wording": "query", "query": "query",
    "errors": "query", "typing": "network", "limits": "network", "network": "network",
    "exchange": "network/test_exchange.py", "rounds": "network/test_rounds.py",
    "shelf": "network/test_shelf.py files", "keeping": "files", "writing": "files",
    "elicitation": "elicitation survey/test_reconstruct.py survey/test_rare_events.py "
                   "registry/test_coding.py uncertainty/test_draws.py",
    "scenarios": "cli/test_scenarios.py",
}  # fmt: skip
"""Where a module's tests stand, if not in the folder of its name."""


class Bench:
    """A copy of the project in which one change at a time is tried."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tree = folder, folder / "tree"
        self.tree.mkdir(parents=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.tree / name)
            else:
                shutil.copy2(source, self.tree / name)
        loops = self.tree / PACKAGE / "engine" / "compiled.py"
        told = '\n\n_own = _sources\n\ndef _sources():\n    return __import__("os").environ.get("LOOPS") or _own()\n'
        loops.write_text(loops.read_text() + told)

    def noted(self, files: list[str]) -> dict[str, Any]:
        """What each test of these files calls and how long it takes."""
        notes = self.folder / "notes.json"
        notes.write_text("{}")
        self._forked(files, Ranked(None, self.tree, notes), ["-m", "not slow"], SURVEY)
        return dict(json.loads(notes.read_text()))

    def alive(self, jobs: list[tuple[Change, list[str]]], seconds: float) -> dict[Change, str]:
        """What came of changes made in functions already imported, each tried in a fork."""
        told = self.folder / "told.jsonl"
        told.write_text("")
        numbers = {change: i for i, (change, _) in enumerate(jobs)}

        def tell(change: Change, how: str) -> None:
            with told.open("a") as file:
                file.write(json.dumps([numbers[change], how]) + "\n")

        files = sorted({test.split("::")[0] for _, tests in jobs for test in tests})
        if files:
            most = seconds * len(jobs) + SURVEY
            self._forked(files, Living(jobs, self.tree, seconds, tell), [], most)
        return {jobs[i][0]: how for i, how in map(json.loads, told.read_text().splitlines())}

    def anew(self, change: Change, tests: list[str], seconds: float) -> str:
        """What came of a change made in its file, which is imported anew."""
        file = self.tree / change.file
        file.write_text(change.made((ROOT / change.file).read_text(encoding="utf-8")))
        rank = {test: i for i, test in enumerate(tests)}
        files = sorted({test.split("::")[0] for test in tests})
        loops = file.stem in LOOPS
        try:
            plugin = Ranked(rank, self.tree, self.folder / "notes.json")
            return self._forked(files, plugin, ["-x"], seconds, loops=loops)
        finally:  # with the old time, so that bytecode is believed again
            shutil.copy2(ROOT / change.file, file)

    def _forked(
        self,
        files: list[str],
        plugin: Any,
        options: list[str],
        seconds: float,
        *,
        loops: bool = False,
    ) -> str:
        """How a child ends that runs the tests of these files with a plugin."""
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            os._exit(self._run(files, plugin, options, loops=loops))
        return ended(child, seconds)

    def _run(self, files: list[str], plugin: Any, options: list[str], *, loops: bool) -> int:
        import pytest

        os.chdir(self.tree)
        spare = self.folder / "spare"
        spare.mkdir(exist_ok=True)
        os.environ.update(CI="1", HOME=str(spare), XDG_CACHE_HOME=str(self.folder.parent / "kept"),
                          TMPDIR=str(spare), PYTHONPATH=f"{self.tree}/model:{self.tree}/app")  # fmt: skip
        tempfile.tempdir = None
        if loops:
            os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
        else:
            os.environ["LOOPS"] = "as they are"
        sys.path[:] = [str(self.tree), f"{self.tree}/model", f"{self.tree}/app"] + [
            p for p in sys.path if p and not Path(p).resolve().is_relative_to(ROOT)
        ] + [p for p in sys.path if "site-packages" in p]  # fmt: skip
        for name in [n for n in sys.modules if n.split(".")[0] in {"tests", "cmocnet"}]:
            del sys.modules[name]
        out = os.open(self.folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        sys.dont_write_bytecode = "-x" in options  # of a changed file it would be believed
        return int(pytest.main([*options, "-p", "no:cacheprovider", *files], plugins=[plugin]))


def own_tests(file: str) -> list[str]:
    """Folders or files of tests, and the module itself for its doctests."""
    unit = Path(file).relative_to(PACKAGE).parts[0].removesuffix(".py")
    named = [f"tests/{name}" for name in FOLDERS.get(unit, unit).split()]
    return [name for name in named if (ROOT / name).exists()]


def own_module(file: str) -> str:
    """The part of the package a file belongs to, with its doctests."""
    return "/".join(Path(file).parts[:3])


def ranked(change: Change, notes: dict[str, Any], budget: float) -> list[str]:
    """Tests to try: callers of the function, quick ones first; then their files; then the rest."""
    where = f"{change.file}:{change.function}"
    here = {t: n for t, n in notes.items() if not n["failed"]
            and t.split("::")[0].startswith((change.file, *own_tests(change.file)))}  # fmt: skip
    callers = {t for t, n in here.items() if where in n["calls"] or where in n["setup"]}
    files = {t.split("::")[0] for t in callers}
    shared = not change.function or not callers or any(where in n["setup"] for n in here.values())

    def key(test: str) -> tuple[object, ...]:
        seconds = here[test]["seconds"]
        return (
            test not in callers,
            seconds > 1,
            test.split("::", maxsplit=1)[0] if seconds < 1 else "",
            seconds,
        )

    chosen, spent = [], 0.0
    for test in sorted(here, key=key):
        if shared or test.split("::")[0] in files:
            spent += here[test]["seconds"]
            if spent < budget or not chosen:
                chosen.append(test)
    return chosen


def survey(bench: Bench, tests: list[str], kept: Path) -> dict[str, Any]:
    """What each test calls and how long it takes, noted once for a file of tests and kept."""
    files = sorted({f for name in tests for f in _test_files(name)})
    places = {file: kept / f"{_digest(file, bench.tree)}.json" for file in files}
    stale = [file for file, place in places.items() if not place.exists()]
    if stale:
        notes = bench.noted(stale)
        for file in stale:
            own = {test: note for test, note in notes.items() if test.split("::")[0] == file}
            places[file].write_text(json.dumps(own))
    return {t: n for place in places.values() for t, n in json.loads(place.read_text()).items()}


def _test_files(name: str) -> list[str]:
    """The files below a folder that hold tests, or doctests if of the package; or the file itself."""
    pattern = "*.py" if name.startswith(PACKAGE) else "test_*.py"
    below = sorted(str(p.relative_to(ROOT)) for p in (ROOT / name).rglob(pattern))
    return below or [name]


def _digest(file: str, tree: Path = ROOT) -> str:
    """Of a file's name and text, and of the package's, whose lines are noted and changed."""
    held = hashlib.sha256(_package())
    held.update(file.encode() + (tree / file).read_bytes())
    return held.hexdigest()[:24]


@cache
def _package() -> bytes:
    held = hashlib.sha256()
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        held.update(path.read_bytes())
    return held.digest()


def chosen(modules: list[str], count: int, seed: int) -> list[Change]:
    """Changes spread evenly, one from every file in turn; those that take longest to try last."""
    rng = random.Random(seed)
    files = sorted(str(p.relative_to(ROOT)) for p in (ROOT / PACKAGE).rglob("*.py"))
    files = [f for f in files if f != f"{PACKAGE}/limits.py" and own_tests(f) and
             (not modules or Path(f).relative_to(PACKAGE).parts[0].removesuffix(".py") in modules)]  # fmt: skip
    each = [changes(file, rng) for file in files]
    rng.shuffle(each)
    turns = [change for turn in range(max(map(len, each), default=0))
             for change in (c[turn] for c in each if turn < len(c))]  # fmt: skip
    return sorted(turns[:count], key=lambda c: (Path(c.file).stem in LOOPS, own_module(c.file)))


def main() -> None:
    """Try the changes asked for and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--modules", default="", help="first parts of names, by commas; else all")
    parser.add_argument("--minutes", type=float, default=60.0, help="start no more after these")
    parser.add_argument(
        "--budget", type=float, default=30.0, help="seconds of tests for one change"
    )
    parser.add_argument("--folder", type=Path, default=None, help="for copies and what is kept")
    parser.add_argument("--again", action="store_true", help="try once more what survived")
    asked = parser.parse_args()
    for name in WARM:
        __import__(name)
    work = asked.folder or Path(tempfile.mkdtemp(prefix="mutate-"))
    todo = chosen([m for m in asked.modules.split(",") if m], asked.count, asked.seed)
    print(f"{len(todo)} changes in {work}", flush=True)
    run(todo, work.resolve(), asked.minutes, asked.budget, again=asked.again)


def run(todo: list[Change], work: Path, minutes: float, budget: float, *, again: bool) -> None:
    """Try each change on its tests and report, with those that were tried before."""
    until = time.monotonic() + minutes * 60
    (work / "notes").mkdir(parents=True, exist_ok=True)
    shutil.rmtree(work / "bench", ignore_errors=True)
    bench = Bench(work / "bench")
    known = _known(work / "tried.jsonl")
    left = {"", SURVIVED, UNTESTED} if again else {""}
    for module, group in groupby(todo, lambda change: own_module(change.file)):
        new = [change for change in group if known.get(_key(change), "") in left]
        if not new or time.monotonic() > until:
            continue
        notes = survey(bench, [*own_tests(new[0].file), module], work / "notes")
        jobs = [(change, ranked(change, notes, budget)) for change in new]
        for change, how in tried(bench, jobs, until, 5 * budget):
            known[_key(change)] = how
            print(f"{how:9}{change}", flush=True)
            with (work / "tried.jsonl").open("a") as file:
                file.write(json.dumps([_key(change), how]) + "\n")
    came: dict[str, Counter[str]] = defaultdict(Counter)
    for change in todo:
        if how := known.get(_key(change)):
            came[own_module(change.file)][how] += 1
    for module, counts in came.items():
        print(f"{_noticed(counts)} of {counts.total()}  {module}")
    every = sum(came.values(), Counter())
    print(f"{_noticed(every)} of {every.total()} noticed: {dict(every)}")


def tried(
    bench: Bench, jobs: list[tuple[Change, list[str]]], until: float, seconds: float
) -> Iterator[tuple[Change, str]]:
    """Each change and what came of it; what survives in memory is tried in its file as well."""
    quick = [(c, tests) for c, tests in jobs if Path(c.file).stem not in LOOPS]
    came = bench.alive(quick, seconds)
    for change, tests in jobs:
        how = came.get(change, UNTESTED)
        if how in {SURVIVED, UNTESTED} and tests:
            if time.monotonic() > until:
                continue
            how = bench.anew(change, tests, seconds)
        yield change, how


def _known(file: Path) -> dict[str, str]:
    """What came of each change tried before, the last time that it was."""
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(json.loads(line) for line in lines)


def _key(change: Change) -> str:
    """A change in a file as it is now."""
    return f"{change} at {change.place} of {_digest(change.file)}"


def _noticed(counts: Counter[str]) -> int:
    return counts.total() - counts[SURVIVED] - counts[UNTESTED]


if __name__ == "__main__":
    main()
