"""docs/fuzz.md: what each door held, as the last recorded run of it found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from fuzz.drive import HANGS, LONGEST, SLOW, WARM, Tally

PAGE = Path(__file__).parent.parent / "docs" / "fuzz.md"
COLUMNS = (
    *("door", "inputs", "answers", "refusals", "failures", "slowest, s"),
    *("MiB when warm", "MiB at the end", "seed", "seconds"),
)
TEXT = f"""\
# Hostile inputs at every door

Written by `make fuzz ARGS=--record`. Random inputs, most of them valid ones spoilt, are put to
every door. Each must end in an answer or a refusal: a `CmocnetError` whose text is one clear line
of at most {LONGEST:,} characters. Anything else is a failure, and so is an input that takes more
than {SLOW:g} seconds of the processor or {HANGS:g} by the clock. Memory is "warm" once {WARM:.0%} \
of the run is over; it should be much the same at the end.

What grows is bounded, or comes once: `scenarios` held 41, 54 and 67 circuits of its network after
2,000, 4,000 and 8,000 inputs, at most 128 of some 150 KiB each, and took 110 MiB once, where an
input first needed the compiler. What is freed is not always given back: the C library keeps holes
between what is in use. Of `reviews`, whose process grew most without that, 34.4 MiB were in use
after 1,000 inputs and 36.3 after 16,000, all but 0.1 of it in one block of 1.9, while what was
freed and kept rose from 3.1 to 6.3; made to give it back, the process stood at 167 and 169 MiB. A
run says below each door's row how much was in use.

An input depends on its door, its seed and its number alone: `make fuzz DOORS=bif SEED=7` repeats a
run. Inputs that fail are kept below `build/fuzz`; `python -m fuzz --replay FOLDER` tries one again.

`questions` are in words, `calls` the same from Python, `reviews` folders of a small review's files,
`scenarios` CSV and Parquet files, `frames` those of pandas, `workbooks` experts' sheets, `bif` to
`uai` networks, `links` addresses of the page, and `kept` what an earlier run left in the cache.

"""


def row(tally: Tally) -> str:
    """A door's line of the table."""
    cells = (
        tally.door,
        f"{tally.inputs:,}",
        f"{tally.answers:,}",
        f"{tally.refusals:,}",
        f"{tally.failures.total():,}",
        f"{tally.slowest:.2f}",
        f"{tally.warm:.0f}",
        f"{tally.end:.0f}",
        str(tally.seed),
        f"{tally.seconds:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def record(tallies: Iterable[Tally], doors: Iterable[str], page: Path = PAGE) -> None:
    """Put these rows in the place of their doors' earlier ones; other doors keep theirs."""
    rows = {**earlier(page), **{tally.door: row(tally) for tally in tallies}}
    page.write_text(TEXT + table([rows[d] for d in doors if d in rows]), encoding="utf-8")


def table(rows: Iterable[str]) -> str:
    """Rows below their headings."""
    rules = " | ".join(("---", *("---:",) * (len(COLUMNS) - 1)))
    return "\n".join([f"| {' | '.join(COLUMNS)} |", f"| {rules} |", *rows, ""])


def earlier(page: Path) -> Mapping[str, str]:
    """Door -> its row of the page as it stands."""
    if not page.exists():
        return {}
    lines = page.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"\| ([^|]+) \| \d", line) for line in lines)
    return {match[1]: match.string for match in found if match}
