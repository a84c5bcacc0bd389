"""The command line run in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from cmocnet.cli import main


class Said(NamedTuple):
    status: int
    out: str
    err: str

    def refused(self, *words: str, lines: int = 1) -> None:
        """One line a fault on standard error, which have all the words; and exit status 2."""
        assert self.status == 2, self
        assert not self.out
        assert all(line.startswith("cmocnet: ") for line in self.err.splitlines())
        assert self.err.count("\n") == lines
        assert self.err.endswith("\n")
        assert "Traceback" not in self.err
        for word in words:
            assert word in self.err


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    def run(*argv: object) -> Said:
        capsys.readouterr()
        status = main([str(word) for word in argv])
        return Said(status, *capsys.readouterr())

    return run
