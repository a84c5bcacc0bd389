"""The commands ``elicit`` and ``reconstruct``, run as their modules are."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

import pytest

import cmocnet
from cmocnet.cli import elicit, reconstruct
from cmocnet.errors import CmocnetError

Fill = Callable[[str, Mapping[str, object]], Path]
NETWORKS = Path(__file__).parent.parent / "networks"


def _run(module: ModuleType, *argv: object) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(model=None, priors=None, reading=[], engine="compiled", unsolved=False)
    module.arguments(parser)
    assert module.run(parser.parse_args([str(a) for a in argv])) == 0


def test_elicit_in_three_steps(
    fill: Fill, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(elicit, "template", tmp_path / "t", "--variable", "inertia")
    assert "2 questions" in capsys.readouterr().out
    a = fill(
        "anna.csv", {"inertia/lowest": (0.1, 0.2, 0.3), "inertia/highest": ("", "probable", "")}
    )
    b = fill("ben.xlsx", {"inertia/lowest": (0.4, 0.5, 0.6)})
    _run(elicit, "fit", "-o", tmp_path / "set", "--weights", "2,1", a, b)
    out = capsys.readouterr().out
    assert "anna (67%)" in out
    assert "apart" in out
    assert "inertia/highest" in out  # the lopsided reach of a lone word is reported
    _run(elicit, "diff", "bundled", tmp_path / "set")
    out = capsys.readouterr().out
    assert "2 judgements differ" in out
    assert "inertia" in out
    _run(elicit, "diff", "bundled", "bundled")
    assert "say the same" in capsys.readouterr().out


def test_as_json(fill: Fill, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a = fill("a.csv", {"inertia/lowest": (0.1, 0.2, 0.3)})
    _run(elicit, "fit", a, "-o", tmp_path / "set", "--pool", "log", "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["results"]["inertia/lowest"]["experts"]["a"]["said"] == [0.1, 0.2, 0.3]
    _run(elicit, "diff", "bundled", tmp_path / "set", "--json")
    found = json.loads(capsys.readouterr().out)
    assert list(found["judgements"]) == ["inertia/lowest"]
    review = cmocnet.load().review
    assert len(found["answers"]) == len(review.situations) * len(review.about.headline)


@pytest.mark.parametrize(
    ("argv", "what"),
    [
        (["template", "a", "b"], "2 paths"),
        (["diff", "a"], "1 paths"),
        (["fit", "a.csv"], "nowhere to write"),
        (["fit", "a.csv", "-o", "x", "--weights", "a,b"], "cannot read"),
        (["fit", "a.csv", "-o", "x", "--variable", "trust"], "--variable is for template"),
        (["diff", "a", "b", "--pool", "log"], "--pool is for fit"),
        (["list", "codre"], "nobody called 'codre'.*nearest: coder"),
        (["list", "coder", "--variable", "trsut"], "no variable 'trsut'"),
        (["diff", "bundled", "/no/such"], "no such folder"),
    ],
)
def test_steps_that_do_not_fit(argv: list[str], what: str) -> None:
    with pytest.raises(CmocnetError, match=what):
        _run(elicit, *argv)


def test_reconstruct(capsys: pytest.CaptureFixture[str]) -> None:
    alarm = NETWORKS / "alarm.bif"
    _run(reconstruct, alarm, "--variable", "SHUNT")
    out = capsys.readouterr().out
    assert "SHUNT given" in out
    assert "Best: interbeta 0, noisy_max 1, ranked 0" in out
    _run(reconstruct, alarm, "--variable", "SAO2", "--json")
    best, *_ = json.loads(capsys.readouterr().out)["SAO2"]
    assert best["method"] == "interbeta"
    with pytest.raises(CmocnetError, match="no variable 'SHUNTS'"):
        _run(reconstruct, alarm, "--variable", "SHUNTS")
    with pytest.raises(CmocnetError, match="no parents"):
        _run(reconstruct, alarm, "--variable", "FIO2")
    with pytest.raises(CmocnetError, match="--parents"):
        _run(reconstruct, alarm, "--parents", "0")
