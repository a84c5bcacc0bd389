"""``cmocnet sensitivity``: which judgement and which context an answer hangs on."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show
from cmocnet.cli.opening import network
from cmocnet.cli.sensing_shown import Found, print_found
from cmocnet.cli.wording import caution
from cmocnet.errors import CmocnetError

if TYPE_CHECKING:
    from cmocnet.network import Network, Question
    from cmocnet.sensitivity import Asking, Indices, Robustness, SensitivityFunction

HELP = "which judgement and which context an answer hangs on, and how firmly a conclusion stands"
WITHOUT = {"--engine": "no sensitivity on the reference engine, only on the compiled one"}
TOP = 10
N = 64


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "text", nargs="+", metavar="TEXT", help="the question, in quotes, each target with a state"
    )
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
    _fitting(args)
    net = network(args)
    found = _found(net, args)
    if args.json:
        show.as_json(record(net, found, top=args.top))
    else:
        print_found(net, found, args.top or TOP)
        show.lines("", caution(net))
    return 0


def _fitting(args: argparse.Namespace) -> None:
    """Options that make sense, each with the analysis it belongs to."""
    if args.top is not None and args.top < 1:
        raise CmocnetError(f"--top {args.top}", expected="1 or more")
    for option, given in (("--n", args.n), ("--seed", args.seed), ("--scheduler", args.scheduler)):
        if given is not None and not args.globally:
            raise CmocnetError(f"{option} is for --global", expected=f"--global {option} ...")


def _found(net: Network, args: argparse.Namespace) -> Found:
    """The analyses asked for."""
    from cmocnet import sensitivity

    question = net.ask(" ".join(args.text))
    with show.bar("judgements and contexts"):
        first = question.sensitivity()
        functions = sensitivity.every_function(question) if args.functions else ()
        evidence = sensitivity.swings(question) if args.evidence else ()
        best = sensitivity.next_question(question) if evidence else None
    firm = None
    if args.against is not None:
        with show.bar("what would reverse it"):
            firm = question.robustness(args.against)
    indices = _indices(question, args) if args.globally else None
    return Found(first, functions, evidence, best, indices, firm, args.against)


def _indices(question: Question, args: argparse.Namespace) -> Indices:
    from cmocnet.sensitivity.sweep import judgement_indices

    with show.bar("evaluations") as progress:
        return judgement_indices(
            question,
            n=N if args.n is None else args.n,
            seed=args.seed or 0,
            top=args.top,
            scheduler=args.scheduler,
            progress=progress,
        )


def record(net: Network, found: Found, *, top: int | None = None) -> dict[str, Any]:
    """Everything found as JSON knows it; analyses that were not asked for are left out."""
    query = found.first.query
    told: dict[str, Any] = {
        "query": query.text,
        "canonical": str(query),
        "answer": found.first.answer,
        "judgements": [{**asdict(b), "width": b.width} for b in found.first.tornado[:top]],
        "contexts": [{**asdict(b), "width": b.width} for b in found.first.contexts[:top]],
        "caution": caution(net),
    }
    if found.functions:
        told["functions"] = [_function(f) for f in found.functions[:top]]
    if found.next:
        told["evidence"] = [_asking(a) for a in found.evidence[:top]]
        told["next_question"] = _asking(found.next)
    if found.indices:
        told["global"] = _shares(found.indices)
    if found.firm:
        told["against"] = found.against
        told["robustness"] = _firm(found.firm)
    return told


def _function(f: SensitivityFunction) -> dict[str, Any]:
    near = f.vertex_proximity
    return {
        "variable": f.entry.variable,
        "state": f.entry.state,
        "given": dict(f.entry.given),
        **{k: getattr(f, k) for k in ("value", "a", "b", "c", "d", "sensitivity_value")},
        "vertex_proximity": near if isfinite(near) else None,
    }


def _asking(a: Asking) -> dict[str, Any]:
    return {**asdict(a), "swing": a.swing}


def _shares(found: Indices) -> dict[str, Any]:
    frame = found.frame()
    return {
        "indices": frame.to_dict(orient="records"),
        "level": found.level,
        "evaluations": found.evaluations,
        "variance": found.variance,
    }


def _firm(found: Robustness) -> dict[str, Any]:
    return {
        "margin": found.margin,
        "limit": found.limit,
        "single": [asdict(r) for r in found.single],
        "joint": asdict(found.joint) if found.joint else None,
    }
