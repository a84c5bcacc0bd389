"""Numbers at addresses as a prior set: the parts of a review's files that they replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cmocnet.registry import Review, Variable, read
from cmocnet.registry.address import Address
from cmocnet.registry.judged import Basis, Given, Row
from cmocnet.registry.shares import nested, row_of

CERTAIN = 1e-6
"""A written probability stays this far inside 0 and 1: exactly 1 would read as a definition."""
DIGITS = 6
"""Significant digits of a written number: more would pretend."""


@dataclass(frozen=True)
class Placed:
    """A number for an address, how sure it is, what it rests on, and why."""

    at: Address
    value: float
    spread: float
    by: Basis
    why: str


def contents(review: Review, placed: Sequence[Placed]) -> dict[str, dict[str, Any]]:
    """Variable -> the part of its file that the numbers replace.

    >>> from cmocnet.registry import bundled, read
    >>> one = Placed(Address("inertia", "lowest"), 0.2, 8.0, "expert", "asked")
    >>> contents(read(bundled()), [one])["inertia"]["table"]["lowest"]["value"]
    0.2
    """
    found: dict[str, dict[str, Any]] = {}
    rows: dict[tuple[str, tuple[str, ...]], list[Placed]] = {}
    for one in placed:
        keys = review.variables[one.at.variable].cell(one.at).keys
        inside = _inside(found.setdefault(one.at.variable, {}), keys)
        if one.at.part == "row":
            rows.setdefault((one.at.variable, keys), []).append(one)
        else:
            _put(inside, one)
    for (name, keys), some in rows.items():
        # A list is replaced whole: rows that nothing is said of come along as they are. The method
        # stands with it, since a setting may leave its table out.
        made = list(_rows(review.variables[name], some))
        _inside(found[name], keys).update({"method": "given", "rows": made})
    return found


def _inside(content: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """The mapping under these keys, made where missing."""
    for key in keys:
        content = content.setdefault(key, {})
    return content


def _put(cell: dict[str, Any], one: Placed) -> None:
    """One anchor, cause or weight in its table."""
    at, spread, basis = one.at, digits(one.spread), {"by": one.by, "why": one.why}
    if at.part == "weight":
        weight = _inside(cell, ("parents", at.parent))
        weight.update({"weight": digits(one.value), "spread": spread, **basis})
        return
    anchor = {"value": written(one.value), "strength": spread, **basis}
    if at.part == "cause":
        _inside(cell, ("parents", at.parent, "probability"))[at.state] = anchor
    else:
        cell[at.part] = anchor


def _rows(variable: Variable, placed: Sequence[Placed]) -> Iterator[dict[str, Any]]:
    """Every row of a given table, with the shares that were placed instead of the old ones."""
    spec = variable.cell(placed[0].at).spec
    assert isinstance(spec, Given)
    for number, row in enumerate(spec.rows, start=1):
        mine = [one for one in placed if one.at.row == number]
        yield _row(row, mine) if mine else _plain(row)


def _row(row: Row, mine: Sequence[Placed]) -> dict[str, Any]:
    shares = nested(row.row)
    strengths = [] if len(mine) == len(shares) else [row.strength]
    for one in mine:
        shares[one.at.share - 1] = written(one.value)
        strengths.append(one.spread)
    why = "; ".join(f"share {one.at.share}: {one.why}" for one in mine)
    if len(shares) == 1:
        why = why.partition(": ")[2]
    # One strength holds for the whole row: the least sure number decides.
    return {
        "row": row_of(shares, decimals=9).tolist(),
        "strength": digits(min(strengths)),
        "when": dict(row.when),
        "by": mine[0].by,
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


def written(share: float) -> float:
    """A share as it is written, inside 0 and 1."""
    return min(max(digits(share), CERTAIN), 1.0 - CERTAIN)


def digits(value: float) -> float:
    """A number as it is written."""
    return float(f"{value:.{DIGITS}g}")


class _Plain(yaml.SafeDumper):
    """A dumper without aliases, which the reader refuses."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(review: Review, files: Mapping[str, Any], heading: str, folder: Path) -> None:
    """Write the parts of variables' files, each under a comment, and check what they make.

    Raises
    ------
    ModelError
        Laid over the review they would not make a valid network: names the table.
    """
    (folder / "variables").mkdir()
    for name, content in files.items():
        dumped = yaml.dump(content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
        file = folder / "variables" / f"{name}.yaml"
        file.write_text(f"# {heading}\n{dumped}", encoding="utf-8")
    read(Path(review.path), priors=folder, readings=review.readings)
