"""The project's own files, as the tests of this folder look at them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"cmocnet": ROOT / "model", "cmocnet_app": ROOT / "app"}
CODE = ("model", "app", "docs", "tests", "scripts", "benchmarks", "fuzz")
NOT_OURS = {".git", ".venv", "build", "dist", "__pycache__"}


@dataclass(frozen=True)
class Import:
    """One name that a file imports: ``module`` dotted in full, and whether only types need it."""

    file: Path
    line: int
    module: str
    types_only: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"


def python_files() -> list[Path]:
    found = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in (*found, *ROOT.glob("*.py")) if not NOT_OURS & {*path.parts})


def project_files() -> list[Path]:
    """What git tracks or would; without git, everything that is not a cache."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
        names = done.stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
    files = (ROOT / name for name in names if name)
    return sorted(
        path
        for path in files
        if path.is_file() and not any(_cache(p) for p in path.relative_to(ROOT).parts)
    )


def _cache(part: str) -> bool:
    return part in NOT_OURS or part.endswith(("_cache", ".egg-info")) or part == ".hypothesis"


def imports(file: Path) -> Iterator[Import]:
    """Every import of a file, relative ones made absolute; ``from a import b`` gives ``a.b``."""
    yield from _imports(ast.parse(file.read_text(encoding="utf-8")), file, types_only=False)


def _imports(node: ast.AST, file: Path, *, types_only: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(file, child.lineno, alias.name, types_only)
        elif isinstance(child, ast.ImportFrom):
            base = _base(child, file)
            for alias in child.names:
                yield Import(file, child.lineno, f"{base}.{alias.name}", types_only)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            for part in child.body:
                yield from _imports(ast.Module([part], []), file, types_only=True)
            for part in child.orelse:
                yield from _imports(ast.Module([part], []), file, types_only=types_only)
        else:
            yield from _imports(child, file, types_only=types_only)


def _base(node: ast.ImportFrom, file: Path) -> str:
    if not node.level:
        return node.module or ""
    home = next(root for root in PACKAGES.values() if root in file.parents)
    package = file.relative_to(home).parts[: -node.level]
    return ".".join((*package, *filter(None, (node.module,))))
