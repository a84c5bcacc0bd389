"""``cmocnet explain``: why an answer differs from the baseline, item by item and path by path."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.cli.wording import caution, item, state
from cmocnet.errors import CmocnetError
from cmocnet.explain.words import points

if TYPE_CHECKING:
    from cmocnet.explain import Explanation, Item, Pathway
    from cmocnet.network import Network

HELP = "why an answer differs from the baseline: what each item adds, and what carries it"
WITHOUT = {"--engine": "no explanations on the reference engine, only on the compiled one"}
TOP = 5


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "text", nargs="+", metavar="TEXT", help="the question, in quotes, with what is given"
    )
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
    if args.top is not None and args.top < 1:
        raise CmocnetError(f"--top {args.top}", expected="1 or more")
    net = network(args)
    with show.bar("contributions and pathways"):
        top = args.top or (10 if args.json else TOP)
        explanation = net.explain(" ".join(args.text), top=top, seed=args.seed)
    if args.json:
        show.as_json(record(net, explanation))
    else:
        _print(net, explanation)
    return 0


def record(net: Network, explanation: Explanation) -> dict[str, Any]:
    """The whole explanation as JSON knows it."""
    parts = explanation.contributions
    return {
        "query": explanation.query.text,
        "canonical": str(explanation.query),
        "baseline": explanation.baseline,
        "answer": explanation.answer,
        "contributions": [{**asdict(c), "item": _item(c.item)} for c in parts.items],
        "exact": parts.exact,
        "orders": parts.orders,
        "seed": parts.seed,
        "conflict": {
            "measure": explanation.conflict.measure,
            "conflicting": explanation.conflict.conflicting,
            "items": [{"item": _item(i), "against_rest": v} for i, v in explanation.conflict.items],
        },
        "pathways": [_path(net, p) for p in explanation.pathways.paths],
        "carried": [
            {**asdict(c), "item": _item(c.item), "rest": c.rest} for c in explanation.pathways.items
        ],
        "configurations": [asdict(c) for c in explanation.pathways.carriers],
        "caution": caution(net),
    }


def _item(one: Item) -> dict[str, Any]:
    return {"kind": one.kind, "variable": one.variable, "value": one.value, "text": str(one)}


def _path(net: Network, path: Pathway) -> dict[str, Any]:
    sources = {k for step in path.steps for k in step.sources}
    return {
        **asdict(path),
        "item": _item(path.item),
        "stitched": path.thread.stitched,
        "single": list(path.thread.single),
        "works": {k: net.review.sources[k].short for k in sorted(sources)},
    }


def _print(net: Network, explanation: Explanation) -> None:
    asked = " and ".join(state(net, v, s) for v, s in explanation.query.targets.items() if s)
    show.lines(asked, "")
    _contributions(net, explanation)
    _conflict(net, explanation)
    _pathways(explanation)
    _carriers(net, explanation)
    show.lines("", caution(net))


def _contributions(net: Network, explanation: Explanation) -> None:
    """From the baseline to the answer, item by item."""
    baseline, answer = show.percents([explanation.baseline, explanation.answer])
    parts = explanation.contributions
    rows = [("Nothing known (rests on assumed prevalences)", baseline, "", "")]
    for c in parts.items:
        doubt = "" if c.standard_error is None else f" ± {100 * c.standard_error:.1f}"
        rows.append((item(net, c.item), points(c.value) + doubt, points(c.alone), points(c.last)))
    rows.append(("With all of this", answer, "", ""))
    numbers = ["Points", "Learnt first", "Learnt last"]
    show.table(["From the baseline to the answer", *numbers], rows, right=numbers)
    how = (
        "exact, over all orders in which the items could be learnt"
        if parts.exact
        else f"estimated from {parts.orders} orders, seed {parts.seed}; ± is the standard error"
    )
    show.lines(f"Shapley values, {how}")


def _conflict(net: Network, explanation: Explanation) -> None:
    conflict = explanation.conflict
    if len(conflict.items) < 2:
        return
    show.lines("")
    if not conflict.conflicting:
        show.lines("The items do not conflict with each other.")
        return
    odd, _ = conflict.items[0]
    text = f"The items conflict (measure {conflict.measure:.2f} above 0): taken together they are "
    show.lines(f"{text}rarer than one by one. Most at odds with the rest: {item(net, odd)}")


def _pathways(explanation: Explanation) -> None:
    show.lines("", "What carries it, along the arcs (the strongest paths first):")
    if not explanation.pathways.paths:
        show.lines("No path leads from what is given to what is asked: the rest is inference.")
    for number, path in enumerate(explanation.pathways.paths, start=1):
        show.lines("", f"{number}. {path.sentence}.", f"   {path.check}.")
    moved = sum(c.moved for c in explanation.pathways.items)
    carried = sum(c.carried for c in explanation.pathways.items)
    count = sum(c.paths for c in explanation.pathways.items)
    show.lines(
        "",
        f"{count} paths carry {points(carried)} points; the items, each learnt last, move "
        f"{points(moved)}. What is left over is interaction, and inference against the arcs.",
    )


def _carriers(net: Network, explanation: Explanation) -> None:
    leading = explanation.pathways.carriers[:TOP]
    if not leading:
        return
    show.lines("", "Configurations by the share of all paths' effects that runs through them:")
    rows = [
        (
            c.cmoc,
            f"{c.share:.0%}",
            points(c.effect),
            f"{entry.context} -> {entry.mechanism} -> {entry.outcome}",
        )
        for c in leading
        for entry in [net.review.cmocs[c.cmoc]]
    ]
    show.table(["Id", "Share", "Points", "Claim"], rows, right=["Share", "Points"])
