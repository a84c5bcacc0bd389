"""The bytes of a CSV file, passed on only as far as they are UTF-8."""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING, BinaryIO

from cmocnet.errors import FileError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Checked(io.RawIOBase):
    """A file read through to another reader, up to the first byte that is no UTF-8.

    pyarrow finds such a byte only where it makes text of a cell; in a row that has too many cells
    it prints a traceback instead, and goes on.

    >>> Checked(io.BytesIO(b"mandate\\n\\xff"), "a.csv").read(100)
    Traceback (most recent call last):
    cmocnet.errors.FileError: a.csv, line 2: the byte 0xff is no UTF-8; expected a file saved as ...
    """

    def __init__(self, file: BinaryIO, where: str) -> None:
        self.file, self.where = file, where
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lines = 1

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """As many bytes as fit into a buffer; FileError, with the line, where one is no UTF-8."""
        room = memoryview(buffer)
        data = self.file.read(len(room))
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as error:
            # ``error.object`` begins with what was left of a character begun in the last block.
            line = self._lines + error.object.count(b"\n", 0, error.start)
            what = f"the byte {error.object[error.start]:#04x} is no UTF-8"
            place = f"{self.where}, line {line}"
            raise FileError(what, where=place, expected="a file saved as UTF-8") from None
        self._lines += data.count(b"\n")
        room[: len(data)] = data
        return len(data)
