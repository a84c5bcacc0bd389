"""Files of networks made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cmocnet import engine
from cmocnet.typing import DiscreteNetwork

Reads = Callable[..., DiscreteNetwork]


@pytest.fixture(scope="session")
def reads(tmp_path_factory: pytest.TempPathFactory) -> Reads:
    """Reads a text or bytes under a name of the ending given."""
    folder = tmp_path_factory.mktemp("networks")

    def read(content: str | bytes, ending: str = ".bif", **options: bool) -> DiscreteNetwork:
        path: Path = folder / f"n{ending}"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return engine.read(path, **options)

    return read
