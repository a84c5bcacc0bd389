"""Questions in words: ``P(what | given what)`` with four kinds of evidence.

    question := P( targets | items )        also without P( ), and with "given" for the bar
    target   := phrase | name=state | name=?       (? asks for the whole distribution)
    item     := phrase | name=state                observed
              | name ~ [number, ...]               likelihood, one a state, up to a factor
              | name := [number, ...]              fixed marginal, one a state, summing to one
              | do(phrase or name=state, ...)      intervention

Likelihood evidence is Pearl's virtual evidence and a fixed marginal Jeffrey's soft evidence (Peng,
Zhang & Pan 2010, doi:10.1142/S0218213010000297); ``do`` is Pearl's intervention (Causality, 2009).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cmocnet.errors import EvidenceError, QueryError
from cmocnet.naming import Lexicon, Meaning, quoted
from cmocnet.typing import Evidence

LONGEST = 10_000
"""Characters a question may have."""
TOLERANCE = 1e-6
"""How far from one a fixed marginal may sum."""

Kind = Literal["observed", "likelihood", "marginal", "do"]

_JOINED = 6  # comma-separated parts that one phrase may span
_WRAPPED = re.compile(r"(?:p|pr|prob|probability)\s*\(", re.IGNORECASE)
_DO = re.compile(r"do\s*\(", re.IGNORECASE)
_GIVEN = re.compile(r"\bgiven\b", re.IGNORECASE)
_WEIGHED = re.compile(r"(.*?)(:=|~)(.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?(nan|inf|infinity)", re.I | re.A)
_CLOSING = {"(": ")", "[": "]"}


@dataclass(frozen=True)
class Query:
    """A question understood: target variable -> state (None: all its states), and the evidence.

    Two queries are equal when they ask the same, however they were worded. ``str`` gives the
    technical wording, which :func:`parse` reads back to an equal query.

    >>> print(Query({"fog": None}, Evidence(observed={"wind": "low"}, do={"fan": "on"})))
    P(fog=? | wind=low, do(fan=on))
    """

    targets: Mapping[str, str | None]
    evidence: Evidence = field(default_factory=Evidence)
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        asked = ", ".join(f"{name}={state or '?'}" for name, state in self.targets.items())
        given = self.evidence
        items = (
            *(f"{name}={state}" for name, state in given.observed.items()),
            *(f"{name} ~ {_list(values)}" for name, values in given.likelihood.items()),
            *(f"{name} := {_list(values)}" for name, values in given.marginal.items()),
            *(f"do({name}={state})" for name, state in given.do.items()),
        )
        return f"P({asked} | {', '.join(items)})" if items else f"P({asked})"


@dataclass(frozen=True)
class _Item:
    kind: Kind
    variable: str
    value: str | tuple[float, ...]
    text: str


def parse(text: str, lexicon: Lexicon) -> Query:
    """The question that a text asks, in the words of a lexicon.

    Raises :class:`~cmocnet.errors.QueryError` where it cannot be read and
    :class:`~cmocnet.errors.EvidenceError` where its items contradict each other.

    >>> from types import SimpleNamespace
    >>> from cmocnet.registry.records import Words
    >>> fog = SimpleNamespace(name="fog", label="Fog", states=("thin", "thick"), names=(),
    ...     state_labels={}, state_words={}, bare=None, direction="up")
    >>> wind = SimpleNamespace(**vars(fog) | {"name": "wind", "label": "Wind"})
    >>> lexicon = Lexicon.build({"fog": fog, "wind": wind}, Words(("more",), (), ("no",), (), ()))
    >>> print(parse("more fog given do(no wind)", lexicon))
    P(fog=thick | do(wind=thin))
    """
    if len(text) > LONGEST:
        what = f"the question has {len(text):,} characters"
        raise QueryError(what, expected=f"at most {LONGEST:,}")
    _balanced(text)
    if not text.strip():
        raise QueryError("the question is empty", expected="P(target | item, item, ...)")
    asked, given = _halves(_unwrapped(text.strip()))
    targets = _targets(asked, lexicon)
    parts = [] if given is None else _parts(given, lexicon, quoted(f"| {given.strip()}"))
    items = [item for part in parts for item in _items(part, lexicon)]
    evidence = _combined(items)
    _unasked(targets, items)
    return Query(targets, evidence, text)


def stated(query: Query) -> dict[str, str] | None:
    """The target states if every target names one, else None.

    >>> stated(Query({"fog": "thick"})), stated(Query({"fog": None}))
    ({'fog': 'thick'}, None)
    """
    states = {name: state for name, state in query.targets.items() if state is not None}
    return states if len(states) == len(query.targets) else None


def weights(kind: Kind, values: Sequence[float], states: Sequence[str], where: str) -> None:
    """Check the numbers of a likelihood or of a fixed marginal: one a state, finite, not negative.

    A likelihood must not be zero throughout; a marginal must sum to one within 1e-6. Raises
    :class:`~cmocnet.errors.QueryError`, which names ``where``.

    >>> weights("marginal", [0.2, 0.7], ("low", "high"), "fog := [0.2, 0.7]")
    Traceback (most recent call last):
    cmocnet.errors.QueryError: fog := [0.2, 0.7]: the numbers sum to 0.9; expected 1
    """
    if len(values) != len(states):
        expected = f"{len(states)}, one for each of {', '.join(states)}"
        raise QueryError(f"{len(values)} number(s)", where=where, expected=expected)
    wrong = next((v for v in values if not (math.isfinite(v) and v >= 0)), None)
    if wrong is not None:
        what = f"{wrong:g} is {'negative' if wrong < 0 else 'not finite'}"
        raise QueryError(what, where=where, expected="finite numbers of at least 0")
    if not any(values):
        raise QueryError("all numbers are zero", where=where, expected="one above 0")
    # The first condition spares fsum numbers so large that their sum is no float.
    if kind == "marginal" and (max(values) > 2 or abs(math.fsum(values) - 1) > TOLERANCE):
        total = sum(values)
        raise QueryError(f"the numbers sum to {total:.8g}", where=where, expected="1")


def _balanced(text: str) -> None:
    opened: list[tuple[int, str]] = []
    for position, char in enumerate(text, start=1):
        if char in _CLOSING:
            opened.append((position, char))
        elif char in _CLOSING.values() and (not opened or _CLOSING[opened.pop()[1]] != char):
            raise QueryError(f"'{char}' closes nothing", where=f"character {position}")
    if opened:
        position, char = opened[-1]
        expected = f"'{_CLOSING[char]}'"
        raise QueryError(
            f"'{char}' is not closed", where=f"character {position}", expected=expected
        )


def _outside(text: str) -> Iterator[int]:
    """Positions of the characters outside all brackets; closing ones count as outside."""
    depth = 0
    for position, char in enumerate(text):
        depth -= char in _CLOSING.values()
        if not depth:
            yield position
        depth += char in _CLOSING


def _closing(text: str, opening: int) -> int:
    """Where the bracket that opens at a position is closed."""
    return next(p + opening for p in _outside(text[opening:]) if p)


def _unwrapped(text: str) -> str:
    wrapped = _WRAPPED.match(text)
    if not wrapped:
        return text
    end = _closing(text, wrapped.end() - 1)
    after = text[end + 1 :].strip(" ?")
    if after:
        raise QueryError("text after the question's last parenthesis", where=quoted(after))
    return text[wrapped.end() : end]


def _halves(text: str) -> tuple[str, str | None]:
    """What is asked, and what is given if anything."""
    outside = set(_outside(text))
    bars = [position for position in sorted(outside) if text[position] == "|"]
    if len(bars) > 1:
        raise QueryError("more than one '|'", where=quoted(text), expected="commas between items")
    if bars:
        return text[: bars[0]], text[bars[0] + 1 :]
    word = next((m for m in _GIVEN.finditer(text) if m.start() in outside), None)
    return (text[: word.start()], text[word.end() :]) if word else (text, None)


def _parts(text: str, lexicon: Lexicon, where: str) -> Iterator[str]:
    """The parts between commas outside brackets, joined where the lexicon knows the whole."""
    cuts = [p for p in _outside(text) if text[p] == ","]
    parts = [text[a + 1 : b].strip() for a, b in zip([-1, *cuts], [*cuts, len(text)], strict=True)]
    i = 0
    while i < len(parts):
        ends = range(min(len(parts), i + _JOINED), i + 1, -1)
        end = next((e for e in ends if lexicon.knows(", ".join(parts[i:e]))), i + 1)
        if not parts[i]:
            raise QueryError("there is nothing where an item should be", where=where)
        yield ", ".join(parts[i:end])
        i = end


def _targets(text: str, lexicon: Lexicon) -> dict[str, str | None]:
    if not text.strip():
        raise QueryError("nothing is asked", expected="a target, as in P(target | item, ...)")
    targets: dict[str, str | None] = {}
    for part in _parts(text, lexicon, quoted(text)):
        name, state = _target(part, lexicon)
        if targets.setdefault(name, state) != state:
            both = f"{targets[name] or 'all its states'} and {state or 'all its states'}"
            raise QueryError(f"{name} is asked for as {both}", where=quoted(text))
    return targets


def _target(text: str, lexicon: Lexicon) -> Meaning:
    if _DO.match(text) or _WEIGHED.match(text):
        what = "do(...), ~ and := say what is given, not what is asked"
        raise QueryError(what, where=quoted(text), expected="it after '|'")
    name, _, state = text.partition("=")
    return (lexicon.variable(name), None) if state.strip() == "?" else lexicon.target(text)


def _items(text: str, lexicon: Lexicon) -> Iterator[_Item]:
    done = _DO.match(text)
    weighed = _WEIGHED.match(text)
    if done:
        yield from _interventions(text, done.end(), lexicon)
    elif weighed:
        yield _weighed(text, weighed, lexicon)
    else:
        yield _Item("observed", *lexicon.resolve(text), text)


def _interventions(text: str, start: int, lexicon: Lexicon) -> Iterator[_Item]:
    end = _closing(text, start - 1)
    if end < len(text) - 1:
        raise QueryError(f"{quoted(text[end + 1 :])} follows do(...)", where=quoted(text))
    for part in _parts(text[start:end], lexicon, quoted(text)):
        if _DO.match(part) or _WEIGHED.match(part):
            expected = "a phrase or name=state in it"
            raise QueryError("do(...) sets a state", where=quoted(text), expected=expected)
        yield _Item("do", *lexicon.resolve(part), text)


def _weighed(text: str, weighed: re.Match[str], lexicon: Lexicon) -> _Item:
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
    return _Item(kind, variable, values, text)


def _combined(items: Sequence[_Item]) -> Evidence:
    found: dict[Kind, dict[str, _Item]] = {
        "observed": {}, "likelihood": {}, "marginal": {}, "do": {}
    }  # fmt: skip
    for item in items:
        earlier = found[item.kind].setdefault(item.variable, item)
        if earlier.value != item.value:
            raise _contradiction(earlier, item)
    observed, done, fixed = found["observed"], found["do"], found["marginal"]
    for name, item in done.items():
        seen = observed.pop(name, item)  # observing what was brought about adds nothing
        if seen.value != item.value:
            raise _contradiction(seen, item)
    for name in sorted(fixed.keys() & {*observed, *done}):
        raise _contradiction(observed.get(name) or done[name], fixed[name])
    return Evidence(
        observed={name: str(item.value) for name, item in observed.items()},
        likelihood=_numbers(found["likelihood"]),
        marginal=_numbers(fixed),
        do={name: str(item.value) for name, item in done.items()},
    )


def _numbers(items: Mapping[str, _Item]) -> dict[str, tuple[float, ...]]:
    return {n: item.value for n, item in items.items() if isinstance(item.value, tuple)}


def _contradiction(one: _Item, other: _Item) -> EvidenceError:
    said = " and ".join(_said(item) for item in (one, other))
    where = f"{quoted(one.text)} and {quoted(other.text)}"
    return EvidenceError(f"{one.variable} is given twice, as {said}", where=where)


def _said(item: _Item) -> str:
    value = item.value if isinstance(item.value, str) else _list(item.value)
    return f"do({value})" if item.kind == "do" else value


def _unasked(targets: Mapping[str, str | None], items: Sequence[_Item]) -> None:
    """Refuse evidence that settles a target; a likelihood does not, it only bears on it."""
    for item in items:
        if item.variable in targets and item.kind != "likelihood":
            what = f"{item.variable} is both asked for and given"
            raise QueryError(what, where=quoted(item.text))


def _list(values: Sequence[float]) -> str:
    return f"[{', '.join(repr(float(value)) for value in values)}]"
