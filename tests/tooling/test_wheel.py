"""The wheel alone, in another environment and folder, answers the headline question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import cmocnet
from tests.tooling.source import ROOT

pytestmark = pytest.mark.slow

HEADLINE = "P(dissolution | mandated, low cultural compatibility)"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"


def run(*command: str | Path, cwd: Path) -> str:
    # A path to this checkout would lead elsewhere back to here.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it, and this one's packages to lean on."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv = folder / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", "--system-site-packages", venv, cwd=folder)
    python = venv / SCRIPTS / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", ask, cwd=folder).strip())
    # A path file leads to the packages but not to their own path files, so that the editable
    # install of this checkout stays out of sight.
    here = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    (site / "leaning.pth").write_text("\n".join(here) + "\n", encoding="utf-8")
    install = ("install", "--quiet", "--no-deps", "--no-index", "--ignore-installed")
    pip = ("-m", "pip", "--disable-pip-version-check", "--python", python)
    run(sys.executable, *pip, *install, wheel, cwd=folder)
    return venv


def test_it_carries_the_knowledge_the_page_and_the_licences(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    wanted = (
        "cmocnet/priors/review.yaml",
        "cmocnet/priors/schema.json",
        "cmocnet/priors/LICENSE",
        "cmocnet/priors/variables/trust.yaml",
        "cmocnet/py.typed",
        "cmocnet_app/main.py",
        "cmocnet_app/screens/page.css",
    )
    assert not [name for name in wanted if name not in names]
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def test_alone_it_asks_for_little_and_announces_its_page(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        points = archive.read(metadata.replace("METADATA", "entry_points.txt")).decode()
        lines = archive.read(metadata).decode().splitlines()
    asked = [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist: ")]
    always = {Requirement(text).name for text in asked if "extra ==" not in text}
    assert always == {"msgspec", "numpy", "pandas", "platformdirs", "pyyaml", "rich", "scipy"}
    assert "[cmocnet.faces]" in points


def test_the_library_is_the_wheels_own(elsewhere: Path, tmp_path: Path) -> None:
    ask = "import cmocnet, cmocnet_app; print(cmocnet.__file__); print(cmocnet_app.__file__)"
    found = run(elsewhere / SCRIPTS / "python", "-c", ask, cwd=tmp_path).splitlines()
    assert all(Path(line).is_relative_to(elsewhere) for line in found)


def test_the_command_answers_the_headline_question(elsewhere: Path, tmp_path: Path) -> None:
    told = run(elsewhere / SCRIPTS / "cmocnet", "query", "--json", HEADLINE, cwd=tmp_path)
    expected = cmocnet.load().query(HEADLINE).probability
    assert json.loads(told)["probability"] == pytest.approx(expected, abs=1e-12)
