"""How does the answer depend on a table entry, and on two at once?

Exact: with one entry x moving and its row in proportion, the answer is (a x + b) / (c x + d); with
two it is a ratio of bilinear functions.

    python scripts/sensitivity_function.py "P(dissolution | inertia, mandated)"
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import figures
import numpy as np
import pandas as pd

from cmocnet import Network
from cmocnet.errors import EvidenceError
from cmocnet.sensitivity import Entry, SensitivityFunction, TwoWay, every_function, two_way

DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)))
SHADES = (figures.DARK, figures.MIDDLE)
POINTS = 101
GRID = 41


def run(args: argparse.Namespace) -> Iterator[figures.Drawn]:
    """One-way curves of the leading entries, then the two-way map of the first two."""
    net = figures.network(args)
    with figures.progress("table entries"):
        leading = _leading(every_function(net.ask(args.question)), args.top)
    title = f"How the answer depends on table entries. {figures.asked(net, args.question)}"
    yield _one_way(net, leading, title)
    if len(leading) > 1:
        with figures.progress("two entries at once"):
            yield _two_way(net, args.question, leading, title)


def _leading(found: Sequence[SensitivityFunction], top: int) -> list[SensitivityFunction]:
    """The most sensitive entry of each of the most sensitive rows; a row moves as one."""
    rows: dict[object, SensitivityFunction] = {}
    for f in found:
        rows.setdefault((f.entry.variable, *f.entry.given.items()), f)
    return list(rows.values())[:top]


def _words(net: Network, entry: Entry) -> str:
    given = ", ".join(net.variables[p].fact(s) for p, s in entry.given.items())
    head = net.variables[entry.variable].fact(entry.state)
    return f"{head}, where {given}" if given else head


def _one_way(net: Network, found: Sequence[SensitivityFunction], title: str) -> figures.Drawn:
    labels = [figures.wrapped(_words(net, f.entry), 100) for f in found]
    figure, (axes, key) = figures.panels(4.2, 0.75 * figures.tall(labels, 1), title=title)
    x = np.linspace(0.0, 1.0, POINTS)
    frames = []
    for k, (f, label) in enumerate(zip(found, labels, strict=True)):
        inside = x[f.c * x + f.d > 1e-9]
        y = [f(float(v)) for v in inside]
        style = {"color": SHADES[k % 2], "linestyle": DASHES[k % len(DASHES)], "linewidth": 1.8}
        axes.plot(inside, y, label=label, **style)
        axes.plot(f.value, f(f.value), "o", color=SHADES[k % 2], markersize=7)
        row = {"entry": str(f.entry), "label": _words(net, f.entry), "today": f.value}
        frames.append(pd.DataFrame({**row, "x": inside, "answer": y}))
    axes.grid(color=figures.FAINT)
    axes.set_title("Dots mark today's values")
    figures.per_cent(axes, "value of the table entry")
    figures.per_cent(axes, "probability asked for", "y")
    key.set_axis_off()
    handles, names = axes.get_legend_handles_labels()
    key.legend(handles, names, loc="upper left", handlelength=4, labelspacing=0.8)
    return figures.Drawn("sensitivity_function", figure, pd.concat(frames, ignore_index=True))


def _two_way(
    net: Network, question: str, found: Sequence[SensitivityFunction], title: str
) -> figures.Drawn:
    first, second = found[0], found[1]
    both = two_way(net.ask(question), first.entry, second.entry)
    x = np.linspace(0.0, 1.0, GRID)
    z = np.array([[_at(both, float(a), float(b)) for a in x] for b in x])
    figure, (axes,) = figures.panels(6.0, title=title)
    filled = axes.contourf(x, x, z, levels=10, cmap=figures.SHADES)
    lines = axes.contour(filled, colors=figures.DARK, linewidths=0.8)
    axes.clabel(lines, fmt=lambda p: f"{100 * p:.0f}%", fontsize=9)
    marks = {"markersize": 12, "markeredgecolor": "black", "markerfacecolor": "white"}
    axes.plot(first.value, second.value, "D", label="today", clip_on=False, **marks)
    figures.per_cent(axes, figures.wrapped(_words(net, first.entry), 90))
    figures.per_cent(axes, figures.wrapped(_words(net, second.entry), 60), "y")
    axes.set_title("Lines of equal probability; the diamond marks today's values")
    a, b = np.meshgrid(x, x)
    columns = {"x": a.ravel(), "y": b.ravel(), "answer": z.ravel()}
    frame = pd.DataFrame({"first": str(first.entry), "second": str(second.entry), **columns})
    return figures.Drawn("sensitivity_function_two", figure, frame)


def _at(both: TwoWay, x: float, y: float) -> float:
    """The answer there; not a number where the evidence would be impossible."""
    try:
        return both(x, y)
    except EvidenceError:
        return float("nan")


if __name__ == "__main__":
    parser = figures.parser(__doc__)
    figures.top(parser, 5, "entries")
    figures.main(parser, run)
