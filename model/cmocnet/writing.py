"""Files and folders that appear whole or not at all: the one place where anything is written.

A file is written where nobody sees it and takes its place at the end, so that a run that fails or
is killed changes nothing. What stood there lends its permissions; a link is followed to the file
it names; pipes and devices get everything at once at the end. Where the system knows files without
a name (Linux) a killed run leaves nothing behind. Elsewhere, and for folders, it may leave a part
with a name that only this module gives; the next write beside it takes such parts away, but never
one that a process still holds.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from cmocnet.errors import FileError, unusable

try:
    import fcntl
except ImportError:  # not on Windows, where nothing is locked and nothing taken away
    fcntl = None  # type: ignore[assignment]

PART = re.compile(r"\.cmocnet-([0-9a-f]{16})([0-9a-f]{8})\.part")
"""The name of a part: a random number, and its check, by which it is known to be ours."""
NAMELESS = getattr(os, "O_TMPFILE", 0)
"""How a file without a name is asked for; 0 where there are none."""
OPENED = os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def write_whole(path: Path, data: str | bytes) -> None:
    """Write a file whole or not at all; errors are as of :func:`whole`."""
    with whole(path) as file:
        file.write(data.encode() if isinstance(data, str) else data)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write into that takes the place of ``path`` once all went well.

    Raises FileError where ``path`` is a folder, stands in none, or cannot be written: why.

    >>> with new_folder(Path(tempfile.mkdtemp()) / "out") as folder, whole(folder / "a") as file:
    ...     _ = file.write(b"all or nothing")
    """
    target, old = _standing(path)
    try:
        if old is None or not _stream(old):
            with _replacing(target, old) as file:
                yield file
        else:
            with _passed_on(path, old) as file:
                yield file
    except BrokenPipeError:  # whoever reads a pipe may go
        raise
    except OSError as error:
        raise unusable(path, error, "written") from None


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to write into, named ``path`` once all went well; FileError where it exists already.

    >>> spare = Path(tempfile.mkdtemp())
    >>> with new_folder(spare / "out") as folder:
    ...     _ = (folder / "a.txt").write_text("a")
    >>> (spare / "out" / "a.txt").is_file()
    True
    """
    home = _free(path)
    try:
        clear(home)
        part, lock = _locked(home, folder=True)
        try:
            yield part
            part.rename(home / path.name)
        finally:
            shutil.rmtree(part, ignore_errors=True)
            os.close(lock)
    except OSError as error:
        raise unusable(path, error, "written") from None


def passes_on(path: Path) -> bool:
    """Is this a pipe, a device or a standard stream, which takes what comes whatever its name?"""
    try:
        return _stream(path.stat())
    except (OSError, ValueError):
        return False


def is_standard(path: Path) -> bool:
    """Is this the program's own standard output, as ``/dev/stdout`` is?"""
    try:
        return _standard(path.stat()) == 1
    except (OSError, ValueError):
        return False


# --- what stands where a file shall be -----------------------------------------------------------


def _standing(path: Path) -> tuple[Path, os.stat_result | None]:
    """Where a file goes, links followed, and what is there now, if it may be written."""
    try:
        target = Path(os.path.realpath(path))
        try:
            old = path.stat()
        except FileNotFoundError:
            _inside(path, target.parent)
            return target, None
        if stat.S_ISDIR(old.st_mode):
            raise FileError(
                "cannot be written (it is a folder)", where=str(path), expected="a file to write"
            )
        if not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise unusable(path, error, "written") from None
    return target, old


def _free(path: Path) -> Path:
    """The folder that a new one goes into; nothing has its name yet."""
    try:
        home = Path(os.path.realpath(path.parent))
        path.lstat()
    except FileNotFoundError:
        _inside(path, home)
        return home
    except (OSError, ValueError) as error:
        raise unusable(path, error, "written") from None
    raise FileError("exists already", where=str(path), expected="a new folder")


def _inside(path: Path, home: Path) -> None:
    if not home.is_dir():
        raise FileError(f"cannot be written (there is no folder {home})", where=str(path))


def _stream(old: os.stat_result) -> bool:
    if stat.S_ISDIR(old.st_mode):
        return False
    return not stat.S_ISREG(old.st_mode) or _standard(old) is not None


def _standard(old: os.stat_result) -> int | None:
    """The number of the standard stream that this is, if it is one."""
    for number in (1, 2):
        with contextlib.suppress(OSError):
            if os.path.samestat(old, os.fstat(number)):
                return number
    return None


@contextmanager
def _passed_on(path: Path, old: os.stat_result) -> Iterator[BinaryIO]:
    """All that was written, passed on in one go to a pipe, a device or a standard stream."""
    with tempfile.TemporaryFile() as held:
        yield cast("BinaryIO", held)
        held.seek(0)
        number = _standard(old)
        if number is not None:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        handle = os.open(path, os.O_WRONLY) if number is None else os.dup(number)
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(held, out)


# --- parts ---------------------------------------------------------------------------------------


@contextmanager
def _replacing(target: Path, old: os.stat_result | None) -> Iterator[BinaryIO]:
    """A part beside ``target`` that takes its place at the end, with its owner and permissions."""
    clear(target.parent)
    handle, part = _begun(target.parent)
    with os.fdopen(handle, "w+b") as file:
        try:
            yield cast("BinaryIO", file)
            file.flush()
            if old is not None and hasattr(os, "fchmod"):
                with contextlib.suppress(OSError):
                    os.fchown(handle, old.st_uid, old.st_gid)
                os.fchmod(handle, stat.S_IMODE(old.st_mode))
            part = part or _named(handle, target, old)
            if os.name == "nt":
                file.close()  # what is open cannot be moved there
            if part != target:
                part.replace(target)
        except BaseException:
            if part is not None and part != target:
                part.unlink(missing_ok=True)
            raise


def _begun(home: Path) -> tuple[int, Path | None]:
    """A new file in a folder, without a name where the system can; its handle, and its name."""
    if NAMELESS:
        with contextlib.suppress(OSError):  # not every file system can
            handle = os.open(home, NAMELESS | OPENED, 0o666)
            if _by_handle(handle).exists():
                return handle, None
            os.close(handle)
    part, handle = _locked(home)
    return handle, part


def _by_handle(handle: int) -> Path:
    return Path(f"/proc/self/fd/{handle}")


def _named(handle: int, target: Path, old: os.stat_result | None) -> Path:
    """A nameless file given a name: ``target`` itself if that is free, else that of a part."""
    _lock(handle)
    free = [target] if old is None else []
    for name in (*free, _part(target.parent)):
        with contextlib.suppress(FileExistsError):
            # A folder's handle, though of no use with a whole path, makes link() follow the link.
            os.link(_by_handle(handle), name, src_dir_fd=handle, follow_symlinks=True)
            return name
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))


def _locked(home: Path, *, folder: bool = False) -> tuple[Path, int]:
    """A new part with a name, and a handle that holds it while it is open."""
    while True:
        part = _part(home)
        if folder:
            part.mkdir()
            handle = os.open(part, os.O_RDONLY) if fcntl else os.open(os.devnull, os.O_RDONLY)
        else:
            handle = os.open(part, os.O_CREAT | os.O_EXCL | OPENED, 0o666)
        _lock(handle)
        if part.exists():  # another may have taken it away before it was held
            return part, handle
        os.close(handle)


def _lock(handle: int) -> None:
    if fcntl is not None:
        with contextlib.suppress(OSError):  # not every file system can
            fcntl.flock(handle, fcntl.LOCK_EX)


def _part(home: Path) -> Path:
    number = secrets.token_hex(8)
    return home / f".cmocnet-{number}{_check(number)}.part"


def _check(number: str) -> str:
    return hashlib.sha256(f"part {number} of cmocnet".encode()).hexdigest()[:8]


def clear(home: Path) -> None:
    """Take away the parts that killed runs left in a folder.

    Only what has a name that checks, is the caller's own, and is held by no process.
    """
    if fcntl is None:
        return
    with contextlib.suppress(OSError):
        for path in home.iterdir():
            found = PART.fullmatch(path.name)
            if found and _check(found[1]) == found[2]:
                with contextlib.suppress(OSError):
                    _take_away(path)


def _take_away(part: Path) -> None:
    handle = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(handle)
        if found.st_uid != os.geteuid():
            return
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if stat.S_ISDIR(found.st_mode):
            shutil.rmtree(part, ignore_errors=True)
        elif stat.S_ISREG(found.st_mode):
            part.unlink()
    finally:
        os.close(handle)
