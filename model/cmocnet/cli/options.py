"""What several commands take: the question, rows of lists, and the network that options name."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cmocnet.errors import CmocnetError

if TYPE_CHECKING:
    from cmocnet.network import Network


def question(parser: argparse.ArgumentParser, how: str, nargs: str = "+") -> None:
    """The question, in one or several words; ``how`` is what it should say, for the help."""
    parser.add_argument("text", nargs=nargs, metavar="TEXT", help=f"the question, in quotes{how}")


def top(args: argparse.Namespace, default: int) -> int:
    """How many rows of each list ``--top`` asks for."""
    if args.top is not None and args.top < 1:
        raise CmocnetError(f"--top {args.top}", expected="1 or more")
    return args.top or default


def network(args: argparse.Namespace) -> Network:
    """The review of ``--model``, with ``--priors``, ``--reading``, ``--engine``, ``--unsolved``."""
    from cmocnet.network import load

    chosen = readings(args.reading)
    net = load(args.model, priors=args.priors, readings=chosen, engine=args.engine)
    return net.unsolved if args.unsolved else net


def readings(pairs: list[str]) -> dict[str, str]:
    """``ID=NAME`` options as a mapping.

    >>> readings(["T3-07=table"])
    {'T3-07': 'table'}
    """
    chosen: dict[str, str] = {}
    for pair in pairs:
        key, equals, name = (part.strip() for part in pair.partition("="))
        if not (key and equals and name):
            raise CmocnetError(f"cannot read {pair!r}", where="--reading", expected="ID=NAME")
        if chosen.setdefault(key, name) != name:
            both = f"{key} is to be read as {chosen[key]} and as {name}"
            raise CmocnetError(both, where="--reading", expected="one reading")
    return chosen
