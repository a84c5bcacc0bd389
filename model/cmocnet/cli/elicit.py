"""``cmocnet elicit``: questions for experts, their answers as a prior set, what it changes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.errors import CmocnetError
from cmocnet.wording import percents, points

if TYPE_CHECKING:
    from cmocnet.network import Network
    from cmocnet.survey.diff import Change, Difference
    from cmocnet.survey.panel import Panel

HELP = "ask experts instead: whose numbers these are, a workbook, a prior set, what it changes"
WITHOUT = {"--priors": "prior sets are the paths of elicit diff"}
ROWS = 15
"""Rows of each list shown on a terminal; ``--json`` gives all."""
BUNDLED = "bundled"
PLACES = {
    "list": "whose: coder, assumption, protocol, expert, solved",
    "template": "one DIR, new",
    "fit": "FILE..., one an expert",
    "diff": "two prior sets, A B",
}
OWNERS = {
    "out": ("fit",), "pool": ("fit",), "weights": ("fit",), "statements": ("template",),
    "variable": ("template", "list"),
}  # fmt: skip
"""Option -> the steps that take it."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "step",
        choices=tuple(PLACES),
        help="list WHO...: the numbers by coder, assumption, ...; template DIR: write the "
        "workbook; fit FILE... -o DIR: read one filled-in file an expert and write a prior set; "
        "diff A B: compare two prior sets (a folder, or 'bundled' for the review as it is)",
    )
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="folders, files or words, as the step says"
    )
    parser.add_argument("-o", "--out", metavar="DIR", type=Path, help="fit: new folder to write")
    parser.add_argument(
        "--pool", choices=("linear", "log"), help="fit: how experts are pooled (default: linear)"
    )
    parser.add_argument(
        "--weights", metavar="W,W,...", help="fit: one number a file (default: equal weights)"
    )
    parser.add_argument(
        "--variable",
        metavar="NAME",
        action="append",
        default=[],
        help="list, template: this variable's table only (repeatable)",
    )
    parser.add_argument(
        "--statements",
        action="store_true",
        help="template: ask how large the stated effects are (--variable: those on it), for solve",
    )


def run(args: argparse.Namespace) -> int:
    """Take the step."""
    _fitting(args)
    {"list": _list, "template": _template, "fit": _fit, "diff": _diff}[args.step](args)
    return 0


def _fitting(args: argparse.Namespace) -> None:
    """Options and paths belong to the step they were given with."""
    step, count = args.step, len(args.paths)
    if (step == "template" and count != 1) or (step == "diff" and count != 2):
        raise CmocnetError(f"{count} paths", where=f"elicit {step}", expected=PLACES[step])
    if step == "fit" and args.out is None:
        raise CmocnetError("nowhere to write", where="elicit fit", expected="-o DIR, a new folder")
    for option, owners in OWNERS.items():
        if step not in owners and getattr(args, option) not in (None, [], False):
            what = f"--{option} is for {' and '.join(owners)}"
            raise CmocnetError(what, where=f"elicit {step}")


# --- list ---------------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> None:
    from cmocnet.survey.listing import numbers

    found = numbers(network(args).review, args.paths, args.variable)
    if args.json:
        show.as_json(found.record())
    else:
        show.parts(*found.shown(None))


# --- template -----------------------------------------------------------------------------------


def _template(args: argparse.Namespace) -> None:
    from cmocnet.survey.statements import write_statements
    from cmocnet.survey.template import write_template

    folder = Path(args.paths[0])
    write = write_statements if args.statements else write_template
    count = write(network(args).review, folder, args.variable)
    if args.statements:
        what, told, then = "effects", "effects, two questions each,", "solve --answers FILE..."
    else:
        what, told, then = "questions", "questions", "elicit fit FILE... -o DIR"
    if args.json:
        show.as_json({"written": str(folder), what: count})
        return
    show.lines(
        f"{count} {told} written to {folder}: questions.csv and questions.xlsx, the same twice.",
        "Low, central and high are the 5th, 50th and 95th percentile. One file an expert, then: "
        f"cmocnet {then}",
    )


# --- fit ----------------------------------------------------------------------------------------


def _fit(args: argparse.Namespace) -> None:
    from cmocnet.survey.overlay import write_priors
    from cmocnet.survey.panel import convene

    net = network(args)
    files = [Path(path) for path in args.paths]
    weights = None if args.weights is None else _numbers(args.weights)
    panel = convene(net.review, files, how=args.pool or "linear", weights=weights)
    variables = write_priors(net.review, panel, args.out)
    if args.json:
        show.as_json({"written": str(args.out), "variables": list(variables), **record(panel)})
    else:
        _print_panel(panel)
        show.lines(
            "",
            f"{len(panel.results)} of {panel.asked} judgements, in {len(variables)} "
            f"variables, written to {args.out}; use them with --priors {args.out}",
        )


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise CmocnetError(
            f"cannot read {text[:80]!r}", where="--weights", expected="numbers, as 2,1,1"
        ) from None


def record(panel: Panel) -> dict[str, Any]:
    """A panel's results as JSON knows them."""
    return {
        "experts": dict(zip(panel.experts, panel.weights, strict=True)),
        "pool": panel.how,
        "questions": panel.asked,
        "half_weighted": list(panel.half_weighted),
        "results": {
            address: {
                "value": result.pooled.distribution.value,
                "spread": result.pooled.distribution.spread,
                "quantiles": list(result.pooled.quantiles),
                "gap": result.pooled.gap,
                "disagreement": result.pooled.disagreement,
                "apart": result.pooled.apart,
                "experts": {
                    o.expert: {
                        "said": list(o.answer.values),
                        "worded": o.answer.worded,
                        "value": o.distribution.value,
                        "spread": o.distribution.spread,
                        "misses": {m.name: {"said": m.said, "fitted": m.fitted} for m in o.misses},
                    }
                    for o in result.opinions
                },
            }
            for address, result in panel.results.items()
        },
    }


def _print_panel(panel: Panel) -> None:
    """Who was heard, where they differ, where a fit or the pool misses, what is half answered."""
    shares = zip(panel.experts, percents(panel.weights), strict=True)
    show.lines("Experts: " + ", ".join(f"{name} ({share})" for name, share in shares), "")
    _print_disagreement(panel)
    _print_misses(panel)
    worst = max((r.pooled.gap for r in panel.results.values()), default=0.0)
    if panel.how == "linear" and len(panel.experts) > 1:
        text = f"One distribution stands for each pool, off by at most {worst:.2f} in probability."
        show.lines("", text)
    if panel.half_weighted:
        tables = ", ".join(panel.half_weighted)
        show.lines("", f"Only some weights answered, the others stay as they were: {tables}")


def _print_disagreement(panel: Panel) -> None:
    shared = [r for r in panel.by_disagreement if len(r.opinions) > 1]
    if not shared:
        return
    rows = [
        (
            r.judgement.address,
            "; ".join(f"{o.expert} {o.answer.central:.3g}" for o in r.opinions),
            " to ".join(f"{q:.3g}" for q in (r.pooled.quantiles[0], r.pooled.quantiles[2])),
            f"{r.pooled.disagreement:.0%}{' apart' if r.pooled.apart else ''}",
        )
        for r in shared[:ROWS]
    ]
    show.lines("Where they differ most (share of the pool's variance that lies between them):")
    show.table(
        ["Question", "Central answers", "Pool, 5th to 95th", "Between"], rows, right=["Between"]
    )
    _more(len(shared))


def _print_misses(panel: Panel) -> None:
    missed = [
        (r.judgement.address, o.expert, m.name, f"{m.said:.3g}", f"{m.fitted:.3g}")
        for r in panel.results.values()
        for o in r.opinions
        for m in o.misses
    ]
    if not missed:
        show.lines("", "Every fit says what was said, to 3 points of cumulative probability.")
        return
    show.lines("", "Where a fit misses what was said:")
    show.table(
        ["Question", "Expert", "Cell", "Said", "Fitted"], missed[:ROWS], right=["Said", "Fitted"]
    )
    _more(len(missed))


def _more(count: int) -> None:
    if count > ROWS:
        show.lines(f"{ROWS} of {count}; --json gives all")


# --- diff ---------------------------------------------------------------------------------------


def _diff(args: argparse.Namespace) -> None:
    from cmocnet.survey.diff import compare

    sets = [{"priors": None if path == BUNDLED else path} for path in args.paths]
    before, after = (network(argparse.Namespace(**vars(args) | one)) for one in sets)
    difference = compare(before, after)
    if args.json:
        show.as_json(_difference(difference))
    else:
        _print_difference(before, difference)


def _difference(difference: Difference) -> dict[str, Any]:
    def numbers(pair: tuple[float, float] | None) -> dict[str, float] | None:
        return None if pair is None else {"value": pair[0], "spread": pair[1]}

    return {
        "judgements": {
            c.address: {"before": numbers(c.before), "after": numbers(c.after)}
            for c in difference.changes
        },
        "other": {path: list(pair) for path, pair in difference.other.items()},
        "answers": [
            {
                "situation": m.situation,
                "outcome": f"{m.variable}={m.state}",
                "before": m.before,
                "after": m.after,
                "moved": m.by,
            }
            for m in difference.moves
        ],
    }


def _print_difference(net: Network, difference: Difference) -> None:
    if not (difference.changes or difference.other):
        show.lines("The two sets say the same.")
        return
    rows = [
        (c.address, *map(_pair, (c.before, c.after), (c, c))) for c in difference.changes[:ROWS]
    ]
    show.lines(f"{len(difference.changes)} judgements differ:")
    show.table(["Judgement", "Before", "After"], rows)
    _more(len(difference.changes))
    for path, (old, new) in difference.other.items():
        show.lines(f"{path}: {old} -> {new}")
    show.lines("", "How far the headline answers move:")
    moves = [
        (
            net.situations[m.situation].label,
            f"{net.variables[m.variable].label}: {net.variables[m.variable].state_labels[m.state]}",
            *percents([m.before, m.after]),
            points(m.by),
        )
        for m in difference.moves
    ]
    numbers = ["Before", "After", "Points"]
    show.table(["Situation", "Outcome", *numbers], moves, right=numbers)


def _pair(numbers: tuple[float, float] | None, change: Change) -> str:
    if numbers is None:
        return "not judged"
    name = "spread" if change.kind == "weight" else "strength"
    return f"{numbers[0]:.3g} ({name} {numbers[1]:.3g})"
