"""``cmocnet explain``: why an answer differs from the baseline, item by item and path by path."""

from __future__ import annotations

import argparse

from cmocnet.cli import show
from cmocnet.cli.options import network, question, top

HELP = "why an answer differs from the baseline: what each item adds, and what carries it"
WITHOUT = {"--engine": "no explanations on the reference engine, only on the compiled one"}
TOP = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    question(parser, ", with what is given")
    parser.add_argument(
        "--top",
        metavar="N",
        type=int,
        help=f"pathways to put into words (default: {TOP}; with --json 10)",
    )
    parser.add_argument(
        "--seed",
        metavar="S",
        type=int,
        default=0,
        help="seed of the orders that are sampled where more than 15 items are given",
    )


def run(args: argparse.Namespace) -> int:
    """Explain and print."""
    rows = top(args, 10 if args.json else TOP)
    net = network(args)
    with show.bar("contributions and pathways"):
        explanation = net.explain(" ".join(args.text), top=rows, seed=args.seed)
    if args.json:
        show.as_json(explanation.record())
    else:
        show.parts(*explanation.shown(rows), "", net.caution)
    return 0
