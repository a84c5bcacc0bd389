"""What somebody sees who types ``cmocnet.`` or ``help(cmocnet)``: the public names, nothing else."""

from __future__ import annotations

import pydoc
import subprocess
import sys

import pytest

import cmocnet
from tests.tooling.source import ROOT

PUBLIC = [
    "Answer",
    "CmocnetError",
    "Network",
    "Question",
    "__version__",
    "engine",
    "errors",
    "load",
]
FOREIGN = ("TYPE_CHECKING", "import_module", "annotations", "Any", "_HOME")


def test_the_names_are_these_and_no_others() -> None:
    assert dir(cmocnet) == PUBLIC
    assert sorted(cmocnet.__all__) == PUBLIC


def test_it_is_so_in_a_fresh_interpreter_and_after_a_question() -> None:
    """Modules that were loaded meanwhile are attributes of the package, and no first look."""
    look = "print(*dir(cmocnet))"
    ask = "cmocnet.load().query('dissolution | mandated').interval"
    done = subprocess.run(
        [sys.executable, "-c", f"import cmocnet; {look}; {ask}; {look}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [" ".join(PUBLIC)] * 2


@pytest.mark.parametrize("name", PUBLIC)
def test_every_name_is_there_and_our_own(name: str) -> None:
    thing = getattr(cmocnet, name)
    home = getattr(thing, "__module__", None) or getattr(thing, "__name__", "cmocnet")
    assert home.partition(".")[0] in ("cmocnet", "builtins" if isinstance(thing, str) else "")


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        _ = cmocnet.laod


def test_help_shows_them_with_what_they_say() -> None:
    told = pydoc.render_doc(cmocnet, renderer=pydoc.plaintext)
    sections = told.partition("PACKAGE CONTENTS")
    assert "causal Bayesian network" in sections[0]
    assert "class Network(" in told
    assert "load(path:" in told
    assert "engine (package)" in sections[2]
    assert not [name for name in FOREIGN if f"    {name}" in told]
