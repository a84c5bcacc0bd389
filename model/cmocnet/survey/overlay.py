"""Pooled judgements as a prior set: a folder that ``cmocnet.load(priors=...)`` lays over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cmocnet.elicitation import overlay
from cmocnet.elicitation.overlay import Placed, written
from cmocnet.errors import FileError
from cmocnet.registry import Review
from cmocnet.registry.judged import InterBeta
from cmocnet.survey.cells import text
from cmocnet.survey.fit import PERCENTILES, Distribution
from cmocnet.survey.panel import Panel, Result
from cmocnet.survey.wording import turned
from cmocnet.writing import new_folder


def write_priors(review: Review, panel: Panel, folder: Path) -> tuple[str, ...]:
    """Write a panel's pooled judgements as a prior set, after checking that it can be laid over.

    The folder holds ``variables/*.yaml`` with the judged numbers alone, and ``answers.csv`` with
    what every expert said, what was fitted and what was pooled. It must be new, and appears whole
    or not at all. ``review`` is the review as it was read for the panel. Answers the variables with
    a judgement in the set.

    Raises
    ------
    FileError
        The folder exists already or cannot be made; or an answer turns the lowest row of a table
        above its highest: names the answer by file, sheet and row.
    ModelError
        Laid over the review it would not make a valid network: names the table.
    """
    files = contents(review, panel)
    who = f"{len(panel.experts)} expert{'s' * (len(panel.experts) > 1)}"
    heading = f"Judgements of {who}, laid over the review's own file."
    with new_folder(folder) as spare:
        overlay.write(review, files, heading, spare)
        (spare / "answers.csv").write_text(text(_record(panel)), encoding="utf-8", newline="")
    return tuple(files)


def contents(review: Review, panel: Panel) -> dict[str, dict[str, Any]]:
    """Variable -> the part of its file that the panel's judgements replace."""
    _ends(review, panel)
    return overlay.contents(review, [_placed(review, panel, r) for r in panel.results.values()])


def _placed(review: Review, panel: Panel, result: Result) -> Placed:
    """A judgement as it stands in the file, where an expert may have been asked the reverse."""
    at, one = result.judgement.address, result.pooled.distribution
    value = one.value if at.part == "weight" else written(one.value)
    if at.part == "row" and turned(review.variables[at.variable], at):
        value = 1.0 - value
    return Placed(at, value, one.spread, "expert", _why(panel, result))


def _ends(review: Review, panel: Panel) -> None:
    """A table's lowest row must stay below its highest, whoever judged which of them."""
    for address, result in panel.results.items():
        at = result.judgement.address
        spec = review.variables[at.variable].cell(at).spec
        if not isinstance(spec, InterBeta) or at.part == "weight":
            continue
        low = at.part == "lowest"
        other = at.beside("highest" if low else "lowest")
        beside, anchor = panel.results.get(other), spec.highest if low else spec.lowest
        limit = beside.pooled.distribution.value if beside else anchor.value
        value, sign = result.pooled.distribution.value, 1 if low else -1
        if sign * written(value) > sign * written(limit):
            said = max(result.opinions, key=lambda o: sign * o.distribution.value)
            way = ("above", "most") if low else ("below", "least")
            raise FileError(
                f"{address} comes to {value:.3g}, {way[0]} the {limit:.3g} of the {other.part} row",
                where=said.answer.where,
                expected=f"at {way[1]} that",
            )


def _why(panel: Panel, result: Result) -> str:
    """Who said it, how it was pooled, and what the pool's percentiles are."""
    names = ", ".join(o.expert for o in result.opinions)
    low, central, high = (f"{q:.3g}" for q in result.pooled.quantiles)
    several = len(result.opinions) > 1
    how = f"{panel.how} pool of {names}" if several else f"judged by {names}"
    return f"{how}: 5th, 50th, 95th percentile {low}, {central}, {high} of what was asked"


def _record(panel: Panel) -> Iterator[tuple[object, ...]]:
    """Everything as a table: a row an opinion, and one for each pool."""
    cells = ("low", "central", "high")
    fitted = tuple(f"fitted {cell}" for cell in cells)
    yield "id", "expert", "weight", *cells, *fitted, "value", "spread", "note"
    weight = dict(zip(panel.experts, panel.weights, strict=True))
    for address, result in panel.results.items():
        for o in result.opinions:
            note = "misses " + ", ".join(m.name for m in o.misses) if o.misses else ""
            mine = (address, o.expert, f"{weight[o.expert]:.6g}", *o.answer.values)
            yield *mine, *_shown(o.distribution), note
        p = result.pooled
        note = f"disagreement {p.disagreement:.3f}, gap {p.gap:.3f}"
        own = (f"{q:.6g}" for q in p.quantiles)
        yield address, f"({panel.how} pool)", "", *own, *_shown(p.distribution), note


def _shown(one: Distribution) -> tuple[str, ...]:
    """A distribution's percentiles, value and spread, to six digits."""
    numbers = (*(one.quantile(p) for p in PERCENTILES), one.value, one.spread)
    return tuple(f"{number:.6g}" for number in numbers)
