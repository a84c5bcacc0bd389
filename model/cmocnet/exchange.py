"""Hand the network to others: pgmpy models, and files at full precision."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cmocnet import formats
from cmocnet.extras import require
from cmocnet.typing import DiscreteNetwork
from cmocnet.writing import write_whole

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork


def to_pgmpy(network: DiscreteNetwork) -> DiscreteBayesianNetwork:
    """The network as a pgmpy ``DiscreteBayesianNetwork`` with named states.

    pgmpy's tables are (cardinality, product of the parents' cardinalities), parents in our order,
    the last one fastest.

    Raises
    ------
    CmocnetError
        pgmpy, which comes with the extra ``pgmpy``, is not installed.
    """
    require("pgmpy", "pgmpy")
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    model: Any = DiscreteBayesianNetwork()
    model.add_nodes_from(network.names)
    model.add_edges_from(network.arcs)
    for name, table in network.tables.items():
        cards = [network.cardinality(p) for p in table.parents]
        own = network.cardinality(name)
        model.add_cpds(
            TabularCPD(
                name,
                own,
                np.moveaxis(table.values, -1, 0).reshape(own, -1),
                evidence=list(table.parents) or None,
                evidence_card=cards or None,
                state_names={n: list(network.states[n]) for n in (name, *table.parents)},
            )
        )
    return model


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
