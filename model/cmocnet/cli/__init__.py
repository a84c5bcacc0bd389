"""Floor 7: the command line. One module a group of commands, tables in :mod:`.show`.

Importing this package imports none of the heavy libraries: each is loaded by the command that needs
it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from cmocnet.cli.parser import parse
from cmocnet.errors import CmocnetError, FileError, ReviewError, unusable

__all__ = ["main"]

WRONG = 2
"""Exit status where the user can put something right."""
DEFECT = 70
"""Exit status where the program itself is at fault (EX_SOFTWARE)."""
INTERRUPTED = 130
"""What a shell gives for SIGINT."""
CLOSED = 141
"""Whoever read the output has gone: what a shell gives for SIGPIPE."""
WRITTEN = "standard output"
RARELY = 50_000
"""New objects between two searches for garbage: a command loads many, and none is garbage."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit status and never raises.

    Parameters
    ----------
    argv
        The arguments after the program's name; None for those of the process.

    >>> main(["cmocs", "--search", "no such words"])
    0 of 130 configurations
    0
    """
    _tolerant()
    gc.set_threshold(RARELY)
    try:
        status = _run(argv)
        sys.stdout.flush()
    except CmocnetError as error:
        faults = error.faults if isinstance(error, ReviewError) else (error,)
        return max(_failed(str(fault), WRONG) for fault in faults)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    except BrokenPipeError:  # leave without a word, also when Python flushes at exit
        for stream in (sys.stdout, sys.stderr):
            _silence(stream)
        return CLOSED
    except (OSError, UnicodeEncodeError) as error:
        return _failed(str(_unusable(error)), WRONG)
    except Exception as error:
        if "CMOCNET_DEBUG" in os.environ:
            raise
        what = f"a defect of the program, {type(error).__name__}: {error}"
        return _failed(f"{what} (CMOCNET_DEBUG=1 shows where)", DEFECT)
    return status


def _run(argv: Sequence[str] | None) -> int:
    """The command's own status; that of argparse after ``--help`` and ``--version``."""
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")
            args = parse(sys.argv[1:] if argv is None else list(argv))
            status: int = args.run(args)
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # rich leaves so
            raise BrokenPipeError from None
        return leaving.code if isinstance(leaving.code, int) else 0
    return status


def _failed(message: str, status: int) -> int:
    with contextlib.suppress(OSError):  # nobody may be there to read it
        print("cmocnet:", " ".join(message.split()), file=sys.stderr, flush=True)
    _silence(sys.stderr)
    return status


def _unusable(error: OSError | UnicodeEncodeError) -> FileError:
    """A path, or standard output where no path is named, that nothing else has spoken of."""
    if isinstance(error, OSError) and error.filename is None:
        _silence(sys.stdout)
        return unusable(WRITTEN, error, "written")
    path = error.filename if isinstance(error, OSError) else error.object
    return unusable(os.fsdecode(path) if isinstance(path, (str, bytes)) else path, error, "used")


def _silence(stream: TextIO) -> None:
    """What a stream still holds goes nowhere, if it cannot go where it should."""
    try:
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
    except ValueError:  # closed already
        return


def _tolerant() -> None:
    """Let a terminal that lacks a letter show a question mark rather than fail.

    A stream that the caller closed leads nowhere: its number must not go to the next file opened.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115  # until the end
        reconfigure = getattr(getattr(sys, name), "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
