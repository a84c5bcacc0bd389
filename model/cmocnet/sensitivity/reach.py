"""What can move an answer: tables that the graph joins to it, and states that may yet be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cmocnet.asked import Asked
from cmocnet.errors import EvidenceError, QueryError, nearest


def relevant(asked: Asked) -> frozenset[str]:
    """Variables whose tables can move the answer: those that the graph does not separate from it.

    Tables of barren variables, of those set by intervention, and of parts cut off by what is
    observed do not matter, whatever their numbers (Shachter 1998, Bayes-Ball, UAI 14:480).

    >>> from cmocnet import load
    >>> found = relevant(load().ask("P(trust high | experience = good)"))
    >>> "experience" in found, "performance" in found
    (True, False)
    """
    e, tables = asked.evidence, asked.program.network.tables
    fixed = {*e.observed, *e.do}
    held: set[str] = set()
    stack = [*asked.event, *e.observed, *e.likelihood, *e.marginal, *e.do]
    while stack:
        v = stack.pop()
        if v not in held:
            held.add(v)
            stack += () if v in e.do else tables[v].parents
    touching: dict[str, list[str]] = {}
    for v in held - set(e.do):
        for u in {v, *tables[v].parents} - fixed:
            touching.setdefault(u, []).append(v)
    found: set[str] = set()
    reached = set(asked.event)
    stack = list(asked.event)
    while stack:
        for v in touching.get(stack.pop(), ()):
            found.add(v)
            fresh = {v, *tables[v].parents} - fixed - reached
            reached |= fresh
            stack += fresh
    return frozenset(found)


def named(word: str, candidates: Sequence[str], what: str) -> str:
    """``word`` if it is a candidate; otherwise a QueryError with the nearest ones."""
    if word not in candidates:
        raise QueryError(f"unknown {what} {word!r}", nearest=nearest(word, candidates))
    return word


def possible(asked: Asked, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The states of each variable that the evidence leaves possible."""
    found = asked.program.posteriors(asked.evidence)
    return {v: tuple(s for s, p in found[v].items() if p > 0.0) for v in names}


def if_observed(asked: Asked, states: Mapping[str, Sequence[str]]) -> dict[str, dict[str, float]]:
    """P(event | evidence, variable = state) for each variable's states, one at a time."""
    import numpy as np

    variables = list(states)
    pairs = [(j, v, s) for j, v in enumerate(variables) for s in states[v]]
    rows = np.full((len(pairs), len(variables)), -1, dtype=np.int64)
    for row, (j, v, s) in zip(rows, pairs, strict=True):
        row[j] = asked.program.codebook.code(v, s)
    try:
        (answers,) = asked.program.predict(rows, variables, [asked.event], asked.evidence)
    except EvidenceError as error:
        raise EvidenceError(error.what, expected=error.expected) from error
    found: dict[str, dict[str, float]] = {v: {} for v in variables}
    for (_, v, s), p in zip(pairs, answers, strict=True):
        found[v][s] = float(p)
    return found
