"""What does each item of the evidence add on the way from the baseline to the answer?

Shapley values, exact up to 15 items, as a waterfall; the items stand in the order of their size.

    python scripts/contributions.py "P(high conflict | mandated, weak accountability)"
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import figures
import pandas as pd

from cmocnet.explain import Explanation
from cmocnet.wording import points


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """The waterfall."""
    net = figures.network(args)
    with figures.progress("contributions"):
        found = net.explain(args.question, top=0, seed=args.seed)
    parts = found.contributions
    names = [figures.wrapped(net.item_in_words(c.item), 44) for c in parts.items]
    labels = ["Nothing known", *names, "With all of this"]
    targets = {v: s for v, s in found.query.targets.items() if s}
    asked = " and ".join(net.variables[v].fact(s) for v, s in targets.items())
    figure, (axes,) = figures.panels(figures.tall(labels), title=f"Why the answer moved. {asked}")
    figures.rows(axes, labels)
    _waterfall(axes, found)
    how = "exact" if parts.exact else f"from {parts.orders} orders; whiskers are standard errors"
    conflict = "conflict" if found.conflict.conflicting else "do not conflict"
    axes.set_title(f"Shapley values, {how}; the items {conflict}")
    figures.room(axes)
    figures.per_cent(axes, "probability; the axis does not begin at 0")
    rows = [
        {"item": str(c.item), "value": c.value, "alone": c.alone, "last": c.last}
        | {"standard_error": c.standard_error}
        for c in parts.items
    ]
    ends = {"baseline": parts.baseline, "answer": parts.answer}
    yield figures.Drawn("contributions", figure, pd.DataFrame(rows).assign(**ends))


def _waterfall(axes: figures.Axes, found: Explanation) -> None:
    at = found.baseline
    last = len(found.contributions.items) + 1
    for y, p in ((0, found.baseline), (last, found.answer)):
        axes.plot([p, p], [y - 0.35, y + 0.35], color=figures.DARK, linewidth=4)
        figures.beside(axes, p, y, f" {100 * p:.1f}%")
    for y, c in enumerate(found.contributions.items, start=1):
        up = c.value > 0
        axes.barh(
            y, c.value, left=at, height=0.6, xerr=c.standard_error, edgecolor=figures.DARK,
            color=figures.MIDDLE if up else "white", hatch=None if up else figures.HATCH,
        )  # fmt: skip
        axes.plot([at, at], [y - 1, y + 0.3], color=figures.DARK, linewidth=0.7, linestyle=":")
        at += c.value
        figures.beside(axes, at, y, points(c.value), left=not up)
    axes.plot([at, at], [last - 1, last], color=figures.DARK, linewidth=0.7, linestyle=":")


if __name__ == "__main__":
    figures.main(figures.parser(__doc__), run)
