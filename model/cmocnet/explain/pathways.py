"""Which configurations carry the move: directed paths from item to target, ranked and in words.

How much a path carries is defined in :mod:`.flow`, which configurations speak of its steps in the
case at hand in :mod:`.credits`, whether any one source supports all of it in :mod:`.threads`. Items
that bear on the target against the arcs or through a common cause (evidence about a consequence,
say) have no directed path and carry nothing: that part of an answer is inference, not influence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from cmocnet.asked import Asked, Finding
from cmocnet.explain import flow, unwritten, words
from cmocnet.explain.credits import Case, Credited
from cmocnet.explain.threads import Step, Thread, follow
from cmocnet.items import Item, gathered, items
from cmocnet.model import Model
from cmocnet.registry.records import Cmoc
from cmocnet.results import TOP, Part, Rows, Strip, Table
from cmocnet.typing import Array, Event, Evidence
from cmocnet.wording import points

LEADING = 5
"""Configurations shown, of all that carry something."""


@dataclass(frozen=True)
class Pathway:
    """A directed path from an item to the target, and what it carries.

    effect
        Change of the probability of the target's state along this path.
    summary, sentence, check
        In words: ends and what lies between; every step with its configurations and sources; and
        whether one source supports them all.
    """

    item: Item
    target: str
    variables: tuple[str, ...]
    effect: float
    steps: tuple[Step, ...]
    thread: Thread
    summary: str
    sentence: str
    check: str


@dataclass(frozen=True)
class Carriage:
    """What an item moves the target by, all else given, and how much of it runs along paths.

    rest
        ``moved - carried``: interaction between paths, and inference that follows no arcs.
    """

    item: Item
    target: str
    moved: float
    carried: float
    paths: int

    @property
    def rest(self) -> float:
        """What does not run along paths one by one."""
        return self.moved - self.carried


@dataclass(frozen=True)
class Carrier:
    """A configuration's part: net effect of the paths with a step of its, and their share of all.

    share
        Of the sum of all paths' absolute effects, in [0, 1].
    """

    cmoc: str
    effect: float
    share: float


@dataclass(frozen=True, repr=False)
class Pathways(Finding):
    """The leading paths, the items' totals, and the configurations by what runs through them."""

    paths: tuple[Pathway, ...]
    items: tuple[Carriage, ...]
    carriers: tuple[Carrier, ...]

    @property
    def finding(self) -> str:
        """The strongest path."""
        if not self.paths:
            return "no path leads from what is given to what is asked"
        return f"{self.paths[0].summary}: {points(self.paths[0].effect)} points"

    columns = ("item", "target", "path", "effect", "stitched", "summary")

    def rows(self) -> Rows:
        """One a path."""
        for p in self.paths:
            path, stitched = " > ".join(p.variables), p.thread.stitched
            yield (str(p.item), p.target, path, p.effect, stitched, p.summary)

    def record(self) -> dict[str, Any]:
        """The paths with the works behind them, the totals, and the configurations."""
        return {
            "pathways": [self._path(p) for p in self.paths],
            "carried": [{**vars(c), "item": c.item.record(), "rest": c.rest} for c in self.items],
            "configurations": [asdict(c) for c in self.carriers],
        }

    def _path(self, path: Pathway) -> dict[str, Any]:
        sources = self.asked.model.review.sources
        cited = sorted({k for step in path.steps for k in step.sources})
        return {
            **vars(path),
            "item": path.item.record(),
            "steps": [asdict(step) for step in path.steps],
            "thread": asdict(path.thread),
            "stitched": path.thread.stitched,
            "single": list(path.thread.single),
            "works": {k: sources[k].short for k in cited},
        }

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """The paths in words, what they carry in all, and the leading configurations."""
        yield "What carries it, along the arcs (the strongest paths first):"
        if not self.paths:
            yield "No path leads from what is given to what is asked: the rest is inference."
        for number, path in enumerate(self.paths[:top], start=1):
            yield from ("", f"{number}. {path.sentence}.", f"   {path.check}.")
        moved, carried, count = (
            sum(getattr(c, name) for c in self.items) for name in ("moved", "carried", "paths")
        )
        yield ""
        yield (
            f"{count} paths carry {points(carried)} points; the items, each learnt last, move "
            f"{points(moved)}. What is left over is interaction, and inference against the arcs."
        )
        if self.carriers:
            yield from ("", *self._configurations())
        elif any(path.steps for path in self.paths):
            yield from ("", "No configuration of the review speaks of these paths in this case.")

    def _configurations(self) -> Iterator[Part]:
        yield "Configurations by the share of all paths' effects that runs through them:"
        cmocs = self.asked.model.review.cmocs
        leading = self.carriers[:LEADING]
        rows = [
            (c.cmoc, f"{c.share:.0%}", points(c.effect), _claim(cmocs[c.cmoc])) for c in leading
        ]
        strips = [Strip(0.0, c.share) for c in leading]
        numbers = ["Share", "Points"]
        yield Table(["Id", *numbers, "Claim"], rows, numbers, strips)


def _claim(cmoc: Cmoc) -> str:
    return " -> ".join((cmoc.context, cmoc.mechanism, cmoc.outcome))


class Found(NamedTuple):
    """A path, what it leads from and to, and the configurations credited with its steps."""

    item: Item
    target: str
    carried: flow.Carried
    credited: Credited


def trace(asked: Asked, *, top: int | None = 10) -> Pathways:
    """The directed paths along which the items of the evidence move the targets.

    Each target is followed by itself. Paths do not run through variables that the rest of the
    evidence settles.

    Parameters
    ----------
    top
        How many paths to put into words, the strongest first; None for all. Totals count all.

    >>> import cmocnet
    >>> found = trace(cmocnet.load().ask("P(initial_trust=high | mandated)"))
    >>> found.paths[0].variables
    ('mandate', 'power_imbalance', 'initial_trust')
    >>> found.paths[0].summary
    'Mandate (Mandated) lowers initial trust through power imbalance'
    """
    net, program, targets, evidence = asked.model, asked.program, asked.event, asked.evidence
    case = Case(net, evidence)
    after = program.expected_counts(evidence)
    found: list[Found] = []
    totals = []
    for item in items(evidence):
        rest = gathered(i for i in items(evidence) if i != item)
        before = program.expected_counts(rest)
        between = flow.between(net.discrete, item.variable, targets)
        arcs = flow.matrices(net.discrete, before, after, between)
        arcs |= unwritten.matrices(net.discrete, (rest, evidence), between)
        blocked = {*rest.observed, *rest.marginal, *rest.do}
        change = _own(net, item, evidence) - _own(net, item, rest)
        for target, state in targets.items():
            codes = list(program.codebook.some(target, state))
            carried = list(flow.paths(arcs, item.variable, change, target, codes, blocked))
            moved = program.event({target: state}, evidence) - program.event({target: state}, rest)
            total = sum(c.effect for c in carried)
            totals.append(Carriage(item, target, moved, total, len(carried)))
            credited = case.credited(carried)
            found += [Found(item, target, *both) for both in zip(carried, credited, strict=True)]
    found.sort(key=lambda f: (-abs(f.carried.effect), f.carried.path))
    some = found[: None if top is None else max(top, 0)]
    leading = tuple(_pathway(net, targets, f) for f in some)
    return Pathways(asked, leading, tuple(totals), _carriers(found))


def _own(net: Model, item: Item, evidence: Evidence) -> Array:
    """The distribution of the item's own variable."""
    return net.program.posteriors(evidence, [item.variable])[item.variable].array


def _pathway(net: Model, targets: Event, found: Found) -> Pathway:
    item, target, carried, credited = found
    path = carried.path
    steps = tuple(
        Step(p, c, words.verb(net.variables[c], change), ids, cited(net, ids))
        for (p, c), change, ids in zip(pairwise(path), carried.changes[1:], credited, strict=True)
    )
    thread = follow([step.sources for step in steps])
    return Pathway(
        item,
        target,
        path,
        carried.effect,
        steps,
        thread,
        words.summary(net, item, carried),
        words.sentence(net, item, steps, (target, targets[target]), carried),
        words.thread(net, steps, thread),
    )


def cited(net: Model, ids: Sequence[str]) -> tuple[str, ...]:
    """Keys of the works cited for some configurations, each once."""
    register = net.review.cmocs
    return tuple(dict.fromkeys(s for i in ids if i in register for s in register[i].sources))


def _carriers(found: Sequence[Found]) -> tuple[Carrier, ...]:
    effects: dict[str, list[float]] = defaultdict(list)
    for one in found:
        for i in {i for ids in one.credited for i in ids}:
            effects[i].append(one.carried.effect)
    whole = sum(abs(f.carried.effect) for f in found)
    carriers = (Carrier(i, sum(own), sum(map(abs, own)) / whole) for i, own in effects.items())
    return tuple(sorted(carriers, key=lambda c: (-c.share, c.cmoc)))
