"""The UAI competitions' format: read strictly, and written. It holds numbers and no names.

Variables are read as ``v0``, ``v1``, ... and states as ``0``, ``1``, ...; a table's last variable
is the child, and runs fastest. Source: UAI 2008 workshop, evaluation file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import prod

from cmocnet.formats.drafts import MOST_NUMBERS, MOST_VARIABLES, Draft
from cmocnet.formats.numbers import Numbers, Rows, printed
from cmocnet.formats.places import Text, Word, fail
from cmocnet.formats.scanner import Scanner, tokens
from cmocnet.typing import DiscreteNetwork

TOKENS = tokens(skip=r"\s++|\#[^\r\n]*+", mark="(?!)", word=r"[^\s\#\x00-\x1f\x7f]++")
COUNT = re.compile(r"[0-9]{1,9}")


def read(source: Text, labels: bool = False) -> Draft:
    """The network of a UAI text; errors are as of :func:`cmocnet.formats.read`."""
    s = Scanner(source, TOKENS)
    draft = Draft(source)
    if s.is_word("MARKOV"):
        s.fail("a Markov network", "BAYES: tables of a child given its parents")
    if not s.is_word("BAYES"):
        s.unexpected("BAYES, with which a UAI network begins", ("BAYES",))
    s.advance()
    _declare(s, draft, _count(s, "the number of variables", least=1, most=MOST_VARIABLES))
    scopes = _scopes(s, draft)
    _in_order(draft, source, scopes)
    for child, parents in scopes:
        _table(s, draft, child, parents)
    if s.kind != "end":
        s.unexpected("the end of the file after the last table")
    return draft


def _count(s: Scanner, what: str, least: int = 0, most: int = MOST_NUMBERS) -> int:
    """A whole number."""
    if s.kind != "word" or not COUNT.fullmatch(s.text):
        s.unexpected(what)
    if not least <= (value := int(s.text)) <= most:
        s.unexpected(f"{what}, from {least} to {most:,}")
    s.advance()
    return value


def _declare(s: Scanner, draft: Draft, variables: int) -> None:
    """As many variables as are announced, with their numbers of states."""
    total = 0
    for number in range(variables):
        at = s.at
        states = _count(s, f"the number of states of variable {number}", least=1, most=1_000_000)
        total += states
        if total > len(s.source.text) // 2:
            fail("more states than the file has numbers", s.source.place(at))
        draft.declare(Word(f"v{number}", at), [Word(str(i), at) for i in range(states)])


def _scopes(s: Scanner, draft: Draft) -> list[tuple[Word, list[Word]]]:
    """The variables of every table, the child last; as many tables as variables."""
    many = len(draft.states)
    _count(s, f"{many}, a table for every variable", least=many, most=many)
    found = []
    for number in range(many):
        size = _count(s, f"how many variables table {number} has", least=1, most=many)
        words = []
        for _ in range(size):
            at = s.at
            index = _count(s, f"a variable of table {number}", most=many - 1)
            words.append(Word(f"v{index}", at))
        found.append((words[-1], words[:-1]))
    return found


def _in_order(draft: Draft, source: Text, scopes: Sequence[tuple[Word, list[Word]]]) -> None:
    """Refuse a comment where it shows that the order of the numbers may not be UAI's.

    The format has no comments. aGrUM writes them, and its tables run through the first parent
    fastest; of a table with several parents nobody can know then what is meant.
    """
    comment = source.text.find("#")
    if comment >= 0 and any(len(parents) > 1 for _, parents in scopes):
        what = "a comment, as aGrUM writes, whose tables run through the first parent fastest"
        fail(what, draft.place(comment), "no comments (from there, save as .bif or .net)")


def _table(s: Scanner, draft: Draft, child: Word, parents: list[Word]) -> None:
    """The count of a table's numbers, and the numbers."""
    shape = draft.head(child, parents)
    at = s.at
    announced = _count(s, f"{prod(shape)}, the size of the table of {child.text}")
    if announced != prod(shape):
        draft.count(child, shape, announced, at)

    def words() -> Iterator[Word]:
        for _ in range(announced):
            if s.kind != "word":
                s.unexpected(f"{announced} numbers in the table of {child.text}")
            yield s.advance()

    draft.define(child, parents, Rows.of(Numbers.of(words(), s.source.place), shape))


def text(network: DiscreteNetwork, title: str, labels: Mapping[str, str]) -> str:
    """The network as UAI, variables and states numbered in its own order."""
    number = {name: i for i, name in enumerate(network.names)}
    lines = ["BAYES", str(len(number))]
    lines.append(" ".join(str(len(states)) for states in network.states.values()))
    lines.append(str(len(number)))
    for name, table in network.tables.items():
        scope = [str(number[v]) for v in (*table.parents, name)]
        lines.append(" ".join([str(len(scope)), *scope]))
    for table in network.tables.values():
        lines += ["", str(table.values.size)]
        lines += printed(table.values)
    return "\n".join(lines) + "\n"
