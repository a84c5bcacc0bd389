"""What would help: single changes, the best ones together under a budget, and what may backfire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet.explain.words import listed
from cmocnet_app import words
from cmocnet_app.answers import cached, single_changes
from cmocnet_app.exports import downloads
from cmocnet_app.markup import elements
from cmocnet_app.serving import scheduling

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.levers import Levers
    from cmocnet.query import Query
    from cmocnet_app.state.scenario import Scenario

SINGLES = 8
MOST = 4
DRAWS = 200
TIMES = {"before": "Beforehand", "start": "At the start", "under_way": "Under way"}


@st.fragment
@scheduling.drawn()
def section(net: Network, scenario: Scenario, name: str, query: Query) -> None:
    """Draw the single changes, the controls of the search, and what it finds."""
    st.header("What would help", anchor=False)
    some = single_changes.singles(net, scenario, name)
    if not some:
        st.markdown("Nothing that people can change is left open, or none of it would help.")
        return
    _three(net, scenario, name, some[:3])
    _singles(some)
    st.markdown("**The best changes together**, with all that you described staying as it is:")
    try:
        _search(net, name, query)
    except CmocnetError as error:
        st.info(f"No such changes are found: {words.verbatim(str(error))}")


def _three(
    net: Network, scenario: Scenario, name: str, best: tuple[single_changes.Change, ...]
) -> None:
    start, end = single_changes.together(net, scenario, name, best)
    st.markdown(
        f"The {len(best)} single changes that help most, made together, take it from "
        f"**{words.per_cent(start)}** to **{words.per_cent(end)}**:"
        if len(best) > 1
        else "One single change helps:"
    )
    items = [
        (f"{c.lever}{' (instead of what you described)' if c.said else ''}", c.lever.how)
        for c in best
    ]
    st.html(elements.answers(items))


def _singles(some: tuple[single_changes.Change, ...]) -> None:
    head = ("Change", "When", "Helps by")
    rows = [
        (str(c.lever), _when(c.lever.when), words.size(c.effect))
        for c in some[:SINGLES]
    ]  # fmt: skip
    with st.expander("Every single change, by how much it helps"):
        st.html(elements.table(head, rows, "Single changes, most helpful first"))
        whole = [(str(c.lever), _when(c.lever.when), c.effect, c.lever.how) for c in some]
        downloads.table(
            "All of them (CSV)", "changes.csv", ("Change", "When", "Helps by", "How"),
            lambda: whole,
        )  # fmt: skip


def _search(net: Network, name: str, query: Query) -> None:
    one, two, three = st.columns(3, vertical_alignment="bottom")
    k = one.slider("At most so many changes", 1, MOST, 3, key="most")
    times = two.multiselect(
        "To be made",
        tuple(TIMES),
        format_func=TIMES.__getitem__,
        key="times",
        placeholder="At any time",
    )
    budget = three.number_input(
        "Budget, in effort points", 0, 100, value=None, key="budget", placeholder="No limit"
    )
    options = cached.singles(net, query, tuple(times) or None).ranking
    costs = _efforts({s.lever.variable: s.lever.label for s in options})
    with st.spinner("Trying every combination", show_time=False):
        levers = cached.levers(net, query, k, DRAWS, tuple(times) or None, budget, costs)
    _bundle(levers)
    _backfires(net, name, levers)


def _efforts(labels: dict[str, str]) -> dict[str, float]:
    """What each change costs: 1 unless the visitor says otherwise.

    An edited table is kept by its rows. So what was said is kept by change here, and where other
    changes are on offer another table begins from it.
    """
    said: dict[str, float] = st.session_state.setdefault("efforts", {})
    names = sorted(labels, key=labels.__getitem__)
    with st.expander("How much effort does each change take?"):
        st.caption("Each counts as 1 until you say otherwise.")
        table: dict[str, list[object]] = {
            "Change": [labels[name] for name in names],
            "Effort": [said.get(name, 1.0) for name in names],
        }
        edited: Any = st.data_editor(
            table,
            disabled=["Change"],
            hide_index=True,
            column_config={"Effort": st.column_config.NumberColumn(min_value=0, max_value=100)},
            key=f"efforts:{' '.join(names)}",
        )
    told = [1.0 if effort is None else float(effort) for effort in edited["Effort"]]
    said.update(zip(names, told, strict=True))
    return {name: said[name] for name in names if said[name] != 1.0}


def _bundle(levers: Levers) -> None:
    best = levers.best
    if not best.levers:
        st.markdown("Within this budget nothing helps.")
        return
    st.html(elements.answers((str(lever), lever.how) for lever in best.levers))
    share = best.stays_best
    sure = "" if share is None else (
        f" It is the best of the {levers.tried:,} combinations tried. Of the {levers.contenders} "
        f"leading ones it stays the best in {share:.0%} of draws of the judgements: others come "
        "close, so take these as good choices, not the only ones."
    )  # fmt: skip
    st.markdown(
        f"Together: from {words.per_cent(levers.start)} to **{words.per_cent(best.value)}**.{sure}"
    )
    head = ("Spending up to", "Changes", "Takes it to")
    rows = [
        (f"{b.cost:g}", "; ".join(map(str, b.levers)) or "none", words.per_cent(b.value))
        for b in levers.front
    ]
    with st.expander("What more effort buys"):
        st.html(elements.table(head, rows, "The best for each effort"))
        downloads.table("This table (CSV)", "effort.csv", head, lambda: rows)


def _backfires(net: Network, name: str, levers: Levers) -> None:
    st.markdown("**What might backfire**")
    harms = single_changes.harms(net, levers, name)
    if not harms:
        st.markdown("None of these changes harms an outcome in more than a tenth of the draws.")
        return
    head = ("Change", "May harm", "In this share of draws")
    rows = [
        (lever, listed(list(outcomes)), words.per_cent(max(outcomes.values())))
        for lever, outcomes in harms.items()
    ]
    st.html(elements.table(head, rows, "Changes that harm an outcome, or may"))
    downloads.table("These changes (CSV)", "backfires.csv", head, lambda: rows)


def _when(times: tuple[str, ...]) -> str:
    return listed([words.lower(TIMES[time]) for time in times]).capitalize()
