"""Hugin's NET language: read strictly, and written.

Nodes have a name, which is an identifier, and may have a label. ``data`` runs through the node's
own states fastest, then through the last parent's. What is no discrete chance node with a table
of numbers (continuous, utility, decision and function nodes, expressions, classes) is refused by
name. Source: Hugin API Reference Manual, chapter The NET language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

from cmocnet.formats.drafts import Draft
from cmocnet.formats.names import held, identifiers, labelled, plain
from cmocnet.formats.numbers import Numbers, Rows, printed
from cmocnet.formats.places import Text, Word, fail, shown
from cmocnet.formats.scanner import Scanner, tokens
from cmocnet.typing import Array, DiscreteNetwork

TOKENS = tokens(
    skip=r"\s++|%[^\r\n]*+",
    mark=r"[{}()=;|,]",
    word=r'[^\s{}()=;|,"%\x00-\x1f\x7f]++',
    string=r'"[^"]*+"',
)
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
STATE = re.compile(r'[^"\x00-\x1f\x7f\ud800-\udfff]*')
REFUSED = {
    "continuous": "a continuous node",
    "decision": "a decision node",
    "utility": "a utility node",
    "function": "a function node",
    "class": "an object-oriented network",
    "instance": "an instance of another network",
    "temporal": "a node in time",
}
BEGINNINGS = ("net", "node", "discrete", "potential")


class Potential(NamedTuple):
    """A table before its names are looked up."""

    child: Word
    parents: list[Word]
    at: int
    data: Numbers
    groups: list[int]


def read(source: Text, labels: bool = False) -> Draft:
    """The network of a NET text; errors are as of :func:`cmocnet.formats.read`."""
    s = Scanner(source, TOKENS)
    draft = Draft(source)
    called: dict[str, str] = {}
    potentials = []
    if not s.is_word("net", *REFUSED):
        s.unexpected("net, with which Hugin's NET begins", BEGINNINGS)
    while s.kind != "end":
        if s.is_word("net"):
            s.advance()
            _braces(s, "net")
        elif s.is_word("node", "discrete"):
            _node(s, draft, called, labels)
        elif s.is_word("potential"):
            potentials.append(_potential(s))
        elif s.is_word(*REFUSED):
            s.fail(REFUSED[s.text], "discrete nodes with tables of numbers")
        else:
            s.unexpected("node, potential, or the end of the file", BEGINNINGS)
    for potential in potentials:
        _define(draft, potential, called)
    return draft


def _node(s: Scanner, draft: Draft, called: dict[str, str], labels: bool) -> None:
    """``node NAME { states = (...); label = "..."; ... }``."""
    if s.is_word("discrete"):
        s.advance()
    if not s.is_word("node"):
        s.unexpected("node", ("node",))
    s.advance()
    name = _identifier(s)
    values = _braces(s, f"node {name.text}")
    if name.text in called:
        fail(f"node {shown(name.text)} stands twice", draft.place(name.at))
    if "states" not in values:
        fail(
            f"node {shown(name.text)} has no states", draft.place(name.at), 'states = ("..." ...);'
        )
    states = [word for word in values["states"] if not _bracket(word)]
    label = values.get("label", [])
    called[name.text] = label[0].text if labels and label and label[0].text else name.text
    draft.declare(Word(called[name.text], name.at), states)


def _identifier(s: Scanner) -> Word:
    if s.kind != "word" or not IDENTIFIER.fullmatch(s.text):
        s.unexpected("a name of letters, digits and underscores")
    return s.advance()


def _braces(s: Scanner, of: str) -> dict[str, list[Word]]:
    """``{ name = value; ... }``: every value as its words, strings and brackets."""
    s.expect("{", f"after {of}")
    found: dict[str, list[Word]] = {}
    while s.kind != "}":
        name = _attribute(s, of, found)
        found[name.text] = list(_value(s))
    s.advance()
    return found


def _attribute(s: Scanner, of: str, seen: Mapping[str, object]) -> Word:
    """The name of an attribute and its equals sign; one that stands twice is refused."""
    if s.kind != "word" or not IDENTIFIER.fullmatch(s.text):
        s.unexpected(f"the name of an attribute, or }} to end {of}")
    if s.text in seen:
        s.fail(f"a second {s.text} of {of}")
    name = s.advance()
    s.expect("=", f"after {name.text}")
    return name


def _value(s: Scanner) -> Iterator[Word]:
    """The parts of a value up to its semicolon, brackets in pairs."""
    depth = 0
    while s.kind != ";" or depth:
        if s.kind not in {"word", "string", "(", ")", ","}:
            s.unexpected(") to close the bracket" if depth else "a value, and then ;")
        depth += (s.kind == "(") - (s.kind == ")")
        if depth < 0:
            s.unexpected("; to end the value")
        yield s.advance()
    s.advance()


def _potential(s: Scanner) -> Potential:
    """``potential ( child | parents ) { data = (...); }``."""
    at = s.advance().at
    s.expect("(", "after potential")
    child = _identifier(s)
    parents = []
    if s.kind == "|":
        s.advance()
        while s.kind != ")":
            parents.append(_identifier(s))
    s.expect(")", "after the parents" if parents else "after the one child of a potential")
    s.expect("{", "after the heading of a potential")
    seen: dict[str, int] = {}
    table = None
    while s.kind != "}":
        name = _attribute(s, f"potential of {child.text}", seen)
        seen[name.text] = name.at
        if name.text == "data":
            table = _data(s)
        else:
            for _ in _value(s):
                pass
    s.advance()
    if table is None:
        model = sorted(n for n in seen if n.startswith("model"))
        what = f"the table of {shown(child.text)} is not given in numbers"
        fail(f"{what} but by {model[0]}" if model else what, s.source.place(at), "data = (...);")
    return Potential(child, parents, at, *table)


def _data(s: Scanner) -> tuple[Numbers, list[int]]:
    """The numbers of a table, and how many stand in each innermost bracket."""
    if s.kind != "(":
        s.unexpected("( before the numbers")
    groups: list[int] = []

    def counted() -> Iterator[Word]:
        for mark, words in groupby(_value(s), _bracket):
            if not mark:
                groups.append(0)
                for word in words:
                    groups[-1] += 1
                    yield word

    return Numbers.of(counted(), s.source.place), groups


def _bracket(word: Word) -> bool:
    return not word.quoted and word.text in {"(", ")"}


def _define(draft: Draft, potential: Potential, called: Mapping[str, str]) -> None:
    """Look the names of a potential up, and hold its numbers to the states."""
    words = (potential.child, *potential.parents)
    child, *parents = (Word(called[draft.known(w, called, "node")], w.at) for w in words)
    shape = draft.head(child, parents)
    draft.count(child, shape, len(potential.data), potential.at)
    wrong = [group for group in potential.groups if group != shape[-1]]
    if wrong and len(potential.groups) > 1:
        what = f"{wrong[0]} numbers in a bracket of the table of {shown(child.text)}"
        fail(what, draft.place(potential.at), f"{shape[-1]}, one a state")
    draft.define(child, parents, Rows.of(potential.data, shape))


def text(network: DiscreteNetwork, title: str, labels: Mapping[str, str]) -> str:
    """The network as NET: names become identifiers, states stand in quotation marks."""
    ids = identifiers(network.names, IDENTIFIER, "NET")
    called = labelled(network.names, labels, "NET")
    held(network, STATE, "NET", "no quotation marks or line breaks")
    lines = ["net", "{", f'  name = "{_unquoted(title)}";', "}"]
    for name, states in network.states.items():
        listed = " ".join(f'"{state}"' for state in states)
        lines += [f"node {ids[name]}", "{", f"  states = ({listed});"]
        lines += [f'  label = "{_unquoted(called[name])}";', "}"]
    for name, table in network.tables.items():
        given = " | " + " ".join(ids[p] for p in table.parents) if table.parents else ""
        lines += [f"potential ({ids[name]}{given})", "{", f"  data = {_nested(table.values)};", "}"]
    return "\n".join(lines) + "\n"


def _nested(values: Array) -> str:
    """A table in brackets, one pair an axis."""
    parts = [f"({row})" for row in printed(values)]
    for side in reversed(values.shape[:-1]):
        pairs = range(0, len(parts), side)
        parts = ["(" + "\n    ".join(parts[i : i + side]) + ")" for i in pairs]
    return parts[0]


def _unquoted(words: str) -> str:
    return plain(words.replace('"', "'"))
