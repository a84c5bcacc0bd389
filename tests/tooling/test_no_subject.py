"""Code holds no word of the bundled review: another one must run without a line changed.

Docstrings may give examples; whatever the code itself says or looks up may not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cmocnet

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path
    for folder in ("model", "app", "scripts")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".js", ".css"}
)
STEMS = (
    "collaborat", "partner", "merger", "buddying", "alliance", "hospital", "health", "patient",
    "trust", "faith", "dissol", "mandat", "voluntar", "inertia", "synerg", "leader",
)  # fmt: skip
"""What the bundled review is about, however it is bent."""
MEANT = frozenset({"_print_trust"})
"""Names that mean something else: how far an answer can be trusted."""


def subject() -> re.Pattern[str]:
    """The stems, and every name and label of the review that is of more words than one."""
    net = cmocnet.load()
    named = {name for name in net.variables if "_" in name}
    named |= {state for v in net.variables.values() for state in v.states if "_" in state}
    named |= {v.label for v in net.variables.values() if " " in v.label}
    named |= {s.label for s in net.situations.values()} | set(net.review.groups)
    whole = "|".join(re.escape(word) for word in sorted(named, key=len, reverse=True))
    return re.compile(rf"(?i)\b(?:{whole})\b|(?:{'|'.join(STEMS)})\w*")


def said(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of what a file says outside docstrings: strings, and names of its own."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), start=1)
        return
    tree = ast.parse(text)
    loose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in loose:
            yield node.lineno, node.value
        elif isinstance(node, ast.Name) and node.id not in MEANT:
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_says_nothing_of_the_bundled_review(path: Path) -> None:
    words = subject()
    found = [
        f"{path.name}:{line}: {match[0]}"
        for line, text in said(path)
        for match in words.finditer(text)
    ]
    assert not found
