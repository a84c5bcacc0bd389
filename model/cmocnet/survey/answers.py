"""What one expert answered: every row read strictly, numbers or words, missing rows allowed."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmocnet.errors import FileError, nearest
from cmocnet.registry import Address, Judgement
from cmocnet.registry.judged import Kind
from cmocnet.survey.fit import NAMES
from cmocnet.survey.sheets import Cell, Row, rows
from cmocnet.survey.verbal import Scale, Scales

if TYPE_CHECKING:
    from cmocnet.survey.statements import Setting

    Questions = Mapping[str, Judgement] | Mapping[str, Setting]

OUTER = 0.001
MIDDLE = 0.03
"""A share of exactly 0 or 1 is fitted at most this far inside, where a Beta has its percentiles:
what is true by definition is not asked. Every other share is fitted as it was said."""
RAREST = 1e-6
"""The smallest share, or distance from 1, that the registry's largest strength can tell from 0."""
MOST = 100.0
"""The largest weight, as in the registry."""


@dataclass(frozen=True)
class Answer:
    """One question answered: low, central and high as said, in numbers, and where that stands.

    ``worded`` says that a word was used for one of them.

    >>> Answer(Address("fog", "lowest"), 0.0, 0.0005, 0.001, "a.csv, row 2").fitted("probability")
    (5e-05, 0.0005, 0.001)
    """

    address: str
    low: float
    central: float
    high: float
    where: str
    worded: bool = False

    @property
    def values(self) -> tuple[float, float, float]:
        """Low, central, high."""
        return self.low, self.central, self.high

    def fitted(self, kind: Kind) -> tuple[float, float, float]:
        """The values to fit to: as said, but for a share of exactly 0 or 1, moved inside."""
        if kind == "weight":
            return self.values
        low, central, high = self.values
        if central == 0.0:
            central = min(MIDDLE, high / 3)
        elif central == 1.0:
            central = max(1 - MIDDLE, 1 - (1 - low) / 3)
        low = low or min(OUTER, central / 10)
        high = high if high < 1.0 else max(1 - OUTER, 1 - (1 - central) / 10)
        return low, central, high


@dataclass(frozen=True)
class Answers:
    """What one expert answered, by question; ``expert`` is the file's name without its ending."""

    expert: str
    path: Path
    answers: Mapping[str, Answer]


def read_answers(path: Path, questions: Questions, scales: Scales) -> Answers:
    """An expert's file, a ``.csv`` or ``.xlsx`` as :mod:`.template` writes it.

    Parameters
    ----------
    path
        The file; its name without the ending names the expert.
    questions
        Every question there is, by address: judgements, or the settings of :mod:`.statements`.
    scales
        The words that may stand for numbers.

    Raises
    ------
    FileError
        Names file, sheet and row: a question unknown or answered twice; low, central and high out
        of order, the same, or not all there; a number out of range; a word that is on no scale; a
        lowest row above the highest; nothing answered at all.
    """
    found: dict[str, Answer] = {}
    for row in rows(path):
        address = _address(row, questions)
        kind = questions[address].kind
        answer = _answer(row, address, kind, scales.of(kind))
        if answer is None:
            continue
        if address in found:
            first = found[address].where
            raise row.wrong(f"a second answer to {address}", f"one; the first is at {first}")
        found[address] = answer
    if not found:
        raise FileError("no question is answered", where=str(path), expected="one row filled in")
    _ends(found)
    # A name that is no UTF-8, or was read as none, is told in letters that a file can hold.
    expert = os.fsencode(path.stem).decode(errors="replace")
    return Answers(expert, path, found)


def read_each(files: Sequence[Path], questions: Questions, scales: Scales) -> list[Answers]:
    """One file an expert, each as :func:`read_answers` reads it; refuses two of one name."""
    seen: dict[str, Path] = {}
    for path in files:
        if path.stem in seen:
            what = f"a second file for the expert {path.stem!r}"
            expected = f"another name than {seen[path.stem]}"
            raise FileError(what, where=str(path), expected=expected)
        seen[path.stem] = path
    return [read_answers(path, questions, scales) for path in files]


def _address(row: Row, questions: Questions) -> str:
    key = row.cells["id"]
    if key is None:
        raise row.wrong("an answer without a question's id")
    if not isinstance(key, str) or key not in questions:
        said = str(key)[:80]
        likely = nearest(said, questions) if isinstance(key, str) else ()
        raise row.wrong(f"no question {said!r}", like=likely)
    return questions[key].address


def _answer(row: Row, address: str, kind: Kind, scale: Scale) -> Answer | None:
    """The row's answer, or None where its cells are empty."""
    steps = {name: _step(row.cells[name], scale) for name in NAMES}
    missing = [name for name in NAMES if row.cells[name] is None]
    if len(missing) == len(NAMES):
        return None
    if missing == ["low", "high"] and steps["central"] is not None:
        said = scale.reach(steps["central"])
    elif missing:
        what = f"no {' and '.join(missing)} for {address}"
        raise row.wrong(what, "three numbers, or a word alone in central")
    else:
        low, central, high = (_number(row, name, kind, scale) for name in NAMES)
        said = low, central, high
    _ordered(said, row, address)
    worded = any(step is not None for step in steps.values())
    return Answer(address, *said, where=row.where, worded=worded)


def _step(cell: Cell, scale: Scale) -> int | None:
    return scale.step(cell) if isinstance(cell, str) else None


def _number(row: Row, name: str, kind: Kind, scale: Scale) -> float:
    """A cell's number: as it stands, per cent, or a word of the scale."""
    cell = row.cells[name]
    step = _step(cell, scale)
    value = scale.steps[step].value if step is not None else _plain(cell)
    if value is None:
        told = str(cell)[:80]
        expected = "a number or a word of the scale"
        raise row.wrong(f"{name} is {told!r}", expected, like=scale.nearest(told))
    top = 1.0 if kind == "probability" else MOST
    above = "above " if kind == "weight" and name != "low" else ""
    if not 0 <= value <= top or (above and value == 0):
        raise row.wrong(f"{name} is {value:g}", f"a {kind}, {above}0 to {top:g}")
    if kind == "probability" and (0 < value < RAREST or 1 - RAREST < value < 1):
        inside = f"exactly 0 or 1, or a share at least {RAREST:f} from both"
        raise row.wrong(f"{name} is {value!r}", inside)
    return value


def _plain(cell: Cell) -> float | None:
    """The number a cell holds, with a decimal point or comma, perhaps per cent; None if none.

    >>> _plain("35 %"), _plain("0,35"), _plain("often"), _plain(0.5)
    (0.35, 0.35, None, 0.5)
    """
    if not isinstance(cell, str):
        # A whole number of a workbook may have thousands of digits, more than a float can hold.
        return None if cell is None or not abs(cell) <= sys.float_info.max else float(cell)
    text = cell.strip()
    share = text.endswith("%")
    text = text.removesuffix("%").strip().replace("\u2212", "-")
    if "." not in text and text.count(",") == 1:
        text = text.replace(",", ".")
    try:
        value = float(text) if "_" not in text else math.nan
    except ValueError:
        return None
    if not math.isfinite(value):
        return None
    return round(value / 100.0, 12) if share else value


def _ordered(said: tuple[float, float, float], row: Row, address: str) -> None:
    low, central, high = said
    shown = f"low {low:g}, central {central:g}, high {high:g} for {address}"
    if not low <= central <= high:
        raise row.wrong(f"out of order: {shown}", "low, central, high rising")
    if low == high:
        raise row.wrong(f"no width: {shown}", "a 5th percentile below the 95th")


def _ends(found: Mapping[str, Answer]) -> None:
    """A table's lowest row must not be judged above its highest."""
    for low in found.values():
        at = low.address
        if not isinstance(at, Address) or at.part != "lowest":
            continue
        high = found.get(at.beside("highest"))
        if high is not None and low.central > high.central:
            what = f"central {low.central:g} for {at} above {high.central:g} for {high.address}"
            expected = f"at most that of {high.where.rpartition(', ')[2]}"
            raise FileError(what, where=low.where, expected=expected)
