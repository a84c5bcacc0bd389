"""What would reverse the conclusion that an outcome is likelier in one case than in another?

The smallest change of each judgement that does it alone, and the smallest of all together, in
standard deviations of their doubt.

    python scripts/robustness.py "P(dissolution | mandated)" --against "P(dissolution | voluntary)"
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import figures
import pandas as pd

from cmocnet.errors import CmocnetError
from cmocnet.sensitivity import Robustness
from cmocnet.sensitivity.robustness import Change


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """Single reversals above, the joint one below."""
    asked = args.question
    net = figures.network(args)
    if args.against is None:
        if asked is not None:
            raise CmocnetError("nothing to hold it against", expected="--against QUESTION")
        args.question, args.against = figures.cases(net)
    with figures.progress("what would reverse it"):
        found = net.ask(args.question).robustness(args.against, limit=args.limit)
    alone = [c for r in found.single[: args.top] for c in r.changes]
    joint = list(found.joint.changes[: args.top]) if found.joint else []
    labels = [[figures.wrapped(c.label) for c in part] for part in (alone, joint)]
    more = "more" if found.margin > 0 else "less"
    title = (
        f"What would reverse: {figures.asked(net, args.question)} is "
        f"{100 * abs(found.margin):.1f} points {more} likely than "
        f"{figures.asked(net, args.against)}"
    )
    heights = [max(0.8, figures.tall(part)) for part in labels]
    figure, (first, second) = figures.panels(*heights, title=title)
    if alone:
        first.set_title("One judgement alone: judged, and the value that reverses it")
        _draw(first, alone, labels[0])
    else:
        figures.empty(first, f"No judgement alone does, within {found.limit:g} deviations.")
    if found.joint:
        total = f"{found.joint.size:.2f} deviations in all"
        second.set_title(f"All moved together, {total}; the largest parts")
        _draw(second, joint, labels[1])
    else:
        figures.empty(second, "Moving them together was not found to reverse it.")
    yield figures.Drawn("robustness", figure, _table(found))


def _draw(axes: figures.Axes, changes: Sequence[Change], labels: Sequence[str]) -> None:
    figures.rows(axes, labels)
    for y, c in enumerate(changes):
        up = c.score > 0
        axes.barh(
            y, c.score, color=figures.MIDDLE if up else "white", height=0.55,
            hatch=None if up else figures.HATCH, edgecolor=figures.DARK,
        )  # fmt: skip
        figures.beside(axes, c.score, y, f"{c.central:.2g} \u2192 {c.value:.2g}", left=not up)
    axes.axvline(0, color=figures.DARK, linewidth=0.8)
    figures.room(axes, 0.16, 0.16)
    axes.set_xlabel("standard deviations of the judgement's doubt, up or down")


def _table(found: Robustness) -> pd.DataFrame:
    parts = [("alone", r) for r in found.single]
    parts += [("together", found.joint)] if found.joint else []
    frames = [r.frame().assign(moved=how, size=r.size, margin=r.margin) for how, r in parts]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"moved": []})


if __name__ == "__main__":
    parser = figures.parser(__doc__)
    parser.add_argument(
        "--against",
        help="the same outcome in another case (default: the review's first situation, against "
        "its contrast)",
    )
    parser.add_argument("--limit", type=float, default=4.0, help="deviations searched (default: 4)")
    figures.top(parser, 8, "judgements")
    figures.main(parser, run)
