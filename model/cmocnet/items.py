"""Evidence item by item: how each is known, and all of them put together.

Items of questions in words and of Python's mappings are put together here, so that both mean the
same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from cmocnet.errors import EvidenceError, QueryError
from cmocnet.lexicon import Lexicon
from cmocnet.typing import Evidence, OneOf, States
from cmocnet.wording import quoted

Kind = Literal["observed", "likelihood", "marginal", "do"]
TOLERANCE = 1e-6
"""How far from one a fixed marginal may sum."""


@dataclass(frozen=True)
class Item:
    """One item of evidence: a variable, how it is known, and its state or one number a state.

    ``text`` is how it was said, which makes no difference to what it is.

    >>> str(Item("do", "fan", "on"))
    'do(fan=on)'
    """

    kind: Kind
    variable: str
    value: str | tuple[float, ...]
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        (text,) = gathered([self]).items()
        return text

    @property
    def quoted(self) -> str:
        """The item in quotes, as it was said if anybody said it."""
        return quoted(self.text or str(self))

    def record(self) -> dict[str, Any]:
        """All of it as plain data; ``text`` is its canonical form."""
        return {**vars(self), "text": str(self)}


def items(evidence: Evidence) -> tuple[Item, ...]:
    """The evidence item by item: observed, likelihoods, fixed marginals, interventions."""
    return tuple(
        Item(kind, name, value if isinstance(value, (str, OneOf)) else tuple(value))
        for kind in get_args(Kind)
        for name, value in getattr(evidence, kind).items()
    )


def gathered(some: Iterable[Item]) -> Evidence:
    """The evidence that items make together, none of which contradict each other.

    >>> gathered([Item("observed", "wind", "low"), Item("do", "fan", "on")]).items()
    ('wind=low', 'do(fan=on)')
    """
    kinds: dict[Kind, dict[str, object]] = {kind: {} for kind in get_args(Kind)}
    for item in some:
        kinds[item.kind][item.variable] = item.value
    return Evidence(**kinds)  # type: ignore[arg-type]  # states and numbers, each by its kind


def joined(lexicon: Lexicon, *several: Evidence) -> Evidence:
    """Evidence from several places as one.

    Raises :class:`~cmocnet.errors.EvidenceError` where they contradict each other.
    """
    return combined([item for one in several for item in items(one)], lexicon)


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
    kinds: dict[Kind, dict[str, Item]] = {kind: {} for kind in get_args(Kind)}
    for item in items:
        earlier = kinds[item.kind].setdefault(item.variable, item)
        if item.kind == "likelihood" and earlier is not item:
            kinds[item.kind][item.variable] = _product(earlier, item)
        elif earlier.value != item.value:
            raise _contradiction(earlier, item)
    observed, weighed, fixed, done = kinds.values()
    for name, item in [*weighed.items()]:
        if isinstance(item.value, OneOf) and len(item.value.some) == 1:  # what several leave
            seen = observed.setdefault(
                name, replace(item, kind="observed", value=item.value.some[0])
            )
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
    return gathered(item for kind in kinds.values() for item in kind.values())


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
    text = f"{one.text or one}, {other.text or other}"
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


def _contradiction(one: Item, other: Item) -> EvidenceError:
    said = " and ".join(_told(item) for item in (one, other))
    where = f"{one.quoted} and {other.quoted}"
    return EvidenceError(f"{one.variable} is given twice, as {said}", where=where)


def _told(item: Item) -> str:
    state = isinstance(item.value, (str, OneOf))
    value = str(item.value) if state else f"[{', '.join(exact(float(v)) for v in item.value)}]"
    return f"do({value})" if item.kind == "do" else value


def exact(number: float) -> str:
    """A number as a question holds it, at full precision.

    >>> exact(1)
    '1.0'
    """
    return repr(float(number))
