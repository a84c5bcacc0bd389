"""The project keeps its own rules: sizes, pins, reasons, and no trace of one machine."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tooling.source import ROOT, project_files, python_files

LONGEST = 350
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = ROOT / "constraints.txt"
BINARY = 2_000_000
"""Files above this many bytes are data, not text."""

# Written in pieces, so that this file does not name them itself.
HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "ana" + "conda.org",
    "ana" + "conda.com",
    "download.py" + "torch.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "jsdel" + "ivr.net",
    "un" + "pkg.com",
)
MACHINE = re.compile(
    r"(?<![\w.~/])(?:/" + r"(?:home|Users|root|work|mnt|opt)/[\w.-]|[A-Z]:\\" + r"Users\\)"
)


def requirements() -> Iterator[Requirement]:
    for text in PROJECT["dependencies"]:
        yield Requirement(text)
    for texts in PROJECT["optional-dependencies"].values():
        yield from (r for r in map(Requirement, texts) if r.name != "cmocnet")


def pins() -> dict[str, str]:
    lines = PINS.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


def texts() -> Iterator[tuple[str, str]]:
    for path in project_files():
        if path.stat().st_size < BINARY:
            name = str(path.relative_to(ROOT))
            yield name, path.read_text(encoding="utf-8", errors="replace")


def test_no_source_file_is_long() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files()
    }
    assert not {name: n for name, n in lengths.items() if n > LONGEST}


def test_every_dependency_has_a_reason() -> None:
    reasons = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").lower()
    assert not [r.name for r in requirements() if f"`{r.name.lower()}`" not in reasons]


def test_every_dependency_is_pinned_within_its_range() -> None:
    pinned = pins()
    wrong = [
        str(r)
        for r in requirements()
        if not r.specifier.contains(pinned.get(canonicalize_name(r.name), "0"))
    ]
    assert not wrong


def test_pins_are_names_and_versions_only() -> None:
    lines = PINS.read_text(encoding="utf-8").splitlines()
    wrong = [s for s in lines if not re.fullmatch(r"#.*|[A-Za-z0-9._-]+==[\w.!+]+", s)]
    assert not wrong


@pytest.mark.parametrize("host", HOSTS)
def test_no_file_names_a_package_registry(host: str) -> None:
    assert not [name for name, text in texts() if host in text]


def test_no_file_names_a_path_of_a_machine() -> None:
    found = [(name, match[0]) for name, text in texts() for match in MACHINE.finditer(text)]
    assert not found


def test_a_path_of_a_machine_would_be_found() -> None:
    assert MACHINE.search("see /" + "home/someone/notes")
    assert MACHINE.search('"C:' + '\\Users\\someone"')
    assert not MACHINE.search("at ~/notes, in priors/variables, or https://x.org/home/page")
