"""Hand the network to others: pgmpy models, and files at full precision."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cmocnet import formats
from cmocnet.engine.reference import to_pgmpy
from cmocnet.typing import DiscreteNetwork
from cmocnet.writing import write_whole

__all__ = ["save", "to_pgmpy"]


def save(
    network: DiscreteNetwork,
    path: str | Path,
    *,
    title: str = "",
    labels: Mapping[str, str] | None = None,
) -> None:
    """Write a network whole or not at all, in the format that the ending of the name says.

    Every format that :func:`cmocnet.engine.read` reads is written: ``.bif``, ``.xdsl``,
    ``.xmlbif`` (also ``.bifxml``, ``.xml``), ``.net`` and ``.uai``. Every probability reads back to
    the same double, and every name to itself, with two exceptions: UAI holds no names, so that its
    variables are v0, v1, ... in the network's order; and where names are identifiers, in XDSL and
    NET, the ``@`` of ``trust@2`` is written ``_round_``.

    Parameters
    ----------
    network
        Any discrete network.
    path
        The file. One that is there is replaced.
    title
        The name of the network.
    labels
        What programs show for the nodes of XDSL and NET. pyAgrum *calls* the nodes of an XDSL file
        by their labels: leave them out, and it calls them by their names.

    Raises
    ------
    FileError
        If the ending is unknown, with those that are known, or the file cannot be written.
    ModelError
        If the format cannot hold a name, or two labels are alike.

    >>> import cmocnet
    >>> save(cmocnet.load().discrete, "network.docx")
    Traceback (most recent call last):
        ...
    cmocnet.errors.FileError: network.docx: an unknown ending '.docx'; expected .bif, .xdsl, ...
    """
    text = formats.text(network, path, title=title, labels=labels)
    write_whole(Path(path), text)
