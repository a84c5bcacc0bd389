"""What ``cmocnet levers`` shows on a terminal, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmocnet.answer import NOTHING
from cmocnet.cli import show
from cmocnet.cli.wording import state
from cmocnet.explain.words import points

if TYPE_CHECKING:
    from cmocnet.levers import Bundle, Levers, Stories
    from cmocnet.network import Network

ROWS = 10
"""Rows of each list; ``--json`` gives all."""


def print_found(net: Network, found: Levers) -> None:
    """Ranking, best bundle and how often it stays so, front, and what might backfire."""
    goal = found.objective
    verb = "Raise" if goal.aim == "raise" else "Lower"
    terms = (
        " and ".join(state(net, v, s) for v, s in event.items()) + ("" if w == 1 else f" x {w:g}")
        for event, w in goal.terms
    )
    fixed = {**found.evidence.observed, **found.evidence.do}
    show.lines(f"{verb}: {' + '.join(terms)}")
    show.lines(*(f"  fixed {state(net, v, s)}" for v, s in fixed.items()))
    show.lines(f"Now: {_value(found, found.start)}", "")
    _ranking(found)
    _best(found)
    _front(found)
    _backfires(net, found)


def _shares(found: Levers) -> bool:
    """Is the objective one probability, to be shown in per cent?"""
    return len(found.objective.terms) == 1 and found.objective.terms[0][1] == 1


def _value(found: Levers, value: float) -> str:
    return f"{100 * value:.1f}%" if _shares(found) else f"{value:.4g}"


def _change(found: Levers, change: float) -> str:
    if abs(change) <= NOTHING * found.objective.scale:
        return "0"
    return points(change) if _shares(found) else f"{change:+.3g}"


def _often(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}%"


def _ranking(found: Levers) -> None:
    rows = [
        (
            str(s.lever),
            _change(found, s.effect),
            _value(found, s.value),
            _often(s.harms),
            f"{s.lever.cost:g}",
        )
        for s in found.ranking[:ROWS]
    ]
    numbers = ["Change", "Then", "Harms in", "Cost"]
    show.lines("Single changes, brought about by someone, the most helpful first:")
    show.table(["Lever", *numbers], rows, right=numbers)
    doubt = f"; 'harms in' is a share of {found.draws} draws" if found.draws else ""
    shown = min(ROWS, len(found.ranking))
    show.lines(f"{shown} of {len(found.ranking)}{doubt}")


def _names(bundle: Bundle) -> str:
    return "; ".join(str(lever) for lever in bundle.levers) or "nothing"


def _best(found: Levers) -> None:
    best = found.best
    show.lines("")
    if not best.levers:
        show.lines(f"No bundle helps; {found.tried:,} tried.")
        return
    show.lines(f"Best bundle of {found.tried:,} tried, at a cost of {best.cost:g}:")
    show.lines(*(f"  {lever}. {lever.how}".rstrip() for lever in best.levers))
    show.lines(f"{_value(found, best.value)} with it, {_change(found, best.effect)} from now")
    if best.stays_best is None:
        return
    show.lines(
        f"It stays the best in {_often(best.stays_best)} of {found.draws} draws, "
        f"among the {found.contenders} leading bundles"
    )
    for other in found.runners_up[:3]:
        show.lines(f"  in {_often(other.stays_best)}: {_names(other)}")


def _front(found: Levers) -> None:
    show.lines("", "What money buys: each bundle is better than all that cost no more")
    rows = [
        (f"{b.cost:g}", _value(found, b.value), _change(found, b.effect), _names(b))
        for b in found.front
    ]
    numbers = ["Cost", "Then", "Change"]
    show.table([*numbers, "Bundle"], rows, right=numbers)


def _backfires(net: Network, found: Levers) -> None:
    if not found.backfires:
        show.lines("", "Nothing here is likely to backfire.")
        return
    show.lines("", "What might backfire, the worst first:")
    rows = [
        (
            str(b.lever),
            "what is sought" if b.outcome is None else net.variables[b.outcome].label,
            points(b.effect) if b.outcome else _change(found, b.effect),
            _often(b.share),
        )
        for b in found.backfires[:ROWS]
    ]
    numbers = ["Change for the better", "Harms in"]
    show.table(["Lever", "Outcome", *numbers], rows, right=numbers)
    show.lines(f"{min(ROWS, len(found.backfires))} of {len(found.backfires)}")


def print_stories(net: Network, told: Stories) -> None:
    """The two stories side by side, where they differ and in their outcomes."""
    good, bad = told.success, told.failure
    for name, story in (("success", good), ("failure", bad)):
        ends = " and ".join(state(net, v, s) for v, s in story.ends.items())
        show.lines("", f"The likeliest story of {name}: {ends} ({100 * story.probability:.0f}%)")
    rows = [
        (net.variables[v].label, _told(net, v, good.settings[v]), _told(net, v, bad.settings[v]))
        for v in told.differs
    ] + [
        (net.variables[v].label, _told(net, v, s), _told(net, v, bad.outcomes[v]))
        for v, s in good.outcomes.items()
    ]
    show.table(["Where they differ, and what comes of it", "Success", "Failure"], rows)
    same = [v for v in good.settings if v not in told.differs]
    show.lines("The same in both: " + "; ".join(state(net, v, good.settings[v]) for v in same))
    show.lines("Each is one scenario among very many, the likeliest; it is no forecast.")


def _told(net: Network, name: str, code: str) -> str:
    return net.variables[name].state_labels.get(code, code)
