"""What the scripts share: arguments, one look for every figure, and where results are written.

Meaning never hangs on colour alone: marks differ in lightness, hatching or form as well, so that a
figure is legible in greyscale and to readers who do not tell red from green.
"""

from __future__ import annotations

import argparse
import io
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

import cmocnet
from cmocnet.cli.show import bar
from cmocnet.errors import CmocnetError, unusable
from cmocnet.writing import write_whole

DARK, MIDDLE, LIGHT, FAINT = "#1b3a57", "#5b8db8", "#c9dbe8", "#dddddd"
"""Four lightnesses of one hue, and a grey for grids."""
HATCH = "////"
WIDTH = 10.0
"""Inches."""
LINE = 0.165
"""Inches a line of label text needs."""
WRAPPED = 56
"""Characters of a label's line."""

SHADES = LinearSegmentedColormap.from_list("shades", ["white", MIDDLE])
"""From little to much; dark letters are legible on all of it."""

STYLE = {
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "cmocnet",
    "svg.fonttype": "none",
    "legend.frameon": False,
}

Run = Callable[[argparse.Namespace], Iterable["Drawn"]]


@dataclass(frozen=True)
class Drawn:
    """A figure, and a table of what is drawn in it."""

    name: str
    figure: Figure
    frame: pd.DataFrame


def parser(doc: str | None, *, asks: bool = True) -> Any:
    """The arguments that every script takes, with its first line as description."""
    found = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    if asks:
        found.add_argument(
            "question", nargs="?", help="in quotes (default: the first of the review's own)"
        )
    found.add_argument(
        "--out",
        type=Path,
        default=Path("figures"),
        metavar="DIR",
        help="folder for PNG, SVG and CSV files (default: figures)",
    )
    found.add_argument("--seed", type=int, default=0, help="of everything random (default: 0)")
    found.add_argument("--model", metavar="PATH", help="folder of another review")
    return found


def top(found: Any, default: int, what: str) -> None:
    """Add ``--top``, how many rows are drawn."""
    found.add_argument(
        "--top", type=_positive, default=default, help=f"{what} drawn (default: {default})"
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def main(found: argparse.ArgumentParser, run: Run) -> None:
    """Read the arguments, draw, write; what a user can put right is one line and status 2."""
    args = found.parse_args()
    try:
        with mpl.rc_context(STYLE):
            for drawn in run(args):
                for path in save(drawn, args.out):
                    print(path)
    except CmocnetError as error:
        print(f"{found.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def save(drawn: Drawn, folder: Path) -> list[Path]:
    """Write NAME.png, NAME.svg and NAME.csv, each whole; the paths written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise unusable(folder, error, "made") from None
    paths = []
    for kind in ("png", "svg"):
        held = io.BytesIO()
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        drawn.figure.savefig(held, format=kind, dpi=150, metadata=metadata)
        paths.append(folder / f"{drawn.name}.{kind}")
        write_whole(paths[-1], held.getvalue())
    paths.append(folder / f"{drawn.name}.csv")
    write_whole(paths[-1], drawn.frame.to_csv(index=False, lineterminator="\n"))
    return paths


def network(args: argparse.Namespace) -> cmocnet.Network:
    """The review's network; where no question was given, ``args`` gets the review's own."""
    net = cmocnet.load(args.model)
    if getattr(args, "question", "") is None:
        args.question = next(iter(net.review.about.questions), cases(net)[0])
    return net


def cases(net: cmocnet.Network) -> tuple[str, str]:
    """Two questions: the last outcome in the first situation, and in what that is held against."""
    end = net.review.about.rounds.horizon
    first = next(iter(net.situations.values()), None)
    sides = (first.given, first.contrast) if first else ({}, {})
    known = (", ".join(f"{name}={state}" for name, state in side.items()) for side in sides)
    one, other = (f"P({end.variable}={end.state} | {given})" if given else
                  f"P({end.variable}={end.state})" for given in known)  # fmt: skip
    return one, other


def progress(what: str) -> Any:
    """A progress bar on standard error, where someone sees it."""
    return bar(what)


def asked(net: cmocnet.Network, question: str) -> str:
    """The question in words: what is asked, and under what."""
    from cmocnet.query import parse

    query = parse(question, net.lexicon)
    targets = " and ".join(net.variables[v].fact(s) for v, s in query.targets.items() if s)
    settled = {**query.evidence.observed, **query.evidence.do}
    given = ", ".join(net.variables[v].fact(s) for v, s in settled.items())
    return f"{targets}, given {given}" if given else targets


def wrapped(text: str, width: int = WRAPPED) -> str:
    """A label folded at words."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def tall(labels: Sequence[str], least: int = 2) -> float:
    """Inches that rows with these labels need."""
    return sum(LINE * (max(least, label.count("\n") + 1) + 0.7) for label in labels)


def panels(*heights: float, title: str) -> tuple[Figure, list[Axes]]:
    """A figure of panels, one below the other, under a title in words."""
    head = wrapped(title, 96)
    margin = 0.8
    figure = Figure(
        figsize=(WIDTH, sum(heights) + margin * len(heights) + 0.2 * (head.count("\n") + 2)),
        layout="constrained",
    )
    figure.suptitle(head, x=0.01, ha="left", fontsize=12, fontweight="bold")
    ratios = [height + margin for height in heights]
    axes = figure.subplots(len(heights), 1, height_ratios=ratios, squeeze=False)[:, 0]
    return figure, list(axes)


def rows(axes: Axes, labels: Sequence[str]) -> None:
    """Labels of horizontal rows, the first on top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT, linewidth=0.7)


def per_cent(axes: Axes, label: str, which: str = "x") -> None:
    """Numbers of an axis as per cent, for values in [0, 1]."""
    from matplotlib.ticker import PercentFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    axis.set_label_text(label)


def room(axes: Axes, left: float = 0.14, right: float = 0.14) -> None:
    """Widen the x axis by shares of its width, for texts beside the marks."""
    low, high = axes.get_xlim()
    axes.set_xlim(low - left * (high - low), high + right * (high - low))


def beside(axes: Axes, x: float, y: float, text: str, *, left: bool = False) -> None:
    """A small text just outside a mark."""
    axes.annotate(
        text,
        (x, y),
        xytext=(-4 if left else 4, 0),
        textcoords="offset points",
        ha="right" if left else "left",
        va="center",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
    )


def legend(axes: Axes, **where: Any) -> None:
    """The legend, under the panel so that it hides nothing."""
    axes.legend(**{"loc": "upper left", "bbox_to_anchor": (0, -0.14), "ncols": 3, **where})


def empty(axes: Axes, text: str) -> None:
    """Say in words that there is nothing to draw."""
    axes.set_axis_off()
    axes.text(0, 0.5, wrapped(text, 90), transform=axes.transAxes, va="center")
