"""Imports go downwards only, and heavy libraries are loaded where they are asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.tooling.source import PACKAGES, ROOT, Import, imports, python_files

FLOORS = {
    0: (
        "amounts",
        "duals",
        "errors",
        "forks",
        "limits",
        "wording",
        "results",
        "extras",
        "reading",
        "typing",
        "parts",
        "writing",
        "keeping",
        "formats",
    ),
    1: ("registry",),
    2: ("elicitation",),
    3: ("engine",),
    4: (
        "folding",
        "likeness",
        "comparing",
        "lexicon",
        "cells",
        "brackets",
        "items",
        "evidence",
        "query",
        "opposite",
        "arguments",
        "joint",
        "intervals",
    ),
    5: ("rounds", "exchange", "shelf", "rivals", "model", "asked", "contrast", "answer"),
    6: (
        "check",
        "explain",
        "levers",
        "scenarios",
        "sensitivity",
        "solve",
        "timeline",
        "learning",
        "survey",
        "report",
    ),
    7: ("network",),
    8: ("cli", "__main__", "cmocnet_app"),
}
FLOOR = {unit: floor for floor, units in FLOORS.items() for unit in units}
PAGE = PACKAGES["cmocnet_app"] / "cmocnet_app"
ROOMS = ("words", "serving", "state", "answers", "markup", "exports", "sections", "screens")
"""The page's own floors, from the lowest up; above them are only the script and how it is run."""
PORCH = "cmocnet"
"""The package itself, whose names lead to every floor up to the network's."""

SHIPPED = [f for f in python_files() if any(root in f.parents for root in PACKAGES.values())]
IMPORTS = [i for file in SHIPPED for i in imports(file)]


def unit_of(module: str) -> str | None:
    """The module or package of ours that a dotted name lies in; None for what is not ours."""
    package, *inner = module.split(".")
    if package == "cmocnet_app":
        return package
    if package != PORCH:
        return None
    root = PACKAGES[PORCH] / PORCH
    known = inner and ((root / inner[0]).is_dir() or (root / f"{inner[0]}.py").is_file())
    return inner[0] if known else PORCH


def home(found: Import) -> str:
    root = next(root for root in PACKAGES.values() if root in found.file.parents)
    parts = found.file.relative_to(root).with_suffix("").parts
    return unit_of(".".join(p for p in parts if p != "__init__")) or ""


def ours() -> list[tuple[Import, str, str]]:
    """Imports from one unit into another, with both."""
    pairs = ((i, home(i), unit_of(i.module)) for i in IMPORTS)
    return [(i, a, b) for i, a, b in pairs if b is not None and a not in (b, PORCH)]


def test_every_module_has_a_floor() -> None:
    units = {home(i) for i in IMPORTS} - {PORCH}
    assert not units - set(FLOOR), "give each a floor in FLOORS"


def test_imports_go_downwards() -> None:
    # What the package itself offers comes from the network's floor, its version from nowhere.
    above = {**FLOOR, PORCH: FLOOR["network"]}
    wrong = [
        str(i)
        for i, a, b in ours()
        if above[b] > FLOOR[a] and not i.module.endswith(".__version__")
    ]
    assert not wrong


def file_of(module: str) -> Path | None:
    """The file that a dotted name stands in; None for what is not ours."""
    package, *inner = module.split(".")
    if package not in PACKAGES:
        return None
    path = PACKAGES[package] / package
    for part in inner:
        if (path / part).is_dir():
            path /= part
        elif (file := path / f"{part}.py").is_file():
            return file
    return path / "__init__.py"


def test_no_file_leads_back_to_itself() -> None:
    """Imports for types alone count, and so do those inside functions."""
    needs: dict[Path, set[Path]] = {}
    for i in IMPORTS:
        file = file_of(i.module)
        # A package's own name leads to what its parts define, which is theirs to import.
        if file is not None and file != i.file and file != PACKAGES[PORCH] / PORCH / "__init__.py":
            needs.setdefault(i.file, set()).add(file)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = " -> ".join(str(file.relative_to(ROOT)) for file in error.args[1])
        pytest.fail(f"imports turn in a circle: {circle}")


def test_the_engine_knows_tables_and_indices_only() -> None:
    wrong = [str(i) for i, a, b in ours() if a == "engine" and FLOOR.get(b, 9) > 0]
    assert not wrong


@pytest.mark.parametrize("library", ["streamlit", "altair"])
def test_the_library_never_draws(library: str) -> None:
    wrong = [str(i) for i in IMPORTS if i.module.startswith(library) and home(i) != "cmocnet_app"]
    assert not wrong


def room(file: Path) -> str:
    return file.relative_to(PAGE).with_suffix("").parts[0]


def within_the_page() -> list[tuple[Import, Path]]:
    found = [i for i in IMPORTS if PAGE in i.file.parents and i.module.startswith("cmocnet_app.")]
    return [(i, target) for i in found if (target := file_of(i.module))]


def test_the_pages_folders_import_downwards_for_types_too() -> None:
    above = {name: n for n, name in enumerate(ROOMS)}
    top = len(ROOMS)
    wrong = [
        str(i)
        for i, target in within_the_page()
        if above.get(room(target), top) > above.get(room(i.file), top)
    ]
    assert within_the_page()
    assert not wrong


def test_a_folder_of_the_page_says_what_lives_there_and_is_no_menu_of_streamlits() -> None:
    folders = {file.parent for file in PAGE.rglob("*.py")} - {PAGE}
    assert {folder.name for folder in folders} == set(ROOMS) - {"words"}
    assert "pages" not in {folder.name for folder in folders}
    for folder in folders:
        text = (folder / "__init__.py").read_text(encoding="utf-8")
        assert text.count(".") >= 1
        assert len(text.strip().splitlines()) == 1


def test_a_commands_file_is_called_as_the_command() -> None:
    from cmocnet.cli.parser import COMMANDS

    files = {file.stem for file in (PACKAGES["cmocnet"] / "cmocnet" / "cli").glob("*.py")}
    assert not set(COMMANDS) - files


def loaded(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after running ``code``."""
    ask = "import json, sys; print(json.dumps(sorted({n.partition('.')[0] for n in sys.modules})))"
    run = [sys.executable, "-c", f"{code}\n{ask}"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = {"streamlit", "pgmpy", "pandas", "numba", "scipy", "pyarrow", "rich"}
    assert not loaded("import cmocnet") & heavy


def test_a_question_loads_neither_the_page_nor_the_reference_engine() -> None:
    found = loaded("import cmocnet; cmocnet.load().query('dissolution | mandated')")
    assert not found & {"streamlit", "pgmpy"}


def test_importing_the_package_imports_hardly_anything() -> None:
    counted = (
        "import sys; before = {*sys.modules}; import cmocnet; new = {*sys.modules} - before; "
        "print(sum(n.partition('.')[0] not in sys.stdlib_module_names for n in new), len(new))"
    )
    done = subprocess.run(
        [sys.executable, "-c", counted], cwd=ROOT, capture_output=True, text=True, check=True
    )
    ours_and_others, all_new = map(int, done.stdout.split())
    assert ours_and_others == 1, "the package itself; the rest comes when its names are used"
    assert all_new < 60
