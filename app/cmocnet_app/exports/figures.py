"""Bars as a figure to take away (SVG), drawn when asked for.

Meaning never hangs on colour alone: what is for the worse is hatched.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet_app import words
from cmocnet_app.exports import downloads
from cmocnet_app.state import theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cmocnet import Network
    from cmocnet.intervals import Interval
    from cmocnet_app.state.scenario import Scenario

COLOURS = {
    "better": "#2f7fd0",
    "worse": "#e08a52",
    "same": "#868b95",
    "here": "#5a5f69",
    "beside": "#a3a9b5",
    "baseline": "#dfe1e6",
}
INK, GRID = "#1b1f24", "#dddddd"
WIDTH, ROW, ENDS = 9.0, 0.34, 1.3
"""Inches: the figure's width, a bar with its label, and what stands above and below the bars."""
WRAPPED = 56
"""Characters of a label's line."""


@dataclass(frozen=True)
class Bar:
    """One bar from ``start`` to ``end``, probabilities or differences of them.

    told
        What stands after the label, such as the number in words.
    kind
        What it is coloured by: a bearing or a case.
    within
        Its 90 per cent interval, drawn as a line.
    """

    label: str
    start: float
    end: float
    told: str = ""
    kind: str = "same"
    within: Interval | None = None


def offered(
    net: Network,
    scenario: Scenario,
    name: str,
    title: str,
    bars: Callable[[], Sequence[Bar | str]],
    *,
    differences: bool = False,
    mark: float | None = None,
) -> None:
    """A button that hands the figure out; under it stand the scenario and what the numbers are."""
    facts = "; ".join(scenario.facts(net.variables)) or "Nothing known"
    foot = f"{facts}. {theory.caution(net)} {net.review.about.citation}"
    downloads.file(
        "As a figure (SVG)", name, "image/svg+xml",
        lambda: svg(title, bars(), foot, differences=differences, mark=mark),
    )  # fmt: skip


def svg(
    title: str,
    bars: Sequence[Bar | str],
    foot: str,
    *,
    differences: bool = False,
    mark: float | None = None,
) -> bytes:
    """Bars from the top down on one scale; a text among them is a heading over what follows.

    The scale is in per cent, for ``differences`` in percentage points; ``mark`` is an upright line
    through all.
    """
    import matplotlib as mpl

    figure = _figure(title, bars, foot)
    axes = figure.axes[0]
    axes.use_sticky_edges = mark is None  # bars on both sides of a line get room
    for place, bar in enumerate(bars):
        if isinstance(bar, Bar):
            _draw(axes, place, bar)
        else:
            axes.get_yticklabels()[place].set_fontweight("bold")
    if mark is not None:
        axes.axvline(mark, color=INK, linewidth=1.4)
    _scale(axes, differences)
    out = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "hatch.linewidth": 0.6}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "cmocnet"})
    return out.getvalue()


def _figure(title: str, bars: Sequence[Bar | str], foot: str) -> Figure:
    """The figure with all its words, and no bar yet."""
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    labels = [textwrap.fill(_label(bar), WRAPPED) for bar in bars]
    size = (WIDTH, ENDS + ROW * sum(1 + 0.5 * label.count("\n") for label in labels))
    figure = Figure(figsize=size, layout="constrained")
    figure.suptitle(textwrap.fill(title, 90), x=0.01, ha="left", fontsize=11, fontweight="bold")
    figure.supxlabel(textwrap.fill(foot, 150), x=0.01, ha="left", fontsize=7)
    axes = figure.subplots()
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    for text in figure.findobj(Text):
        text.set_parse_math(False)  # a label of another review may hold dollar signs
    return figure


def _label(bar: Bar | str) -> str:
    if isinstance(bar, str):
        return bar
    return f"{bar.label}: {bar.told}" if bar.told else bar.label


def _draw(axes: Axes, place: int, bar: Bar) -> None:
    hatch = "////" if bar.kind in {"worse", "baseline"} else None
    axes.barh(
        place, bar.end - bar.start, left=bar.start, height=0.55, color=COLOURS[bar.kind],
        hatch=hatch, edgecolor=INK if hatch else "none", linewidth=0,
    )  # fmt: skip
    if bar.within:
        low, high = bar.within
        axes.plot([low, high], [place, place], color=INK, linewidth=1.2, marker="|", markersize=7)


def _scale(axes: Axes, differences: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(8, steps=(1, 2, 5, 10)))
    axes.xaxis.set_major_formatter(lambda at, _: f"{100 * at:.3g}".replace("-", words.MINUS))
    axes.set_xlabel("percentage points" if differences else "per cent", loc="right")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="x", color=GRID, linewidth=0.7)
    axes.set_axisbelow(True)
