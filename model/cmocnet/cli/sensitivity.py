"""``cmocnet sensitivity``: which judgement and which context an answer hangs on."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show
from cmocnet.cli.options import network, question, top
from cmocnet.errors import CmocnetError

if TYPE_CHECKING:
    from cmocnet.network import Question
    from cmocnet.results import Result
    from cmocnet.sensitivity import Indices

HELP = "which judgement and which context an answer hangs on, and how firmly a conclusion stands"
WITHOUT = {"--engine": "no sensitivity on the reference engine, only on the compiled one"}
TOP = 10
N = 64


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    question(parser, ", each target with a state")
    parser.add_argument(
        "--top",
        metavar="N",
        type=int,
        help=f"rows of each list (default: {TOP}; with --json all); with --global also how many "
        "judgements vary (default: all), those with the widest bars",
    )
    parser.add_argument(
        "--functions",
        action="store_true",
        help="the answer as a function of each table entry, the most sensitive first",
    )
    parser.add_argument(
        "--evidence",
        action="store_true",
        help="what observing each unobserved context would tell, and what to ask next",
    )
    parser.add_argument(
        "--global",
        dest="globally",
        action="store_true",
        help="Sobol indices: each judgement's share in the uncertainty of the answer",
    )
    parser.add_argument(
        "--n", metavar="N", type=int, help=f"--global: base samples, a power of 2 (default: {N})"
    )
    parser.add_argument("--seed", metavar="S", type=int, help="--global: seed (default: 0)")
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help="--global: run on this Dask scheduler, tcp://..."
    )
    parser.add_argument(
        "--against",
        metavar="OTHER",
        help="a second question about the same event: what would reverse which is more likely",
    )


def run(args: argparse.Namespace) -> int:
    """Analyse and print."""
    rows = top(args, TOP)
    for option, given in (("--n", args.n), ("--seed", args.seed), ("--scheduler", args.scheduler)):
        if given is not None and not args.globally:
            raise CmocnetError(f"{option} is for --global", expected=f"--global {option} ...")
    net = network(args)
    asked = net.ask(" ".join(args.text))
    with show.bar("judgements and contexts"):
        first = asked.sensitivity()
    others = {name: found for name, found in _others(asked, args) if found}
    if args.json:
        show.as_json(first.record(top=args.top) | _records(others, args))
        return 0
    show.parts(*first.shown(rows))
    for found in others.values():
        show.parts("", *found.shown(rows))
    show.parts("", net.caution)
    return 0


def _others(asked: Question, args: argparse.Namespace) -> Iterator[tuple[str, Result]]:
    """The other analyses asked for, in the order in which they are told."""
    from cmocnet import sensitivity

    if args.functions:
        yield "functions", sensitivity.every_function(asked)
    if args.evidence:
        yield "evidence", sensitivity.swings(asked)
    if args.globally:
        yield "global", _indices(asked, args)
    if args.against is not None:
        with show.bar("what would reverse it"):
            yield "robustness", asked.robustness(args.against)


def _records(others: Mapping[str, Result], args: argparse.Namespace) -> dict[str, Any]:
    """The same for JSON; of lists ``--top`` rows."""
    from cmocnet.sensitivity import Askings

    told: dict[str, Any] = {}
    for name, found in others.items():
        if name == "robustness":
            told["against"] = args.against
        record = found.record()
        told[name] = record[: args.top] if isinstance(record, list) else record
        if isinstance(found, Askings) and found.best:
            told["next_question"] = found.best.record()
    return told


def _indices(asked: Question, args: argparse.Namespace) -> Indices:
    from cmocnet.sensitivity import judgement_indices

    with show.bar("evaluations") as progress:
        return judgement_indices(
            asked,
            n=N if args.n is None else args.n,
            seed=args.seed or 0,
            top=args.top,
            scheduler=args.scheduler,
            progress=progress,
        )
