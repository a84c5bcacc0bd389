"""Files of Bayesian networks: BIF, XDSL, XMLBIF, Hugin's NET and UAI, read strictly and written.

Every character of a file is accounted for: it is part of the network, or a comment, property or
layout that says nothing of the probabilities, or it is refused with its line and column. Numbers
are read to the nearest double and written so that they read back to the same one. The readers are
our own because the maintained ones are not exact: pyAgrum keeps tables of BIF and NET in single
precision, and pgmpy skips what its patterns do not match. The module of a format, which has its
name, is loaded with the first file of it.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmocnet.formats import opening
from cmocnet.formats.opening import ENDINGS, kind
from cmocnet.parts import whole
from cmocnet.typing import DiscreteNetwork

if TYPE_CHECKING:
    from cmocnet.formats.drafts import Draft
    from cmocnet.formats.places import Source

__all__ = ["ENDINGS", "NetworkWarning", "kind", "read", "text"]

DOCUMENTS = ("XDSL", "XMLBIF")
"""The formats that are XML; the others are plain text."""


class NetworkWarning(UserWarning):
    """Something in a file was read otherwise than it stands, and right all the same."""


def read(path: str | Path, *, labels: bool = False) -> DiscreteNetwork:
    """The network in a file, in the format that its ending names.

    Parameters
    ----------
    path
        A regular file of at most 32 MiB whose name ends in one of :data:`ENDINGS`.
    labels
        Call the nodes of XDSL and NET by their labels, as pyAgrum does with XDSL, instead of by
        their identifiers. The other formats hold no labels.

    Warns
    -----
    NetworkWarning
        Once a file, where rows did not sum to one because of how they are rounded: they are
        rescaled, and the first are named.

    Raises
    ------
    FileError
        With file, line and column, what was expected, and the nearest valid thing.
    """
    place = Path(path)
    format_ = kind(place)
    data = opening.contents(place)
    opening.foreign(place, data)
    if format_ in DOCUMENTS:
        from cmocnet.formats.xml_tree import Document

        source: Source = Document(str(place), data)
    else:
        source = opening.text(place, data)
    draft: Draft = _module(format_).read(source, labels)
    network = draft.network()
    if told := draft.told():
        warnings.warn(f"{place}: {told}", NetworkWarning, stacklevel=2)
    return network


def text(
    network: DiscreteNetwork,
    path: str | Path,
    *,
    title: str = "",
    labels: Mapping[str, str] | None = None,
) -> str:
    """The network in the format that the ending of ``path`` names; nothing is written.

    Every number reads back to the same double.

    Parameters
    ----------
    network
        Any discrete network; hidden variables in it become plain ones (:func:`.parts.whole`).
    path
        The file it shall go to; only its ending counts.
    title
        The name of the network.
    labels
        What the nodes of XDSL and NET are shown as; their names where there is none.

    Raises
    ------
    FileError
        If the ending is unknown, with those that are known.
    ModelError
        If the format cannot hold a name, a state or a label, or would make two alike.

    >>> import numpy as np
    >>> from cmocnet.typing import Table
    >>> tables = {"coin": Table("coin", (), np.array([0.5, 0.5]))}
    >>> print(text(DiscreteNetwork({"coin": ("heads", "tails")}, tables), "coin.uai"))
    BAYES
    1
    2
    1
    1 0
    <BLANKLINE>
    2
    0.5 0.5
    <BLANKLINE>
    """
    format_ = kind(Path(path))
    written: str = _module(format_).text(whole(network), title, labels or {})
    return written


def _module(format_: str) -> Any:
    """The reader and writer of a format."""
    return import_module(f"{__name__}.{format_.lower()}")
