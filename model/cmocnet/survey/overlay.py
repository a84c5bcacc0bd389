"""Pooled judgements as a prior set: a folder that ``cmocnet.load(priors=...)`` lays over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cmocnet.elicitation.shares import nested, row_of
from cmocnet.errors import FileError
from cmocnet.registry import Review, Variable, read
from cmocnet.registry.address import Address
from cmocnet.registry.judged import Given, InterBeta, Row
from cmocnet.survey.cells import text
from cmocnet.survey.fit import PERCENTILES, Distribution
from cmocnet.survey.panel import Panel, Result
from cmocnet.survey.wording import turned
from cmocnet.writing import new_folder

CERTAIN = 1e-6
"""A written probability stays this far inside 0 and 1: exactly 1 would read as a definition."""


def write_priors(review: Review, panel: Panel, folder: Path) -> tuple[str, ...]:
    """Write a panel's pooled judgements as a prior set, after checking that it can be laid over.

    The folder holds ``variables/*.yaml`` with the judged numbers alone, and ``answers.csv`` with
    what every expert said, what was fitted and what was pooled.

    Parameters
    ----------
    review
        The review as it was read for the panel.
    panel
        The panel's results.
    folder
        A new folder; it appears whole or not at all.

    Returns
    -------
        The variables with a judgement in it.

    Raises
    ------
    FileError
        The folder exists already or cannot be made; or an answer turns the lowest row of a table
        above its highest: names the answer by file, sheet and row.
    ModelError
        Laid over the review it would not make a valid network: names the table.
    """
    files = contents(review, panel)
    with new_folder(folder) as spare:
        (spare / "variables").mkdir()
        for name, content in files.items():
            said = f"# {_heading(panel)}\n{_yaml(content)}"
            (spare / "variables" / f"{name}.yaml").write_text(said, encoding="utf-8")
        (spare / "answers.csv").write_text(text(_record(panel)), encoding="utf-8", newline="")
        read(Path(review.path), priors=spare, readings=review.readings)
    return tuple(files)


def contents(review: Review, panel: Panel) -> dict[str, dict[str, Any]]:
    """Variable -> the part of its file that the panel's judgements replace."""
    _ends(review, panel)
    found: dict[str, dict[str, Any]] = {}
    rows: dict[tuple[str, tuple[str, ...]], list[Result]] = {}
    for result in panel.results.values():
        at = result.judgement.address
        keys = review.variables[at.variable].cell(at).keys
        inside = _inside(found.setdefault(at.variable, {}), keys)
        if at.part == "row":
            rows.setdefault((at.variable, keys), []).append(result)
        else:
            _put(inside, at, result, _why(panel, result))
    for (name, keys), results in rows.items():
        # A list is replaced whole: rows that nobody was asked about come along as they are.
        _inside(found[name], keys)["rows"] = list(_rows(review.variables[name], results, panel))
    return found


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
        if sign * _written(value) > sign * _written(limit):
            said = max(result.opinions, key=lambda o: sign * o.distribution.value)
            way = ("above", "most") if low else ("below", "least")
            raise FileError(
                f"{address} comes to {value:.3g}, {way[0]} the {limit:.3g} of the {other.part} row",
                where=said.answer.where,
                expected=f"at {way[1]} that",
            )


def _inside(content: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """The mapping under these keys, made where missing."""
    for key in keys:
        content = content.setdefault(key, {})
    return content


def _put(cell: dict[str, Any], at: Address, result: Result, why: str) -> None:
    """One anchor, cause or weight in its table."""
    one = result.pooled.distribution
    value, spread = _digits(one.value), _digits(one.spread)
    basis = {"by": "expert", "why": why}
    if at.part == "weight":
        weight = _inside(cell, ("parents", at.parent))
        weight.update({"weight": value, "spread": spread, **basis})
        return
    anchor = {"value": _written(one.value), "strength": spread, **basis}
    if at.part == "cause":
        _inside(cell, ("parents", at.parent, "probability"))[at.state] = anchor
    else:
        cell[at.part] = anchor


def _rows(variable: Variable, results: Sequence[Result], panel: Panel) -> Iterator[dict[str, Any]]:
    """Every row of a given table, with the shares that were answered in place of the old ones."""
    spec = variable.cell(results[0].judgement.address).spec
    assert isinstance(spec, Given)
    for number, row in enumerate(spec.rows, start=1):
        mine = {r.judgement.address: r for r in results if r.judgement.address.row == number}
        yield _row(variable, row, mine, panel) if mine else _plain(row)


def _row(
    variable: Variable, row: Row, mine: Mapping[Address, Result], panel: Panel
) -> dict[str, Any]:
    shares = nested(row.row)
    strengths = [] if len(mine) == len(shares) else [row.strength]
    for at, result in mine.items():
        one = result.pooled.distribution
        value = _written(one.value)
        shares[at.share - 1] = 1.0 - value if turned(variable, at) else value
        strengths.append(one.spread)
    why = "; ".join(f"share {at.share}: {_why(panel, r)}" for at, r in mine.items())
    if len(shares) == 1:
        why = why.partition(": ")[2]
    # One strength holds for the whole row: the least sure answer decides.
    return {
        "row": row_of(shares, decimals=9).tolist(),
        "strength": _digits(min(strengths)),
        "when": dict(row.when),
        "by": "expert",
        "why": why,
    }


def _plain(row: Row) -> dict[str, Any]:
    return {
        "row": list(row.row),
        "strength": row.strength,
        "when": dict(row.when),
        "by": row.by,
        **({"why": row.why} if row.why else {}),
    }


def _why(panel: Panel, result: Result) -> str:
    """Who said it, how it was pooled, and what the pool's percentiles are."""
    names = ", ".join(o.expert for o in result.opinions)
    low, central, high = (f"{q:.3g}" for q in result.pooled.quantiles)
    several = len(result.opinions) > 1
    how = f"{panel.how} pool of {names}" if several else f"judged by {names}"
    return f"{how}: 5th, 50th, 95th percentile {low}, {central}, {high} of what was asked"


def _heading(panel: Panel) -> str:
    experts = len(panel.experts)
    return f"Judgements of {experts} expert{'s' * (experts > 1)}, laid over the review's own file."


def _written(share: float) -> float:
    """A share as it is written: to six digits, and inside 0 and 1."""
    return min(max(_digits(share), CERTAIN), 1.0 - CERTAIN)


def _digits(value: float) -> float:
    """Six significant digits: more would pretend."""
    return float(f"{value:.6g}")


class _Plain(yaml.SafeDumper):
    """A dumper without aliases, which the reader refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(content: Mapping[str, Any]) -> str:
    return str(yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110))


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
