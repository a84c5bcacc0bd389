"""The theory a visitor looks through: the adopted readings and bundled numbers, or others.

Rival readings stand in the address, as ``reading.T3-20=improved``, so that a link shows the same;
numbers of a visitor's own live in that visitor's session alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

import cmocnet
from cmocnet import Network
from cmocnet.elicitation.draws import by_address
from cmocnet.errors import CmocnetError, QueryError, nearest
from cmocnet.explain.words import listed
from cmocnet.registry.records import Review
from cmocnet.sensitivity.wording import in_words
from cmocnet_app import words
from cmocnet_app.serving import visits
from cmocnet_app.serving.scheduling import aside, in_turn
from cmocnet_app.state import prior_set, sizes, uploads
from cmocnet_app.state.links import READING
from cmocnet_app.state.prior_set import PriorSet
from cmocnet_app.words import short

if TYPE_CHECKING:
    from cmocnet.registry.solution import Solved
    from cmocnet.solve import Standing

MINE, WRONG = "judgements:mine", "judgements:wrong"
Readings = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Seen:
    """A network, and what is wrong with the readings in the address, which is left out."""

    network: Network
    wrong: tuple[CmocnetError, ...] = ()


@dataclass(frozen=True, eq=False)
class Made:
    """A prior set, the network under its uploaded part, the one under all of it, and its files."""

    mine: PriorSet
    under: Network
    network: Network
    files: uploads.Files


def seen(net: Network) -> Seen:
    """The network that this visitor looks through."""
    read = reading(net)
    return Seen(made(read.network).network, read.wrong)


def reading(net: Network) -> Seen:
    """The network under the rival readings of the address alone."""
    rival: dict[str, str] = {}
    wrong: list[CmocnetError] = []
    for key in st.query_params:
        try:
            rival |= readings(net, {key: st.query_params.get_all(key)})
        except CmocnetError as error:
            wrong.append(error)
    return Seen(reread(net.review.path, _all(net, rival)) if rival else net, tuple(wrong))


def readings(net: Network, parameters: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The rival readings in an address: configuration -> reading.

    Raises
    ------
    QueryError
        A configuration or a reading is unknown, or one is said more than once.
    """
    contested = {c.id: c for c in net.cmocs if c.readings}
    rival = {}
    for key, values in parameters.items():
        if not key.startswith(READING):
            continue
        name = key.removeprefix(READING)
        if name not in contested:
            what = f"no configuration {short(name)!r} is read in more than one way"
            raise QueryError(what, nearest=nearest(short(name), contested))
        if len(values) != 1:
            what = "is said more than once"
            raise QueryError(what, where=short(key), expected="one reading")
        known = contested[name].readings
        if values[0] not in known:
            what = f"unknown reading {short(values[0])!r}"
            raise QueryError(what, where=key, nearest=nearest(short(values[0]), known))
        if values[0] != net.review.readings[name]:
            rival[name] = values[0]
    return rival


def rival(review: Review) -> dict[str, str]:
    """The readings of a review that are not the adopted ones: configuration -> reading."""
    adopted = {
        k: c.adopted or next(iter(c.readings)) for k, c in review.cmocs.items() if c.readings
    }
    return {k: v for k, v in review.readings.items() if adopted.get(k) != v}


def apart(net: Network) -> str:
    """A sentence for what leaves the page: in what the numbers are not those of the review."""
    read = len(rival(net.review))
    told = ["judgements changed by whoever made this"] if net.priors else []
    told += [f"{read} other reading{'s' * (read > 1)} of the review"] if read else []
    return f"Not the review as adopted: made with {listed(told)}." if told else ""


def caution(net: Network) -> str:
    """What the review's numbers are and are not, and in what these are not the review's."""
    return f"{net.review.about.caution} {apart(net)}".strip()


def read(net: Network, cmoc: str, name: str) -> None:
    """Put a reading into the address; the adopted one is left out."""
    if name == net.review.readings[cmoc]:
        st.query_params.pop(READING + cmoc, None)
    else:
        st.query_params[READING + cmoc] = name


def as_adopted() -> None:
    """Go back to the adopted readings and the bundled numbers."""
    for key in [key for key in st.query_params if key.startswith(READING)]:
        del st.query_params[key]
    keep(PriorSet())


@aside
@st.cache_resource(show_spinner="Reading the review again", max_entries=16)
@in_turn
def reread(path: str, readings: Readings) -> Network:
    """The network under some rival readings; visitors who choose the same ones share it."""
    return cmocnet.load(path, readings=dict(readings))


def _all(net: Network, rival: Mapping[str, str]) -> Readings:
    return tuple(sorted((net.review.readings | dict(rival)).items()))


def mine() -> PriorSet:
    """The visitor's own numbers."""
    own: PriorSet = st.session_state.setdefault(MINE, PriorSet())
    return own


def keep(own: PriorSet) -> None:
    """Make these the visitor's own numbers, for the rest of the visit."""
    st.session_state[MINE] = own


def made(net: Network) -> Made:
    """What comes of the visitor's prior set, worked out anew only when something changed."""
    own = mine()
    which = (net.review.path, tuple(sorted(net.review.readings.items())), own)
    kept = visits.visit().made
    if kept is not None and kept[0] == which:
        last: Made = kept[1]
        return last
    if own.empty:
        return Made(own, net, net, {})
    try:
        with st.spinner("Working your judgements in", show_time=False):
            here = sizes.stands(net) if own.sizes else None
            result = _make(net, own, here)
    except CmocnetError as error:  # numbers that together make no valid table
        st.session_state[WRONG] = str(error)
        keep(PriorSet())
        return Made(PriorSet(), net, net, {})
    visits.visit().made = (which, result)
    return result


@aside
@in_turn
def _make(net: Network, own: PriorSet, here: Standing | None) -> Made:
    solved = sizes.moved(here, own.sizes) if here else None
    under = _over(net, own.base, solved)
    files = prior_set.files(under, own)
    return Made(own, under, under if files == own.base else _over(net, files, solved), files)


def _over(net: Network, files: uploads.Files, solved: Solved | None) -> Network:
    if not files and solved is None:
        return net
    # What is a visitor's own stands on files of its own, even if they say what the review says.
    bare = {"protocol.yaml": f"shared: {net.review.protocol.shared!r}\n"}
    return uploads.laid_over(net, files or bare, solved)


def changes(made: Made) -> Iterator[str]:
    """Every change of a prior set, in words."""
    if made.mine.base:
        count = len(made.mine.base)
        yield f"an uploaded set of {count} file{'s' * (count > 1)}"
    review = made.under.review
    known = by_address(review)
    for address, value in made.mine.numbers.items():
        one = known[address]
        before = words.judged(one.kind, prior_set.asked(review, one).value)
        label = words.verbatim(in_words(one, review.variables))
        yield f"{label}: {before} → {words.judged(one.kind, value)}"
    yield from map(words.verbatim, sizes.told(review, made.mine.sizes))


def notice(net: Network) -> None:
    """Say that the page is seen through readings or numbers of the visitor's own, if it is."""
    read = len(rival(reading(net).network.review))
    own = mine()
    told = []
    if read:
        told.append(f"{read} other reading{'s' * (read > 1)} of the review")
    if own.base:
        told.append("an uploaded set of judgements")
    if own.numbers:
        told.append(f"{len(own.numbers)} judgement{'s' * (len(own.numbers) > 1)} of your own")
    if own.sizes:
        told.append(f"{len(own.sizes)} effect{'s' * (len(own.sizes) > 1)} of your own size")
    if told:
        with st.container(horizontal=True, vertical_alignment="center", key="theory"):
            apart = "" if own.empty else " No link holds your numbers: “Judgements” hands them out."
            st.markdown(f"**You are looking through {listed(told)}.**{apart}")
            st.button("Back to the review as adopted", on_click=as_adopted)
