"""Whoever reads the output may go, or never have been there: the command ends quietly."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cmocnet.cli.parser import COMMANDS

GONE = 141
WORDS = {
    "query": ["query", "P(mood | sun)", "--quick"],
    "cmocs": ["cmocs"],
    "check": ["check"],
    "predict": ["predict", "plots.csv"],
    "sensitivity": ["sensitivity", "P(mood=high | sun)"],
    "explain": ["explain", "P(mood=high | sun)"],
    "levers": ["levers", "P(mood=high)"],
    "solve": ["solve"],
    "elicit": ["elicit", "diff", "bundled", "bundled"],
    "reconstruct": ["reconstruct"],
    "export": ["export", "net.xdsl"],
    "app": ["app", "--help"],
}
"""What each command is asked; ``app`` itself prints nothing before it serves."""
BUFFERED: Mapping[str, str] = {}


def command(
    tmp_path: Path,
    garden: Path,
    words: list[str],
    held: Mapping[str, str] = BUFFERED,
    **streams: int,
) -> tuple[int, str]:
    (tmp_path / "plots.csv").write_text("sunlight\nsun\nshade\n")
    run = [sys.executable, "-m", "cmocnet", *words]
    if not {"--help", "--version"} & set(words):
        run += ["--model", str(garden)]
    ours = {"stderr": subprocess.PIPE, **streams}
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"} | held
    done = subprocess.run(
        run,
        cwd=tmp_path,
        env=environment,
        text=True,
        check=False,
        stdout=ours.get("stdout"),
        stderr=ours["stderr"],
    )
    return done.returncode, done.stderr or ""


@pytest.mark.parametrize("words", [["--help"], ["cmocs"]], ids=" ".join)
def test_a_closed_pipe_without_a_buffer(tmp_path: Path, sized: Path, words: list[str]) -> None:
    writer = nobody()
    try:
        unbuffered = {"PYTHONUNBUFFERED": "1"}
        assert command(tmp_path, sized, words, unbuffered, stdout=writer) == (GONE, "")
    finally:
        os.close(writer)


def nobody() -> int:
    """The writing end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


def test_every_command_is_asked() -> None:
    assert WORDS.keys() == set(COMMANDS)


ASKED = [*WORDS.values(), ["cmocs", "--json"], ["predict", "plots.csv", "--json"]]
ASKED += [["--help"], ["--version"], ["predict", "plots.csv", "-o", "/dev/stdout"]]


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_a_closed_pipe_ends_it_quietly(tmp_path: Path, sized: Path, words: list[str]) -> None:
    writer = nobody()
    try:
        assert command(tmp_path, sized, words, stdout=writer) == (GONE, "")
    finally:
        os.close(writer)


def test_nobody_reads_the_error_either(tmp_path: Path, sized: Path) -> None:
    writer = nobody()
    try:
        assert command(tmp_path, sized, ["query", "mud"], stdout=writer, stderr=writer)[0] == 2
    finally:
        os.close(writer)


def test_a_full_disk_is_one_line(tmp_path: Path, sized: Path) -> None:
    with Path("/dev/full").open("w") as full:
        status, said = command(tmp_path, sized, ["cmocs"], stdout=full.fileno())
    assert status == 2
    assert said == "cmocnet: standard output: cannot be written (No space left on device)\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_was_never_open(tmp_path: Path, sized: Path, closed: str) -> None:
    line = f'exec "$0" -m cmocnet cmocs --model "$1" {closed}'
    done = subprocess.run(["sh", "-c", line, sys.executable, str(sized)], check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("out", ["/dev/stdout", "link.csv"])
def test_answers_alone_stand_on_standard_output(tmp_path: Path, sized: Path, out: str) -> None:
    (tmp_path / "plots.csv").write_text("sunlight\nsun\nshade\n")
    (tmp_path / "link.csv").symlink_to("/dev/stdout")
    run = [sys.executable, "-m", "cmocnet", "predict", "plots.csv", "-o", out]
    run += ["--target", "mood=high", "--model", str(sized)]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    first, *rows = done.stdout.splitlines()
    assert (first, len(rows), done.stderr) == ('"sunlight","mood=high"', 2, "")
    assert (tmp_path / "link.csv").is_symlink()
