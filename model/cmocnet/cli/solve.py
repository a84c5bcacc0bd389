"""``cmocnet solve``: the most probable numbers given everything that the review states."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cmocnet.cli import show
from cmocnet.cli.options import network, top
from cmocnet.errors import CmocnetError

if TYPE_CHECKING:
    from cmocnet.network import Network
    from cmocnet.solve import Progress, Solution

HELP = "the most probable numbers given what the review states, and what pulls against what"
WITHOUT = {
    "--engine": "only the compiled engine has derivatives",
    "--unsolved": "it always begins with the numbers as they were judged",
}
TOP = 10
UNRESTED = "The search did not come to rest: not written."


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
        "--write",
        action="store_true",
        help="also solve the rival readings and the rival rule, and keep all numbers in the "
        "review's folder, where everything uses them",
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
    """Solve and print; 1 if a search did not come to rest."""
    rows = top(args, TOP)
    if args.write and (args.answers or args.out):
        what = "what the review itself states is kept in its folder"
        raise CmocnetError(what, where="--write", expected="no --answers and no -o")
    net = network(args)
    with show.bar("steps") as progress:
        every = _solved(net, args, progress)
    (_, found), *rivals = every
    at_rest = all(one.converged for _, one in every)
    rest = found.left_out() if args.left_out else None
    told = (
        _written(net, args, every) if at_rest else "The search did not come to rest: not written."
    )
    if args.json:
        others = {label: {"finding": one.finding} for label, one in rivals}
        extra = {"left_out": rest.record()} if rest else {}
        show.as_json(found.record() | extra | ({"rivals": others} if others else {}))
        return 0 if at_rest else 1
    show.parts(*found.shown(rows))
    show.lines(*(f"{label}: {one.finding}" for label, one in rivals))
    if rest:
        show.parts("", *rest.shown(rows))
    if args.out is not None or args.write:
        show.lines("", told)
    show.lines("", found.caution)
    return 0 if at_rest else 1


def _solved(
    net: Network, args: argparse.Namespace, progress: Progress | None
) -> list[tuple[str, Solution]]:
    """The solution asked for, and to be kept those of the rivals too; each with its label."""
    if not args.write:
        return [("", net.solve(answers=args.answers, progress=progress))]
    from cmocnet.solve.filing import solutions

    return [*solutions(net, progress=progress)]


def _written(net: Network, args: argparse.Namespace, every: list[tuple[str, Solution]]) -> str:
    """Write what is to be written; where it is."""
    if args.write:
        from cmocnet.solve.filing import write

        return f"Written to {write(net, every)}; everything uses the numbers from now on"
    if args.out is not None:
        every[0][1].write(args.out)
    return f"Written to {args.out}; use the numbers with --priors {args.out}"
