"""Small wrong changes of a file: arithmetic, comparisons, truth and numbers, as text for text."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.tooling.source import ROOT

LIMIT = 1000
"""A whole number from here on that has a name is a limit, as good one more or less."""

BINARY: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
COMPARISONS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """Lines and columns of an expression, its text and another's; ``function`` is its first line."""

    file: str
    place: tuple[int, int, int, int]
    before: str
    after: str
    function: int

    def __str__(self) -> str:
        return f"{self.file}:{self.place[0]}  {self.before}  ->  {self.after}"

    def made(self, text: str) -> str:
        """The file's text with the change."""
        lines = text.encode().splitlines(keepends=True)
        first, start, last, end = self.place
        head = b"".join(lines[: first - 1]) + lines[first - 1][:start]
        return (head + f"({self.after})".encode() + lines[last - 1][end:]
                + b"".join(lines[last:])).decode()  # fmt: skip


def changes(file: str, rng: random.Random) -> list[Change]:
    """One change for every place of a file that has any, in random order."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found = []
    for node, function in _places(tree, 0):
        before = ast.unparse(node)
        after = _changed(node, rng)
        if after is not None and after != before:
            end = (node.end_lineno or 0, node.end_col_offset or 0)
            place = (node.lineno, node.col_offset, *end)
            found.append(Change(file, place, before, after, function))
    rng.shuffle(found)
    return found


def _places(node: ast.AST, function: int) -> Iterator[tuple[ast.expr, int]]:
    """Expressions whose value counts, so none of messages, types, docstrings or decorators."""
    for name, field in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for child in field if isinstance(field, list) else [field]:
            if not isinstance(child, ast.AST) or _of_no_account(child):
                continue
            inner = function
            if isinstance(child, ast.FunctionDef):
                inner = min(n.lineno for n in (child, *child.decorator_list))
            if isinstance(child, ast.expr):
                yield child, inner
            yield from _places(child, inner)


def _of_no_account(node: ast.AST) -> bool:
    """Nor ``strict=`` of a zip, which says what holds and changes no result, nor a limit."""
    match node:
        case (
            ast.Raise()
            | ast.JoinedStr()
            | ast.keyword(arg="strict")
            | ast.If(test=ast.Name(id="TYPE_CHECKING"))
        ):
            return True
        case ast.Assign(value=ast.Constant(value=int(size))) if size >= LIMIT:
            return True
        case ast.Call(func=ast.Name(id="isinstance" | "cast" | "TypeVar")):
            return True
        case ast.Assign(value=ast.BinOp(op=ast.BitOr(), left=ast.Name())):  # a type's other name
            return True
    return False


def _changed(node: ast.expr, rng: random.Random) -> str | None:
    match node:
        case ast.BinOp(op=op) if type(op) in BINARY:
            return ast.unparse(ast.BinOp(node.left, BINARY[type(op)](), node.right))
        case ast.BoolOp(op=op):
            return ast.unparse(ast.BoolOp(BINARY[type(op)](), node.values))
        case ast.Compare(ops=[*ops]):
            other = list(ops)
            at = rng.randrange(len(ops))
            other[at] = COMPARISONS[type(ops[at])]()
            return ast.unparse(ast.Compare(node.left, other, node.comparators))
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            return ast.unparse(operand)
        case ast.Constant(value=bool(value)):
            return repr(not value)
        case ast.Constant(value=int(value)):
            return repr(value + rng.choice((-1, 1)))
        case ast.Constant(value=float(value)):
            return repr(rng.choice((value * 2, value / 2)) if value else 1.0)
    return None
