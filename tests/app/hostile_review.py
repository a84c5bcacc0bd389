"""The bundled review with every text in it made hostile: what a page may show as text alone."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from cmocnet.registry import bundled
from cmocnet.registry.files import parse_yaml

ELSEWHERE = "http://192.0.2.1"
HOSTILE = (
    f"![p]({ELSEWHERE}/a.png) <img src={ELSEWHERE}/b.png> [l]({ELSEWHERE}/c) {ELSEWHERE}/d "
    f"$x^2$ :material/home: :streamlit: :red[r] :smile: **b** `c` a -> b <b>i</b>"
)
TEXTS = frozenset({
    "label", "description", "summary", "contrast_label", "says", "how", "context", "mechanism",
    "outcome", "statement", "reading", "note", "against", "why", "citation", "title", "caution",
    "scope", "asks", "weak_because", "references_note", "where", "question", "unit", "units",
})  # fmt: skip
"""Keys whose text people read."""


def written(folder: Path) -> Path:
    """The review's folder, with hostile text in every label, sentence, heading and citation."""
    whole = folder / "review"
    shutil.copytree(bundled(), whole)
    for file in whole.rglob("*.yaml"):
        said = parse_yaml(file.read_text(encoding="utf-8"), file.name)
        if file.name not in {"words.yaml", "claims.yaml", "protocol.yaml"}:
            text = yaml.safe_dump(_turned(said), allow_unicode=True, sort_keys=False, width=10_000)
            file.write_text(text, encoding="utf-8")
    works = whole / "references.bib"
    bare = HOSTILE.replace("{", "").replace("}", "")
    text = re.sub(
        r"(?m)^(\s*title\s*=\s*\{)", lambda m: m[1] + bare + " ", works.read_text("utf-8")
    )
    works.write_text(text, encoding="utf-8")
    return whole


def _turned(said: Any, key: str = "") -> Any:
    if isinstance(said, dict):
        if key == "groups":
            return {f"{head} {HOSTILE}": names for head, names in said.items()}
        if key in {"by_form", "layers"}:
            return {name: f"{text} {HOSTILE}" for name, text in said.items()}
        return {k: _turned(v, k) for k, v in said.items()}
    if isinstance(said, list):
        return [_turned(each) for each in said]
    return f"{said} {HOSTILE}" if key in TEXTS and isinstance(said, str) else said
