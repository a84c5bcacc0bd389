"""``cmocnet levers``: what to change, which bundle under a budget, and what might backfire."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show
from cmocnet.cli.options import network, question
from cmocnet.errors import CmocnetError

if TYPE_CHECKING:
    from cmocnet.network import Network

HELP = "which changes help most, the best bundle under a budget, and what might backfire"
WITHOUT = {"--engine": "no search on the reference engine, only on the compiled one"}
TIMES = ("before", "start", "under_way")
LONGEST = 1000
"""Digits of a number that is read as one."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    repeated: dict[str, Any] = {"action": "append", "default": []}
    how = "its targets are made likelier or less likely, whichever is favourable, and what it gives"
    question(parser, f": {how} is fixed", nargs="*")
    parser.add_argument(
        "--utility",
        metavar="PHRASE=W",
        **repeated,
        help="in place of a question: an outcome and what it is worth (repeatable)",
    )
    parser.add_argument(
        "--given", metavar="PHRASE", **repeated, help="what is fixed besides (repeatable)"
    )
    parser.add_argument(
        "--aim", choices=("raise", "lower"), help="which way is better, where that is not clear"
    )
    parser.add_argument(
        "--lever",
        metavar="NAME",
        **repeated,
        help="consider this context only, or this state of it (repeatable; default: all that the "
        "files call actionable)",
    )
    parser.add_argument(
        "--when", choices=TIMES, **repeated, help="only what can be changed then (repeatable)"
    )
    parser.add_argument(
        "--cost", metavar="NAME=C", **repeated, help="cost of a lever (repeatable; default: 1)"
    )
    parser.add_argument("--budget", metavar="B", type=float, help="most that a bundle may cost")
    parser.add_argument(
        "-k", metavar="K", type=int, default=3, help="most levers in a bundle (default: 3)"
    )
    parser.add_argument(
        "--rounds",
        metavar="R",
        type=_rounds,
        default=1,
        help="by the outcome after so many rounds of the loop, or at the horizon, beside the "
        "ranking after one (a number, or horizon; default: 1)",
    )
    parser.add_argument(
        "--draws",
        metavar="N",
        type=int,
        help="draws of the judgements (default: 200; none after several rounds, where so many take "
        "minutes)",
    )
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="seed of the draws")
    parser.add_argument(
        "--stories", action="store_true", help="also the likeliest story of success and of failure"
    )


def run(args: argparse.Namespace) -> int:
    """Search and print."""
    wanted = _wanted(args)
    if args.stories and not isinstance(wanted, str):
        raise CmocnetError("--stories needs a question", expected="TEXT in place of --utility")
    net = network(args)
    with show.bar("bundles of levers"):
        levers = net.levers(
            wanted,
            given=args.given,
            levers=args.lever or None,
            when=args.when or None,
            costs=costs(net, args.cost),
            budget=args.budget,
            k=args.k,
            aim=args.aim,
            n=args.draws,
            seed=args.seed,
            rounds=args.rounds,
        )
    stories = None
    if args.stories and isinstance(wanted, str):
        stories = net.stories(wanted, given=args.given)
    if args.json:
        told = {"stories": stories.record()} if stories else {}
        show.as_json(levers.record() | told)
    else:
        show.parts(*levers.shown())
        if stories is not None:
            show.parts("", *stories.shown())
        show.parts("", net.caution)
    return 0


def _wanted(args: argparse.Namespace) -> str | dict[str, float]:
    """The question, or the utilities."""
    text = " ".join(args.text).strip()
    if bool(text) == bool(args.utility):
        what = "a question and utilities" if text else "nothing is sought"
        raise CmocnetError(what, expected="either a question or --utility PHRASE=W")
    return text or _numbers(args.utility, "--utility")


def _rounds(text: str) -> int | str:
    """A number of rounds; the search judges whatever else is said."""
    return int(text) if text.isdecimal() and len(text) < LONGEST else text


def _numbers(pairs: list[str], option: str) -> dict[str, float]:
    """``NAME=NUMBER`` options; a name may itself have an equals sign in it."""
    numbers: dict[str, float] = {}
    for pair in pairs:
        name, equals, number = (part.strip() for part in pair.rpartition("="))
        try:
            value = float(number) if name and equals else None
        except ValueError:
            value = None
        if value is None:
            raise CmocnetError(f"cannot read {pair[:80]!r}", where=option, expected="NAME=NUMBER")
        if numbers.setdefault(name, value) != value:
            raise CmocnetError(f"{name!r} has two numbers", where=option, expected="one")
    return numbers


def costs(net: Network, pairs: list[str]) -> dict[str, float]:
    """Costs by variable, or ``variable=state``; any noun or label of a variable names it."""
    named = {}
    for key, cost in _numbers(pairs, "--cost").items():
        name, equals, state = key.partition("=")
        named[f"{net.lexicon.variable(name)}{equals}{state}"] = cost
    return named
