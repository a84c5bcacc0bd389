"""A workbook of the bundled review, one of the garden's, and experts who fill them in."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from cmocnet import Network
from cmocnet.registry import Review, bundled, read
from cmocnet.survey import write_template
from cmocnet.survey.statements import write_statements

Cells = tuple[object, object, object]
Fill = Callable[[str, Mapping[str, Cells]], Path]


@pytest.fixture(scope="session")
def review() -> Review:
    return read(bundled())


@pytest.fixture(scope="session")
def template(review: Review, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("survey") / "workbook"
    write_template(review, folder)
    return folder


@pytest.fixture
def fill(template: Path, tmp_path: Path) -> Fill:
    """Fill in some questions of the template under a name ending in .csv or .xlsx."""
    return partial(fill_in, template, tmp_path)


@pytest.fixture(scope="session")
def workbook(garden_net: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The garden's questions about stated effects."""
    folder = tmp_path_factory.mktemp("statements") / "workbook"
    write_statements(garden_net.review, folder)
    return folder


@pytest.fixture
def expert(workbook: Path, tmp_path: Path) -> Fill:
    """Fill in some questions of the garden's workbook."""
    return partial(fill_in, workbook, tmp_path)


def fill_in(template: Path, folder: Path, name: str, answers: Mapping[str, Cells]) -> Path:
    """Fill in some questions of a template under a name ending in .csv or .xlsx."""
    path = folder / name
    (_csv if path.suffix == ".csv" else _xlsx)(template, path, answers)
    return path


def _csv(template: Path, path: Path, answers: Mapping[str, Cells]) -> None:
    with (template / "questions.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    done = [row[:-3] + list(map(str, answers.get(row[0], ("", "", "")))) for row in rows]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *done])


def _xlsx(template: Path, path: Path, answers: Mapping[str, Cells]) -> None:
    book = openpyxl.load_workbook(template / "questions.xlsx")
    sheet = book["Questions"]
    for row in sheet.iter_rows(min_row=2):
        for cell, value in zip(row[-3:], answers.get(row[0].value, ()), strict=False):
            cell.value = value
    book.save(path)
