"""Folders that appear whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cmocnet.errors import FileError


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A neighbour of ``path`` to write into, renamed onto it once all went well.

    Raises
    ------
    FileError
        ``path`` exists already, or cannot be made.

    >>> spare = Path(tempfile.mkdtemp())
    >>> with new_folder(spare / "out") as folder:
    ...     _ = (folder / "a.txt").write_text("a")
    >>> (spare / "out" / "a.txt").is_file()
    True
    """
    if path.exists() or path.is_symlink():
        raise FileError("exists already", where=str(path), expected="a new folder")
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as spare:
            folder = Path(spare) / path.name
            folder.mkdir()
            yield folder
            folder.rename(path)
    except OSError as error:
        raise FileError(f"cannot be written ({error.strerror})", where=str(path)) from None
