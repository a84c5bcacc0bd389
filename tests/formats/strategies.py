"""Random small networks, and files of them in every legal layout, written by a writer of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from xml.sax.saxutils import escape

import numpy as np
from hypothesis import strategies as st

from cmocnet.typing import DiscreteNetwork, Table

FAR = ("alpha", "brick", "crane", "dolmen", "Alpha")
"""Names of which no change of one letter makes another."""
ODD = ("a b", "table", "a-1", "3.5", "network", "<5", "é", "yes/no", "A B", "default", "|x", "x{}")
NUMBERS: tuple[Callable[[float], str], ...] = (
    lambda x: repr(float(x)),
    "{:.17e}".format,
    "{:.18E}".format,
    lambda x: format(Decimal(float(x)), "f"),
)
"""Ways to print a double so that it reads back to itself."""


@st.composite
def networks(draw, names: Iterable[str] = FAR, exact: bool = False) -> DiscreteNetwork:
    """Up to four variables of two or three states, parents first, tables of doubles."""
    chosen = draw(st.lists(st.sampled_from(sorted(names)), min_size=1, max_size=4, unique=True))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    states, tables = {}, {}
    for number, name in enumerate(chosen):
        parents = (
            tuple(draw(st.lists(st.sampled_from(chosen[:number]), max_size=3, unique=True)))
            if number
            else ()
        )
        own = draw(st.integers(2, 3))
        states[name] = tuple(f"{letter * 3}{number}" for letter in "pqr"[:own])
        shape = (*(len(states[p]) for p in parents), own)
        values = rng.dirichlet(np.ones(own), size=shape[:-1])
        if not exact and draw(st.booleans()):
            values = np.eye(own)[rng.integers(own, size=shape[:-1])]
        tables[name] = Table(name, parents, np.asarray(values).reshape(shape))
    return DiscreteNetwork(states, tables)


def same(one: DiscreteNetwork, other: DiscreteNetwork) -> bool:
    """Are names, states, parents and every double equal?"""
    return dict(one.states) == dict(other.states) and all(
        table.parents == other.tables[name].parents
        and np.array_equal(table.values, other.tables[name].values)
        for name, table in one.tables.items()
    )


def _joined(draw, parts: Iterable[str], blanks: tuple[str, ...]) -> str:
    """Parts with random blanks and comments between them."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return "".join(part + blanks[rng.integers(len(blanks))] for part in parts)


def _quoted(draw, name: str) -> str:
    plain = name.replace("-", "").replace(".", "").isalnum() and name.isascii()
    return name if plain and draw(st.booleans()) else f'"{name}"'


@st.composite
def bif(draw, network: DiscreteNetwork) -> str:
    """A BIF text: blocks and rows in any order, defaults, tables, properties, comments."""
    blocks = [list(_variable(draw, name, states)) for name, states in network.states.items()]
    blocks += [list(_probability(draw, network, table)) for table in network.tables.values()]
    head = [
        "network",
        draw(st.sampled_from(['"a; b"', "n", "two words"])),
        "{",
        *_properties(draw),
        "}",
    ]
    parts = itertools.chain(head, *draw(st.permutations(blocks)))
    blanks = (" ", "\n", "\r\n", "\t", " // note { ;\n", " /* ( , */ ", "\n\n  ")
    last = draw(st.sampled_from(["", "\n", " // the end"]))
    bom = draw(st.sampled_from(["", "\ufeff"]))
    return bom + _joined(draw, parts, blanks).rstrip() + last


def _properties(draw) -> Iterator[str]:
    texts = st.sampled_from(
        ["property size 12;", 'property "a; {b}";', "property note = one variable of many ;"]
    )
    yield from draw(st.lists(texts, max_size=2))


def _variable(draw, name: str, states: tuple[str, ...]) -> Iterator[str]:
    yield from ("variable", _quoted(draw, name), "{", *_properties(draw))
    yield from ("type", "discrete", "[", str(len(states)), "]", "{")
    for number, state in enumerate(states):
        yield from ([","] if number else []) + [_quoted(draw, state)]
    yield from ("}", ";", *_properties(draw), "}")


def _probability(draw, network: DiscreteNetwork, table: Table) -> Iterator[str]:
    number = draw(st.sampled_from(NUMBERS))
    comma = draw(st.sampled_from([",", ""]))
    own = table.values.shape[-1]
    rows = table.values.reshape(-1, own)
    yield from ("probability", "(", _quoted(draw, table.variable))
    for i, parent in enumerate(table.parents):
        yield from ("," if i else "|", _quoted(draw, parent))
    yield from (")", "{", *_properties(draw))
    if draw(st.booleans()) or not table.parents:
        yield from ("table", *_numbers(map(number, rows.T.ravel()), comma), ";")
    else:
        cases = list(itertools.product(*(network.states[p] for p in table.parents)))
        entries = [
            [*_case(draw, case), *_numbers(map(number, row), comma), ";"]
            for case, row in zip(cases, rows, strict=True)
        ]
        if draw(st.booleans()):
            like = draw(st.integers(0, len(rows) - 1))
            left = [
                e
                for e, row in zip(entries, rows, strict=True)
                if not np.array_equal(row, rows[like])
            ]
            entries = [*left, ["default", *_numbers(map(number, rows[like]), comma), ";"]]
        yield from itertools.chain(*draw(st.permutations(entries)))
    yield "}"


def _case(draw, case: tuple[str, ...]) -> Iterator[str]:
    yield "("
    for i, state in enumerate(case):
        yield from ([","] if i else []) + [_quoted(draw, state)]
    yield ")"


def _numbers(texts: Iterable[str], comma: str) -> Iterator[str]:
    for i, text in enumerate(texts):
        yield from ([comma] if i and comma else []) + [text]


@st.composite
def net(draw, network: DiscreteNetwork) -> str:
    """A NET text: nested brackets or none, prefixes, other attributes, comments."""
    blocks = []
    for name, states in network.states.items():
        prefix = draw(st.sampled_from([["node"], ["discrete", "node"]]))
        listed = [f'"{s}"' if draw(st.booleans()) else s for s in states]
        extra = draw(
            st.sampled_from(
                [
                    [],
                    ["position", "=", "(", "25", "-3.5", ")", ";"],
                    ["label", "=", '"a (b; }"', ";"],
                ]
            )
        )
        blocks.append([*prefix, name, "{", *extra, "states", "=", "(", *listed, ")", ";", "}"])
    for table in network.tables.values():
        given = ["|", *table.parents] if table.parents or draw(st.booleans()) else []
        number = draw(st.sampled_from(NUMBERS))
        data = (
            list(_nested(table.values, number))
            if draw(st.booleans())
            else ["(", *map(number, table.values.ravel()), ")"]
        )
        blocks.append(
            ["potential", "(", table.variable, *given, ")", "{", "data", "=", *data, ";", "}"]
        )
    head = [] if draw(st.booleans()) else ["inputs", "=", "(", ")", ";"]
    parts = itertools.chain(["net", "{", *head, "}"], *draw(st.permutations(blocks)))
    return _joined(draw, parts, (" ", "\n", "\r\n\t", " % a comment ; {\n"))


def _nested(values: np.ndarray, number: Callable[[float], str]) -> Iterator[str]:
    if values.ndim == 0:
        yield number(float(values))
        return
    yield "("
    for part in values:
        yield from _nested(part, number)
    yield ")"


@st.composite
def uai(draw, network: DiscreteNetwork) -> str:
    """A UAI text with blanks anywhere."""
    index = {name: str(i) for i, name in enumerate(network.states)}
    parts = [
        "BAYES",
        str(len(index)),
        *(str(len(s)) for s in network.states.values()),
        str(len(index)),
    ]
    tables = draw(st.permutations(list(network.tables.values())))
    for table in tables:
        parts += [
            str(len(table.parents) + 1),
            *(index[p] for p in table.parents),
            index[table.variable],
        ]
    for table in tables:
        parts += [
            str(table.values.size),
            *map(draw(st.sampled_from(NUMBERS)), table.values.ravel()),
        ]
    return _joined(draw, parts, (" ", "\n", "\r\n", "\t  "))


@st.composite
def xmlbif(draw, network: DiscreteNetwork) -> str:
    """An XMLBIF text with the declarations, properties and comments that the format allows."""
    top = '<?xml version="1.0"?>\n<!DOCTYPE BIF [<!ELEMENT BIF (NETWORK)*><!ATTLIST BIF VERSION CDATA #REQUIRED>]>'
    blocks = []
    for name, states in network.states.items():
        outcomes = [f"<OUTCOME> {escape(s)}\n</OUTCOME>" for s in states]
        blocks.append(
            [
                '<VARIABLE TYPE="nature">',
                f"<NAME>{escape(name)}</NAME>",
                *outcomes,
                "<PROPERTY>x = 1</PROPERTY>",
                "</VARIABLE>",
            ]
        )
    for table in network.tables.values():
        given = [f"<GIVEN>{escape(p)}</GIVEN>" for p in table.parents]
        own = table.values.shape[-1]
        number = draw(st.sampled_from(NUMBERS))
        rows = [
            " ".join(map(number, row)) + " <!-- a row -->" for row in table.values.reshape(-1, own)
        ]
        blocks.append(
            [
                "<DEFINITION>",
                f"<FOR>{escape(table.variable)}</FOR>",
                *given,
                "<TABLE>",
                *rows,
                "</TABLE>",
                "</DEFINITION>",
            ]
        )
    head = [draw(st.sampled_from([top, ""])), '<BIF VERSION="0.3">', "<NETWORK>", "<NAME>n</NAME>"]
    parts = itertools.chain(head, *draw(st.permutations(blocks)), ["</NETWORK>", "</BIF>"])
    return _joined(draw, parts, ("\n", " ", "\r\n", "\t")).lstrip()


@st.composite
def xdsl(draw, network: DiscreteNetwork) -> str:
    """An XDSL text; nodes whose states are certain may be deterministic ones."""
    nodes = []
    for table in network.tables.values():
        name, own = table.variable, network.states[table.variable]
        rows = table.values.reshape(-1, len(own))
        certain = bool(np.isin(rows, (0, 1)).all()) and draw(st.booleans())
        tag = "deterministic" if certain else "cpt"
        states = [f'<state id="{escape(s)}"/>' for s in own]
        given = ["<parents>", " ".join(table.parents), "</parents>"] if table.parents else []
        number = draw(st.sampled_from(NUMBERS))
        numbers = ["<probabilities>", *map(number, rows.ravel()), "</probabilities>"]
        if certain:
            numbers = [
                "<resultingstates>",
                *(own[row.argmax()] for row in rows),
                "</resultingstates>",
            ]
        nodes.append(
            [
                f'<{tag} id="{escape(name)}" diagtype="observation">',
                *states,
                *given,
                *numbers,
                f"</{tag}>",
            ]
        )
    drawn = "<extensions><genie version='1.0' app='GeNIe' name='n'><node id='x'><name>x y</name></node></genie></extensions>"
    parts = itertools.chain(
        ["<smile version='1.0' id='n'>", "<nodes>"],
        *draw(st.permutations(nodes)),
        ["</nodes>", drawn, "</smile>"],
    )
    return _joined(draw, parts, ("\n", " ", "\r\n", "<!-- note -->\n"))
