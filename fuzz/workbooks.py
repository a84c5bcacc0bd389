"""Experts' workbooks, CSV and .xlsx: filled in, spoilt, read, fitted and pooled."""

from __future__ import annotations

import csv
import io
import zipfile
from functools import cache, lru_cache
from pathlib import Path
from random import Random

import openpyxl

from cmocnet.registry import read
from cmocnet.registry.records import Review
from cmocnet.survey import convene, write_template
from fuzz.drive import Case, Door, place, write
from fuzz.mutation import NUMBERS, ODD, flipped, spoilt
from fuzz.reviews import VALID

WORDS = ("likely", "strong", "certain", "impossible", "weak", "=1+1", "maybe", "", "id", "central")
BOOKS = 300
"""Workbooks that are spoilt in ever other ways: saving one takes longer than reading it."""
STORED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@cache
def review() -> Review:
    """The small review that is asked about."""
    with place() as name:
        write(VALID, Path(name))
        return read(Path(name))


@cache
def template() -> tuple[tuple[str, ...], ...]:
    """The rows of its empty sheet."""
    with place() as name:
        write_template(review(), Path(name) / "t")
        text = (Path(name) / "t" / "questions.csv").read_text(encoding="utf-8-sig")
    return tuple(tuple(row) for row in csv.reader(io.StringIO(text)))


def _filled(rng: Random) -> list[list[str]]:
    rows = [list(row) for row in template()]
    for row in rng.sample(rows[1:], rng.choice((1, 2, 3))):
        row[-3:] = _answer(rng)
    return [rows[0], *(row for row in rows[1:] if row[-1] or rng.random() < 0.3)]


def _answer(rng: Random) -> list[str]:
    low, central, high = sorted(round(rng.random(), 3) for _ in range(3))
    said = [f"{x:g}" for x in (low, central, high)]
    way = rng.randrange(8)
    if way == 0:
        return ["", rng.choice(WORDS), ""]
    if way == 1:
        return [f"{100 * x:g}%" for x in (low, central, high)]
    if way == 2:
        said[rng.randrange(3)] = rng.choice((*NUMBERS, *WORDS))
    elif way == 3:
        scale = 10.0 ** -rng.randrange(12)
        return [repr(x * scale) for x in (low, central, high)]
    return said


def _make(rng: Random) -> Case:
    if rng.random() < 0.5:
        return {"expert.csv": _csv(rng)}
    return {"expert.xlsx": _xlsx(rng)}


def _csv(rng: Random) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=rng.choice(",,,;\t")).writerows(_filled(rng))
    said = text.getvalue()
    if rng.random() < 0.6:
        said = spoilt(rng, said, (*ODD, *WORDS))
    content = said.encode("utf-8", "surrogatepass")
    return flipped(rng, content) if rng.random() < 0.1 else content


@lru_cache(BOOKS)
def _saved(number: int) -> bytes:
    """A filled-in workbook as a spreadsheet program saves it."""
    rng = Random(number)
    book = openpyxl.Workbook()
    sheet = book.active
    for row in _filled(rng):
        sheet.append([_typed(rng, cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _xlsx(rng: Random) -> bytes:
    content = _saved(rng.randrange(BOOKS))
    way = rng.randrange(4)
    if way == 0:
        return flipped(rng, content)
    return _inside(rng, content) if way == 1 else content


def _typed(rng: Random, cell: str) -> str | float | bool | None:
    """A cell's number as a number, and now and then something else."""
    if rng.random() < 0.02:
        return rng.choice((True, "=A1", 1e300, -1, "#N/A", "50%", None))
    try:
        return float(cell) if rng.random() < 0.9 else cell
    except ValueError:
        return "".join(c for c in cell if c >= " " or c in "\t\n") or None


def _inside(rng: Random, content: bytes) -> bytes:
    """The workbook with one of its parts spoilt, left out or renamed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        spoil = rng.choice([*before.namelist(), *("xl/worksheets/sheet1.xml",) * 6])
        for name in before.namelist():
            part = before.read(name)
            if name == spoil:
                text = spoilt(rng, part.decode("utf-8"), (*ODD, *WORDS, *NUMBERS))
                part = text.encode("utf-8", "surrogatepass")
            if name != spoil or rng.random() < 0.9:
                after.writestr(name, part, rng.choice(STORED))
    return file.getvalue()


def _open(given: Case, folder: Path) -> None:
    write(given, folder)
    convene(review(), [folder / name for name in given])


DOOR = Door("workbooks", _make, _open)
