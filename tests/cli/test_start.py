"""Starting is quick: heavy libraries are imported by the commands that need them."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"streamlit", "pgmpy", "pandas", "rich", "numba", "scipy.stats", "torch", "sklearn"}


def imported(code: str) -> set[str]:
    """The heavy modules that a fresh interpreter has after running some code."""
    show = "; import sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code + show], capture_output=True, text=True, check=True
    )
    return HEAVY & {*done.stderr.split()}


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
