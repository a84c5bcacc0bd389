"""How people are asked for a judgement, as the page reads it."""

from __future__ import annotations

from typing import NamedTuple

from cmocnet.registry import Address, Variable
from cmocnet.survey import wording


class Place(NamedTuple):
    """Whether they are asked for 1 minus the number; see :func:`cmocnet.survey.wording.turned`."""

    turned: bool


def place(variable: Variable, address: Address) -> Place:
    """How people are asked for the number at an address of a variable's table."""
    return Place(wording.turned(variable, address))
