"""Judgements: what the review states, then every number; change one and see the outcomes move."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from msgspec.structs import replace

from cmocnet.elicitation.draws import everyone
from cmocnet.errors import CmocnetError, FileError
from cmocnet.registry import Address
from cmocnet.survey.wording import question
from cmocnet_app import words
from cmocnet_app.answers import register
from cmocnet_app.answers.headline import event
from cmocnet_app.markup import elements, register_entries
from cmocnet_app.screens import common
from cmocnet_app.sections import moved_outcomes, statements
from cmocnet_app.serving import scheduling, visits
from cmocnet_app.state import address, controls, prior_set, sizes, theory, uploads
from cmocnet_app.state.prior_set import PriorSet

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.registry.judged import Judgement
    from cmocnet.solve import Standing

STYLE = Path(__file__).with_name("evidence.css")
BY = {
    "protocol": "The coding protocol: from how firmly the review claims it, or one number for all",
    "coder": "The coder, by own judgement",
    "assumption": "Nobody: an assumption, since the review does not say",
    "expert": "An expert, or a visitor of this page",
    "definition": "Nobody: it says what the word means",
    "solved": "The solver, from everything the review states",
}
OUTCOME, CHOSEN = "view.outcome", "statements:outcome"
"""The address's parameter, and the control that sets it."""
ABOUT = "view.about"
TABLES = "Single numbers of the tables, for those who want them"
READ = "upload:read"
"""How often this visitor's files were read."""
STEP = {"probability": 0.5, "weight": 0.05}
LEAST = {"probability": 0.1, "weight": 0.05}
MOST = {"probability": 99.9, "weight": 20.0}
HEAVIEST = {"probability": 99.9, "weight": 100.0}
"""Where a slider ends whose number is beyond ``MOST``."""


def page(net: Network) -> None:
    """Draw the page."""
    st.html(STYLE)
    read = theory.reading(net)
    standing = sizes.stands(read.network)
    common.opening(net, "Judgements", f"{_lead(net, standing)} What you change is yours alone.")
    common.left_out(address.said(net), read.wrong)
    with st.container():  # what comes and goes in it moves nothing below, where an expander is open
        theory.notice(net)
    net = read.network
    made = theory.made(net)
    left, right = st.columns([3, 2], gap="large")
    # The answers stay in sight beside a long list of sliders.
    with right, st.container(key="beside"):
        _answers(net, made)
        scheduling.answered()
        _keep(net, made)
    with left:
        if standing is None:
            if made.mine.sizes:
                st.info("Under these readings nothing was solved: sizes of your own don't count.")
            _judgements(made)
            return
        _stated(net, made, standing)
        with st.expander(TABLES, expanded=ABOUT in st.query_params):
            _judgements(made)


def _lead(net: Network, standing: Standing | None) -> str:
    count = len(everyone(net.review))
    if standing is None:
        return (
            f"Every number in the network is a judgement; there are {count}. "
            "Look one up, change it, and see how far the answers move."
        )
    return (
        f"The network's {count} numbers follow from what the review states and how firmly. Say how "
        "large an effect is in your eyes, and see how far the answers move."
    )


# --- what the review states -------------------------------------------------------------------


def _stated(net: Network, made: theory.Made, standing: Standing) -> None:
    st.header("What the review states", anchor=False)
    names = net.review.about.headline
    name = common.shown(OUTCOME, names[0], names)
    labels = {n: event(net, n) for n in names}
    st.selectbox(
        "What bears on this comes first",
        names,
        controls.begin_at(CHOSEN, name, names),
        format_func=labels.__getitem__,
        key=CHOSEN,
        on_change=_chosen,
    )
    statements.section(net, made, standing, name)


def _chosen() -> None:
    st.query_params[OUTCOME] = st.session_state[CHOSEN]


# --- the judgements of one variable -----------------------------------------------------------


def _judgements(made: theory.Made) -> None:
    net = made.under
    groups: dict[str, list[Judgement]] = {}
    for judgement in everyone(net.review):
        groups.setdefault(judgement.variable, []).append(judgement)
    labels = {name: net.variables[name].label for name in groups}
    changed = {Address.parse(address).variable for address in made.mine.numbers}
    names = sorted(labels, key=labels.__getitem__)

    def said(name: str) -> str:
        return labels[name] + (" (changed)" if name in changed else "")

    first = next((n for n in net.review.about.headline if n in labels), names[0])
    common.known(ABOUT, [said(name) for name in names])
    chosen = st.selectbox(
        "Judgements about",
        names,
        index=names.index(first),
        format_func=said,
        key=ABOUT,
        bind="query-params",
    )
    st.html(elements.note(net.variables[chosen].description))
    for number, judgement in enumerate(groups[chosen], start=1):
        _judgement(net, judgement, made.mine, f"{number} of {len(groups[chosen])}")


def _judgement(net: Network, judgement: Judgement, mine: PriorSet, counted: str) -> None:
    asked = prior_set.asked(net.review, judgement)
    key = f"judged:{judgement.address}"
    shown = _shown(judgement.kind, mine.numbers.get(judgement.address, asked.value))
    with st.container(border=True):
        st.markdown(words.verbatim(question(net.review, judgement)))
        st.slider(
            f"{_noun(judgement)}, {counted}",
            # A number beyond the usual ends is shown as it stands, not as the nearest end.
            min_value=min(LEAST[judgement.kind], shown),
            max_value=_most(judgement.kind, shown),
            value=controls.begin(key, shown),
            step=STEP[judgement.kind],
            format="%.1f%%" if judgement.kind == "probability" else "%.2f",
            key=key,
            on_change=_changed,
            args=(judgement.address, judgement.kind, shown),
        )
        st.html(_told(net, judgement, asked.value))
        if judgement.address in mine.numbers:
            st.button(
                "Put it back", key=f"back:{judgement.address}", on_click=_back,
                args=(judgement.address,),
            )  # fmt: skip


def _noun(judgement: Judgement) -> str:
    return "Share" if judgement.kind == "probability" else "Weight beside the others"


def _most(kind: str, shown: float) -> float:
    return MOST[kind] if shown <= MOST[kind] else max(HEAVIEST[kind], shown)


def _shown(kind: str, value: float) -> float:
    """A number as its slider shows it: shares in per cent."""
    return round(100.0 * value if kind == "probability" else value, 6)


def _told(net: Network, judgement: Judgement, asked: float) -> str:
    """As it stands, how sure, who says so, why, and which configurations it rests on."""
    low, high = (words.judged(judgement.kind, v) for v in prior_set.middle(net.review, judgement))
    now = words.judged(judgement.kind, asked)
    rows = {"As it stands": f"{now}; nine times in ten between {low} and {high}"}
    if judgement.solved:
        before = prior_set.asked(net.review, replace(judgement, solved=None)).value
        rows["Solved"] = (
            f"{BY['solved']}; before, {words.judged(judgement.kind, before)} was believed"
        )
    rows["Who said so first" if judgement.solved else "Who says so"] = BY[judgement.by]
    if judgement.why:
        rows["Why"] = register.plain(net.review, judgement.why)
    told = "".join(f"<dt>{escape(t)}</dt><dd>{escape(text)}</dd>" for t, text in rows.items())
    cites = "".join(_cited(net, judgement.cites))
    rests = f"<dt>Rests on</dt><dd>{cites or 'No configuration'}</dd>"
    return f'<dl class="judged">{told}{rests}</dl>'


def _cited(net: Network, ids: Iterable[str]) -> Iterator[str]:
    known = [net.review.cmocs[key] for key in ids if key in net.review.cmocs]
    if not known:
        return
    inside = "".join(
        f'<li>{register_entries.chain(c)} <span class="code">{escape(c.id)}</span></li>'
        for c in known
    )
    count = f"{len(known)} configuration{'s' * (len(known) > 1)}"
    yield f"<details><summary>{count}</summary><ul>{inside}</ul></details>"


def _changed(address: str, kind: str, shown: float) -> None:
    value: float = st.session_state[f"judged:{address}"]
    if value == shown:  # a browser may tell of a slider that is gone what it showed
        return
    said = prior_set.inside(value / 100) if kind == "probability" else value
    theory.keep(theory.mine().put(address, said))


def _back(address: str) -> None:
    theory.keep(theory.mine().without(address))


# --- what comes of it -------------------------------------------------------------------------


def _answers(net: Network, made: theory.Made) -> None:
    st.header("What moves", anchor=False)
    given = moved_outcomes.situation(net, "situation:judgements")
    moved = moved_outcomes.moves(net, made.network, given)
    st.html(moved_outcomes.table(moved, "Bundled", "Yours"))
    moved_outcomes.offered(moved, "Bundled", "Yours")
    if made.mine.empty:
        st.caption("Nothing is changed yet: move a slider, or upload judgements below.")
    else:
        st.markdown("Changed:\n" + "\n".join(f"- {item}" for item in theory.changes(made)))


def _keep(net: Network, made: theory.Made) -> None:
    left, right = st.columns(2)
    left.download_button(
        "Download your judgements", lambda: uploads.zipped(made.files), "priors.zip",
        "application/zip",
        on_click="ignore", disabled=not made.files, width="stretch",
    )  # fmt: skip
    right.button("Put everything back", on_click=_reset, disabled=made.mine.empty, width="stretch")
    st.caption(
        "Unpacked into a folder, the download is what every command takes as `--priors FOLDER`."
    )
    if made.mine.sizes:
        st.caption("Sizes of effects are no part of it: they stand below the effects, as answers.")
    wrong = st.session_state.pop(theory.WRONG, None)
    if wrong:
        st.error(f"This can't be used, so nothing is taken from it: {words.verbatim(wrong)}")
    with st.expander("Bring your own"):
        _uploads(net)


def _uploads(net: Network) -> None:
    st.file_uploader(
        "A prior set (zip)", type=["zip"], key=_key("set"), on_change=_uploaded, args=(net,),
        max_upload_size=2, help="As downloaded here, or a zipped folder of “cmocnet elicit fit”.",
    )  # fmt: skip
    st.file_uploader(
        "Filled-in question sheets (CSV or xlsx)", type=["csv", "xlsx"], key=_key("sheets"),
        accept_multiple_files=True, on_change=_answered, args=(net,), max_upload_size=5,
        help="As “cmocnet elicit template” writes them; several experts are pooled: at most "
        f"{uploads.MAX_SHEETS} files and {uploads.MAX_SHEETS_SIZE / 1e6:.0f} MB together.",
    )  # fmt: skip


def _key(kind: str) -> str:
    """Once files are read, another uploader takes the place of theirs, which still holds them."""
    return f"upload:{kind}:{st.session_state.get(READ, 0)}"


def _reset() -> None:
    theory.keep(PriorSet())


def _uploaded(net: Network) -> None:
    file = st.session_state[_key("set")]
    if file is not None:
        _take(net, lambda: uploads.unpack(file.getvalue()))


def _answered(net: Network) -> None:
    sheets = st.session_state[_key("sheets")]
    if sheets:
        _take(net, lambda: uploads.from_sheets(net, [(s.name, s.getvalue()) for s in sheets]))


def _take(net: Network, taken: Callable[[], uploads.Files]) -> None:
    """Make an upload the visitor's prior set, if it is one; what was sent is let go of."""
    visit = visits.visit()
    refused = visit.refused()
    try:
        if refused:
            raise FileError(refused)
        files = scheduling.done(lambda: _fitting(net, taken()))
    except CmocnetError as error:
        st.session_state[theory.WRONG] = str(error)
    else:
        theory.keep(PriorSet(base=files))
    finally:
        visit.let_go()
        st.session_state[READ] = st.session_state.get(READ, 0) + 1


def _fitting(net: Network, files: uploads.Files) -> uploads.Files:
    """The same files, which fit the review."""
    uploads.laid_over(net, files)
    return files
