"""Evidence item by item: read from Python, checked against its variable, and put together.

Items of questions in words are put together here too, so both doors mean the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from cmocnet.cells import absent, said
from cmocnet.engine.indicators import in_order
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.naming import Lexicon
from cmocnet.phrases import quoted, shown
from cmocnet.typing import Evidence, OneOf, States

Given = Mapping[str, Any] | Iterable[str]
"""Variable -> state, or phrases that name states; a missing value is not observed."""
Numbers = Mapping[str, Any]
"""Variable -> one number a state: in the order of the states, or labelled with them."""
Kind = Literal["observed", "likelihood", "marginal", "do"]
TOLERANCE = 1e-6
"""How far from one a fixed marginal may sum."""


@dataclass(frozen=True)
class Item:
    """One item of evidence as it was said; ``value`` is a state or one number a state."""

    kind: Kind
    variable: str
    value: str | tuple[float, ...]
    text: str


def evidence(
    lexicon: Lexicon,
    given: Given = (),
    do: Given = (),
    likelihood: Numbers | None = None,
    marginal: Numbers | None = None,
) -> Evidence:
    """The four kinds of evidence as one.

    Raises
    ------
    QueryError
        An unknown variable, state or phrase, or numbers that do not fit; names the nearest.
    EvidenceError
        Items that contradict each other.
    """
    return combined(
        [
            *_states(lexicon, given, "observed"),
            *_states(lexicon, do, "do"),
            *_numbers(lexicon, likelihood, "likelihood"),
            *_numbers(lexicon, marginal, "marginal"),
        ],
        lexicon,
    )


def joined(lexicon: Lexicon, *several: Evidence) -> Evidence:
    """Evidence from several places as one.

    Raises :class:`~cmocnet.errors.EvidenceError` where they contradict each other.
    """
    return combined([item for one in several for item in _items(one)], lexicon)


def _items(one: Evidence) -> Iterator[Item]:
    for kind in get_args(Kind):
        for name, value in getattr(one, kind).items():
            made = f"do({name}={value})" if kind == "do" else f"{name}={value}"
            yield Item(kind, name, value, made)


def found(kind: Kind, lexicon: Lexicon, variable: str, states: States, text: str) -> Item:
    """The item that a variable is in one of some states; only one state can be brought about."""
    if len(states) == 1:
        return Item(kind, variable, states[0], text)
    if kind == "do":
        several = f"means {variable}={' or '.join(states)}"
        raise QueryError(several, where=quoted(text), expected="one state to be brought about")
    return Item("likelihood", variable, OneOf(lexicon.variables[variable].states, states), text)


def combined(items: Sequence[Item], lexicon: Lexicon) -> Evidence:
    """All items as one: likelihoods multiply, being separate findings; a state said twice is one.

    Raises :class:`~cmocnet.errors.EvidenceError` where two cannot both hold.
    """
    kinds: dict[Kind, dict[str, Item]] = {
        "observed": {},
        "likelihood": {},
        "marginal": {},
        "do": {},
    }
    for item in items:
        earlier = kinds[item.kind].setdefault(item.variable, item)
        if item.kind == "likelihood" and earlier is not item:
            kinds[item.kind][item.variable] = _product(earlier, item)
        elif earlier.value != item.value:
            raise _contradiction(earlier, item)
    observed, weighed, fixed, done = kinds.values()
    for name, item in [*weighed.items()]:
        if isinstance(item.value, OneOf) and len(item.value.some) == 1:  # what several leave
            seen = observed.setdefault(name, replace(item, value=item.value.some[0]))
            if seen.value != item.value.some[0]:
                raise _contradiction(seen, item)
            del weighed[name]
    for name, item in done.items():
        seen = observed.pop(name, item)  # observing what was brought about adds nothing
        if seen.value != item.value:
            raise _contradiction(seen, item)
    for name in sorted(fixed.keys() & {*observed, *done}):
        raise _contradiction(observed.get(name) or done[name], fixed[name])
    for name in weighed.keys() & {*observed, *done}:
        settled, item = observed.get(name) or done[name], weighed[name]
        at = lexicon.variables[name].states.index(str(settled.value))
        if not item.value[at]:
            raise _contradiction(settled, item)
        if isinstance(item.value, OneOf):
            del weighed[name]  # the state itself says more
    return Evidence(
        observed={name: str(item.value) for name, item in observed.items()},
        likelihood={n: i.value for n, i in weighed.items() if isinstance(i.value, tuple)},
        marginal={n: i.value for n, i in fixed.items() if isinstance(i.value, tuple)},
        do={name: str(item.value) for name, item in done.items()},
    )


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


def _product(one: Item, other: Item) -> Item:
    """Two findings about a variable as one; each is known up to a factor, so the largest is 1."""
    text = f"{one.text}, {other.text}"
    if isinstance(one.value, OneOf) and isinstance(other.value, OneOf):
        both = tuple(s for s in one.value.some if s in other.value.some)
        value: tuple[float, ...] = OneOf(one.value.states, both)
    else:
        a, b = (_scaled(item.value) for item in (one, other))
        value = tuple(x * y for x, y in zip(a, b, strict=True))
    if not any(value):
        raise _contradiction(one, other)
    return Item("likelihood", one.variable, value, text)


def _scaled(values: str | tuple[float, ...]) -> tuple[float, ...]:
    numbers = tuple(map(float, values))
    return tuple(number / max(numbers) for number in numbers)


def _states(lexicon: Lexicon, given: Given, kind: Kind) -> Iterator[Item]:
    """The items that a mapping, a row of a frame, or phrases give; missing values give none."""
    argument = "given" if kind == "observed" else kind
    expected = "variable -> state, or phrases that name states"
    if isinstance(given, str):
        given = (given,)
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
    for phrase in given:
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
        if not absent(values):
            where = f"{kind} of {variable}"
            yield Item(kind, variable, numbers(lexicon, kind, variable, values, where), where)


def numbers(
    lexicon: Lexicon, kind: Kind, variable: str, values: object, where: str
) -> tuple[float, ...]:
    """One number a state, in order and checked; see :func:`weights`."""
    if isinstance(values, OneOf):
        return values
    states = lexicon.variables[variable].states
    ordered = in_order(values, states, where)
    weights(kind, ordered, states, where)
    return ordered


def named(lexicon: Lexicon, name: object, where: str) -> str:
    """The variable of a name, label or noun given from Python; QueryError where it is none."""
    if not isinstance(name, str):
        what = f"{shown(name)} names no variable"
        raise QueryError(what, where=where, expected="a variable's name, as text")
    return lexicon.variable(name)


def _is_series(given: object) -> bool:
    """Whether this is a row of a pandas frame, told without importing pandas."""
    return getattr(given, "ndim", None) == 1 and hasattr(given, "index") and hasattr(given, "items")


def _contradiction(one: Item, other: Item) -> EvidenceError:
    said = " and ".join(_told(item) for item in (one, other))
    where = f"{quoted(one.text)} and {quoted(other.text)}"
    return EvidenceError(f"{one.variable} is given twice, as {said}", where=where)


def _told(item: Item) -> str:
    state = isinstance(item.value, (str, OneOf))
    value = str(item.value) if state else listed(map(float, item.value))
    return f"do({value})" if item.kind == "do" else value


def listed(values: Iterable[float]) -> str:
    """Numbers as a question holds them, at full precision.

    >>> listed([1, 0.25])
    '[1.0, 0.25]'
    """
    return f"[{', '.join(repr(float(value)) for value in values)}]"
