"""What a cell of a table, or a value from Python, says of a variable: some states, or nothing.

A missing value is no observation, whoever wrote it: Python, pandas, a spreadsheet, or a person who
put "don't know". It is never read as little of something.
"""

from __future__ import annotations

from cmocnet.errors import QueryError
from cmocnet.lexicon import Lexicon, no_state
from cmocnet.typing import States
from cmocnet.wording import shown


def said(lexicon: Lexicon, variable: str, value: object) -> States | None:
    """The states of a variable that a value names; None where it says that this is not known.

    Parameters
    ----------
    value
        A state, words for one or several ("not high"), several states in a tuple or list, or any
        sign of a missing value. A whole number or truth value stands for a state of that name.

    Raises
    ------
    QueryError
        It names no state.

    >>> from cmocnet.registry import Variable
    >>> from cmocnet.registry.records import Words
    >>> fog = Variable(name="fog", label="Fog", states=("thin", "thick"), direction="up")
    >>> words = Words((), (), ("not", "missing"), (), (), ("don't know",))
    >>> lexicon = Lexicon.build({"fog": fog}, words)
    >>> [said(lexicon, "fog", cell) for cell in ("not thin", "Missing", "Don't know!", None)]
    [('thick',), None, None, None]
    """
    if absent(value):
        return None
    text = _text(value, lexicon.variables[variable].states)
    if text is None:
        return several(lexicon, variable, value)
    try:
        return lexicon.states(variable, text)
    except QueryError:
        if lexicon.folding.silent(text):
            return None
        raise


def absent(value: object) -> bool:
    """Whether a value is Python's None or a NaN, NaT or NA of NumPy or pandas.

    >>> absent(None), absent(float("nan")), absent("nan")
    (True, True, False)
    """
    if value is None or type(value).__name__ == "NAType":
        return True
    try:
        return bool(value != value)  # noqa: PLR0124  only what is no number differs from itself
    except (TypeError, ValueError, ArithmeticError):
        return False


def several(lexicon: Lexicon, variable: str, some: object) -> States:
    """The states that a tuple or list of them names, in the order of the variable."""
    states = lexicon.variables[variable].states
    listed = some if isinstance(some, (tuple, list)) and some else [some]
    for state in listed:
        if not isinstance(state, str) or state not in states:
            raise no_state(variable, shown(state), states)
    return tuple(state for state in states if state in listed)


def _text(value: object, states: States) -> str | None:
    """A value as text where it can name a state: text, or a number that is one's name."""
    if isinstance(value, str):
        return str(value)
    item = getattr(value, "item", None)
    plain = item() if callable(item) and getattr(value, "ndim", None) == 0 else value
    if not isinstance(plain, (bool, int, float)):
        return None
    written = [repr(plain)]
    if isinstance(plain, float) and plain.is_integer():
        written.append(repr(int(plain)))  # a missing cell turns a column of whole numbers into 1.0
    return next((text for text in written if text in states), None)
