"""The notebook of the docs runs, and holds what its cells give."""

from __future__ import annotations

import json

from docs import notebook


def test_the_notebook_holds_what_its_cells_give() -> None:
    kept = notebook.PATH.read_text(encoding="utf-8")
    assert json.loads(notebook.text()) == json.loads(kept)


def test_it_has_fifteen_cells_and_every_code_cell_shows_something() -> None:
    cells = json.loads(notebook.PATH.read_text(encoding="utf-8"))["cells"]
    assert len(cells) == 15
    for cell in cells:
        assert cell["cell_type"] == "markdown" or cell["outputs"]
