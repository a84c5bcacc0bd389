"""What is tried by hand with ``tests.tooling.mutate``: one change at a time, in what counts."""

from __future__ import annotations

import ast
import random
from pathlib import Path
from typing import Any

import pytest

from tests.tooling import changes, living
from tests.tooling.changes import Change

CODE = '''"""1 + 1 in prose."""
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    DEEP = 1

Either = int | str


def f(a: "Lit[1]", *, b: int = 3) -> "Lit[2]":
    """Not 4 == 4."""
    if a is not None and not b <= 5:
        raise ValueError("x" * 6, f"{a + 7}")
    return "é" * -a + (
        b
    )
'''


@pytest.fixture
def all_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Change]:
    (tmp_path / "some.py").write_text(CODE, encoding="utf-8")
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    return changes.changes("some.py", random.Random(0))


def test_a_change_is_made_where_a_value_counts(all_changes: list[Change]) -> None:
    assert sorted(c.before for c in all_changes) == [
        "'é' * -a",
        "'é' * -a + b",
        "-a",
        "3",
        "5",
        "a is not None",
        "a is not None and (not b <= 5)",
        "b <= 5",
        "not b <= 5",
    ]
    assert {c.function for c in all_changes} == {10}


def test_each_is_the_only_one(all_changes: list[Change]) -> None:
    plain = ast.unparse(ast.parse(CODE))
    for change in all_changes:
        made = ast.unparse(ast.parse(change.made(CODE)))
        assert made != plain
        differing = [
            x for x, y in zip(made.splitlines(), plain.splitlines(), strict=True) if x != y
        ]
        assert len(differing) == 1


def test_a_change_is_made_in_a_function_that_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "some.py"
    path.write_text("LEAST = 1 + 1\n\n\ndef outer(x):\n    return [(lambda y: x + y)(3)]\n")
    scope: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), scope)
    monkeypatch.setattr(changes, "ROOT", tmp_path)
    found = {c.before: c for c in changes.changes("some.py", random.Random(0))}
    assert not living.alive(found["1 + 1"], tmp_path), "it counts only while a module is imported"
    assert scope["outer"](4) == [7]
    assert living.alive(found["x + y"], tmp_path)
    assert scope["outer"](4) == [1]
