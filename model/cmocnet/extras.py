"""Libraries that come with an extra of this package: looked for before they are imported.

``pip install cmocnet`` brings what a question needs; each extra, what one kind of work needs more.
CONTRIBUTING says which library belongs to which.
"""

from __future__ import annotations

from importlib.util import find_spec

from cmocnet.errors import CmocnetError


def installed(library: str) -> bool:
    """Whether a library can be imported, now; it is not imported for that.

    >>> installed("json"), installed("no_such_library")
    (True, False)
    """
    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):  # somebody keeps it from being found
        return False


def require(library: str, extra: str) -> None:
    """Nothing where the library is installed; where not, a CmocnetError that says what to install.

    >>> require("json", "app")
    >>> require("no_such_one", "app")
    Traceback (most recent call last):
        ...
    cmocnet.errors.CmocnetError: no_such_one is not installed; expected pip install "cmocnet[app]"
    """
    if not installed(library):
        raise missing(f"{library} is not installed", extra)


def missing(what: str, extra: str) -> CmocnetError:
    """The error for work that cannot be done without an extra."""
    return CmocnetError(what, expected=f'pip install "cmocnet[{extra}]"')
