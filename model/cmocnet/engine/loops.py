"""Which loops run: those that Numba compiles, or NumPy's where importing Numba costs more.

Numba's import and the loading of compiled loops take half a second; a first question needs less.
Where Numba is not installed, NumPy's loops answer everything, more slowly.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

from cmocnet.extras import installed

COLD = 50_000_000
"""So many multiply-adds of batches are made with NumPy before Numba is worth importing."""

_made = 0


def expect() -> None:
    """Make every batch from here on with the compiled loops, where there are any."""
    global _made  # noqa: PLW0603  # what counts is this process, as an import does
    _made = COLD + 1


@cache
def compiling() -> bool:
    """Whether there is a Numba to compile with; looked for once, as every question asks it."""
    return installed("numba")


def ready() -> bool:
    """Whether the compiled loops were imported already, so that one more run costs nothing."""
    return f"{__package__}.kernels" in sys.modules


@cache
def kernels() -> Any:
    """The compiled loops, imported when first wanted."""
    from cmocnet.engine import kernels

    return kernels


def of_batch(work: int) -> Any:
    """The module of loops for a batch of so many multiply-adds."""
    global _made  # noqa: PLW0603  # as above
    _made += work
    if compiling() and (ready() or _made > COLD):
        return kernels()
    from cmocnet.engine import abreast

    return abreast
