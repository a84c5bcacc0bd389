"""Starting is quick: heavy libraries are imported by the commands that need them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"streamlit", "pgmpy", "pandas", "rich", "numba", "scipy.stats", "torch", "sklearn"}


NEEDLESS = {"numba", "scipy", "pandas", "yaml", "pyarrow", "email", "cmocnet.registry.reading",
    "cmocnet.formats.bif", "cmocnet.explain", "cmocnet.cli.page"}  # fmt: skip
"""What no question needs whose review was read before."""


def imported(code: str, looked_for: set[str] = HEAVY) -> set[str]:
    """The heavy modules that a fresh interpreter has after running some code."""
    show = "; import sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + show], capture_output=True, text=True, check=True
    )
    return looked_for & {*done.stderr.split()}


def test_importing_the_package_imports_nothing_heavy():
    assert not imported("import cmocnet")


def test_importing_the_command_line_imports_nothing_heavy():
    assert not imported("import cmocnet.cli")


@pytest.mark.parametrize(
    "command", ["['query', 'dissolution given mandated']", "['cmocs', 'T3-01']"]
)
def test_common_commands_need_neither_pgmpy_nor_streamlit(command: str):
    code = f"import cmocnet.cli as c; assert c.main({command}) == 0"
    assert not imported(code) & {"pgmpy", "streamlit", "pandas"}


@pytest.mark.parametrize("quick", [[], ["--quick"]])
def test_a_question_asked_again_needs_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: list[str]
):
    """The interval and the rival readings too: of kept tables, and but for Numba's loops."""
    monkeypatch.setenv("CMOCNET_CACHE", str(tmp_path))
    question = ["query", "P(dissolution | mandated, low cultural compatibility)", *quick]
    code = f"import cmocnet.cli as c; assert c.main({question}) == 0"
    if not quick:  # its draws are so many that importing Numba, and what that imports, pays
        code = f"from cmocnet.engine import loops; loops.COLD = float('inf'); {code}"
    assert "yaml" in imported(code, NEEDLESS)
    assert not imported(code, NEEDLESS)
