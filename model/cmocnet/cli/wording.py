"""Variables, states and evidence in the review's words, as the analyses' commands show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmocnet.phrases import either
from cmocnet.typing import OneOf, States

if TYPE_CHECKING:
    from cmocnet.explain import Item
    from cmocnet.network import Network


def state(net: Network, name: str, code: str | States) -> str:
    """A variable and its state, or one of several: "Mandate: Mandated", "Trust: Low or Medium"."""
    variable = net.variables[name]
    codes = (code,) if isinstance(code, str) else code
    return f"{variable.label}: {either(variable.state_labels.get(c, c) for c in codes)}"


def item(net: Network, one: Item) -> str:
    """One item of evidence, and how it is known."""
    if isinstance(one.value, str):
        made = " (brought about)" if one.kind == "do" else ""
        return state(net, one.variable, one.value) + made
    if isinstance(one.value, OneOf):
        return state(net, one.variable, one.value.some)
    how = "fixed at stated shares" if one.kind == "marginal" else "weighed by what was seen"
    return f"{net.variables[one.variable].label}: {how}"


def caution(net: Network) -> str:
    """What the review's numbers are, and are not."""
    return flat(net.review.about.caution)


def flat(text: str) -> str:
    """Prose of a file on one line.

    >>> flat(" one   line ")
    'one line'
    """
    return " ".join(text.split())
