"""``cmocnet check``: does the model say what the review says?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show
from cmocnet.cli.options import network, readings
from cmocnet.errors import CmocnetError, ReviewError

if TYPE_CHECKING:
    from cmocnet.check import Directions, Mutant, Report
    from cmocnet.network import Network
    from cmocnet.results import Several
    from cmocnet.solve import Coherence, Solution

WRONG = 2
"""Exit status where the files have faults."""
HELP = "hold the model against the review, configuration by configuration"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "--files",
        action="store_true",
        help="only the files: every fault with file and line, also in rival readings",
    )
    parser.add_argument(
        "--mutate", action="store_true", help="also cut and reverse every arc; slow"
    )
    parser.add_argument(
        "--draws", type=int, metavar="N", help="also how firm each direction is over N draws; slow"
    )
    parser.add_argument(
        "--predictive", action="store_true", help="also which worlds the priors hold possible"
    )
    parser.add_argument(
        "--left-out",
        action="store_true",
        help="also what the rest predicts of each configuration left out, and of all that speak of "
        "one variable; slow",
    )


def run(args: argparse.Namespace) -> int:
    """Check and print; 1 if anything is wrong or an arc's loss goes unnoticed."""
    if args.files:
        return _files(args)
    from cmocnet import check

    net = network(args)
    if args.draws is not None:
        net.draws(n=args.draws)  # refuses here, before the work, what is too many
    solution = _solved(net) if args.left_out else None
    report = check.run(net.review, net.discrete, priors=net.priors)
    mutants = _mutants(net) if args.mutate else []
    unnoticed = [mutant for mutant in mutants if not mutant.noticed]
    others: dict[str, Several[Any]] = {}
    if args.draws is not None:
        others["firmness"] = _directions(net, args.draws)
    if args.predictive:
        others["predictive"] = check.predictive(net)
    others = {name: found for name, found in others.items() if found}
    foretold = _foretold(solution, report) if solution else None
    if args.json:
        cut = {"mutants": [asdict(m) for m in mutants]} if mutants else {}
        told = {name: found.record() for name, found in others.items()}
        told |= {"left_out": foretold.record()} if foretold else {}
        show.as_json(report.record() | cut | told)
    else:
        show.parts(*report.shown(None))
        if args.mutate:
            _print_mutants(mutants, unnoticed)
        for found in others.values():
            show.parts("", *found.shown(len(found)))
        if foretold:
            show.parts("", *foretold.shown(None))
    return 0 if report.ok and not unnoticed else 1


def _files(args: argparse.Namespace) -> int:
    """Print what is wrong with the files, one line a fault; 2 if anything is."""
    from cmocnet import check
    from cmocnet.registry import bundled
    from cmocnet.registry.reading import examine
    from cmocnet.registry.solved import tell

    folder = bundled() if args.model is None else Path(args.model)
    priors = None if args.priors is None else Path(args.priors)
    examined = examine(folder, priors=priors, readings=readings(args.reading))
    faults = check.files(examined)
    tell(examined.review)
    if args.json:
        show.as_json({"ok": not faults, "faults": [_fault(fault) for fault in faults]})
        return WRONG if faults else 0
    if faults:
        raise ReviewError(faults)
    show.lines(f"{len(examined.folder.files)} files, no faults")
    return 0


def _fault(fault: CmocnetError) -> dict[str, Any]:
    place, _, key = (fault.where or "").partition(", key ")
    file, _, line = place.rpartition(":")
    known = line.isdigit()
    return {
        "file": file if known else place,
        "line": int(line) if known else None,
        "key": key or None,
        "what": fault.what,
        "expected": fault.expected,
        "nearest": list(fault.nearest),
    }


def _solved(net: Network) -> Solution:
    with show.bar("solver's steps") as progress:
        return net.solve(progress=progress)


def _foretold(solution: Solution, report: Report) -> Coherence:
    from cmocnet.solve import coherence

    return coherence(solution, report)


def _mutants(net: Network) -> list[Mutant]:
    from cmocnet import check

    total = 2 * sum(len(variable.arcs) for variable in net.variables.values())
    made = check.mutants(net.review, net.discrete)
    return show.counted("cutting and reversing arcs", made, total)


def _directions(net: Network, draws: int) -> Directions:
    """The share of draws in which each configuration's directions hold."""
    from cmocnet import check

    made = check.firmness(net.review, net.discrete, net.draws(n=draws))
    firm = show.counted("directions over draws", made, len(net.cmocs))
    return check.Directions(tuple(firm), draws)


def _print_mutants(mutants: Sequence[Mutant], unnoticed: Sequence[Mutant]) -> None:
    show.table(
        ["Arc", "Surgery", "Configurations that should notice"],
        ((f"{m.parent} -> {m.child}", m.surgery, ", ".join(m.named)) for m in unnoticed),
    )
    show.lines(f"{len(mutants)} mutants, {len(unnoticed)} unnoticed")
