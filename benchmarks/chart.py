"""The chart beside the table: how far over its bar each workload is, and how times grow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import kind, plain
from benchmarks.results import Bar, Row

DARK, MIDDLE, LIGHT = "#111111", "#777777", "#cccccc"


def draw(rows: Sequence[Row], path: Path) -> None:
    """Write the chart as SVG; marks differ in form as well as in shade."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update({"svg.hashsalt": "cmocnet", "svg.fonttype": "none", "font.size": 9})
    figure = plt.figure(figsize=(11, 10), layout="constrained")
    halves: Any = figure.subfigures(2, 1, height_ratios=[1.6, 1])
    above, below = halves
    _bars(above.subplots(), rows)
    left, right = below.subplots(1, 2)
    _treewidth(left, rows)
    _growth(right, rows)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _bars(axes: Any, rows: Sequence[Row]) -> None:
    """The ratio reached, filled where the bar is met, with the bar as an upright stroke."""
    shown = list(_worst(rows))[::-1]
    for y, (_, ratio, bar) in enumerate(shown):
        met = ratio >= bar.ratio
        axes.barh(y, ratio, color=MIDDLE if met else "white", edgecolor=DARK, height=0.6)
        axes.plot([bar.ratio] * 2, [y - 0.42, y + 0.42], color=DARK, linewidth=2.5)
        axes.annotate(
            f"{plain(ratio)}{'' if met else '  not met'}",
            (max(ratio, bar.ratio), y),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
        )
    axes.set_yticks(range(len(shown)), [label for label, _, _ in shown])
    axes.set_xscale("log")
    axes.margins(x=0.2, y=0.01)
    axes.set_title(
        "Peer's cost over ours (bars), and what it shall be at least (strokes)", loc="right"
    )


def _worst(rows: Sequence[Row]) -> Any:
    """Each bar's label and the least ratio of the rows held against it."""
    found: dict[tuple[str, Bar], float] = {}
    for row in rows:
        for bar in row.bars:
            key = (kind(row), bar)
            found[key] = min(found.get(key, float("inf")), row.ratio(bar.peer))
    for (work, bar), ratio in found.items():
        yield f"{_short(work)}: {bar.says}", ratio, bar


def _short(text: str, most: int = 44) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + " …"


def _treewidth(axes: Any, rows: Sequence[Row]) -> None:
    mine = [r for r in rows if r.group == "all posteriors" and r.multiply_adds]
    mine.sort(key=lambda r: r.multiply_adds or 0)
    x = [r.multiply_adds for r in mine]
    axes.loglog(x, [r.ours for r in mine], "o", color=DARK, label="cmocnet", markersize=5)
    theirs = [r.peers[r.cheapest("pyAgrum")] for r in mine]
    axes.loglog(x, theirs, "^", color=MIDDLE, label="fastest of pyAgrum", markersize=5)
    axes.set_xlabel("multiply-adds of one forward run")
    axes.set_ylabel("seconds")
    _framed(axes, "All posteriors of one scenario")


def _growth(axes: Any, rows: Sequence[Row]) -> None:
    mine = sorted((r for r in rows if r.group == "growth"), key=lambda r: r.size or 0)
    x = [r.size for r in mine]
    each = [r.ours / (r.size or 1) for r in mine]
    axes.loglog(x, each, "o-", color=DARK, label="cmocnet", markersize=5)
    for row in rows:
        if row.group == "scenarios" and row.size:
            level = row.peers[row.cheapest("pyAgrum")] / row.size
            axes.axhline(level, color=MIDDLE, linestyle="--", label="fastest pyAgrum loop")
    axes.set_xlabel("scenarios")
    axes.set_ylabel("seconds a scenario")
    _framed(axes, "Growth over scenarios")


def _framed(axes: Any, title: str) -> None:
    axes.grid(color=LIGHT, linewidth=0.5)
    axes.set_title(title)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)
