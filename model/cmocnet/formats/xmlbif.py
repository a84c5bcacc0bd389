"""XMLBIF 0.3: read strictly, and written.

``TABLE`` runs through the variable's own states fastest, then through the last ``GIVEN``.
Source: Cozman, The Interchange Format for Bayesian Networks, XML version 0.3 (1998).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from cmocnet.formats.drafts import Draft
from cmocnet.formats.names import held, plain
from cmocnet.formats.numbers import Numbers, Rows, printed
from cmocnet.formats.places import fail, shown
from cmocnet.formats.xml_tree import Document, Element, content, one, only, words
from cmocnet.typing import DiscreteNetwork

NAME = re.compile(r"(?!\s)[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]*(?<!\s)")
PARTS = ("NAME", "PROPERTY", "VARIABLE", "DEFINITION")


def read(source: Document, labels: bool = False) -> Draft:
    """The network of an XMLBIF document; errors are as of :func:`cmocnet.formats.read`."""
    draft = Draft(source)
    root = source.outermost("BIF", "XMLBIF")
    only(source, root, ("NETWORK",))
    version = root.attributes.get("VERSION", "0.3")
    if version != "0.3":
        fail(f"XMLBIF version {shown(version)}", source.place(root.at), "0.3")
    network = one(source, root, "NETWORK")
    only(source, network, PARTS, attributes=())
    for element in network.every("VARIABLE"):
        _variable(source, draft, element)
    for element in network.every("DEFINITION"):
        _definition(source, draft, element)
    return draft


def _variable(source: Document, draft: Draft, element: Element) -> None:
    only(source, element, ("NAME", "OUTCOME", "PROPERTY"), attributes=("TYPE",))
    kind = element.attributes.get("TYPE", "nature")
    name = content(source, one(source, element, "NAME"))
    if kind != "nature":
        what = f"{shown(name.text)} is a {kind} variable"
        fail(what, source.place(element.at), "nature, a variable of chance")
    draft.declare(name, [content(source, outcome) for outcome in element.every("OUTCOME")])


def _definition(source: Document, draft: Draft, element: Element) -> None:
    only(source, element, ("FOR", "GIVEN", "TABLE", "PROPERTY"), attributes=())
    child = content(source, one(source, element, "FOR"))
    parents = [content(source, given) for given in element.every("GIVEN")]
    table = one(source, element, "TABLE")
    numbers = Numbers.of(words(source, table), source.place)
    shape = draft.head(child, parents)
    draft.count(child, shape, len(numbers), table.at)
    draft.define(child, parents, Rows.of(numbers, shape))


def text(network: DiscreteNetwork, title: str, labels: Mapping[str, str]) -> str:
    """The network as XMLBIF, with no blank at the ends of names: readers strip them."""
    held(network, NAME, "XMLBIF", "no line breaks, and no blanks at the ends")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<BIF VERSION="0.3">', "<NETWORK>"]
    lines.append(f"<NAME>{escape(plain(title))}</NAME>")
    for name, states in network.states.items():
        lines += ['<VARIABLE TYPE="nature">', f"  <NAME>{escape(name)}</NAME>"]
        lines += [f"  <OUTCOME>{escape(state)}</OUTCOME>" for state in states]
        lines.append("</VARIABLE>")
    for name, table in network.tables.items():
        lines += ["<DEFINITION>", f"  <FOR>{escape(name)}</FOR>"]
        lines += [f"  <GIVEN>{escape(parent)}</GIVEN>" for parent in table.parents]
        numbers = "\n    ".join(printed(table.values))
        lines += [f"  <TABLE>\n    {numbers}\n  </TABLE>", "</DEFINITION>"]
    return "\n".join([*lines, "</NETWORK>", "</BIF>"]) + "\n"
