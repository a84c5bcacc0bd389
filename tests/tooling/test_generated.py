"""What is generated is up to date, and the schema accepts the review's files and refuses others."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cmocnet.registry import bundled
from cmocnet.registry.files import read_mapping
from tests.tooling.source import ROOT

PRIORS = bundled()
SCHEMA = json.loads((ROOT / "priors" / "schema.json").read_text(encoding="utf-8"))
KINDS = {"variables": "variables/NAME.yaml", "cmocs": "cmocs/ANY.yaml"}


def kind(path: Path) -> str:
    return KINDS.get(path.parent.name, path.name)


def errors(content: object, of: str) -> list[Any]:
    schema = {"$defs": SCHEMA["$defs"], **SCHEMA["files"][of]}
    return list(jsonschema.Draft202012Validator(schema).iter_errors(content))


def records() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from SCHEMA["$defs"].items()


def test_generated_files_are_up_to_date() -> None:
    run = [sys.executable, "-m", "docs.build", "--check"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("folder", ["", "variables", "cmocs"])
def test_the_review_fits_the_schema(folder: str) -> None:
    files = sorted((PRIORS / folder).glob("*.yaml"))
    assert files
    found = {f.name: errors(read_mapping(f), kind(f)) for f in files}
    assert not {name: [e.message for e in wrong] for name, wrong in found.items() if wrong}


def test_every_field_is_described() -> None:
    missing = [
        f"{name}.{field}"
        for name, record in records()
        for field, content in record["properties"].items()
        if not content.get("description")
    ]
    assert not missing


@pytest.mark.parametrize(
    ("file", "key", "value"),
    [
        ("variables/trust.yaml", "colour", "red"),
        ("variables/trust.yaml", "layer", "attic"),
        ("variables/trust.yaml", "states", {"one": {"label": "One"}}),
        ("variables/trust.yaml", "table", {"method": "guess"}),
        ("review.yaml", "title", None),
        ("claims.yaml", "new", {"says": "something"}),
    ],
)
def test_the_schema_refuses(file: str, key: str, value: object) -> None:
    path = PRIORS / file
    assert errors({**read_mapping(path), key: value}, kind(path))
