"""What to change: single levers, what money buys, and what might backfire.

python scripts/levers.py "P(dissolution | mandated, merger)" --cost "legal agreements=2" -k 3
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import figures
import pandas as pd

from cmocnet import Network
from cmocnet.cli.levers import costs
from cmocnet.intervals import NOTHING
from cmocnet.levers import Levers
from cmocnet.wording import points


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """Ranking, Pareto front, and backfires."""
    net = figures.network(args)
    with figures.progress("bundles of levers"):
        found = net.levers(
            args.question,
            k=args.k,
            costs=costs(net, args.cost),
            budget=args.budget,
            n=args.draws,
            seed=args.seed,
        )
    ranking, worst = found.ranking[: args.top], found.backfires[: args.top]
    labels = [figures.wrapped(str(s.lever)) for s in ranking]
    front = [_bundle(b.levers) for b in found.front]
    harmed = [figures.wrapped(_harm(net, b.lever, b.outcome)) for b in worst]
    verb = "To raise:" if found.objective.aim == "raise" else "To lower:"
    title = f"What to change. {verb} {figures.asked(net, args.question)}"
    heights = [max(0.8, figures.tall(part)) for part in (labels, front, harmed)]
    figure, (first, second, third) = figures.panels(*heights, title=title)
    figures.rows(first, labels)
    _ranking(first, found, args.top)
    figures.rows(second, front)
    _front(second, found)
    if worst:
        figures.rows(third, harmed)
        _backfires(third, found, args.top)
    else:
        figures.empty(third, "Nothing here is likely to backfire.")
    yield figures.Drawn("levers", figure, _table(found))


def _bundle(levers: tuple[object, ...]) -> str:
    return figures.wrapped("; ".join(map(str, levers)) or "Nothing")


def _harm(net: Network, lever: object, outcome: str | None) -> str:
    return f"{lever}, on {net.variables[outcome].label if outcome else 'what is sought'}"


def _ranking(axes: figures.Axes, found: Levers, top: int) -> None:
    axes.set_title("One change at a time, brought about by someone")
    for y, s in enumerate(found.ranking[:top]):
        helps = found.objective.sign * s.effect > NOTHING
        axes.barh(
            y, s.effect, height=0.6, edgecolor=figures.DARK, hatch=None if helps else figures.HATCH,
            color=figures.MIDDLE if helps else "white",
        )  # fmt: skip
        text = points(s.effect) + (
            f", harms in {100 * s.harms:.0f}%" if (s.harms or 0) >= 0.01 else ""
        )
        figures.beside(axes, s.effect, y, text, left=s.effect < 0)
    axes.axvline(0, color=figures.DARK, linewidth=0.8)
    figures.room(axes, 0.25, 0.25)
    figures.per_cent(axes, "change of the probability")


def _front(axes: figures.Axes, found: Levers) -> None:
    share = found.best.stays_best
    doubt = (
        ""
        if share is None
        else f"; of the {found.contenders} leading ones the best stays so in {100 * share:.0f}%"
    )
    axes.set_title(f"What money buys: each beats all that cost no more{doubt}")
    values = [b.value for b in found.front]
    axes.plot(values, range(len(values)), "o-", color=figures.DARK, markersize=8)
    for y, b in enumerate(found.front):
        figures.beside(axes, b.value, y, f"  cost {b.cost:g}: {100 * b.value:.1f}%")
    figures.room(axes, 0.05, 0.25)
    figures.per_cent(axes, "probability with the bundle")


def _backfires(axes: figures.Axes, found: Levers, top: int) -> None:
    axes.set_title("What might backfire: harm now (hatched), or in more than a tenth of draws")
    for y, b in enumerate(found.backfires[:top]):
        harm = b.effect < 0
        axes.barh(
            y, b.effect, height=0.6, edgecolor=figures.DARK, hatch=figures.HATCH if harm else None,
            color="white" if harm else figures.MIDDLE,
        )  # fmt: skip
        text = points(b.effect) + ("" if b.share is None else f", harms in {100 * b.share:.0f}%")
        figures.beside(axes, b.effect, y, text, left=harm)
    axes.axvline(0, color=figures.DARK, linewidth=0.8)
    figures.room(axes, 0.3, 0.3)
    figures.per_cent(axes, "change for the better of the outcome's expected score (0 to 100%)")


def _table(found: Levers) -> pd.DataFrame:
    rows = [
        {"part": "ranking", "levers": str(s.lever), "cost": s.lever.cost, "value": s.value}
        | {"effect": s.effect, "share": s.harms}
        for s in found.ranking
    ]
    rows += [
        {"part": "front", "levers": "; ".join(map(str, b.levers)), "cost": b.cost}
        | {"value": b.value, "effect": b.effect}
        for b in found.front
    ]
    rows += [
        {"part": "backfires", "levers": str(b.lever), "outcome": b.outcome, "effect": b.effect}
        | {"share": b.share}
        for b in found.backfires
    ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    parser = figures.parser(__doc__)
    figures.top(parser, 12, "levers")
    parser.add_argument("-k", type=int, default=3, help="most levers in a bundle (default: 3)")
    parser.add_argument("--cost", action="append", default=[], metavar="NAME=C")
    parser.add_argument("--budget", type=float, metavar="B", help="most that a bundle may cost")
    parser.add_argument("--draws", type=int, default=200, help="draws of the judgements")
    figures.main(parser, run)
