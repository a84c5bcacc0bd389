"""Answers that take a while, kept for all visitors: the same question is worked out once.

Every answer is kept under the question in its canonical form and the review it was put to. Visitors
share it as it is and only read it.
"""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Callable, Hashable, Mapping
from functools import partial, wraps
from io import BytesIO
from types import MappingProxyType
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from cmocnet import Network
from cmocnet.errors import CmocnetError
from cmocnet.explain import Explanation
from cmocnet.explain.arcs import Arc
from cmocnet.explain.arcs import arcs as arcs_of
from cmocnet.query import Query
from cmocnet.sensitivity import Asking, Bars, swings, tornado
from cmocnet_app.answers.headline import asked_state
from cmocnet_app.serving.queueing import Queue
from cmocnet_app.serving.scheduling import SEARCHES, WORK, aside, in_turn, look_up
from cmocnet_app.serving.sharing import Shared

if TYPE_CHECKING:
    from cmocnet.levers import Levers
    from cmocnet.typing import Array, Evidence

P = ParamSpec("P")
R = TypeVar("R")
KEPT = 40
"""Answers of one kind that are kept."""


def _key(*args: object) -> Hashable:
    """What the same answer follows from; None says as much as nothing at the end."""
    parts = [*map(_part, args)]
    while parts and parts[-1] is None:
        parts.pop()
    return tuple(parts)


def _part(value: object) -> Hashable:
    """What one argument comes to: two networks of the same files and readings answer alike."""
    if isinstance(value, Network):
        review = value.review
        return review.path, str(value.priors), *sorted(review.readings.items())
    if isinstance(value, Mapping):
        return tuple(sorted(value.items()))
    return str(value) if isinstance(value, Query) else value  # a number or words


def _shared(work: Callable[P, R], queue: Queue = WORK) -> Shared[P, R]:
    return Shared(work, key=_key, most=KEPT, queue=queue)


class _Packing(pickle.Pickler):
    """Leaves the network out of a result: it is there already, and large."""

    def persistent_id(self, thing: object) -> str | None:
        return "network" if isinstance(thing, Network) else None


class _Opening(pickle.Unpickler):
    """Puts the network back into it that the question is put to."""

    def __init__(self, packed: bytes, net: Network) -> None:
        super().__init__(BytesIO(packed))
        self.net = net

    def persistent_load(self, _: object) -> Network:
        return self.net


def lent(
    work: Callable[Concatenate[Network, P], R], queue: Queue = WORK
) -> Callable[Concatenate[Network, P], R]:
    """Keeps results of a network without the network, and hands them out with it."""

    @wraps(work)
    def whole(net: Network, /, *args: P.args, **options: P.kwargs) -> bytes:
        _Packing(packed := BytesIO()).dump(work(net, *args, **options))
        return packed.getvalue()

    kept = _shared(whole, queue)

    @wraps(work)
    def opened(net: Network, /, *args: P.args, **options: P.kwargs) -> R:
        found: R = _Opening(kept(net, *args, **options), net).load()
        return found

    return opened


@_shared
def _drawn(net: Network, every: Query) -> Mapping[str, Array]:
    events = {name: {name: state} for name, state in every.targets.items() if state}
    probabilities = net.sampled(list(events.values()), every.evidence)
    for found in probabilities:
        found.setflags(write=False)
    return MappingProxyType(dict(zip(events, probabilities, strict=True)))


def drawn(net: Network, evidence: Evidence) -> Mapping[str, Array]:
    """Headline outcome -> its probability under each draw of the judgements, shape (draws,).

    Whoever asks for one outcome soon asks for the others, and all cost little more than one.
    """
    states = {name: asked_state(net.variables[name]) for name in net.review.about.headline}
    return _drawn(net, Query(states, evidence))


def samples(net: Network, query: Query) -> Array:
    """The same for the one outcome that a question is about."""
    (name,) = query.targets
    return drawn(net, query.evidence)[name]


@lent
def explanation(net: Network, query: Query) -> Explanation:
    """Why the answer moved."""
    return net.explain(query, top=8)


@lent
def singles(net: Network, query: Query, when: tuple[str, ...] | None = None) -> Levers:
    """What helps by itself: see :func:`cmocnet.levers.best`."""
    return net.levers(query, k=1, n=0, when=when)


@partial(lent, queue=SEARCHES)
def levers(
    net: Network,
    query: Query,
    k: int,
    draws: int,
    when: tuple[str, ...] | None = None,
    budget: float | None = None,
    costs: Mapping[str, float] | None = None,
) -> Levers:
    """What helps together: see :func:`cmocnet.levers.best`."""
    return net.levers(query, k=k, n=draws, when=when, budget=budget, costs=costs)


@lent
def judgements(net: Network, query: Query, top: int) -> Bars:
    """The judgements that the answer hangs on most."""
    return tornado(net.ask(query), top=top)


@_shared
def readings(net: Network, query: Query) -> Mapping[str, float]:
    """Rival reading -> the answer under it."""
    return MappingProxyType(dict(net.query(query).rivals))


@_shared
def to_find_out(net: Network, query: Query) -> tuple[Asking, ...]:
    """What each open context would tell, the most informative first."""
    askings = swings(net.ask(query))
    return tuple(sorted(askings, key=lambda a: (-a.information, a.variable)))


@_shared
def arcs(net: Network) -> tuple[Arc, ...]:
    """Every arc of the network, which way it works and how strongly."""
    return arcs_of(net)


@aside
@in_turn
def ahead(net: Network, query: Query, top: int) -> None:
    """Work out what a page of one question shows, all in one go: its visitor waits once.

    A page that turned to each part only when it came to draw it would wait for others each time.
    """
    parts: tuple[Callable[[], object], ...] = (
        lambda: singles(net, query),
        lambda: to_find_out(net, query),
        lambda: drawn(net, query.evidence),
        lambda: judgements(net, query, top),
        lambda: readings(net, query),
    )
    for part in parts:
        with contextlib.suppress(CmocnetError):  # told where the part is drawn
            part()
        look_up()
