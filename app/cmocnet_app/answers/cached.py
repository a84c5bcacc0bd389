"""Answers that take a while, kept for all visitors: the same question is worked out once.

Every cache is keyed on the question in its canonical form and on the review it was put to.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from functools import partial, wraps
from io import BytesIO
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from cmocnet import Network
from cmocnet.check.effects import Bench
from cmocnet.explain import Explanation
from cmocnet.explain.arcs import Arc
from cmocnet.explain.arcs import arcs as arcs_of
from cmocnet.query import Query
from cmocnet.sensitivity import Asking, Bars, swings, tornado
from cmocnet.survey.statements import Setting, questioned
from cmocnet_app.answers.headline import asked_state
from cmocnet_app.serving.scheduling import SEARCHES, aside, in_turn

if TYPE_CHECKING:
    from cmocnet.levers import Levers
    from cmocnet.typing import Array, Evidence


def _which(net: Network) -> tuple[str, str, str]:
    review = net.review
    return review.path, str(net.priors), repr(sorted(review.readings.items()))


KEYS: dict[str | type[Any], Callable[[Any], Any]] = {Network: _which, Query: str}


Ends = Mapping[str, tuple[float, float]]
P = ParamSpec("P")
R = TypeVar("R")


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


def lent(work: Callable[Concatenate[Network, P], R]) -> Callable[Concatenate[Network, P], R]:
    """Keeps results of a network without the network, and hands them out with it."""

    @st.cache_data(max_entries=40, show_spinner=False, hash_funcs=KEYS)
    @wraps(work)
    def packed(net: Network, *args: P.args, **options: P.kwargs) -> bytes:
        _Packing(whole := BytesIO()).dump(work(net, *args, **options))
        return whole.getvalue()

    @wraps(work)
    def opened(net: Network, /, *args: P.args, **options: P.kwargs) -> R:
        found: R = _Opening(packed(net, *args, **options), net).load()
        return found

    return opened


@aside
@st.cache_data(max_entries=60, show_spinner=False, hash_funcs=KEYS)
@in_turn
def _drawn(net: Network, every: Query) -> dict[str, Array]:
    events = {name: {name: state} for name, state in every.targets.items() if state}
    probabilities = net.sampled(list(events.values()), every.evidence)
    return dict(zip(events, probabilities, strict=True))


def drawn(net: Network, evidence: Evidence) -> dict[str, Array]:
    """Headline outcome -> its probability under each draw of the judgements, shape (draws,).

    Whoever asks for one outcome soon asks for the others, and all cost little more than one.
    """
    states = {name: asked_state(net.variables[name]) for name in net.review.about.headline}
    return _drawn(net, Query(states, evidence))


def samples(net: Network, query: Query) -> Array:
    """The same for the one outcome that a question is about."""
    (name,) = query.targets
    return drawn(net, query.evidence)[name]


@aside
@lent
@in_turn
def explanation(net: Network, query: Query) -> Explanation:
    """Why the answer moved."""
    return net.explain(query, top=8)


@aside
@lent
@in_turn
def singles(net: Network, query: Query, when: tuple[str, ...] | None = None) -> Levers:
    """What helps by itself: see :func:`cmocnet.levers.best`."""
    return net.levers(query, k=1, n=0, when=when)


@partial(aside, queue=SEARCHES)
@lent
@partial(in_turn, queue=SEARCHES)
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


@aside
@lent
@in_turn
def judgements(net: Network, query: Query, top: int) -> Bars:
    """The judgements that the answer hangs on most."""
    return tornado(net.ask(query), top=top)


@aside
@st.cache_data(max_entries=40, show_spinner=False, hash_funcs=KEYS)
@in_turn
def readings(net: Network, query: Query) -> dict[str, float]:
    """Rival reading -> the answer under it."""
    return dict(net.query(query).rivals)


@aside
@st.cache_data(max_entries=40, show_spinner=False, hash_funcs=KEYS)
@in_turn
def to_find_out(net: Network, query: Query) -> tuple[Asking, ...]:
    """What each open context would tell, the most informative first."""
    askings = swings(net.ask(query))
    return tuple(sorted(askings, key=lambda a: (-a.information, a.variable)))


@aside
@st.cache_data(max_entries=40, show_spinner=False, hash_funcs=KEYS)
@in_turn
def ends(net: Network) -> Ends:
    """How every effect that the review states comes out in its two settings.

    Address, as experts are asked for it -> expected score, in [0, 1], at the end and the start.
    """
    bench = Bench(net.review, net.discrete)

    def score(setting: Setting) -> float:
        seen, link = setting.tested.seen, setting.tested.link
        return bench.score(link, {}, setting.facts) if seen else bench.score(link, setting.facts)

    return {
        tested.address: (score(Setting(tested, True)), score(Setting(tested, False)))
        for tested in questioned(net.review).values()
    }


@aside
@st.cache_data(max_entries=5, show_spinner=False, hash_funcs=KEYS)
@in_turn
def arcs(net: Network) -> tuple[Arc, ...]:
    """Every arc of the network, which way it works and how strongly."""
    return arcs_of(net)
