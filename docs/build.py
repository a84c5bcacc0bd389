"""Write what is generated: the schema of the files and the pages of ``docs/reference``.

    python -m docs.build            write them
    python -m docs.build --check    exit 1, naming those that are out of date

The check leaves out the pages on the library and the commands, whose wording varies with the
version of Python that makes them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from docs import knowledge, programs, schema

ROOT = Path(__file__).resolve().parent.parent
FROM_FILES: Mapping[str, Callable[[], str]] = {
    "priors/schema.json": schema.text,
    "docs/reference/variables.md": knowledge.variables,
    "docs/reference/configurations.md": knowledge.configurations,
}
FROM_CODE: Mapping[str, Callable[[], str]] = {
    "docs/reference/library.md": programs.library,
    "docs/reference/commands.md": programs.commands,
}


def write() -> None:
    """Write every generated file."""
    for name, make in {**FROM_FILES, **FROM_CODE}.items():
        path = ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(), encoding="utf-8")
        print(name)


def stale() -> list[str]:
    """The files that no longer say what the review's files and the records say."""
    return [name for name, make in FROM_FILES.items() if _held(ROOT / name) != make()]


def _held(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def main(argv: Sequence[str]) -> int:
    """Write or check; answers the exit status."""
    if list(argv) != ["--check"]:
        write()
        return 0
    found = stale()
    for name in found:
        print(f"{name} is out of date: run `make docs`", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
