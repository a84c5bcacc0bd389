"""What is worth finding out next?

Of every unobserved context: the answers that may come of seeing it, how much seeing it tells, and
what it is worth before choosing between single changes.

    python scripts/evidence_value.py "P(dissolution | mandated, merger)" --options 5
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import figures

from cmocnet import Network
from cmocnet.intervals import NOTHING
from cmocnet.query import Query, parse
from cmocnet.sensitivity import Asking, Decision, next_question, swings, value_of_information

MARKS = ("o", "s", "^", "D", "v", "P", "X")


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """Answers if seen, information, and worth for a decision."""
    net = figures.network(args)
    query = parse(args.question, net.lexicon)
    with figures.progress("contexts"):
        found = swings(net.ask(query))
        worth = _worth(net, query, args.options) if args.options else {}
        best = next_question(net.ask(query))
    top = found[: args.top]
    labels = [figures.wrapped(a.label, 36) for a in top]
    heights = [figures.tall(labels)] * 2
    if args.options:
        heights.append(heights[0] if any(g > NOTHING for g in worth.values()) else 0.3)
    title = f"What finding out would tell. {figures.asked(net, args.question)}"
    figure, (first, second, *third) = figures.panels(*heights, title=title)
    _answers(net, first, top, labels)
    second.set_title(f"How much it tells; the most: {best.label}")
    _bars(second, labels, [1000 * a.information for a in top], "thousandths of a bit")
    if third and any(g > NOTHING for g in worth.values()):
        third[0].set_title("What knowing it is worth before choosing between single changes")
        gains = [100 * worth.get(a.variable, 0.0) for a in top]
        _bars(third[0], labels, gains, "percentage points gained by choosing accordingly")
    elif third:
        text = "No answer would change which single change is best: for that choice, finding out "
        figures.empty(third[0], text + "is worth nothing.")
    table = found.frame()
    table["worth"] = table["variable"].map(worth)
    yield figures.Drawn("evidence_value", figure, table)


def _worth(net: Network, query: Query, options: int) -> dict[str, float]:
    """Value of each context's information when choosing nothing or one of the leading levers."""
    ranked = net.levers(query, k=1, n=0)
    choices = {
        str(s.lever): {s.lever.variable: s.lever.state}
        for s in [s for s in ranked.ranking if ranked.objective.sign * s.effect > 0][:options]
    }
    (event, _), *_ = ranked.objective.terms
    if len(event) != 1:
        return {}  # utilities add up over variables; a joint event has none of its own
    utilities = {name: {state: ranked.objective.sign} for name, state in event.items()}
    decision = Decision({"nothing": {}, **choices}, utilities)
    return {w.variable: w.gain for w in value_of_information(net.ask(query), decision)}


def _answers(
    net: Network, axes: figures.Axes, found: Sequence[Asking], labels: Sequence[str]
) -> None:
    figures.rows(axes, labels)
    axes.set_title("The answer if it is seen; marks are the states in their order")
    for y, a in enumerate(found):
        answers = list(a.answers.items())
        low, high = min(a.answers.values()), max(a.answers.values())
        axes.plot([low, high], [y, y], color=figures.MIDDLE, linewidth=4, solid_capstyle="butt")
        for mark, (_, p) in zip(MARKS, answers, strict=False):
            axes.plot(p, y, mark, color=figures.DARK, markersize=6)
        told = net.variables[a.variable].label_of
        for (s, p), left in ((min(answers, key=_second), True), (max(answers, key=_second), False)):
            figures.beside(axes, p, y, f"  {told(s)}  ", left=left)
    figures.room(axes, 0.3, 0.3)
    figures.per_cent(axes, "probability")


def _second(pair: tuple[str, float]) -> float:
    return pair[1]


def _bars(axes: figures.Axes, labels: Sequence[str], numbers: Sequence[float], unit: str) -> None:
    figures.rows(axes, labels)
    axes.barh(range(len(numbers)), numbers, color=figures.MIDDLE, edgecolor=figures.DARK)
    for y, number in enumerate(numbers):
        figures.beside(axes, number, y, f"{number:.2f}")
    axes.set_xlim(0, 1.12 * max([*numbers, 1e-3]))
    axes.set_xlabel(unit)


if __name__ == "__main__":
    parser = figures.parser(__doc__)
    figures.top(parser, 10, "contexts")
    parser.add_argument(
        "--options", type=int, default=5, help="levers to choose between; 0 leaves that out"
    )
    figures.main(parser, run)
