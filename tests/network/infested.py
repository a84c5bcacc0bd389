"""The garden with pests: a review with one table of as many parents as one likes."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml


def caused(value: float) -> dict[str, Any]:
    number = {"value": value, "strength": 5, "by": "coder", "why": "a guess"}
    return {"cites": ["G-03"], "probability": {"some": number}}


def pest(k: int) -> dict[str, Any]:
    """Even ones are contexts that can be changed; odd ones hang on the sun; one never comes back."""
    rows = [{"row": [0.3 + 0.05 * (k % 9), 0.7 - 0.05 * (k % 9)], "strength": 4}]
    table: dict[str, Any] = {"method": "given", "rows": rows}
    if k % 2:
        table["parents"] = {"sunlight": {"cites": ["G-01"]}}
        rows[0]["when"] = {"sunlight": "shade"}
        rows.append({"when": {"sunlight": "sun"}, "row": [0.8, 0.2], "strength": 4})
    for row in rows:
        row |= {"by": "assumption", "why": "a guess"}
    file = {
        "name": f"pest_{k}",
        "label": f"Pest {k}",
        "layer": "standing" if k % 2 else "setting",
        "description": "A pest.",
        "states": {"none": {"label": "None"}, "some": {"label": "Some"}},
        "names": [f"pest {k}"],
        "direction": "up",
        "favourable": "none",
        "question": "In how many?",
        "sources": "Results",
        "table": table,
    } | ({} if k % 2 else {"actionable": {"when": ["start"], "how": "Weed."}})
    return file | ({"later_rounds": "none"} if k == 2 else {})


def infested(folder: Path, pests: int, kind: str = "causes") -> Path:
    """The garden with pests: each may have it abandoned; or all are weighed together.

    Moderated, the watering says which of two sets of causes counts; mixed, which way they count.
    """
    for k in range(pests):
        text = yaml.safe_dump(pest(k), sort_keys=False)
        (folder / f"variables/pest_{k}.yaml").write_text(text, encoding="utf-8")
    path = folder / "variables/abandoned.yaml"
    file = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = [f"pest_{k}" for k in range(pests)]
    causes = file["table"]
    causes["parents"] |= {name: caused(0.02 + 0.03 * (k % 11)) for k, name in enumerate(names)}
    ends = ("lowest", 0.1), ("highest", 0.85)
    guessed = {"by": "coder", "why": "a guess"}
    weighed = {
        "method": "interbeta",
        **{end: {"value": value, "strength": 9, **guessed} for end, value in ends},
        "parents": {
            name: {"weight": 1.0 + k % 5 / 3, "spread": 0.4, "cites": ["G-03"], **guessed}
            for k, name in enumerate([*names, "mood"])
        },
    }
    fewer = {
        **causes,
        "leak": {"value": 0.1, "strength": 8, **guessed},
        "parents": {name: caused(0.3 - 0.04 * (k % 7)) for k, name in enumerate(names[1:])},
    }
    file["table"] = {
        "causes": causes,
        "weighed": weighed,
        "moderated": parted({"rare": causes, "regular": fewer}),
        "mixed": parted({"rare": causes, "regular": weighed}),
    }[kind]
    path.write_text(yaml.safe_dump(file, sort_keys=False), encoding="utf-8")
    return folder


def parted(cells: dict[str, Any]) -> dict[str, Any]:
    return {
        "method": "partition",
        "by": "watering",
        "cites": ["G-04"],
        "cells": copy.deepcopy(cells),
    }
