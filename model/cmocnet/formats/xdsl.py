"""XDSL, the format of GeNIe and SMILE: read strictly, and written.

A node's ``id`` is its name; what GeNIe shows, and what pyAgrum calls the node, is its label in the
``extensions``. ``probabilities`` run through the node's own states fastest, then through the last
parent's. aGrUM alone writes the first parent fastest: a file that says it is aGrUM's is read so,
and that is told. Nodes that are no tables (noisy-MAX, decision, utility, equation) are refused by
kind. Source: SMILE documentation, XDSL file format.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Mapping
from math import prod

import numpy as np

from cmocnet.formats.drafts import Draft
from cmocnet.formats.names import identifiers, labelled, plain
from cmocnet.formats.numbers import Numbers, Rows, printed
from cmocnet.formats.places import Word, fail, shown
from cmocnet.formats.xml_tree import Document, Element, one, only, words
from cmocnet.typing import DiscreteNetwork

IDENTIFIER = re.compile(r"[A-Za-z0-9_]+")
READ = ("cpt", "deterministic")
PARTS = ("state", "parents", "probabilities", "resultingstates", "property")
AGRUM = "read with the first parent fastest, as aGrUM writes it; GeNIe reads the last one so"


def read(source: Document, labels: bool = False) -> Draft:
    """The network of an XDSL document; errors are as of :func:`cmocnet.formats.read`."""
    draft = Draft(source)
    root = source.outermost("smile", "XDSL")
    only(source, root, ("nodes", "extensions", "dynamic", "properties", "documentation"))
    for moving in root.every("dynamic"):
        fail("a network in time", source.place(moving.at), "a network without <dynamic>")
    nodes = one(source, root, "nodes").inside
    for stray in one(source, root, "nodes").words():
        fail(f"<nodes> holds the text {shown(stray.text)}", source.place(stray.at), "elements")
    called = _called(source, root, nodes, labels)
    for node in nodes:
        _declare(source, draft, node, called)
    apps = [genie.attributes.get("app", "") for genie in _within(root.every("extensions"), "genie")]
    turned = any(app.startswith("aGrUM") for app in apps)
    for node in nodes:
        _define(source, draft, node, called, turned)
    if turned and any(len(table.parents) > 1 for table in draft.tables.values()):
        draft.notes.append(AGRUM)
    return draft


def _called(source: Document, root: Element, nodes: list[Element], labels: bool) -> dict[str, str]:
    """What every identifier is called: itself, or its label."""
    called: dict[str, str] = {}
    for node in nodes:
        if node.tag not in READ:
            where = source.place(node.at)
            name = shown(node.attributes.get("id", ""))
            fail(f"node {name} is of the kind {node.tag[:40]}", where, " or ".join(READ))
        name = _id(source, node).text
        if name in called:
            fail(f"node {shown(name)} stands twice", source.place(node.at))
        called[name] = name
    if labels:
        shown_as = {n.attributes.get("id"): n for n in _within(root.every("extensions"), "node")}
        for name in called:
            label = shown_as[name].every("name") if name in shown_as else []
            called[name] = (label[0].text if label else "") or name
    return called


def _within(elements: Iterable[Element], tag: str) -> Iterator[Element]:
    """Every element of a kind in others, however deep."""
    for element in elements:
        if element.tag == tag:
            yield element
        yield from _within(element.inside, tag)


def _id(source: Document, element: Element) -> Word:
    """The identifier of a node or state, which cannot hold a blank: lists are parted by them."""
    name = element.attributes.get("id", "")
    if not name or name.split() != [name]:
        what = f"<{element.tag}> has the id {shown(name)}" if name else f"<{element.tag}> has no id"
        fail(what, source.place(element.at), "an identifier without blanks")
    return Word(name, element.at)


def _declare(source: Document, draft: Draft, node: Element, called: Mapping[str, str]) -> None:
    only(source, node, PARTS)
    for state in node.every("state"):
        only(source, state, ())
    name = _id(source, node)
    draft.declare(Word(called[name.text], name.at), [_id(source, s) for s in node.every("state")])


def _define(
    source: Document, draft: Draft, node: Element, called: Mapping[str, str], turned: bool
) -> None:
    child = Word(called[node.attributes["id"]], node.at)
    parents = []
    if node.every("parents"):
        for word in words(source, one(source, node, "parents")):
            parents.append(Word(called[draft.known(word, called, "parent")], word.at))
    shape = draft.head(child, parents)
    certain = node.tag == "deterministic"
    given = one(source, node, "resultingstates" if certain else "probabilities")
    if certain:
        numbers = _certain(source, draft, given, child, shape)
    else:
        numbers = Numbers.of(words(source, given), source.place)
        draft.count(child, shape, len(numbers), given.at)
    axes = (*reversed(range(len(parents))), len(parents)) if turned else ()
    draft.define(child, parents, Rows.of(numbers, shape, axes))


def _certain(
    source: Document, draft: Draft, given: Element, child: Word, shape: tuple[int, ...]
) -> Numbers:
    """The table of a node whose state is certain for every configuration."""
    listed, many = list(words(source, given)), prod(shape[:-1])
    if len(listed) != many:
        what = f"{len(listed)} resulting states of {shown(child.text)}"
        fail(what, source.place(given.at), str(many))
    values = np.zeros((many, shape[-1]))
    values[np.arange(many), [draft.state(child.text, word) for word in listed]] = 1
    spots = np.repeat([word.at for word in listed], shape[-1])
    return Numbers(values.ravel(), np.zeros(values.size, dtype=np.int16), spots)


def text(network: DiscreteNetwork, title: str, labels: Mapping[str, str]) -> str:
    """The network as XDSL: names and states become identifiers, labels stand in ``extensions``."""
    ids = identifiers(network.names, IDENTIFIER, "XDSL")
    called = labelled(network.names, labels, "XDSL")
    root = ET.Element("smile", version="1.0", id="cmocnet", numsamples="10000", discsamples="10000")
    nodes = ET.SubElement(root, "nodes")
    for name, table in network.tables.items():
        node = ET.SubElement(nodes, "cpt", id=ids[name])
        for state in identifiers(network.states[name], IDENTIFIER, "XDSL").values():
            ET.SubElement(node, "state", id=state)
        if table.parents:
            ET.SubElement(node, "parents").text = " ".join(ids[p] for p in table.parents)
        ET.SubElement(node, "probabilities").text = " ".join(printed(table.values))
    extensions = ET.SubElement(root, "extensions")
    genie = ET.SubElement(extensions, "genie", version="1.0", app="cmocnet", name=plain(title))
    for number, name in enumerate(network.names):
        _drawn(genie, ids[name], called[name], number)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _drawn(genie: ET.Element, identifier: str, label: str, number: int) -> None:
    """Where GeNIe shows a node, eight in a row, and what it writes on it."""
    node = ET.SubElement(genie, "node", id=identifier)
    ET.SubElement(node, "name").text = label
    ET.SubElement(node, "interior", color="e5f6f7")
    ET.SubElement(node, "outline", color="000080")
    ET.SubElement(node, "font", color="000000", name="Arial", size="8")
    left, top = 20 + 170 * (number % 8), 20 + 80 * (number // 8)
    ET.SubElement(node, "position").text = f"{left} {top} {left + 150} {top + 50}"
