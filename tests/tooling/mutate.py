"""Small random wrong changes to the package, and which of them its tests notice.

Run by hand, from the project's folder, never on the files themselves but on copies::

    python -m tests.tooling.mutate --count 300 --seed 0 --modules engine,elicitation

Each change is one of arithmetic, comparison, truth or a number. It is tried on the tests of the
changed module's own folder, those that call the changed function first, and on its doctest; the
first failure, or no end in time, is a change noticed. What is printed is the share noticed and
every survivor, which either needs a test or has a reason.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.tooling.source import ROOT

PACKAGE = "model/cmocnet"
COPIED = ("model", "app", "tests", "priors", "docs", "conftest.py", "pyproject.toml", "README.md")
WARM = ("numpy", "scipy.stats", "pandas", "numba", "pytest", "hypothesis", "pgmpy.models")
FEW = 4
"""Examples of a property while its calls are noted."""
SURVEY = 75.0
"""Seconds after which no more tests of a folder are surveyed."""
LOOPS = {"kernels", "lanes", "covariation", "compiled", "tape"}
"""Modules whose text stands in compiled loops: a change there means compiling them anew."""

FOLDERS = {
    "answer": "uncertainty", "amounts": "uncertainty", "uncertainty": "uncertainty",
    "arguments": "query", "cells": "query", "given": "query", "joint": "query", "naming": "query",
    "opposite": "query", "phrases": "query", "query": "query",
    "errors": "query", "typing": "network", "limits": "network", "network": "network",
    "exchange": "network/test_exchange.py", "rounds": "network/test_rounds.py",
    "shelf": "network/test_shelf.py files", "keeping": "files", "writing": "files",
    "scenarios": "cli/test_scenarios.py",
}  # fmt: skip
"""Where a module's tests stand, if not in the folder of its name."""

BINARY: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
COMPARISONS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """Lines and columns of an expression, its text and another's; ``function`` is its first line."""

    file: str
    place: tuple[int, int, int, int]
    before: str
    after: str
    function: int

    def __str__(self) -> str:
        return f"{self.file}:{self.place[0]}  {self.before}  ->  {self.after}"

    def made(self, text: str) -> str:
        """The file's text with the change."""
        lines = text.encode().splitlines(keepends=True)
        first, start, last, end = self.place
        head = b"".join(lines[: first - 1]) + lines[first - 1][:start]
        return (head + f"({self.after})".encode() + lines[last - 1][end:]
                + b"".join(lines[last:])).decode()  # fmt: skip


def changes(file: str, rng: random.Random) -> list[Change]:
    """One change for every place of a file that has any, in random order."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = []
    for node, function in _places(tree, 0):
        before = ast.unparse(node)
        after = _changed(node, rng)
        if after is not None and after != before:
            end = (node.end_lineno or 0, node.end_col_offset or 0)
            place = (node.lineno, node.col_offset, *end)
            found.append(Change(file, place, before, after, function))
    rng.shuffle(found)
    return found


def _places(node: ast.AST, function: int) -> Iterator[tuple[ast.expr, int]]:
    """Expressions whose value counts, so none of messages, types, docstrings or decorators."""
    for name, field in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for child in field if isinstance(field, list) else [field]:
            if not isinstance(child, ast.AST) or _of_no_account(child):
                continue
            inner = function
            if isinstance(child, ast.FunctionDef):
                inner = min(n.lineno for n in (child, *child.decorator_list))
            if isinstance(child, ast.expr):
                yield child, inner
            yield from _places(child, inner)


def _of_no_account(node: ast.AST) -> bool:
    match node:
        case ast.Raise() | ast.JoinedStr() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Call(func=ast.Name(id="isinstance" | "cast" | "TypeVar")):
            return True
        case ast.Assign(value=ast.BinOp(op=ast.BitOr(), left=ast.Name())):  # a type's other name
            return True
    return False


def _changed(node: ast.expr, rng: random.Random) -> str | None:
    match node:
        case ast.BinOp(op=op) if type(op) in BINARY:
            return ast.unparse(ast.BinOp(node.left, BINARY[type(op)](), node.right))
        case ast.BoolOp(op=op):
            return ast.unparse(ast.BoolOp(BINARY[type(op)](), node.values))
        case ast.Compare(ops=[*ops]):
            other = list(ops)
            at = rng.randrange(len(ops))
            other[at] = COMPARISONS[type(ops[at])]()
            return ast.unparse(ast.Compare(node.left, other, node.comparators))
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            return ast.unparse(operand)
        case ast.Constant(value=bool(value)):
            return repr(not value)
        case ast.Constant(value=int(value)):
            return repr(value + rng.choice((-1, 1)))
        case ast.Constant(value=float(value)):
            return repr(rng.choice((value * 2, value / 2)) if value else 1.0)
    return None


class Ranked:
    """A pytest plugin: runs the tests named, in that order; or all, noting what each one calls."""

    def __init__(self, rank: dict[str, int] | None, tree: Path, file: Path) -> None:
        self.rank, self.prefix = rank, str(tree / PACKAGE) + os.sep
        self.file, self.written = file, 0.0
        self.cut = len(str(tree)) + 1
        self.now: set[tuple[str, int]] = set()
        self.notes: dict[str, Any] = {}
        self.times: dict[Any, float] = {}
        self.slower: dict[str, float] = {}

    def pytest_collection(self) -> None:
        import hypothesis

        generate = [hypothesis.Phase.explicit, hypothesis.Phase.generate]  # no time for shrinking
        hypothesis.settings.register_profile(
            "mutate", deadline=None, derandomize=True, phases=generate
        )
        hypothesis.settings.load_profile("mutate")

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
            sys.settrace(self._call)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if self.rank is not None:
            return
        note = self.notes.setdefault(report.nodeid, {"seconds": 0.0, "calls": [], "setup": []})
        note["seconds"] += report.duration * self.slower.get(report.nodeid, 1.0)
        note["failed"] = note.get("failed", False) or report.failed or report.skipped
        called = sorted(f"{file[self.cut :]}:{line}" for file, line in self.now)
        note["setup" if report.when == "setup" else "calls"] += called
        self.now.clear()
        if time.monotonic() > self.written + 3:
            self.write()
        if sys.gettrace() is None:
            sys.settrace(self._call)

    def write(self) -> None:
        self.file.with_suffix(".part").write_text(json.dumps(self.notes))
        self.file.with_suffix(".part").replace(self.file)
        self.written = time.monotonic()

    def _call(self, frame: Any, event: str, arg: object) -> None:
        file = frame.f_code.co_filename
        if file.startswith(self.prefix):
            self.now.add((file, frame.f_code.co_firstlineno))


def _of_hypothesis(item: Any) -> Any:
    """The function of a test that makes its own examples, else None."""
    test = getattr(getattr(item, "obj", None), "__func__", getattr(item, "obj", None))
    return test if hasattr(test, "_hypothesis_internal_use_settings") else None


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

    def start(self, paths: list[str], rank: dict[str, int] | None, change: Change | None) -> int:
        """Fork a process that runs tests and ends with 0 where all pass."""
        if change:
            file = self.tree / change.file
            file.write_text(change.made((ROOT / change.file).read_text(encoding="utf-8")))
        child = os.fork()
        if not child:
            os._exit(self._run(paths, rank, change))
        return child

    def end(self, change: Change) -> None:
        """Undo a change, with the old time, so that bytecode is believed again."""
        shutil.copy2(ROOT / change.file, self.tree / change.file)

    def _run(self, paths: list[str], rank: dict[str, int] | None, change: Change | None) -> int:
        import pytest

        os.setpgid(0, 0)
        os.chdir(self.tree)
        spare = self.folder / "spare"
        spare.mkdir(exist_ok=True)
        os.environ.update(CI="1", HOME=str(spare), XDG_CACHE_HOME=str(self.folder.parent / "kept"),
                          TMPDIR=str(spare), PYTHONPATH=f"{self.tree}/model:{self.tree}/app")  # fmt: skip
        tempfile.tempdir = None
        if change and Path(change.file).stem in LOOPS:
            os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
        else:
            os.environ["LOOPS"] = "as they are"
        sys.path[:] = [str(self.tree), f"{self.tree}/model", f"{self.tree}/app"] + [
            p for p in sys.path if p and not Path(p).resolve().is_relative_to(ROOT)
        ] + [p for p in sys.path if "site-packages" in p]  # fmt: skip
        for name in [n for n in sys.modules if n.split(".")[0] in {"tests", "cmocnet"}]:
            del sys.modules[name]
        sys.dont_write_bytecode = change is not None
        out = os.open(self.folder / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        plugin = Ranked(rank, self.tree, self.folder / "notes.json")
        args = ["-x"] if rank is not None else ["-m", "not slow"]
        status = int(pytest.main([*args, "-p", "no:cacheprovider", *paths], plugins=[plugin]))
        sys.settrace(None)
        if rank is None:
            plugin.write()
        return status


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


def survey(bench: Bench, folders: list[str], kept: Path, limit: float) -> dict[str, Any]:
    """What each test calls and how long it takes, made once and kept in a temporary folder."""
    notes: dict[str, Any] = {}
    for name in folders:
        saved = kept / (name.replace("/", "+") + ".json")
        if not saved.exists():
            (bench.folder / "notes.json").write_text("{}")
            child = bench.start([name], None, None)
            _wait({child: time.monotonic() + limit})
            shutil.copy(bench.folder / "notes.json", saved)
        notes |= json.loads(saved.read_text())
    return notes


def _wait(running: dict[int, float]) -> tuple[int, str]:
    """The first child to end, and how; one that is late is ended with what it started."""
    while True:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child:
            return child, "survived" if status == 0 else "noticed"
        for late in [c for c, until in running.items() if time.monotonic() > until]:
            os.killpg(late, signal.SIGKILL)
            os.waitpid(late, 0)
            return late, "no end"
        time.sleep(0.05)


def chosen(modules: list[str], count: int, seed: int) -> list[Change]:
    """Changes spread evenly: one from every file in turn."""
    rng = random.Random(seed)
    files = sorted(str(p.relative_to(ROOT)) for p in (ROOT / PACKAGE).rglob("*.py"))
    files = [f for f in files if f != f"{PACKAGE}/limits.py" and own_tests(f) and
             (not modules or Path(f).relative_to(PACKAGE).parts[0].removesuffix(".py") in modules)]  # fmt: skip
    each = [changes(file, rng) for file in files]
    rng.shuffle(each)
    turns = [change for turn in range(max(map(len, each), default=0))
             for change in (c[turn] for c in each if turn < len(c))]  # fmt: skip
    return sorted(turns[:count], key=lambda change: own_module(change.file))


def main() -> None:
    """Try the changes, two at a time, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--modules", default="", help="first parts of names, by commas; else all")
    parser.add_argument("--minutes", type=float, default=60.0, help="start no more after these")
    parser.add_argument(
        "--budget", type=float, default=30.0, help="seconds of tests for one change"
    )
    parser.add_argument("--jobs", type=int, default=2, help="changes tried at a time")
    parser.add_argument("--folder", type=Path, default=None, help="for copies and what is kept")
    asked = parser.parse_args()
    os.nice(10)
    for name in WARM:
        __import__(name)
    work = asked.folder or Path(tempfile.mkdtemp(prefix="mutate-"))
    todo = chosen([m for m in asked.modules.split(",") if m], asked.count, asked.seed)
    print(f"{len(todo)} changes in {work}", flush=True)
    run(todo, work.resolve(), asked.minutes, asked.budget, asked.jobs)


def run(todo: list[Change], work: Path, minutes: float, budget: float, jobs: int) -> None:
    """Try each change on its tests and report."""
    until = time.monotonic() + minutes * 60
    benches = []
    for i in range(jobs):
        shutil.rmtree(work / f"bench{i}", ignore_errors=True)
        benches.append(Bench(work / f"bench{i}"))
    (work / "notes").mkdir(exist_ok=True)
    outcome: Counter[str] = Counter()
    by_unit: dict[str, Counter[str]] = defaultdict(Counter)
    running: dict[int, tuple[Bench, Change]] = {}
    ends: dict[int, float] = {}
    notes: dict[str, Any] = {}
    todo = list(todo)
    while running or (todo and time.monotonic() < until):
        while benches and todo and time.monotonic() < until:
            change = todo.pop(0)
            folders = [*own_tests(change.file), own_module(change.file)]
            if not running:
                notes |= survey(benches[-1], folders, work / "notes", SURVEY)
            elif not all(
                (work / "notes" / (f.replace("/", "+") + ".json")).exists() for f in folders
            ):
                todo.insert(0, change)
                break
            else:
                notes |= survey(benches[-1], folders, work / "notes", SURVEY)
            tests = ranked(change, notes, budget)
            bench = benches.pop()
            rank = {test: i for i, test in enumerate(tests)}
            child = bench.start(sorted({t.split("::")[0] for t in tests}), rank, change)
            running[child], ends[child] = (bench, change), time.monotonic() + 6 * budget
        if running:
            child, came = _wait(ends)
            bench, change = running.pop(child)
            del ends[child]
            bench.end(change)
            benches.append(bench)
            outcome[came] += 1
            by_unit["/".join(Path(change.file).parts[2:3])][came] += 1
            print(f"{came:9}{change}", flush=True)
    tried = sum(outcome.values())
    for unit, counts in sorted(by_unit.items()):
        print(f"{unit}: {counts.total() - counts['survived']} of {counts.total()}")
    print(
        f"{tried - outcome['survived']} of {tried} noticed, {outcome['no end']} by no end in time"
    )


if __name__ == "__main__":
    main()
