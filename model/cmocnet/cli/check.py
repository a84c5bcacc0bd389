"""``cmocnet check``: does the model say what the review says?"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmocnet.cli import check_draws, show
from cmocnet.cli.options import network, readings
from cmocnet.cli.wording import flat
from cmocnet.errors import CmocnetError, ReviewError

if TYPE_CHECKING:
    from cmocnet.check import Agreement, Held, Mutant, Report
    from cmocnet.network import Network

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


def run(args: argparse.Namespace) -> int:
    """Check and print; 1 if anything is wrong or an arc's loss goes unnoticed."""
    if args.files:
        return _files(args)
    from cmocnet import check

    net = network(args)
    if args.draws is not None:
        net.draws(n=args.draws)  # refuses here, before the work, what is too many
    report = check.run(net.review, net.discrete, priors=net.priors)
    mutants = _mutants(net) if args.mutate else []
    unnoticed = [mutant for mutant in mutants if not mutant.noticed]
    firm = check_draws.directions(net, args.draws) if args.draws is not None else []
    spreads = check.predictive(net) if args.predictive else ()
    if args.json:
        cut = {"mutants": [asdict(m) for m in mutants]} if mutants else {}
        show.as_json(_record(report) | cut | check_draws.record(firm, spreads))
    else:
        _print(report)
        if args.mutate:
            _print_mutants(mutants, unnoticed)
        if firm:
            check_draws.print_firm(firm, args.draws)
        if spreads:
            check_draws.print_predictive(net, spreads)
    return 0 if report.ok and not unnoticed else 1


def _files(args: argparse.Namespace) -> int:
    """Print what is wrong with the files, one line a fault; 2 if anything is."""
    from cmocnet import check
    from cmocnet.registry import bundled
    from cmocnet.registry.reading import examine

    folder = bundled() if args.model is None else Path(args.model)
    priors = None if args.priors is None else Path(args.priors)
    examined = examine(folder, priors=priors, readings=readings(args.reading))
    faults = check.files(examined)
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


def _mutants(net: Network) -> list[Mutant]:
    from cmocnet import check

    total = 2 * sum(len(variable.arcs) for variable in net.variables.values())
    mutants: list[Mutant] = []
    with show.bar("cutting and reversing arcs") as progress:
        for mutant in check.mutants(net.review, net.discrete):
            mutants.append(mutant)
            if progress is not None:
                progress(len(mutants), total)
    return mutants


def _record(report: Report) -> dict[str, Any]:
    def held(items: Iterable[Held]) -> list[dict[str, Any]]:
        return [asdict(item) for item in items]

    return {
        "ok": report.ok,
        "counts": {verdict: report.count(verdict) for verdict in ("agrees", "weak", "wrong")},
        "configurations": [
            {
                "id": a.cmoc.id,
                "verdict": a.verdict,
                "reasons": list(a.reasons),
                "weak_because": a.cmoc.weak_because,
                "findings": [asdict(finding) for finding in a.findings],
            }
            for a in report.agreements
        ],
        "claims": held(report.claims),
        "situations": held(report.situations),
        "sense": held(report.sense),
        "gaps": list(report.gaps),
    }


def _print(report: Report) -> None:
    show.table(
        ["Id", "Verdict", "Effects", "Mediated", "Why"],
        map(_row, report.agreements),
        right=["Mediated"],
    )
    parts = {"Claims": report.claims, "Situations": report.situations, "Sense": report.sense}
    for title, items in parts.items():
        show.lines(title)
        show.table(["", "", ""], map(_held, items))
    show.lines(*(f"gap: {gap}" for gap in report.gaps))
    counted = ", ".join(f"{report.count(v)} {v}" for v in ("agrees", "weak", "wrong"))
    others = sum(not h.holds for items in parts.values() for h in items)
    total = len(report.agreements)
    show.lines(
        f"{total} configurations: {counted}; {others} other failures; {len(report.gaps)} gaps"
    )


def _row(agreement: Agreement) -> tuple[str, ...]:
    """One configuration: its effects, the smallest mediated share, why it does not agree."""
    effects = [_numbers(f.effects) for f in agreement.findings]
    shares = [f.mediated for f in agreement.findings if f.mediated is not None]
    share = f"{min(shares):.0%}" if shares else ""
    why = "; ".join(agreement.reasons)
    if agreement.verdict == "weak" and agreement.cmoc.weak_because:
        why = flat(agreement.cmoc.weak_because)
    return agreement.cmoc.id, agreement.verdict, "; ".join(effects), share, why


def _held(item: Held) -> tuple[str, ...]:
    return item.name, "holds" if item.holds else "FAILS", f"{item.says} {_numbers(item.numbers)}"


def _numbers(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:+.3f}" for name, value in values.items())


def _print_mutants(mutants: Sequence[Mutant], unnoticed: Sequence[Mutant]) -> None:
    show.table(
        ["Arc", "Surgery", "Configurations that should notice"],
        ((f"{m.parent} -> {m.child}", m.surgery, ", ".join(m.named)) for m in unnoticed),
    )
    show.lines(f"{len(mutants)} mutants, {len(unnoticed)} unnoticed")
