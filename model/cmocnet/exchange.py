"""Hand the network to others: pgmpy models, and XDSL files at full precision."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cmocnet.typing import DiscreteNetwork

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork


def to_pgmpy(network: DiscreteNetwork) -> DiscreteBayesianNetwork:
    """The network as a pgmpy ``DiscreteBayesianNetwork`` with named states.

    pgmpy's tables are (cardinality, product of the parents' cardinalities), parents in our order,
    the last one fastest.
    """
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


def xdsl(network: DiscreteNetwork, title: str, labels: Mapping[str, str] | None = None) -> str:
    """The network as an XDSL (GeNIe) document; every probability reads back to the same double."""
    root = ET.Element("smile", version="1.0", id="cmocnet", numsamples="10000", discsamples="10000")
    nodes = ET.SubElement(root, "nodes")
    for name, table in network.tables.items():
        node = ET.SubElement(nodes, "cpt", id=_identifier(name))
        for state in network.states[name]:
            ET.SubElement(node, "state", id=_identifier(state))
        if table.parents:
            ET.SubElement(node, "parents").text = " ".join(map(_identifier, table.parents))
        numbers = " ".join(repr(float(v)) for v in table.values.ravel())
        ET.SubElement(node, "probabilities").text = numbers
    extensions = ET.SubElement(root, "extensions")
    genie = ET.SubElement(extensions, "genie", version="1.0", app="cmocnet", name=title)
    for number, name in enumerate(network.names):
        node = ET.SubElement(genie, "node", id=_identifier(name))
        ET.SubElement(node, "name").text = (labels or {}).get(name, name)
        ET.SubElement(node, "interior", color="e5f6f7")
        ET.SubElement(node, "outline", color="000080")
        ET.SubElement(node, "font", color="000000", name="Arial", size="8")
        left, top = 20 + 170 * (number % 8), 20 + 80 * (number // 8)
        ET.SubElement(node, "position").text = f"{left} {top} {left + 150} {top + 50}"
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _identifier(name: str) -> str:
    """XDSL identifiers hold letters, digits and underscores only."""
    return name.replace("@", "_round_")
