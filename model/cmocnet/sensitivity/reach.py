"""What can move an answer: tables that the graph joins to it, and states that may yet be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cmocnet.asked import Asked
from cmocnet.errors import EvidenceError

Chances = Mapping[str, Mapping[str, float]]
"""Variable -> state -> P(state | evidence), of the states that the evidence leaves possible."""


def relevant(asked: Asked) -> frozenset[str]:
    """Variables whose tables can move the answer: those that the graph does not separate from it.

    Tables of barren variables, of those set by intervention, and of parts cut off by what is
    observed do not matter, whatever their numbers (Shachter 1998, Bayes-Ball, UAI 14:480).

    >>> from cmocnet import load
    >>> found = relevant(load().ask("P(trust high | experience = good)"))
    >>> "experience" in found, "performance" in found
    (True, False)
    """
    e, book = asked.evidence, asked.program.codebook

    def numbers(names: Iterable[str]) -> frozenset[int]:
        return frozenset(map(book.variable, names))

    event, made, known = numbers(asked.event), numbers(e.do), numbers([*e.observed, *e.do])
    parts = asked.program.selection
    tables = parts.ancestors(event | known | numbers([*e.likelihood, *e.marginal]), made) - made
    return frozenset(book.names[i] for i in parts.connected(tables, event, known))


def possible(asked: Asked, names: Sequence[str]) -> Chances:
    """The chances of each variable's states under the evidence, those without any left out."""
    found = asked.program.posteriors(asked.evidence)
    return {v: {s: p for s, p in found[v].items() if p > 0.0} for v in names}


def one_by_one(asked: Asked, chances: Chances) -> NDArray[np.int64]:
    """A scenario for each possible state of each variable: a row of codes, -1 for not observed."""
    code = asked.program.codebook.code
    cells = [(j, code(v, s)) for j, (v, states) in enumerate(chances.items()) for s in states]
    rows = np.full((len(cells), len(chances)), -1, dtype=np.int64)
    for row, (j, state) in zip(rows, cells, strict=True):
        row[j] = state
    return rows


def if_observed(asked: Asked, chances: Chances) -> dict[str, dict[str, float]]:
    """P(event | evidence, variable = state) for each possible state, one at a time."""
    scenarios = one_by_one(asked, chances)
    try:
        (found,) = asked.program.predict(scenarios, [*chances], [asked.event], asked.evidence)
    except EvidenceError as error:
        raise EvidenceError(error.what, expected=error.expected) from error
    answers = iter(found.tolist())
    return {v: {s: next(answers) for s in states} for v, states in chances.items()}
