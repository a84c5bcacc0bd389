"""``cmocnet solve``: the most probable numbers given everything that the review states."""

from __future__ import annotations

import argparse
from pathlib import Path

from cmocnet.cli import show
from cmocnet.cli.options import network, top

HELP = "the most probable numbers given what the review states, and what pulls against what"
WITHOUT = {"--engine": "only the compiled engine has derivatives"}
TOP = 10


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "-o",
        "--out",
        metavar="DIR",
        type=Path,
        help="also write the numbers as a prior set, a new folder to be used with --priors",
    )
    parser.add_argument(
        "--answers",
        metavar="FILE",
        nargs="+",
        help="workbooks of elicit template --statements, one an expert: effects are as large as "
        "they say, in place of the protocol's size",
    )
    parser.add_argument(
        "--left-out",
        action="store_true",
        help="also what the rest predicts of each configuration that is left out",
    )
    parser.add_argument("--top", metavar="N", type=int, help=f"rows of each list (default: {TOP})")


def run(args: argparse.Namespace) -> int:
    """Solve and print; 1 if the search did not come to rest."""
    rows = top(args, TOP)
    net = network(args)
    with show.bar("steps") as progress:
        found = net.solve(answers=args.answers, progress=progress)
    rest = found.left_out() if args.left_out else None
    if args.out is not None and found.converged:
        found.write(args.out)
    if args.json:
        show.as_json(found.record() | ({"left_out": rest.record()} if rest else {}))
        return 0 if found.converged else 1
    show.parts(*found.shown(rows))
    if rest:
        show.parts("", *rest.shown(rows))
    if args.out is not None:
        use = f"Written to {args.out}; use the numbers with --priors {args.out}"
        show.lines("", use if found.converged else "The search did not come to rest: not written.")
    show.lines("", found.caution)
    return 0 if found.converged else 1
