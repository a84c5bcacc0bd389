"""Faults sown into a copy of a review's files, line for line, so that each has a known place.

``python -m tests.registry.seeding FOLDER`` sows them into the files there, and prints where.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.registry.faults import KINDS, Kind


@dataclass(frozen=True)
class Sown:
    """One fault: its kind, its file relative to the review, its line, and what must be said."""

    kind: str
    file: str
    line: int
    said: tuple[str, ...]


_LEANT_ON = re.compile(
    r"(?:manipulated: |variable: (?=\w+, [^}]*round: )|^        )(\w+)(?:: \{table|, sign|$)", re.M
)
_ID = re.compile(r"\bTX?3?-\d\d\b")


def sow(folder: Path, *, seed: int = 0) -> list[Sown]:
    """Sow every kind into the files of a folder, each line once at most; answers what was sown."""
    chance = random.Random(seed)
    texts = {str(p.relative_to(folder)): p.read_text("utf-8").split("\n") for p in _files(folder)}
    # Whoever names a state of a variable whose file can't be read can't be told that it is wrong.
    leant_on = {m for text in texts.values() for m in _LEANT_ON.findall("\n".join(text))}
    closed: set[str] = set()
    used: set[tuple[str, int]] = set()
    sown: list[Sown] = []
    kept: set[str] = set()
    for kind in sorted(KINDS, key=lambda k: (not k.keeps, not k.alone, not k.apart)):
        sites = [(f, n) for f in _matching(folder, kind) for n in range(len(texts[f]))]
        chance.shuffle(sites)
        left = kind.most
        for file, n in sites:
            match = re.search(kind.pattern, texts[file][n])
            if not left or match is None or file in closed or (file, n) in used:
                continue
            spoilt = any(f == file for f, _ in used) or Path(file).stem in leant_on
            if (kind.alone or kind.apart) and spoilt:
                continue
            if not _below(texts[file][:n], kind.under) or _spoils(texts[file], n, kind, kept):
                continue
            kept |= set(_ID.findall(texts[file][n])) if kind.keeps else set()
            used.add((file, n))
            closed |= {file} if kind.alone else set()
            said = tuple(match.expand(words) for words in kind.said)
            texts[file][n] = re.sub(kind.pattern, kind.spoilt, texts[file][n])
            sown.append(Sown(kind.name, file, n + 1, said))
            left -= 1
    for file, lines in texts.items():
        (folder / file).write_text("\n".join(lines), "utf-8")
    return sown


def _spoils(lines: list[str], n: int, kind: Kind, kept: set[str]) -> bool:
    """Whether this would spoil an entry that another fault needs whole."""
    start = max((i for i in range(n + 1) if lines[i][:1].strip()), default=0)
    return any(f"{key}:" in (lines if kind.alone else lines[start : n + 1]) for key in kept)


def _below(lines: list[str], under: str) -> bool:
    key = under.partition(":")[0]
    return not key or next(li for li in reversed(lines) if li.startswith(key)).startswith(under)


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted([*folder.glob("*.yaml"), *folder.glob("*/*.yaml"), *folder.glob("*.bib")])


def _matching(folder: Path, kind: Kind) -> list[str]:
    return [str(p.relative_to(folder)) for p in sorted(folder.glob(kind.files))]


if __name__ == "__main__":
    for fault in sow(Path(sys.argv[1])):
        print(f"{fault.file}:{fault.line}: {fault.kind}")
