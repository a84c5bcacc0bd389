"""The one door of evidence: from Python's mappings, a row of a frame, or text, to an Evidence.

    item     := phrase | name=states               observed
              | name ~ [number, ...]               likelihood, one a state, up to a factor
              | name := [number, ...]              fixed marginal, one a state, summing to one
              | do(phrase or name=state, ...)      intervention

Two likelihoods of one variable are two findings: they multiply.

Likelihood evidence is Pearl's virtual evidence and a fixed marginal Jeffrey's soft evidence (Peng,
Zhang & Pan 2010, doi:10.1142/S0218213010000297); ``do`` is Pearl's intervention (Causality, 2009).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from cmocnet.brackets import balanced, closing, outside
from cmocnet.cells import absent, said
from cmocnet.engine.indicators import in_order
from cmocnet.errors import QueryError
from cmocnet.items import Item, Kind, combined, found, items, weights
from cmocnet.lexicon import Lexicon
from cmocnet.typing import Evidence, OneOf
from cmocnet.wording import quoted, shown

Given = Evidence | Mapping[str, Any] | Iterable[str] | str
"""Evidence, variable -> state, phrases, or text: what is said to be known, or made so."""
Numbers = Mapping[str, Any]
"""Variable -> one number a state: in the order of the states, or labelled with them."""
LONGEST = 10_000
"""Characters a question, or the evidence in it, may have."""

_JOINED = 6  # comma-separated parts that one phrase may span
_DO = re.compile(r"do\s*\(", re.IGNORECASE)
_WEIGHED = re.compile(r"(.*?)(:=|~)(.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)", re.I | re.A)


def evidence(
    lexicon: Lexicon,
    given: Given = (),
    do: Given = (),
    likelihood: Numbers | None = None,
    marginal: Numbers | None = None,
) -> Evidence:
    """The four kinds of evidence as one; see :meth:`cmocnet.model.Model.evidence`."""
    known: Iterable[Item]
    if isinstance(given, Evidence):
        kinds = given.observed, given.do, given.likelihood, given.marginal
        known = items(evidence(lexicon, *kinds))
    elif isinstance(given, str):
        known = written(given, lexicon)
    else:
        known = _states(lexicon, given, "observed")
    return combined(
        [
            *known,
            *_states(lexicon, do, "do"),
            *_numbers(lexicon, likelihood, "likelihood"),
            *_numbers(lexicon, marginal, "marginal"),
        ],
        lexicon,
    )


# --- in words -------------------------------------------------------------------------------------


def written(text: str, lexicon: Lexicon) -> list[Item]:
    """The items of evidence in words, parted by commas.

    >>> from cmocnet import load
    >>> [str(item) for item in written("mandated, do(slow pace)", load().lexicon)]
    ['mandate=mandated', 'do(pace=slow)']
    """
    bounded(text)
    where = quoted(f"| {text.strip()}")
    return [i for part in parts(text, lexicon, where) for i in _items(part, lexicon)]


def bounded(text: str) -> None:
    """Refuse a text that is too long, or whose brackets do not match."""
    if len(text) > LONGEST:
        what = f"the question has {len(text):,} characters"
        raise QueryError(what, expected=f"at most {LONGEST:,}")
    balanced(text)


def marked(text: str) -> bool:
    """Whether a text says by its form that it is an intervention, a likelihood or a marginal."""
    return bool(_DO.match(text) or _WEIGHED.match(text))


def parts(text: str, lexicon: Lexicon, where: str) -> Iterator[str]:
    """The parts between commas outside brackets, joined where the lexicon knows the whole."""
    cuts = [p for p in outside(text) if text[p] == ","]
    parts = [text[a + 1 : b].strip() for a, b in zip([-1, *cuts], [*cuts, len(text)], strict=True)]
    i = 0
    while i < len(parts):
        ends = range(min(len(parts), i + _JOINED), i + 1, -1)
        end = next((e for e in ends if lexicon.knows(", ".join(parts[i:e]))), i + 1)
        if not parts[i]:
            raise QueryError("there is nothing where an item should be", where=where)
        yield ", ".join(parts[i:end])
        i = end


def _items(text: str, lexicon: Lexicon) -> Iterator[Item]:
    done = _DO.match(text)
    weighed = _WEIGHED.match(text)
    if done:
        yield from _interventions(text, done.end(), lexicon)
    elif weighed:
        yield _weighed(text, weighed, lexicon)
    else:
        yield found("observed", lexicon, *lexicon.meaning(text), text)


def _interventions(text: str, start: int, lexicon: Lexicon) -> Iterator[Item]:
    end = closing(text, start - 1)
    if end < len(text) - 1:
        raise QueryError(f"{quoted(text[end + 1 :])} follows do(...)", where=quoted(text))
    for part in parts(text[start:end], lexicon, quoted(text)):
        if marked(part):
            expected = "a phrase or name=state in it"
            raise QueryError("do(...) sets a state", where=quoted(text), expected=expected)
        yield found("do", lexicon, *lexicon.meaning(part), text)


def _weighed(text: str, weighed: re.Match[str], lexicon: Lexicon) -> Item:
    name, operator, after = weighed.groups()
    variable = lexicon.variable(name)
    states = lexicon.variables[variable].states
    listed, where = after.strip(), quoted(text)
    expected = f"[a number for each of {', '.join(states)}]"
    if not (listed.startswith("[") and listed.endswith("]")):
        raise QueryError(f"no list after '{operator}'", where=where, expected=expected)
    numbers = [number.strip() for number in listed[1:-1].split(",")]
    wrong = next((number for number in numbers if not _NUMBER.fullmatch(number)), None)
    if wrong is not None:
        raise QueryError(f"{quoted(wrong)} is not a number", where=where, expected=expected)
    kind: Kind = "likelihood" if operator == "~" else "marginal"
    values = tuple(map(float, numbers))
    weights(kind, values, states, where)
    return Item(kind, variable, values, text)


# --- from Python ----------------------------------------------------------------------------------


def _states(lexicon: Lexicon, given: Given, kind: Kind) -> Iterator[Item]:
    """The items that a mapping, a row of a frame, or phrases give; missing values give none."""
    argument = "given" if kind == "observed" else kind
    expected = "variable -> state, or phrases that name states"
    if isinstance(given, str):
        bounded(given)
        given = [*parts(given, lexicon, quoted(given))]
    if isinstance(given, Mapping) or _is_series(given):
        row: Mapping[object, object] = dict(cast("Any", given).items())
        for name, value in row.items():
            variable = named(lexicon, name, argument)
            states = said(lexicon, variable, value)
            if states is not None:
                yield found(kind, lexicon, variable, states, f"{name}={value}")
        return
    loose = isinstance(given, Iterable) and getattr(given, "ndim", 1) == 1
    if not loose or isinstance(given, bytes):
        what = f"{type(given).__name__} gives no states"
        raise QueryError(what, where=argument, expected=expected)
    for phrase in cast("Iterable[object]", given):
        if not isinstance(phrase, str):
            what = f"{shown(phrase)} is no phrase"
            raise QueryError(what, where=argument, expected=expected)
        yield found(kind, lexicon, *lexicon.meaning(phrase), phrase)


def _numbers(lexicon: Lexicon, given: Numbers | None, kind: Kind) -> Iterator[Item]:
    if given is None:
        return
    if not isinstance(given, Mapping):
        what = f"{type(given).__name__} gives no numbers"
        raise QueryError(what, where=kind, expected="variable -> one number a state")
    for name, values in given.items():
        variable = named(lexicon, name, kind)
        where, states = f"{kind} of {variable}", lexicon.variables[variable].states
        if isinstance(values, OneOf):
            yield Item(kind, variable, values, where)
        elif not absent(values):
            ordered = in_order(values, states, where)
            weights(kind, ordered, states, where)
            yield Item(kind, variable, ordered, where)


def named(lexicon: Lexicon, name: object, where: str) -> str:
    """The variable of a name, label or noun given from Python; QueryError where it is none."""
    if not isinstance(name, str):
        what = f"{shown(name)} names no variable"
        raise QueryError(what, where=where, expected="a variable's name, as text")
    return lexicon.variable(name)


def _is_series(given: object) -> bool:
    """Whether this is a row of a pandas frame, told without importing pandas."""
    return getattr(given, "ndim", None) == 1 and hasattr(given, "index") and hasattr(given, "items")
