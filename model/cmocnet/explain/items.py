"""A question taken apart: what is asked in which states, and the evidence item by item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cmocnet.engine import Program
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.query import Query, understood
from cmocnet.typing import Evidence, OneOf, States

if TYPE_CHECKING:
    from cmocnet.network import Network

Kind = Literal["observed", "likelihood", "marginal", "do"]


@dataclass(frozen=True)
class Item:
    """One item of evidence: a variable, how it is known, and its state or numbers.

    >>> str(Item("do", "fan", "on"))
    'do(fan=on)'
    """

    kind: Kind
    variable: str
    value: str | tuple[float, ...]

    def __str__(self) -> str:
        (text,) = gathered([self]).items()
        return text


def items(evidence: Evidence) -> tuple[Item, ...]:
    """The evidence item by item: observed, likelihoods, fixed marginals, interventions."""
    return (
        *(Item("observed", v, s) for v, s in evidence.observed.items()),
        *(
            Item("likelihood", v, n if isinstance(n, OneOf) else tuple(n))
            for v, n in evidence.likelihood.items()
        ),
        *(Item("marginal", v, tuple(n)) for v, n in evidence.marginal.items()),
        *(Item("do", v, s) for v, s in evidence.do.items()),
    )


def gathered(some: Iterable[Item]) -> Evidence:
    """The evidence that some items make together.

    >>> gathered([Item("observed", "wind", "low"), Item("do", "fan", "on")]).items()
    ('wind=low', 'do(fan=on)')
    """
    chosen = list(some)
    states = [(i.kind, i.variable, i.value) for i in chosen if isinstance(i.value, str)]
    numbers = [(i.kind, i.variable, i.value) for i in chosen if isinstance(i.value, tuple)]
    return Evidence(
        observed={v: s for kind, v, s in states if kind == "observed"},
        likelihood={v: n for kind, v, n in numbers if kind == "likelihood"},
        marginal={v: n for kind, v, n in numbers if kind == "marginal"},
        do={v: s for kind, v, s in states if kind == "do"},
    )


def asked(net: Network, question: str | Query) -> tuple[Query, dict[str, str | States]]:
    """The question as understood, and its targets, each with its state.

    Raises
    ------
    QueryError
        A target names no state, or nothing is given.
    EvidenceError
        A target is settled by the evidence.
    """
    query = understood(question, net.lexicon)
    evidence = query.evidence
    for name in query.targets:
        if name in {*evidence.observed, *evidence.marginal, *evidence.do}:
            raise EvidenceError(f"{name} is both asked for and given", where=str(query))
    states = {name: s for name, s in query.targets.items() if s is not None}
    for name in sorted(query.targets.keys() - states.keys()):
        ways = " or ".join(f"{name}={s}" for s in net.variables[name].states)
        raise QueryError("a target without a state", where=name, expected=ways)
    if evidence.empty:
        raise QueryError("nothing is given", where=str(query), expected="items after '|'")
    return query, states


def compiled(net: Network) -> Program:
    """The network's compiled program; only that engine answers batches and derivatives."""
    if not isinstance(net.program, Program):
        raise QueryError("the pgmpy engine gives no explanations", expected="--engine compiled")
    return net.program
