"""What ``cmocnet sensitivity`` shows on a terminal: one table an analysis, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.cli import show
from cmocnet.cli.wording import state

if TYPE_CHECKING:
    from cmocnet.network import Network
    from cmocnet.sensitivity import (
        Asking,
        Bars,
        Indices,
        Robustness,
        Sensitivity,
        SensitivityFunction,
    )


NOTHING = 1e-12
"""A coefficient within this of 0 is rounding."""


@dataclass(frozen=True)
class Analyses:
    """The analyses asked for; those that were not are empty or None."""

    first: Sensitivity
    functions: Sequence[SensitivityFunction]
    evidence: Sequence[Asking]
    next: Asking | None
    indices: Indices | None
    robustness: Robustness | None
    against: str | None


def print_analyses(net: Network, analyses: Analyses, top: int) -> None:
    """All of it, the tornado first."""
    first = analyses.first
    asked = " and ".join(state(net, v, s) for v, s in first.query.targets.items() if s)
    (answer,) = show.percents([first.answer])
    show.lines(f"{asked}: {answer}", "")
    _judgements(first.tornado, top)
    _contexts(net, first.contexts, top)
    if analyses.functions:
        _functions(net, analyses.functions, top)
    if analyses.next:
        _evidence(net, analyses.evidence, analyses.next, top)
    if analyses.indices:
        _global(analyses.indices, top)
    if analyses.robustness:
        _robust(analyses.robustness, top)


def _ends(at: Iterable[float]) -> list[str]:
    return [f"{p:.1%}" for p in at]


def _judgements(bars: Bars, top: int) -> None:
    show.lines("Judgements, each set to its 5th and its 95th percentile, the others central:")
    rows = [(*_ends([b.at_low, b.at_high]), f"{100 * b.width:.1f}", b.label) for b in bars[:top]]
    numbers = ["At 5th", "At 95th", "Points"]
    show.table([*numbers, "Judgement"], rows, right=numbers)
    show.lines(f"{min(top, len(bars))} of {len(bars)} judgements, the widest first", "")


def _contexts(net: Network, bars: Bars, top: int) -> None:
    if not bars:
        return
    show.lines("Contexts, each seen at its two ends (these are about this case, not about doubt):")
    rows = [
        (
            b.label,
            _end(net, b.address, b.low, b.at_low),
            _end(net, b.address, b.high, b.at_high),
            f"{100 * b.width:.1f}",
        )
        for b in bars[:top]
    ]
    show.table(["Context", "One end", "Other end", "Points"], rows, right=["Points"])
    show.lines(f"{min(top, len(bars))} of {len(bars)} contexts, the widest first")


def _end(net: Network, name: str, code: float | str, p: float) -> str:
    return f"{net.variables[name].state_labels.get(str(code), str(code))} {p:.1%}"


def _functions(net: Network, functions: Sequence[SensitivityFunction], top: int) -> None:
    show.lines("", "Table entries: the answer is (a x + b) / (c x + d), slope at today's x:")
    rows = []
    for f in functions[:top]:
        given = ", ".join(state(net, p, s) for p, s in f.entry.given.items())
        entry = state(net, f.entry.variable, f.entry.state)
        coefficients = (n if abs(n) > NOTHING else 0.0 for n in (f.a, f.b, f.c, f.d))
        numbers = (f"{n:.3g}" for n in (f.value, f.sensitivity_value, *coefficients))
        rows.append((*numbers, f"{entry}{' | ' + given if given else ''}"))
    numbers_ = ["x", "Slope", "a", "b", "c", "d"]
    show.table([*numbers_, "Entry"], rows, right=numbers_)
    show.lines(f"{min(top, len(functions))} of {len(functions)} entries, the most sensitive first")


def _evidence(net: Network, askings: Sequence[Asking], best: Asking, top: int) -> None:
    show.lines("", "What one would learn by finding out, the largest swing first:")
    rows = [
        (
            a.label,
            f"{100 * a.swing:.1f}",
            f"{1000 * a.information:.2f}",
            ", ".join(
                f"{net.variables[a.variable].state_labels.get(s, s)} {p:.1%}"
                for s, p in a.answers.items()
            ),
        )
        for a in askings[:top]
    ]
    numbers = ["Swing, points", "Millibits"]
    show.table(["Context", *numbers, "Answer if seen"], rows, right=numbers)
    show.lines(f"Ask next, as it tells most: {best.label}")


def _global(indices: Indices, top: int) -> None:
    """Shares of the variance of the answer while all judgements vary."""
    show.lines("", "Share of the answer's uncertainty, with 95% intervals (Sobol indices):")
    frame = indices.frame().head(top)
    rows = [
        (
            f"{row.first:.2f} ± {row.first_error:.2f}",
            f"{row.total:.2f} ± {row.total_error:.2f}",
            str(row.label),
        )
        for row in frame.itertuples()
    ]
    show.table(["By itself", "In all", "Judgement"], rows, right=["By itself", "In all"])
    varied = len(indices.inputs) - 1
    spread = 100 * indices.variance**0.5
    show.lines(
        f"{varied} judgements and their common tendency varied in {indices.evaluations:,} "
        f"evaluations; standard deviation of the answer {spread:.1f} points"
    )


def _robust(robustness: Robustness, top: int) -> None:
    more = "more" if robustness.margin > 0 else "less"
    show.lines(
        "",
        f"{100 * abs(robustness.margin):.1f} points {more} likely than against the other case. "
        "What would reverse that (1 is one standard deviation of the judgement's doubt):",
    )
    if robustness.single:
        rows = [
            (f"{abs(c.score):.2f}", f"{c.central:.3g}", f"{c.value:.3g}", c.label)
            for r in robustness.single[:top]
            for c in r.changes
        ]
        numbers = ["Deviations", "Judged", "Reversed at"]
        show.table([*numbers, "Judgement alone"], rows, right=numbers)
    else:
        show.lines(f"No judgement alone does, within {robustness.limit:g} deviations.")
    if robustness.joint is None:
        show.lines("Moving them together was not found to reverse it either.")
        return
    show.lines(
        f"All moved together, at {robustness.joint.size:.2f} deviations in all; "
        "the largest parts are:"
    )
    parts = [(f"{c.score:+.2f}", c.label) for c in robustness.joint.changes[:top]]
    show.table(["Deviations", "Judgement"], parts, right=["Deviations"])
