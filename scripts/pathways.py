"""Which paths, and which configurations, carry the move of an answer, and does one source hold all?

python scripts/pathways.py "P(dissolution | mandated, low cultural compatibility)"
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import figures
import pandas as pd

from cmocnet import Network
from cmocnet.explain import Carrier, Pathway
from cmocnet.wording import points


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """Paths above, configurations below."""
    net = figures.network(args)
    with figures.progress("pathways"):
        found = net.explain(args.question, top=args.top, seed=args.seed).pathways
    paths, carriers = found.paths, found.carriers[: args.top]
    above = [figures.wrapped(p.summary, 62) for p in paths]
    below = [figures.wrapped(_claim(net, c.cmoc), 62) for c in carriers]
    title = f"What carries the move. {figures.asked(net, args.question)}"
    heights = [max(0.8, figures.tall(labels)) for labels in (above, below)]
    figure, (first, second) = figures.panels(*heights, title=title)
    if paths:
        first.set_title("Paths along the arcs")
        _paths(first, paths, above)
        second.set_title("Configurations, by the share of all paths' effects through them")
        if carriers:
            _carriers(second, carriers, below)
        else:
            figures.empty(second, "No configuration speaks of these paths in this case.")
    else:
        text = "No path leads from what is given to what is asked: the answer moves by inference."
        figures.empty(first, text)
        second.set_axis_off()
    rows = [
        {"path": " > ".join(p.variables), "effect": p.effect, "sentence": p.sentence}
        | {"check": p.check, "stitched": p.thread.stitched, "steps_bare": len(p.thread.bare)}
        for p in paths
    ]
    rows += [
        {"configuration": c.cmoc, "effect": c.effect, "share": c.share} for c in found.carriers
    ]
    yield figures.Drawn("pathways", figure, pd.DataFrame(rows))


def _claim(net: Network, key: str) -> str:
    entry = net.review.cmocs[key]
    return f"{key}: {entry.context} \u2192 {entry.mechanism} \u2192 {entry.outcome}"


def _paths(axes: figures.Axes, paths: Sequence[Pathway], labels: Sequence[str]) -> None:
    figures.rows(axes, labels)
    drawn = set()
    for y, p in enumerate(paths):
        what = "stitched from several sources" if p.thread.stitched else "one source holds it all"
        if p.thread.bare:
            what = "a step has no source"
        style = {
            "one source holds it all": {"color": figures.MIDDLE},
            "stitched from several sources": {"color": "white", "hatch": figures.HATCH},
            "a step has no source": {"color": "white", "linestyle": "--"},
        }[what]
        label = "" if what in drawn else what
        axes.barh(y, p.effect, height=0.55, edgecolor=figures.DARK, label=label, **style)
        drawn.add(what)
        figures.beside(axes, p.effect, y, points(p.effect), left=p.effect < 0)
    axes.axvline(0, color=figures.DARK, linewidth=0.8)
    figures.room(axes)
    figures.per_cent(axes, "change of the probability along this path")
    axes.legend(loc="lower right", frameon=True, framealpha=1)


def _carriers(axes: figures.Axes, carriers: Sequence[Carrier], labels: Sequence[str]) -> None:
    figures.rows(axes, labels)
    shares = [c.share for c in carriers]
    axes.barh(range(len(shares)), shares, color=figures.MIDDLE, edgecolor=figures.DARK, height=0.55)
    for y, c in enumerate(carriers):
        figures.beside(axes, c.share, y, f"{100 * c.share:.0f}%, net {points(c.effect)}")
    axes.set_xlim(0, 1.3 * max(shares))
    figures.per_cent(axes, "share of all paths' effects, up and down; paths share configurations")


if __name__ == "__main__":
    parser = figures.parser(__doc__)
    figures.top(parser, 8, "paths, and configurations,")
    figures.main(parser, run)
