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


def print_levers(net: Network, levers: Levers) -> None:
    """Ranking, best bundle and how often it stays so, front, and what might backfire."""
    goal = levers.objective
    verb = "Raise" if goal.aim == "raise" else "Lower"
    terms = (
        " and ".join(state(net, v, s) for v, s in event.items()) + ("" if w == 1 else f" x {w:g}")
        for event, w in goal.terms
    )
    fixed = {**levers.evidence.observed, **levers.evidence.do}
    show.lines(f"{verb}: {' + '.join(terms)}")
    show.lines(*(f"  fixed {state(net, v, s)}" for v, s in fixed.items()))
    show.lines(f"Now: {_value(levers, levers.start)}", "")
    _ranking(levers)
    _best(levers)
    _front(levers)
    _backfires(net, levers)


def _shares(levers: Levers) -> bool:
    """Is the objective one probability, to be shown in per cent?"""
    return len(levers.objective.terms) == 1 and levers.objective.terms[0][1] == 1


def _value(levers: Levers, value: float) -> str:
    return f"{value:.1%}" if _shares(levers) else f"{value:.4g}"


def _change(levers: Levers, change: float) -> str:
    if abs(change) <= NOTHING * levers.objective.scale:
        return "0"
    return points(change) if _shares(levers) else f"{change:+.3g}"


def _often(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _ranking(levers: Levers) -> None:
    rows = [
        (
            str(s.lever),
            _change(levers, s.effect),
            _value(levers, s.value),
            _often(s.harms),
            f"{s.lever.cost:g}",
        )
        for s in levers.ranking[:ROWS]
    ]
    numbers = ["Change", "Then", "Harms in", "Cost"]
    show.lines("Single changes, brought about by someone, the most helpful first:")
    show.table(["Lever", *numbers], rows, right=numbers)
    doubt = f"; 'harms in' is a share of {levers.draws} draws" if levers.draws else ""
    shown = min(ROWS, len(levers.ranking))
    show.lines(f"{shown} of {len(levers.ranking)}{doubt}")


def _names(bundle: Bundle) -> str:
    return "; ".join(str(lever) for lever in bundle.levers) or "nothing"


def _best(levers: Levers) -> None:
    best = levers.best
    show.lines("")
    if not best.levers:
        show.lines(f"No bundle helps; {levers.tried:,} tried.")
        return
    show.lines(f"Best bundle of {levers.tried:,} tried, at a cost of {best.cost:g}:")
    show.lines(*(f"  {lever}. {lever.how}".rstrip() for lever in best.levers))
    show.lines(f"{_value(levers, best.value)} with it, {_change(levers, best.effect)} from now")
    if best.stays_best is None:
        return
    show.lines(
        f"It stays the best in {_often(best.stays_best)} of {levers.draws} draws, "
        f"among the {levers.contenders} leading bundles"
    )
    for other in levers.runners_up[:3]:
        show.lines(f"  in {_often(other.stays_best)}: {_names(other)}")


def _front(levers: Levers) -> None:
    show.lines("", "What money buys: each bundle is better than all that cost no more")
    rows = [
        (f"{b.cost:g}", _value(levers, b.value), _change(levers, b.effect), _names(b))
        for b in levers.front
    ]
    numbers = ["Cost", "Then", "Change"]
    show.table([*numbers, "Bundle"], rows, right=numbers)


def _backfires(net: Network, levers: Levers) -> None:
    if not levers.backfires:
        show.lines("", "Nothing here is likely to backfire.")
        return
    show.lines("", "What might backfire, the worst first:")
    rows = [
        (
            str(b.lever),
            "what is sought" if b.outcome is None else net.variables[b.outcome].label,
            points(b.effect) if b.outcome else _change(levers, b.effect),
            _often(b.share),
        )
        for b in levers.backfires[:ROWS]
    ]
    numbers = ["Change for the better", "Harms in"]
    show.table(["Lever", "Outcome", *numbers], rows, right=numbers)
    show.lines(f"{min(ROWS, len(levers.backfires))} of {len(levers.backfires)}")


def print_stories(net: Network, stories: Stories) -> None:
    """The two stories side by side, where they differ and in their outcomes."""
    good, bad = stories.success, stories.failure
    for name, story in (("success", good), ("failure", bad)):
        ends = " and ".join(state(net, v, s) for v, s in story.ends.items())
        show.lines("", f"The likeliest story of {name}: {ends} ({story.probability:.0%})")
    rows = [
        (net.variables[v].label, _told(net, v, good.settings[v]), _told(net, v, bad.settings[v]))
        for v in stories.differs
    ] + [
        (net.variables[v].label, _told(net, v, s), _told(net, v, bad.outcomes[v]))
        for v, s in good.outcomes.items()
    ]
    show.table(["Where they differ, and what comes of it", "Success", "Failure"], rows)
    same = [v for v in good.settings if v not in stories.differs]
    show.lines("The same in both: " + "; ".join(state(net, v, good.settings[v]) for v in same))
    show.lines("Each is one scenario among very many, the likeliest; it is no forecast.")


def _told(net: Network, name: str, code: str) -> str:
    return net.variables[name].state_labels.get(code, code)
