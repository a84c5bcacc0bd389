"""What the review states, effect by effect; a visitor's own size takes a stated one's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cmocnet.survey.statements import Setting, fact, question
from cmocnet_app import words
from cmocnet_app.answers import cached, stated
from cmocnet_app.exports import downloads
from cmocnet_app.markup import statements
from cmocnet_app.state import address, controls, sizes, theory
from cmocnet_app.state.links import VIEW

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.solve import Standing
    from cmocnet_app.answers.cached import Ends
    from cmocnet_app.answers.stated import Stated
    from cmocnet_app.state.sizes import Size

SHOWN = "statements:shown"
"""How many effects this visitor has asked to see."""
FEW = 8
STEP = (
    "What you say of an effect takes the place of the stated size, and all numbers move together "
    "with it, as far as the rest of what the review states lets them. That is worked out by a "
    "first step from the solved numbers: near enough to see where it leads. "
    "`cmocnet solve --answers FILE` solves exactly, with your sizes as an expert's answers."
)
BOTH = (
    "Answer for both settings; what counts is the difference. Where there are several steps, 0 "
    "stands for the lowest and 100 for the highest. Each answer is taken to be right to "
    f"within {100 * sizes.SURE:.0f} of 100, nine times in ten."
)


def section(net: Network, made: theory.Made, standing: Standing, name: str) -> None:
    """Draw the effects, those that bear on an outcome in the visitor's scenario first."""
    ends = cached.ends(net)
    every = stated.stated(standing, ends)
    st.markdown(f"{stated.counted(every)} Think of 100 cases, one {_unit(net)} each.")
    st.caption(STEP)
    order = stated.bearing(net, address.said(net).scenario, name, every)
    own = {} if made.mine.empty else _own(standing, made.network)
    count = st.session_state.setdefault(SHOWN, FEW)
    for one in order[:count]:
        _effect(net, one, own.get(one.tested.address), ends, made.mine.sizes)
    with st.container(horizontal=True):
        if count < len(order):
            st.button(f"Show {min(FEW, len(order) - count)} more", on_click=_more)
        downloads.table(
            "All of them (CSV)", "statements.csv", stated.COLUMNS,
            lambda: stated.rows(net.review, order),
        )  # fmt: skip
        if made.mine.sizes:
            downloads.table(
                "Your sizes, as an expert's answers (CSV)", "my_answers.csv", sizes.COLUMNS,
                lambda: sizes.rows(net.review, made.mine.sizes),
            )  # fmt: skip


def _unit(net: Network) -> str:
    return words.verbatim(net.review.about.unit)


def _own(standing: Standing, net: Network) -> dict[str, Stated]:
    return {one.tested.address: one for one in stated.stated(standing, cached.ends(net))}


def _more() -> None:
    st.session_state[SHOWN] += FEW


# --- one effect ---------------------------------------------------------------------------------


def _effect(net: Network, one: Stated, own: Stated | None, ends: Ends, mine: sizes.Sizes) -> None:
    kept = {k: v for k, v in address.parameters().items() if not k.startswith(VIEW)}
    key = one.asked.address
    after, before = mine.get(key, ends[key])
    with st.container(border=True):
        st.html(statements.entry(net.review, one, own, kept))
        with st.expander("Put your own size in its place", expanded=key in mine):
            size = (_whole(after), _whole(before))
            for number, end in enumerate(("to", "from")):
                asked = Setting(one.asked, end == "to")
                st.markdown(words.verbatim(question(net.review, asked)))
                at = f"sized:{one.tested.address}:{end}"
                st.slider(
                    _setting(net, asked),
                    min_value=0, max_value=100, step=1,
                    value=controls.begin(at, size[number]),
                    key=at, on_change=_sized, args=(key, at, number, size),
                )  # fmt: skip
            st.caption(BOTH)
            if key in mine:
                st.button(
                    "Put it back as stated", key=f"stated:{one.tested.address}",
                    on_click=_back, args=(key,),
                )  # fmt: skip


def _setting(net: Network, asked: Setting) -> str:
    test = asked.tested.test
    told = fact(net.review, test.manipulated, test.end if asked.after else test.start)
    return f"Of 100, {'with' if asked.after else 'and if instead'} {words.verbatim(told)}"


def _whole(share: float) -> int:
    return round(100 * share)


def _sized(effect: str, slider: str, number: int, shown: tuple[int, int]) -> None:
    value: int = st.session_state[slider]
    if value == shown[number]:  # a browser may tell of a slider that is gone what it showed
        return
    both = [*shown]
    both[number] = value
    size: Size = (both[0] / 100, both[1] / 100)
    theory.keep(theory.mine().sized(effect, size))


def _back(effect: str) -> None:
    theory.keep(theory.mine().sized(effect, None))
