"""A realist review's configurations as a causal Bayesian network, answered exactly.

>>> import cmocnet
>>> net = cmocnet.load()
>>> net.resolve("higher cultural compatibility")
('cultural_compatibility', 'high')

Importing this package imports no other library; each is loaded where it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cmocnet import engine as engine
    from cmocnet import errors as errors
    from cmocnet.answer import Answer as Answer
    from cmocnet.errors import CmocnetError as CmocnetError
    from cmocnet.network import Network as Network
    from cmocnet.network import Question as Question
    from cmocnet.network import load as load

__version__ = "0.1.0"
_HOME = {
    "Answer": "cmocnet.answer",
    "CmocnetError": "cmocnet.errors",
    "Network": "cmocnet.network",
    "Question": "cmocnet.network",
    "engine": "cmocnet.engine",
    "errors": "cmocnet.errors",
    "load": "cmocnet.network",
}
"""Everything public: where each name is defined, or the module that it is."""

__all__ = ["__version__", *_HOME]  # noqa: PLE0604  # the keys are strings


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for, so that importing the package is quick."""
    if name not in _HOME:
        raise AttributeError(f"module 'cmocnet' has no attribute {name!r}")
    home = import_module(_HOME[name])
    return home if _HOME[name] == f"cmocnet.{name}" else getattr(home, name)


def __dir__() -> list[str]:
    """What is public, and nothing that this file needs itself."""
    return sorted(__all__)
