"""In what share of draws of the judgements does each configuration's stated direction hold?

python scripts/firmness.py --draws 200 --top 25
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import figures
import pandas as pd

from cmocnet.check.firmness import FIRM, firmness
from cmocnet.errors import CmocnetError


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """All configurations as one curve above, the least firm in words below."""
    net = figures.network(args)
    if args.draws < 2 or args.seed < 0:
        raise CmocnetError(
            f"{args.draws} draws from seed {args.seed}", expected="2 or more, from 0"
        )
    found = []
    with figures.progress("directions over draws") as progress:
        for one in firmness(net.review, net.discrete, net.draws(n=args.draws, seed=args.seed)):
            found.append(one)
            if progress is not None:
                progress(len(found), len(net.cmocs))
    found.sort(key=lambda f: (f.share, f.cmoc.id))
    least = found[: args.top]
    labels = [
        figures.wrapped(f"{f.cmoc.id}: {f.cmoc.context} \u2192 {f.cmoc.outcome}") for f in least
    ]
    uncertain = sum(f.uncertain for f in found)
    title = f"How firm the directions are: {uncertain} of {len(found)} configurations uncertain"
    figure, (first, second) = figures.panels(2.2, figures.tall(labels), title=title)
    first.set_title(f"All configurations, the least firm first ({args.draws} draws)")
    first.step(range(1, len(found) + 1), [f.share for f in found], color=figures.DARK, where="mid")
    first.axhline(FIRM, color=figures.MIDDLE, linestyle="--")
    first.set_xlim(0.5, len(found) + 0.5)
    first.set_xlabel("configurations")
    figures.per_cent(first, "share of draws", "y")
    second.set_title(f"The least firm; under {100 * FIRM:.0f}% (dashed) a direction is uncertain")
    figures.rows(second, labels)
    for y, f in enumerate(least):
        fill = "white" if f.uncertain else figures.DARK
        second.plot([0, f.share], [y, y], color=figures.MIDDLE, linewidth=2)
        second.plot(f.share, y, "o", color=figures.DARK, markerfacecolor=fill, markersize=8)
        figures.beside(second, f.share, y, f"  {100 * f.share:.0f}%")
    second.axvline(FIRM, color=figures.MIDDLE, linestyle="--")
    second.set_xlim(0, 1.12)
    figures.per_cent(second, "share of draws in which all its stated directions hold")
    rows = [{"id": f.cmoc.id, "share": f.share, "uncertain": f.uncertain} for f in found]
    yield figures.Drawn("firmness", figure, pd.DataFrame(rows))


if __name__ == "__main__":
    parser = figures.parser(__doc__, asks=False)
    figures.top(parser, 20, "configurations")
    parser.add_argument("--draws", type=int, default=200, help="draws of the judgements")
    figures.main(parser, run)
