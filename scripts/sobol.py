"""How do the judgements share the uncertainty of an answer, all of them varying at once?

First-order and total Sobol indices with 95 per cent intervals. Large runs go to a Dask cluster.

    python scripts/sobol.py "P(dissolution | mandated, merger)" --n 256 --scheduler tcp://host:8786
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import figures
import numpy as np

from cmocnet.sensitivity import judgement_indices
from cmocnet.sensitivity.sweep import CHUNK


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """Total indices, the largest first, with first-order ones inside."""
    net = figures.network(args)
    with figures.progress("evaluations") as progress:
        found = judgement_indices(
            net.ask(args.question),
            n=args.n,
            seed=args.seed,
            top=args.vary,
            scheduler=args.scheduler,
            chunk=args.chunk,
            progress=progress,
        )
    table = found.frame()
    top = table.head(args.top)
    labels = [figures.wrapped(label) for label in top["label"]]
    title = f"What makes the answer uncertain. {figures.asked(net, args.question)}"
    figure, (axes,) = figures.panels(figures.tall(labels), title=title)
    figures.rows(axes, labels)
    y = np.arange(len(top))
    error = {"ecolor": "black", "capsize": 3, "error_kw": {"elinewidth": 1}}
    edge = {"edgecolor": figures.DARK, "height": 0.36, **error}
    axes.barh(
        y - 0.19, top["total"], xerr=top["total_error"], color=figures.LIGHT,
        label="in all, with whatever it interacts with", **edge,
    )  # fmt: skip
    axes.barh(
        y + 0.19,
        top["first"],
        xerr=top["first_error"],
        color=figures.DARK,
        label="by itself",
        **edge,
    )
    axes.axvline(0, color=figures.DARK, linewidth=0.8)
    axes.set_xlabel("share of the variance of the answer; whiskers are 95% intervals")
    spread = 100 * found.variance**0.5
    axes.set_title(
        f"{len(found.inputs) - 1} judgements varied, {found.evaluations:,} evaluations; "
        f"standard deviation {spread:.1f} points"
    )
    axes.legend(loc="lower right", frameon=True, framealpha=1)
    yield figures.Drawn("sobol", figure, table)


if __name__ == "__main__":
    parser = figures.parser(__doc__)
    figures.top(parser, 12, "judgements")
    parser.add_argument("--n", type=int, default=128, help="base samples, a power of 2")
    parser.add_argument(
        "--vary", type=int, metavar="N", help="vary the N widest bars only (default: all)"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, as tcp://...")
    parser.add_argument("--chunk", type=int, default=CHUNK, help="evaluations of one task")
    figures.main(parser, run)
