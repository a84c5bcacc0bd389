"""What would help: single changes, the best ones together under a budget, and what may backfire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from cmocnet.errors import CmocnetError
from cmocnet_app import cached, helps, offer, turns, view, words
from cmocnet_app.comparison import asked_state, posteriors
from cmocnet_app.groups import WHEN

if TYPE_CHECKING:
    from cmocnet import Network
    from cmocnet.levers import Levers
    from cmocnet.query import Query
    from cmocnet_app.scenario import Scenario

SINGLES = 8
MOST = 4
DRAWS = 200


@st.fragment
@turns.drawn()
def section(net: Network, scenario: Scenario, name: str, query: Query) -> None:
    """Draw the single changes, the controls of the search, and what it finds."""
    st.header("What would help", anchor=False)
    some = helps.singles(net, scenario, name)
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


def _three(net: Network, scenario: Scenario, name: str, best: tuple[helps.Help, ...]) -> None:
    state = asked_state(net.variables[name])
    start = posteriors(net, scenario)[name][state]
    end = helps.together(net, scenario, name, best)
    st.markdown(
        f"The {len(best)} single changes that help most, made together, take it from "
        f"**{words.per_cent(start)}** to **{words.per_cent(end)}**:"
        if len(best) > 1
        else "One single change helps:"
    )
    items = [
        (f"{h.lever}{' (instead of what you described)' if h.said else ''}", h.lever.how)
        for h in best
    ]
    st.html(view.answers(items))


def _singles(some: tuple[helps.Help, ...]) -> None:
    head = ("Change", "When", "Helps by")
    rows = [
        (str(h.lever), _when(h.lever.when), _by(h.effect))
        for h in some[:SINGLES]
    ]  # fmt: skip
    with st.expander("Every single change, by how much it helps"):
        st.html(view.table(head, rows, "Single changes, most helpful first"))
        whole = [(str(h.lever), _when(h.lever.when), h.effect, h.lever.how) for h in some]
        offer.table(
            "All of them (CSV)", "changes.csv", ("Change", "When", "Helps by", "How"),
            lambda: whole,
        )  # fmt: skip


def _search(net: Network, name: str, query: Query) -> None:
    one, two, three = st.columns(3, vertical_alignment="bottom")
    k = one.slider("At most so many changes", 1, MOST, 3, key="most")
    times = two.multiselect(
        "To be made", tuple(WHEN), format_func=_time, key="times", placeholder="At any time"
    )
    budget = three.number_input(
        "Budget, in effort points", 0, 100, value=None, key="budget", placeholder="No limit"
    )
    options = cached.singles(net, query, tuple(times) or None).ranking
    costs = _efforts({s.lever.variable: s.lever.label for s in options})
    with st.spinner("Trying every combination", show_time=False):
        found = cached.levers(net, query, k, DRAWS, tuple(times) or None, budget, costs)
    _bundle(net, name, found)
    _backfires(net, name, found)


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


def _bundle(net: Network, name: str, found: Levers) -> None:
    best = found.best
    if not best.levers:
        st.markdown("Within this budget nothing helps.")
        return
    st.html(view.answers((str(lever), lever.how) for lever in best.levers))
    share = best.stays_best
    sure = "" if share is None else (
        f" It is the best of the {found.tried:,} combinations tried. Of the {found.contenders} "
        f"leading ones it stays the best in {share:.0%} of draws of the judgements: others come "
        "close, so take these as good choices, not the only ones."
    )  # fmt: skip
    st.markdown(
        f"Together: from {words.per_cent(found.start)} to **{words.per_cent(best.value)}**.{sure}"
    )
    head = ("Spending up to", "Changes", "Takes it to")
    rows = [
        (f"{b.cost:g}", "; ".join(map(str, b.levers)) or "none", words.per_cent(b.value))
        for b in found.front
    ]
    with st.expander("What more effort buys"):
        st.html(view.table(head, rows, "The best for each effort"))
        offer.table("This table (CSV)", "effort.csv", head, lambda: rows)


def _backfires(net: Network, name: str, found: Levers) -> None:
    st.markdown("**What might backfire**")
    harms: dict[str, dict[str, float]] = {}
    for each in found.backfires:
        label = words.lower(net.variables[each.outcome or name].label)
        worst = harms.setdefault(str(each.lever), {})
        worst[label] = max(worst.get(label, 0.0), each.share or 0.0)
    if not harms:
        st.markdown("None of these changes harms an outcome in more than a tenth of the draws.")
        return
    head = ("Change", "May harm", "In this share of draws")
    rows = [
        (lever, words.joined(list(outcomes)), words.per_cent(max(outcomes.values())))
        for lever, outcomes in harms.items()
    ]
    st.html(view.table(head, rows, "Changes that harm an outcome, or may"))
    offer.table("These changes (CSV)", "backfires.csv", head, lambda: rows)


def _when(times: tuple[str, ...]) -> str:
    return words.joined([words.lower(_time(time)) for time in times]).capitalize()


def _time(time: str) -> str:
    return {"before": "Beforehand", "start": "At the start", "under_way": "Under way"}[time]


def _by(effect: float) -> str:
    size = round(100 * effect)
    return f"{size} point{'s' if size > 1 else ''}" if size else "under half a point"
