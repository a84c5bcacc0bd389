"""Floor 7: the command line. One module a group of commands, tables in :mod:`.show`.

Importing this package imports none of the heavy libraries: each is loaded by the command that needs
it.
"""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Sequence

from cmocnet.cli.parser import parse
from cmocnet.errors import CmocnetError, ReviewError

__all__ = ["main"]

WRONG = 2
"""Exit status where the user can put something right."""
DEFECT = 70
"""Exit status where the program itself is at fault (EX_SOFTWARE)."""
INTERRUPTED = 130
"""What a shell gives for SIGINT."""
CLOSED = 1
"""Whoever read the output has gone."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit status and never raises.

    Parameters
    ----------
    argv
        The arguments after the program's name; None for those of the process.

    >>> main(["cmocs", "--search", "no such words"])
    0 of 110 configurations
    0
    """
    _tolerant()
    try:
        with warnings.catch_warnings():
            if not sys.warnoptions:
                warnings.simplefilter("ignore")
            args = parse(sys.argv[1:] if argv is None else list(argv))
            status: int = args.run(args)
        sys.stdout.flush()
    except CmocnetError as error:
        faults = error.faults if isinstance(error, ReviewError) else (error,)
        return max(_failed(str(fault), WRONG) for fault in faults)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    except BrokenPipeError:
        return _closed()
    except SystemExit as leaving:  # argparse after --help and --version
        return leaving.code if isinstance(leaving.code, int) else 0
    except Exception as error:
        if "CMOCNET_DEBUG" in os.environ:
            raise
        what = f"a defect of the program, {type(error).__name__}: {error}"
        return _failed(f"{what} (CMOCNET_DEBUG=1 shows where)", DEFECT)
    return status


def _failed(message: str, status: int) -> int:
    print("cmocnet:", " ".join(message.split()), file=sys.stderr)
    return status


def _closed() -> int:
    """Whoever read our output has gone: leave without a word, also when Python flushes at exit."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return CLOSED


def _tolerant() -> None:
    """Let a terminal that lacks a letter show a question mark rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
