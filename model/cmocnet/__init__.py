"""A realist review's configurations as a causal Bayesian network, answered exactly.

>>> import cmocnet
>>> net = cmocnet.load()
>>> net.resolve("higher cultural compatibility")
('cultural_compatibility', 'high')

Importing this package imports neither pgmpy nor streamlit; each is loaded where it is asked for.
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
    from cmocnet.network import load as load

__version__ = "0.1.0"
__all__ = ["Answer", "CmocnetError", "Network", "__version__", "engine", "errors", "load"]

_HOME = {
    "Answer": "cmocnet.answer",
    "CmocnetError": "cmocnet.errors",
    "Network": "cmocnet.network",
    "load": "cmocnet.network",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for, so that importing the package is quick."""
    if name in ("engine", "errors"):
        return import_module(f"cmocnet.{name}")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'cmocnet' has no attribute {name!r}")
