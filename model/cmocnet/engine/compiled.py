"""Loops compiled by Numba, kept between runs so that only the first one waits for the compiler.

Numba's own cache fails where neither the package's folder nor the home can be written, where the
disk is full, and on a damaged file; and it does not notice a loop that changed in another file.
This one keeps each compiled loop with a checksum (see :mod:`cmocnet.keeping`), under a name made of
all of this package's loops and tables, the types, the processor and the versions. What cannot be
kept or used is compiled anew.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from cmocnet import keeping

_result: Any = CompileResult
_dumps: Any = dumps


def compiled(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """A loop compiled when first called, without Python's lock; options as of ``numba.njit``."""

    def decorate(function: Callable[..., Any]) -> Any:
        loop = numba.njit(nogil=True, **options)(function)
        loop._cache = Kept(function)
        return loop

    return decorate


class Kept:
    """What Numba asks of a cache: one function's compiled forms, by their types."""

    cache_path = None

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def load_overload(self, types: Any, context: Any) -> Any:
        """The form for these types, or None where it must be compiled."""
        context.refresh()
        name = self._name(types, context.codegen())
        found = keeping.fetch(name, home=True)
        if found is None:
            return None
        try:
            return _result._rebuild(context, *pickle.loads(found))
        except Exception:  # whatever another build of the compiler makes of it
            keeping.doubt(name, home=True)
            return None

    def save_overload(self, types: Any, result: Any) -> None:
        """Keep a compiled form."""
        if result.library.has_dynamic_globals or any(not x.can_cache for x in result.lifted):
            return
        data = _dumps(result._reduce())
        keeping.keep(self._name(types, result.codegen), data, home=True)

    def flush(self) -> None:
        """Forget what is kept; nothing, as names tell what is out of date."""

    def _name(self, types: Any, codegen: Any) -> str:
        code = self.function.__code__
        own = (code.co_code, code.co_consts, code.co_names)
        versions = (codegen.magic_tuple(), numba.__version__, sys.version)
        parts = (types, own, versions, _sources())
        digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:32]
        return f"{digest}-{self.function.__name__}"


@cache
def _sources() -> str:
    """A digest of this folder's code, any of which may stand in a compiled loop."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
