"""What a word of comparison makes of a variable's states: "lower", "not" or "better" of them.

A negation of what means a state is every other state: "not high trust" is low or medium. Without
what means none ("no trust") it is the end that has least of it. Better and worse go by the state
that the variable calls favourable. No states at all mean that the state is left open.
"""

from __future__ import annotations

from cmocnet.registry.variable import Variable
from cmocnet.typing import States


def end(variable: Variable, kind: str) -> States:
    """The states that a comparative or negation beside the variable's own noun means.

    >>> fog = Variable(name="fog", label="Fog", states=("thin", "fair", "thick"), direction="up",
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
    more = some(variable.most or variable.bare)
    return turned(variable, more, "less" if kind == "negation" else kind)


def turned(variable: Variable, states: States, kind: str) -> States:
    """The states after a modifier: more keeps them, less turns an end, not leaves the rest.

    >>> fog = Variable(name="fog", label="Fog", states=("thin", "fair", "thick"), direction="up",
    ...     favourable="thin")
    >>> [turned(fog, ("thick",), kind) for kind in ("more", "less", "negation", "better")]
    [('thick',), ('thin',), ('thin', 'fair'), ()]
    """
    if not states or kind == "more":
        return states
    if kind == "negation":
        return tuple(s for s in variable.states if s not in states)
    if kind in ("better", "worse"):  # a better good or a worse evil; nothing else is plain
        return states if states == _valued(variable, kind) else ()
    ordered = variable.direction or len(variable.states) == 2
    return some(variable.other(*states)) if kind == "less" and ordered and len(states) == 1 else ()


def _valued(variable: Variable, kind: str) -> States:
    """The state that people wish for, or the other end; none where wishes order no ends."""
    return some(variable.favourable if kind == "better" else variable.unfavourable)


def some(state: str | None) -> States:
    """One state, or none.

    >>> some("low"), some(None)
    (('low',), ())
    """
    return () if state is None else (state,)
