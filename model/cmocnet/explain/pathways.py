"""Which configurations carry the move: directed paths from item to target, ranked and in words.

How much a path carries is defined in :mod:`.flow`; whether any one source supports all of it in
:mod:`.threads`. Items that bear on the target against the arcs or through a common cause (evidence
about a consequence, say) have no directed path and carry nothing: that part of an answer is
inference, not influence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmocnet.explain import flow, words
from cmocnet.explain.items import Item, compiled, gathered, items
from cmocnet.explain.threads import Thread, follow
from cmocnet.typing import Array, Event, Evidence

if TYPE_CHECKING:
    from cmocnet.network import Network


@dataclass(frozen=True)
class Step:
    """One arc of a path.

    moves
        Which way the child goes: "raises", "lowers" or "shifts".
    cmocs
        Ids of the configurations that claim the arc.
    sources
        Keys of the works cited for them.
    """

    parent: str
    child: str
    moves: str
    cmocs: tuple[str, ...]
    sources: tuple[str, ...]


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
    """A configuration's part: net effect of the paths with an arc of its, and their share of all.

    share
        Of the sum of all paths' absolute effects, in [0, 1].
    """

    cmoc: str
    effect: float
    share: float


@dataclass(frozen=True)
class Pathways:
    """The leading paths, the items' totals, and the configurations by what runs through them."""

    paths: tuple[Pathway, ...]
    items: tuple[Carriage, ...]
    carriers: tuple[Carrier, ...]


Found = tuple[Item, str, flow.Carried]


def trace(net: Network, targets: Event, evidence: Evidence, *, top: int | None = 10) -> Pathways:
    """The directed paths along which the items of the evidence move the targets.

    Each target is followed by itself. Paths do not run through variables that the rest of the
    evidence settles.

    Parameters
    ----------
    top
        How many paths to put into words, the strongest first; None for all. Totals count all.

    >>> import cmocnet
    >>> net = cmocnet.load()
    >>> found = trace(net, {"initial_trust": "high"}, net.evidence(["mandated"]))
    >>> found.paths[0].variables
    ('mandate', 'power_imbalance', 'initial_trust')
    >>> found.paths[0].summary
    'Mandate (Mandated) lowers initial trust through power imbalance'
    """
    program = compiled(net)
    after = program.expected_counts(evidence)
    found: list[Found] = []
    totals = []
    for item in items(evidence):
        rest = gathered(i for i in items(evidence) if i != item)
        before = program.expected_counts(rest)
        between = flow.between(net.discrete, item.variable, targets)
        arcs = flow.matrices(net.discrete, before, after, between)
        blocked = {*rest.observed, *rest.marginal, *rest.do}
        change = _own(net, item, evidence) - _own(net, item, rest)
        for target, state in targets.items():
            codes = list(program.codebook.some(target, state))
            carried = list(flow.paths(arcs, item.variable, change, target, codes, blocked))
            moved = program.event({target: state}, evidence) - program.event({target: state}, rest)
            total = sum(c.effect for c in carried)
            totals.append(Carriage(item, target, moved, total, len(carried)))
            found += [(item, target, c) for c in carried]
    found.sort(key=lambda f: (-abs(f[2].effect), f[2].path))
    leading = tuple(
        _pathway(net, targets, *f) for f in found[: None if top is None else max(top, 0)]
    )
    return Pathways(leading, tuple(totals), _carriers(net, found))


def _own(net: Network, item: Item, evidence: Evidence) -> Array:
    """The distribution of the item's own variable."""
    return net.program.posteriors(evidence, [item.variable])[item.variable].array


def _pathway(net: Network, targets: Event, item: Item, target: str, found: flow.Carried) -> Pathway:
    steps = _steps(net, found)
    thread = follow([step.sources for step in steps])
    return Pathway(
        item,
        target,
        found.path,
        found.effect,
        steps,
        thread,
        words.summary(net, item, found),
        words.sentence(net, item, steps, (target, targets[target]), found),
        words.thread(net, steps, thread),
    )


def _steps(net: Network, found: flow.Carried) -> tuple[Step, ...]:
    pairs = zip(found.path, found.path[1:], found.changes[1:], strict=False)
    return tuple(
        Step(p, c, words.verb(net.variables[c], change), ids := claims(net, p, c), cited(net, ids))
        for p, c, change in pairs
    )


def claims(net: Network, parent: str, child: str) -> tuple[str, ...]:
    """Ids of the configurations that claim an arc."""
    return net.variables[child].arcs.get(parent, ())


def cited(net: Network, ids: Sequence[str]) -> tuple[str, ...]:
    """Keys of the works cited for some configurations, each once."""
    register = net.review.cmocs
    return tuple(dict.fromkeys(s for i in ids if i in register for s in register[i].sources))


def _carriers(net: Network, found: Sequence[Found]) -> tuple[Carrier, ...]:
    net_effect: dict[str, float] = {}
    gross: dict[str, float] = {}
    whole = sum(abs(f[2].effect) for f in found)
    claimed = {(p, c): ids for c, v in net.variables.items() for p, ids in v.arcs.items()}
    for _, _, carried in found:
        arcs = zip(carried.path, carried.path[1:], strict=False)
        for i in {i for arc in arcs for i in claimed[arc]}:
            net_effect[i] = net_effect.get(i, 0.0) + carried.effect
            gross[i] = gross.get(i, 0.0) + abs(carried.effect)
    ranked = sorted(gross, key=lambda i: (-gross[i], i))
    return tuple(Carrier(i, net_effect[i], gross[i] / whole) for i in ranked)
