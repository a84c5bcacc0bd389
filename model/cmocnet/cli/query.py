"""``cmocnet query``: a question in words, its answer, and how far the answer can be trusted."""

from __future__ import annotations

import argparse

from cmocnet.cli import show
from cmocnet.cli.options import network, question

HELP = "the probability of an outcome in a context, beside its opposite and the baseline"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    question(parser, ", as 'P(OUTCOME | CONTEXT, low CONTEXT)'")
    parser.add_argument(
        "--quick", action="store_true", help="leave out the interval and the rival readings"
    )


def run(args: argparse.Namespace) -> int:
    """Ask and print."""
    answer = network(args).query(" ".join(args.text))
    if args.json:
        show.as_json(answer.record(quick=args.quick))
    else:
        show.parts(*answer.shown(quick=args.quick), "", answer.caution)
    return 0
