"""The notebook of the docs, run without a Jupyter server.

A cell's output is its last expression, as in Jupyter.

python -m docs.notebook         run it and write what came of it into it
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parent / "notebooks" / "first_look.ipynb"
LONG = 1_000
NAME = "display"
"""What a cell calls to show more than its last expression; Jupyter has it built in."""


def text(path: Path = PATH) -> str:
    """The notebook with the outputs that its cells have now."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    number, names = 0, {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            number += 1
            cell["execution_count"] = number
            cell["outputs"] = list(_outputs("".join(cell["source"]), names, number))
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _outputs(source: str, names: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    """What a cell shows: whatever it hands to ``display``, then its last expression."""
    shown: list[object] = []
    names[NAME] = lambda *things: shown.extend(things)
    *before, last = ast.parse(source).body
    exec(compile(ast.Module(before, []), "cell", "exec"), names)
    value = None
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    else:
        exec(compile(ast.Module([last], []), "cell", "exec"), names)
    for thing in shown:
        yield {"output_type": "display_data", "data": _data(thing), "metadata": {}}
    if value is not None:
        result = {"output_type": "execute_result", "data": _data(value), "metadata": {}}
        yield result | {"execution_count": number}


def _data(thing: Any) -> dict[str, str]:
    drawn, plain = getattr(thing, "_repr_html_", None), repr(thing)
    if drawn is None:
        return {"text/plain": plain}
    # What is drawn stands for it; of a long mapping the first few numbers will do.
    return {"text/html": drawn(), "text/plain": plain if len(plain) < LONG else f"{plain[:40]}..."}


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
