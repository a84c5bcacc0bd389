"""Paths in words: labels from the variables' files, authors and years from the sources' own."""

from __future__ import annotations

from collections.abc import Sequence

from cmocnet.explain.flow import Carried
from cmocnet.explain.threads import Step, Thread
from cmocnet.intervals import NOTHING
from cmocnet.items import Item
from cmocnet.model import Model
from cmocnet.registry.records import Variable
from cmocnet.typing import Array, OneOf, States
from cmocnet.wording import points

NAMED = 3
"""So many sources are named after a step; the rest are counted."""

ELSEWHERE = "stated only of other cases, by"


def verb(variable: Variable, change: Array) -> str:
    """Which way a change goes: "raises", "lowers", or "shifts" where there is no more or less."""
    score = float(variable.score(change))
    if variable.direction is None or abs(score) <= NOTHING:
        return "shifts"
    return "raises" if (score > 0) == (variable.direction == "up") else "lowers"


def listed(words: Sequence[str]) -> str:
    """A list in words.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def noun(net: Model, name: str) -> str:
    """A variable's label inside a sentence; acronyms keep their capitals."""
    label = net.variables[name].label
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def subject(net: Model, item: Item) -> str:
    """An item at the head of a sentence: its label and what is known of it."""
    variable = net.variables[item.variable]
    if isinstance(item.value, str):
        known = variable.label_of(item.value)
    elif isinstance(item.value, OneOf):
        known = variable.label_of(item.value.some)
    else:
        known = "as likely as stated" if item.kind == "marginal" else "from what was seen"
    made = ", by intervention" if item.kind == "do" else ""
    return f"{variable.label} ({known}{made})"


def summary(net: Model, item: Item, found: Carried) -> str:
    """The ends of a path, and what lies between."""
    last = found.path[-1]
    if len(found.path) == 1:
        return subject(net, item)
    moves = verb(net.variables[last], found.changes[-1])
    between = [noun(net, v) for v in found.path[1:-1]]
    through = f" through {listed(between)}" if between else ""
    return f"{subject(net, item)} {moves} {noun(net, last)}{through}"


def support(net: Model, step: Step) -> str:
    """A step's configurations and sources, as they stand in brackets."""
    if not step.cmocs:
        others = net.variables[step.child].arcs.get(step.parent, ())
        return f"{ELSEWHERE} {listed(others)}" if others else "no configuration named"
    short = [net.review.sources[k].short for k in step.sources if k in net.review.sources]
    more = len(short) - NAMED
    if more > 0:
        short = [", ".join(short[:NAMED]), f"{more} more"]
    who = listed(short) or "no source named"
    return f"{', '.join(step.cmocs)}; {who}"


def sentence(
    net: Model,
    item: Item,
    steps: Sequence[Step],
    target: tuple[str, str | States],
    found: Carried,
) -> str:
    """A path step by step, and what it comes to in percentage points."""
    parts = [f"{s.moves} {noun(net, s.child)} ({support(net, s)})" for s in steps]
    name, states = target
    comes = f"{points(found.effect)} points on {net.variables[name].fact(states)}"
    head = " ".join([subject(net, item), *parts[:1]])
    return "; ".join([", which ".join([head, *parts[1:]]), comes])


def thread(net: Model, steps: Sequence[Step], found: Thread) -> str:
    """Whether one source supports every step of a path, or where it was stitched."""
    if not steps:
        return "No step lies between"
    if found.single:
        who = listed([net.review.sources[k].short for k in found.single])
        return f"Every step is supported by {who}"
    bare = listed([noun(net, steps[i].child) for i in found.bare])
    none = f"no source is named for the step to {bare}" if bare else ""
    if len(found.stretches) == 1:
        return none.capitalize()
    where = listed([noun(net, steps[i].parent) for i in found.seams])
    text = f"No one source supports every step: {len(found.stretches)} stretches joined at {where}"
    return "; ".join(filter(None, [text, none]))
