"""Floor 1: files -> frozen records. What a review says, read strictly and checked whole.

``read(path)`` returns a :class:`Review`; nothing here computes a probability. The readers, and
PyYAML with them, are loaded when something is read: a review that was kept needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cmocnet.registry.address import Address
from cmocnet.registry.judged import Judgement
from cmocnet.registry.records import Cmoc, Review, Situation, Source
from cmocnet.registry.texts import bundled
from cmocnet.registry.variable import Variable

if TYPE_CHECKING:
    from cmocnet.registry.reading import read as read

__all__ = [
    "Address",
    "Cmoc",
    "Judgement",
    "Review",
    "Situation",
    "Source",
    "Variable",
    "bundled",
    "read",
]


def __getattr__(name: str) -> Any:
    """``read``, when it is first asked for."""
    if name == "read":
        from cmocnet.registry.reading import read

        return read
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
