"""``python -m fuzz``: drive doors, print what came of it, and try an input again."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from fuzz import report
from fuzz.doors import DOORS, driven
from fuzz.drive import Tally, kept, place, quiet, tried

INPUTS = 100_000
KEPT = Path(__file__).parent.parent / "build" / "fuzz"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 where every outcome was an answer or one clear line, else 1."""
    asked = _parser().parse_args(arguments)
    os.environ["CMOCNET_CACHE"] = ""  # what an earlier run kept answers for nothing
    if asked.replay:
        return _replay(asked.replay)
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    print(f"seed {seed}", flush=True)
    tallies = []
    for name in asked.doors:
        tally = _alone(name, seed, asked.inputs, 60 * asked.minutes)
        tallies.append(tally)
        print(report.row(tally), flush=True)
        print("    in use {:.1f} MiB when warm, {:.1f} at the end".format(*tally.used), flush=True)
        for kind, times in tally.failures.most_common():
            print(f"    {times:,} times {kind}", flush=True)
        if asked.record:
            report.record([tally], _names())
    return int(any(tally.failures for tally in tallies))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="for each door, at most")
    parser.add_argument("--inputs", type=int, default=INPUTS, help="for each door, at most")
    parser.add_argument("--doors", type=_doors, default=_names(), help="parted by commas")
    parser.add_argument("--seed", type=int, help="default: another each time, which is said")
    parser.add_argument("--record", action="store_true", help="write docs/fuzz.md")
    parser.add_argument("--replay", type=Path, metavar="FOLDER", help="an input that was kept")
    return parser


def _names() -> list[str]:
    return list(DOORS)


def _doors(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in _names():
            raise argparse.ArgumentTypeError(f"no door {name!r}; there are {', '.join(_names())}")
    return names


def _alone(name: str, seed: int, inputs: int, seconds: float) -> Tally:
    """A door driven in a process of its own, whose memory is its own, and which may crash."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        try:
            return pool.submit(driven, name, seed, inputs, seconds, KEPT).result()
        except BrokenProcessPool:
            lost = Tally(name, seed, inputs=1)
            lost.failures["the process died"] += 1
            return lost


def _replay(folder: Path) -> int:
    name = folder.resolve().name.rsplit("-", 2)[0]
    with quiet(), place() as here:
        answered, wrong = tried(DOORS[name], kept(folder), Path(here))
    print(wrong or ("answered" if answered else "refused in one clear line"))
    return int(wrong is not None)


if __name__ == "__main__":
    sys.exit(main())
