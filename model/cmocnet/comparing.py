"""What a word of comparison makes of a variable's states: "lower", "not" or "better" of them.

A negation of what means a state is every other state: "not high trust" is low or medium. Without
what means none ("no trust") it is the end that has least of it. Better and worse go by the state
that the variable calls favourable. No states at all mean that the state is left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from cmocnet.typing import States


class NamedVariable(Protocol):
    """What the lexicon needs to know of a variable; the registry's Variable has it."""

    @property
    def label(self) -> str:
        """What a reader sees."""

    @property
    def states(self) -> tuple[str, ...]:
        """State names, in order from low to high where there is an order."""

    @property
    def state_words(self) -> Mapping[str, tuple[str, ...]]:
        """Phrases that mean exactly one state."""

    @property
    def state_labels(self) -> Mapping[str, str]:
        """What a reader sees for each state."""

    @property
    def names(self) -> tuple[str, ...]:
        """Nouns for the variable itself."""

    @property
    def bare(self) -> str | None:
        """The state that a noun alone means, if any."""

    @property
    def favourable(self) -> str | None:
        """The state that people wish for, if wishes order the states."""

    @property
    def direction(self) -> str | None:
        """Where more of the noun lies: "up" the last state, "down" the first, None unordered."""


def end(variable: NamedVariable, kind: str) -> States:
    """The states that a comparative or negation beside the variable's own noun means.

    >>> from types import SimpleNamespace
    >>> fog = SimpleNamespace(states=("thin", "fair", "thick"), bare=None, direction="up",
    ...     favourable="thin")
    >>> [end(fog, kind) for kind in ("more", "negation", "middle", "better")]
    [('thick',), ('thin',), ('fair',), ('thin',)]
    """
    if kind in ("better", "worse"):
        return _valued(variable, kind)
    if kind == "middle":
        half, odd = divmod(len(variable.states), 2)
        return (variable.states[half],) if odd and variable.direction else ()
    if kind == "negation" and variable.bare:
        return turned(variable, (variable.bare,), kind)
    ends = {"up": variable.states[-1], "down": variable.states[0]}
    more = some(ends.get(variable.direction or "", variable.bare))
    return turned(variable, more, "less" if kind == "negation" else kind)


def turned(variable: NamedVariable, states: States, kind: str) -> States:
    """The states after a modifier: more keeps them, less turns an end, not leaves the rest.

    >>> from types import SimpleNamespace
    >>> fog = SimpleNamespace(states=("thin", "fair", "thick"), direction="up", favourable="thin")
    >>> [turned(fog, ("thick",), kind) for kind in ("more", "less", "negation", "better")]
    [('thick',), ('thin',), ('thin', 'fair'), ()]
    """
    first, *between, last = variable.states
    if not states or kind == "more":
        return states
    if kind == "negation":
        return tuple(s for s in variable.states if s not in states)
    if kind in ("better", "worse"):  # a better good or a worse evil; nothing else is plain
        return states if states == _valued(variable, kind) else ()
    stuck = kind == "middle" or states not in ((first,), (last,))
    if stuck or (between and not variable.direction):
        return ()
    return (last,) if states == (first,) else (first,)


def _valued(variable: NamedVariable, kind: str) -> States:
    """The end that people wish for, or the other; none where wishes do not order the states."""
    first, *_, last = variable.states
    wished = variable.favourable
    if wished not in (first, last):
        return some(wished) if kind == "better" else ()
    return (wished,) if kind == "better" else (last,) if wished == first else (first,)


def some(state: str | None) -> States:
    """One state, or none.

    >>> some("low"), some(None)
    (('low',), ())
    """
    return () if state is None else (state,)
