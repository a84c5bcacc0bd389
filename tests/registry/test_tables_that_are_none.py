"""Where a table should stand and something else does, the file and the key are told."""

from __future__ import annotations

from pathlib import Path

import pytest

import cmocnet
from cmocnet.errors import FileError


@pytest.mark.parametrize(
    "stands", ["given", "some text", "5", "[]", "[given]", "true", "null", "{}"]
)
def test_no_table(garden: Path, stands: str) -> None:
    path = garden / "variables" / "sunlight.yaml"
    before, _, _ = path.read_text().partition("table:")
    path.write_text(f"{before}table: {stands}\n")
    with pytest.raises(FileError, match=r"sunlight.yaml.*table"):
        cmocnet.load(garden)
