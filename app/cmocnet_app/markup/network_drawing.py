"""The network as a picture in storeys, drawn as SVG: a bar of belief in each node, signed arcs.

Nodes stand in storeys by layer, parents above or left of children. A bar's segments are a node's
states, the first at the left. What moved against the contrast is coloured. All text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from cmocnet.explain.arcs import Arc
from cmocnet_app import words

if TYPE_CHECKING:
    from cmocnet.engine import Posteriors
    from cmocnet.registry import Variable
    from cmocnet.registry.records import Layer

STOREYS: dict[Layer, str] = {
    "setting": "Setting",
    "standing": "Standing conditions",
    "loop": "In each round",
    "outcome": "Outcomes",
}
"""Layer -> its heading where the review gives it none."""
COLUMNS = 5
WIDTH, HEIGHT, ACROSS, DOWN = 172, 52, 18, 34
LEFT, HEAD, LINE = 14, 30, 19
MOVED = words.SAME
"""A change of expected score (0 to 1) from which a node is coloured."""
STYLE = """
.picture text { font: 12px system-ui, sans-serif; fill: currentColor; }
.picture .storey { font-weight: 600; font-size: 13px; }
.picture .band { fill: currentColor; opacity: 0.045; }
.picture .box { fill: var(--paper, #fff); stroke: currentColor; stroke-opacity: 0.35; }
.picture .said .box { stroke-opacity: 1; stroke-width: 1.6; }
.picture .better .box { stroke: #2f7fd0; stroke-opacity: 1; stroke-width: 2.4; }
.picture .worse .box { stroke: #c9530f; stroke-opacity: 1; stroke-width: 2.4; }
.picture .moved .box { stroke-opacity: 1; stroke-width: 2.4; }
.picture .chosen .box { stroke-width: 4; }
.picture .said text { font-weight: 600; }
.picture .arc { fill: none; stroke: currentColor; }
.picture .lowers { stroke-dasharray: 7 4; }
.picture .mixed { stroke-dasharray: 2 3; }
"""


@dataclass(frozen=True)
class Node:
    """A node to draw: its variable, its distribution, and how far it moved.

    move
        Change of the expected score (0 to 1 over the states) against the contrast.
    said
        Does the scenario say its state?
    """

    variable: Variable
    belief: Mapping[str, float]
    move: float
    said: bool


def nodes(
    known: Mapping[str, Variable], here: Posteriors, other: Posteriors, said: Collection[str]
) -> dict[str, Node]:
    """Every variable as a node of the picture."""
    return {
        name: Node(
            variable,
            dict(here[name].items()),
            float(variable.score(here[name].array) - variable.score(other[name].array)),
            name in said,
        )
        for name, variable in known.items()
    }


def leading(nodes: Mapping[str, Node], always: Collection[str], n: int) -> list[str]:
    """What the scenario says, what is always shown, and what moved most, in network order."""
    said = {name for name, node in nodes.items() if node.said or name in always}
    rest = sorted(nodes.keys() - said, key=lambda name: (-abs(nodes[name].move), name))
    moved = [name for name in rest if abs(nodes[name].move) >= MOVED / 3][: max(n - len(said), 6)]
    return [name for name in nodes if name in said or name in moved]


def draw(
    nodes: Mapping[str, Node],
    arcs: Sequence[Arc],
    shown: Sequence[str],
    *,
    headings: Mapping[Layer, str] | None = None,
    chosen: str | None = None,
    paper: str = "transparent",
    ink: str = "inherit",
) -> str:
    """The picture of the nodes named, as one SVG element; ``headings`` are those of layers."""
    storeys = {
        layer: [name for name in shown if nodes[name].variable.layer == layer] for layer in STOREYS
    }
    labels = {**STOREYS, **(headings or {})}
    columns = max((len(row) for names in storeys.values() for row in _rows(names)), default=1)
    places, bands, height = _placed(storeys, arcs, columns)
    width = 2 * LEFT + columns * (WIDTH + ACROSS) - ACROSS
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="The network in storeys" style="color:{ink};background:{paper};'
        f"max-width:{1.3 * width:.0f}px;min-width:{0.75 * width:.0f}px;"
        f'--paper:{"Canvas" if paper == "transparent" else paper}">',
        f"<style>{STYLE.replace(chr(10), ' ')}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" '
        'fill="currentColor"/></marker></defs>',
        *(_band(labels[layer], top, bottom, width) for layer, top, bottom in bands),
        *(_arc(arc, places, nodes, chosen) for arc in arcs),
        *(_node(nodes[name], *place, chosen == name) for name, place in places.items()),
        "</svg>",
    ]
    return "".join(parts)


Places = dict[str, tuple[float, float]]


def _placed(
    storeys: Mapping[Layer, Sequence[str]], arcs: Sequence[Arc], columns: int
) -> tuple[Places, list[tuple[Layer, float, float]], float]:
    """Where each node stands (its upper left corner), the bands of the storeys, the height."""
    places: Places = {}
    bands = []
    top = 0.0
    for layer, names in storeys.items():
        if not names:
            continue
        y = top + HEAD
        for row in _rows(names):
            middle = LEFT + columns * (WIDTH + ACROSS) / 2
            ordered = sorted(row, key=lambda name: _pull(name, places, arcs, middle))
            free = (columns - len(row)) * (WIDTH + ACROSS) / 2
            for column, name in enumerate(ordered):
                places[name] = LEFT + free + column * (WIDTH + ACROSS), y
            y += HEIGHT + DOWN
        bands.append((layer, top, y - DOWN / 2))
        top = y - DOWN / 2 + 12
    return places, bands, top


def _rows(names: Sequence[str]) -> list[Sequence[str]]:
    """Rows of about the same length."""
    if not names:
        return []
    count = -(-len(names) // COLUMNS)
    size = -(-len(names) // count)
    return [names[start : start + size] for start in range(0, len(names), size)]


def _pull(name: str, places: Places, arcs: Sequence[Arc], middle: float) -> float:
    """Where a node's parents stand, on average: under them its arcs cross least."""
    above = [places[a.parent][0] for a in arcs if a.child == name and a.parent in places]
    return sum(above) / len(above) if above else middle


def _band(label: str, top: float, bottom: float, width: float) -> str:
    return (
        f'<rect class="band" x="0" y="{top:.0f}" width="{width}" height="{bottom - top:.0f}" '
        f'rx="8"/><text class="storey" x="{LEFT}" y="{top + 20:.0f}">{escape(label)}</text>'
    )


def _arc(arc: Arc, places: Places, nodes: Mapping[str, Node], chosen: str | None) -> str:
    if arc.parent not in places or arc.child not in places:
        return ""
    path = _path(places[arc.parent], places[arc.child])
    touching = chosen in {arc.parent, arc.child}
    carried = min(abs(nodes[arc.parent].move), abs(nodes[arc.child].move)) >= MOVED
    opacity = 0.95 if touching else 0.25 if chosen else 0.8 if carried else 0.22
    thick = 1 + 3 * min(abs(arc.strength), 0.5) / 0.5
    return (
        f'<path class="arc {arc.way}" d="{path}" stroke-width="{thick:.1f}" '
        f'stroke-opacity="{opacity}" marker-end="url(#tip)"/>'
    )


def _path(parent: tuple[float, float], child: tuple[float, float]) -> str:
    """Down from a parent, or up to a child that stands above it; side by side around below."""
    (x1, y1), (x2, y2) = parent, child
    x1, x2 = x1 + WIDTH / 2, x2 + WIDTH / 2
    if y1 == y2:
        start = y1 + HEIGHT
        return f"M{x1:.0f} {start:.0f}c0 26 {x2 - x1:.0f} 26 {x2 - x1:.0f} 0"
    start, end = (y1 + HEIGHT, y2) if y2 > y1 else (y1, y2 + HEIGHT)
    bend = math.copysign(max(DOWN, abs(end - start) / 2), end - start)
    return (
        f"M{x1:.0f} {start:.0f}C{x1:.0f} {start + bend:.0f} "
        f"{x2:.0f} {end - bend:.0f} {x2:.0f} {end:.0f}"
    )


def _node(node: Node, x: float, y: float, chosen: bool) -> str:
    variable = node.variable
    lines = _lines(variable.label)
    still = abs(node.move) < MOVED or not variable.direction  # kinds have no more and less
    arrow = "" if still else "▲" if node.move > 0 else "▼"
    text = "".join(
        f'<text x="{x + 9:.0f}" y="{y + 17 + 14 * i:.0f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    return (
        f'<g class="{_kind(node)}{" chosen" if chosen else ""}" data-node="{variable.name}">'
        f"<title>{escape(_told(node))}</title>"
        f'<rect class="box" x="{x:.0f}" y="{y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="7"/>'
        f'{text}<text x="{x + WIDTH - 18:.0f}" y="{y + 17:.0f}">{arrow}</text>'
        f"{_belief(node, x + 9, y + HEIGHT - 13)}</g>"
    )


def _lines(label: str) -> list[str]:
    """A label on two lines, the shortest that hold all of it."""
    tried = (wrap(label, length) for length in range(LINE, len(label) + LINE))
    return next(lines for lines in tried if len(lines) <= 2)


def _kind(node: Node) -> str:
    if node.said:
        return "said"
    if abs(node.move) < MOVED:
        return "still"
    if not node.variable.better:
        return "moved"
    return "better" if node.move * node.variable.better > 0 else "worse"


def _belief(node: Node, x: float, y: float) -> str:
    """The bar: one segment a state, the darker the later."""
    whole, parts, count = WIDTH - 18, [], len(node.belief)
    for k, probability in enumerate(node.belief.values()):
        shade = 0.14 + 0.66 * k / max(count - 1, 1)
        length = whole * probability
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.0f}" width="{length:.1f}" height="7" '
            f'fill="currentColor" fill-opacity="{shade:.2f}"/>'
        )
        x += length
    return "".join(parts)


def _told(node: Node) -> str:
    told = (f"{node.variable.label_of(s)} {words.per_cent(p)}" for s, p in node.belief.items())
    return f"{node.variable.label}: {', '.join(told)}"
