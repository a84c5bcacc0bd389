"""The files' JSON schema: shapes from the records, meanings from the tables of `docs/files.md`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from cmocnet.registry.records import About, Claim, Cmoc, Protocol, Situation, Words
from cmocnet.registry.variable import VariableFile
from cmocnet.survey.verbal import Scales

FORMAT = Path(__file__).with_name("files.md")
FILES: Mapping[str, tuple[type, bool]] = {
    "variables/NAME.yaml": (VariableFile, False),
    "cmocs/ANY.yaml": (Cmoc, True),
    "review.yaml": (About, False),
    "protocol.yaml": (Protocol, False),
    "situations.yaml": (Situation, True),
    "claims.yaml": (Claim, True),
    "words.yaml": (Words, False),
    "verbal.yaml": (Scales, False),
}
"""File -> the record it holds, and whether it maps names or ids to many of them."""

FILLED_IN = {"Cmoc": ("id", "sources")}
"""Fields of a record that no file has: the entry's key, and what its reference numbers lead to."""

_HEADING = re.compile(r"^### `(\w+)`$")
_ROW = re.compile(r"^\| `(\w+)` \| (.+) \|$")


def schema() -> dict[str, Any]:
    """One definition a kind of file (``files``) over one a record (``$defs``)."""
    kinds = [kind for kind, _ in FILES.values()]
    _, records = msgspec.json.schema_components(kinds, schema_hook=_anything)
    meaning = meanings(FORMAT.read_text(encoding="utf-8"))
    for name, record in records.items():
        _describe(name, record, meaning.pop(name, {}))
    if meaning:
        raise LookupError(f"docs/{FORMAT.name}: no records called {', '.join(meaning)}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The files of a review",
        "description": "Generated from the records and docs/files.md by `make docs`; not edited.",
        "files": {file: _held(kind.__name__, many) for file, (kind, many) in FILES.items()},
        "$defs": records,
    }


def text() -> str:
    """The schema as it stands in ``priors/schema.json``."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def meanings(markdown: str) -> dict[str, dict[str, str]]:
    """Record -> key -> meaning, from headings that are a record's name and the tables below them.

    >>> meanings("### `Arc`\\n\\n| key | meaning |\\n| --- | --- |\\n| `cites` | Ids. |")
    {'Arc': {'cites': 'Ids.'}}
    """
    found: dict[str, dict[str, str]] = {}
    record: dict[str, str] = {}
    for line in markdown.splitlines():
        if heading := _HEADING.match(line):
            record = found.setdefault(heading[1], {})
        elif line.startswith("#"):
            record = {}
        elif row := _ROW.match(line):
            record[row[1]] = row[2]
    return found


def _describe(name: str, record: dict[str, Any], meaning: Mapping[str, str]) -> None:
    """Add the meanings to a record's fields; one without a meaning, or the reverse, is an error."""
    for field in FILLED_IN.get(name, ()):
        del record["properties"][field]
        record["required"] = [r for r in record["required"] if r != field]
    described = {"method": "How the table is built.", **meaning}
    fields = record["properties"]
    missing = [f for f in fields if f not in described]
    unknown = [f for f in meaning if f not in fields]
    if missing or unknown:
        words = (*(f"add {f}" for f in missing), *(f"no such key: {f}" for f in unknown))
        raise LookupError(f"docs/{FORMAT.name}, table of {name}: {'; '.join(words)}")
    record["description"] = " ".join(record["description"].split())
    for field, content in fields.items():
        fields[field] = {"description": described[field], **_without(content)}


def _without(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != "description"}


def _held(name: str, many: bool) -> dict[str, Any]:
    one = {"$ref": f"#/$defs/{name}"}
    return {"type": "object", "additionalProperties": one} if many else one


def _anything(kind: type) -> dict[str, Any]:
    if kind is object:
        return {"description": "What the key holds in the file that this is laid over."}
    raise NotImplementedError
