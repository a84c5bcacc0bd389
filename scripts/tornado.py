"""Which judgement, and which context, does the answer hang on?

Each judgement is set to its 5th and its 95th percentile and the network evaluated anew; each
unobserved context is seen at its two ends.

    python scripts/tornado.py "P(dissolution | mandated, merger)" --out figures
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import figures

from cmocnet import Network
from cmocnet.sensitivity import Bar


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """Judgements above, contexts below."""
    net = figures.network(args)
    with figures.progress("judgements and contexts"):
        found = net.sensitivity(args.question)
    above, below = found.tornado[: args.top], found.contexts[: args.top]
    labels = [[figures.wrapped(b.label) for b in part] for part in (above, below)]
    title = f"What the answer hangs on. {figures.asked(net, args.question)}"
    figure, (first, second) = figures.panels(*map(figures.tall, labels), title=title)
    first.set_title("Judgements, one at a time at its 5th and 95th percentile")
    second.set_title("Contexts not yet known, each seen at its two ends")
    for axes, bars, names in zip((first, second), (above, below), labels, strict=True):
        if bars:
            figures.rows(axes, names)
            _draw(net, axes, bars, found.answer)
        else:
            figures.empty(axes, "Every context is given.")
    figures.legend(first, bbox_to_anchor=(0, -0.6 / figures.tall(labels[0])))
    yield figures.Drawn("tornado", figure, found.frame())


def _draw(net: Network, axes: figures.Axes, bars: tuple[Bar, ...], answer: float) -> None:
    for y, b in enumerate(bars):
        named = y == 0
        low, high = b.at_low - answer, b.at_high - answer
        style = {"height": 0.62, "edgecolor": figures.DARK, "linewidth": 0.8, "left": answer}
        axes.barh(y, high, color=figures.MIDDLE, label=named * "95th percentile", **style)
        axes.barh(
            y, low, color="white", hatch=figures.HATCH, label=named * "5th percentile", **style
        )
        for end, at, other in ((b.low, b.at_low, b.at_high), (b.high, b.at_high, b.at_low)):
            text = f"{100 * at:.1f}%"
            if isinstance(end, str):
                text = f"{net.variables[b.address].label_of(end)} {text}"
            figures.beside(axes, at, y, text, left=at < other)
    axes.axvline(answer, color=figures.DARK, linewidth=1.2, label="as it stands")
    side = 0.3 if isinstance(bars[0].low, str) else 0.08
    figures.room(axes, side, side)
    figures.per_cent(axes, "probability")


if __name__ == "__main__":
    parser = figures.parser(__doc__)
    figures.top(parser, 12, "judgements, and contexts,")
    figures.main(parser, run)
