"""BIF, the Interchange Format for Bayesian Networks, version 0.15: read strictly, and written.

The grammar is Cozman's (The Interchange Format for Bayesian Networks, 1998). Commas may be left
out, as it says; names in quotation marks, names of several words and any other mark are read too.
Every character is accounted for: a blank, a comment, a property, or part of the network. ``table``
runs through the variable's own states slowest and through the last parent's fastest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product

from cmocnet.formats.bif_tables import Block, Segment, define, names, whole
from cmocnet.formats.drafts import Draft
from cmocnet.formats.names import held, plain
from cmocnet.formats.numbers import Numbers, printed
from cmocnet.formats.places import Text, Word, fail, shown
from cmocnet.formats.scanner import Scanner, tokens
from cmocnet.typing import DiscreteNetwork

WORD = r'(?:[^\s{}()\[\],;|"/\x00-\x1f\x7f]++|/(?![/*]))++'
TOKENS = tokens(
    skip=r"\s++|//[^\r\n]*+|/\*(?s:.*?)\*/",
    mark=r"[{}()\[\],;|]",
    word=WORD,
    string=r'"[^"\r\n]*+"',
)
PROPERTY = re.compile(r'property(?![^\s";])(?>"[^"\r\n]*"|[^;])*+;')
PLAIN = re.compile(WORD)
COUNT = re.compile(r"[1-9][0-9]{0,8}")


def read(source: Text, labels: bool = False) -> Draft:
    """The network of a BIF text; errors are as of :func:`cmocnet.formats.read`."""
    scanner = Scanner(source, TOKENS)
    draft = Draft(source)
    _network(scanner)
    blocks = []
    while scanner.kind != "end":
        if scanner.is_word("variable"):
            _variable(scanner, draft)
        elif scanner.is_word("probability"):
            blocks.append(_probability(scanner))
        else:
            words = ("variable", "probability")
            scanner.unexpected("variable, probability, or the end of the file", words)
    for block in blocks:
        define(draft, block)
    return draft


def _network(s: Scanner) -> None:
    """``network NAME { properties }``, which comes first and says nothing of the probabilities."""
    if not s.is_word("network"):
        s.unexpected("network, with which BIF begins", ("network",))
    s.advance()
    while s.kind in {"word", "string"}:
        s.advance()
    s.expect("{", "after the name of the network")
    while s.kind != "}":
        _property(s, "a property, or } to end the network block")
    s.advance()


def _property(s: Scanner, expected: str) -> None:
    """``property anything ;``, where a semicolon in quotation marks does not end it."""
    at = s.at
    found = s.raw(PROPERTY) if s.is_word("property") else None
    if found is None:
        if s.is_word("property"):
            s.fail("a property that is not ended", ";")
        s.unexpected(expected, ("property", "type", "table", "default"))
    bare = re.sub(r'"[^"\r\n]*"', "", found.text)
    if "\n" in bare.strip() and re.search(r"[{}]", bare):
        fail("a property that is not ended on its line", s.source.place(at), ";")


def _variable(s: Scanner, draft: Draft) -> None:
    """``variable NAME { type discrete [ N ] { states } ; properties }``."""
    s.advance()
    name = _name(s)
    s.expect("{", f"after variable {shown(name.text)}")
    states: list[Word] = []
    while s.kind != "}":
        if not s.is_word("type"):
            _property(s, "type, property, or } to end the variable's block")
            continue
        if states:
            s.fail(f"a second type of {shown(name.text)}")
        s.advance()
        states = _states(s, name)
    if not states:
        s.fail(f"variable {shown(name.text)} has no type", "type discrete [ N ] { states };")
    s.advance()
    draft.declare(name, states)


def _name(s: Scanner) -> Word:
    """One name up to the brace: words, or a string."""
    words = []
    while s.kind in {"word", "string"}:
        words.append(s.advance())
    if not words or (joined := whole(words)) is None:
        s.unexpected("one name, and then {")
    return joined


def _states(s: Scanner, name: Word) -> list[Word]:
    """``discrete [ N ] { states } ;`` with as many states as are announced."""
    if not s.is_word("discrete"):
        s.unexpected("discrete, the only type there is", ("discrete",))
    s.advance()
    s.expect("[", "before the number of states")
    if s.kind != "word" or not COUNT.fullmatch(s.text):
        s.unexpected("the number of states")
    announced = int(s.advance().text)
    s.expect("]", "after the number of states")
    at = s.at
    s.expect("{", "before the states")
    segments = _segments(s, "}")
    s.advance()
    s.expect(";", "after the states")
    found = names(segments, announced)
    if len(found) != announced:
        listed = len(segments) if len(segments) > 1 else len(found)
        what = f"{shown(name.text)} announces {announced} states and lists {listed}"
        fail(what, s.source.place(at), f"{announced} states")
    return found


def _segments(s: Scanner, *ends: str) -> list[Segment]:
    """Names parted by commas, up to a mark that ends them."""
    found: list[Segment] = [[]]
    while s.kind not in ends:
        if s.kind == ",":
            s.advance()
            found.append([])
        elif s.kind in {"word", "string"}:
            found[-1].append(s.advance())
        else:
            s.unexpected(f"a name, a comma, or {' or '.join(ends)}")
    return [segment for segment in found if segment]


def _probability(s: Scanner) -> Block:
    """``probability ( child | parents ) { rows, a table or a default, and properties }``."""
    at = s.advance().at
    s.expect("(", "after probability")
    block = Block(at, _segments(s, "|", ")"))
    if s.advance().text == "|":
        block.after = _segments(s, ")")
        s.advance()
    s.expect("{", "after the heading of a probability block")
    while s.kind != "}":
        here = s.at
        if s.kind == "(":
            s.advance()
            states = _segments(s, ")")
            s.advance()
            block.rows.append((states, here, _numbers(s)))
        elif s.is_word("table", "default"):
            kind = s.advance().text
            if getattr(block, kind) is not None:
                fail(f"a second {kind} in one probability block", s.source.place(here))
            setattr(block, kind, (here, _numbers(s)))
        else:
            _property(s, "a row in brackets, table, default, property, or }")
    s.advance()
    if block.table is not None and (block.rows or block.default):
        fail("a table beside rows or a default", s.source.place(block.table[0]), "one of the two")
    return block


def _numbers(s: Scanner) -> Numbers:
    """Numbers, parted by blanks or commas, up to the semicolon."""
    return Numbers.of(_words(s), s.source.place)


def _words(s: Scanner) -> Iterator[Word]:
    while s.kind != ";":
        if s.kind in {"word", "string"}:
            yield s.advance()
        elif s.kind == ",":
            s.advance()
        else:
            s.unexpected("a number, or ; to end the row")
    s.advance()


def text(network: DiscreteNetwork, title: str, labels: Mapping[str, str]) -> str:
    """The network as BIF: names that are no plain words stand in quotation marks."""
    held(network, re.compile(r'[^"\x00-\x1f\x7f\ud800-\udfff]*'), "BIF", "no quotation marks")
    lines = [f"network {_quoted(_title(title))} {{", "}"]
    for name, states in network.states.items():
        listed = ", ".join(map(_quoted, states))
        lines += [f"variable {_quoted(name)} {{"]
        lines += [f"  type discrete [ {len(states)} ] {{ {listed} }};", "}"]
    for name, table in network.tables.items():
        given = f" | {', '.join(map(_quoted, table.parents))}" if table.parents else ""
        lines.append(f"probability ( {_quoted(name)}{given} ) {{")
        cases = product(*(network.states[p] for p in table.parents))
        for case, row in zip(cases, printed(table.values, ", "), strict=True):
            head = f"({', '.join(map(_quoted, case))})" if case else "table"
            lines.append(f"  {head} {row};")
        lines.append("}")
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    return name if PLAIN.fullmatch(name) else f'"{name}"'


def _title(title: str) -> str:
    """The network's name on one line, without what would end it."""
    return plain(title.replace('"', "'")) or "unnamed"
