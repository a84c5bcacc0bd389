"""``cmocnet sensitivity``: which judgement and which context an answer hangs on."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.cli.sensitivity_shown import Analyses, print_analyses
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
    analyses = _analyses(net, args)
    if args.json:
        show.as_json(record(net, analyses, top=args.top))
    else:
        print_analyses(net, analyses, args.top or TOP)
        show.lines("", caution(net))
    return 0


def _fitting(args: argparse.Namespace) -> None:
    """Options that make sense, each with the analysis it belongs to."""
    if args.top is not None and args.top < 1:
        raise CmocnetError(f"--top {args.top}", expected="1 or more")
    for option, given in (("--n", args.n), ("--seed", args.seed), ("--scheduler", args.scheduler)):
        if given is not None and not args.globally:
            raise CmocnetError(f"{option} is for --global", expected=f"--global {option} ...")


def _analyses(net: Network, args: argparse.Namespace) -> Analyses:
    """The analyses asked for."""
    from cmocnet import sensitivity

    question = net.ask(" ".join(args.text))
    with show.bar("judgements and contexts"):
        first = question.sensitivity()
        functions = sensitivity.every_function(question) if args.functions else ()
        evidence = sensitivity.swings(question) if args.evidence else ()
        best = sensitivity.next_question(question) if evidence else None
    robustness = None
    if args.against is not None:
        with show.bar("what would reverse it"):
            robustness = question.robustness(args.against)
    indices = _indices(question, args) if args.globally else None
    return Analyses(first, functions, evidence, best, indices, robustness, args.against)


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


def record(net: Network, analyses: Analyses, *, top: int | None = None) -> dict[str, Any]:
    """The analyses as JSON knows it; analyses that were not asked for are left out."""
    query = analyses.first.query
    told: dict[str, Any] = {
        "query": query.text,
        "canonical": str(query),
        "answer": analyses.first.answer,
        "judgements": [{**asdict(b), "width": b.width} for b in analyses.first.tornado[:top]],
        "contexts": [{**asdict(b), "width": b.width} for b in analyses.first.contexts[:top]],
        "caution": caution(net),
    }
    if analyses.functions:
        told["functions"] = [_function(f) for f in analyses.functions[:top]]
    if analyses.next:
        told["evidence"] = [_asking(a) for a in analyses.evidence[:top]]
        told["next_question"] = _asking(analyses.next)
    if analyses.indices:
        told["global"] = _shares(analyses.indices)
    if analyses.robustness:
        told["against"] = analyses.against
        told["robustness"] = _robustness(analyses.robustness)
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


def _shares(indices: Indices) -> dict[str, Any]:
    frame = indices.frame()
    return {
        "indices": frame.to_dict(orient="records"),
        "level": indices.level,
        "evaluations": indices.evaluations,
        "variance": indices.variance,
    }


def _robustness(robustness: Robustness) -> dict[str, Any]:
    return {
        "margin": robustness.margin,
        "limit": robustness.limit,
        "single": [asdict(r) for r in robustness.single],
        "joint": asdict(robustness.joint) if robustness.joint else None,
    }
