"""``cmocnet reconstruct``: which method with few judgements reproduces a full table best."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.errors import CmocnetError, QueryError, nearest
from cmocnet.parts import written

if TYPE_CHECKING:
    from cmocnet.elicitation.reconstruct import Rebuilt
    from cmocnet.typing import DiscreteNetwork

HELP = "which of InterBeta, ranked nodes and noisy-MAX reproduces a full table best"
Tables = dict[str, "tuple[Rebuilt, ...]"]
"""Table -> its reconstructions, the best first."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "path",
        nargs="?",
        metavar="FILE",
        type=Path,
        help="a network as .bif, .xdsl, .xmlbif, .net or .uai (default: the review's own tables)",
    )
    parser.add_argument(
        "--variable",
        metavar="NAME",
        action="append",
        default=[],
        help="this variable's table, with the parameters found (repeatable; default: all)",
    )
    parser.add_argument(
        "--parents",
        metavar="N",
        type=int,
        default=2,
        help="without --variable: tables with at least so many parents (default 2)",
    )


def run(args: argparse.Namespace) -> int:
    """Reconstruct and print."""
    net = _network(args)
    tables = _tables(net, args)
    if args.json:
        show.as_json({name: [_record(r) for r in tries] for name, tries in tables.items()})
    else:
        _print(net, tables, bool(args.variable))
    return 0


def _network(args: argparse.Namespace) -> DiscreteNetwork:
    """The network of a file, or the review's; what its reader put right is told on the side."""
    if args.path is None:
        return network(args).discrete
    from cmocnet.formats import NetworkWarning, read

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", NetworkWarning)
        net = read(args.path)
    for note in told:
        print("cmocnet:", note.message, file=sys.stderr)
    return net


def _tables(net: DiscreteNetwork, args: argparse.Namespace) -> Tables:
    from cmocnet.elicitation.reconstruct import reconstruct, reconstruct_all

    if not args.variable:
        if args.parents < 1:
            what = f"at least {args.parents} parents"
            raise CmocnetError(what, where="--parents", expected="1 or more")
        return dict(reconstruct_all(net, parents=args.parents))
    for name in args.variable:
        if name not in net.tables:
            raise QueryError(f"no variable {name!r}", nearest=nearest(name, net.tables))
        if not net.tables[name].parents:
            raise QueryError(f"{name} has no parents", expected="a variable with a parent")
    return {
        name: reconstruct(written(net.tables[name], "reconstruction")) for name in args.variable
    }


def _record(rebuilt: Rebuilt) -> dict[str, Any]:
    names = ("method", "residual", "worst", "free", "parameters")
    return {name: getattr(rebuilt, name) for name in names}


def _print(net: DiscreteNetwork, tables: Tables, detailed: bool) -> None:
    """One row a table: each method's residual and, in brackets, how many numbers it chose."""
    if not tables:
        show.lines("No table has so many parents.")
        return
    names = sorted(r.method for r in next(iter(tables.values())))
    rows = []
    for name, tries in tables.items():
        by = {r.method: f"{r.residual:.4f} ({r.free})" for r in tries}
        sizes = net.tables[name].values
        asked = sizes.size - sizes.size // sizes.shape[-1]
        rows.append((name, str(asked), *(by[method] for method in names), tries[0].method))
    columns = ["Table", "Free in full", *names]
    show.table([*columns, "Best"], rows, right=columns[1:])
    show.lines(
        "", "Root mean square difference in probability; in brackets the numbers the method chose."
    )
    best = [tries[0].method for tries in tables.values()]
    show.lines("Best: " + ", ".join(f"{name} {best.count(name)}" for name in names))
    if detailed:
        _print_parameters(net, tables)


def _print_parameters(net: DiscreteNetwork, tables: Tables) -> None:
    for name, tries in tables.items():
        show.lines("", f"{name} given {', '.join(net.tables[name].parents)}")
        for r in tries:
            show.lines(f"  {r.method}, off by at most {r.worst:.4f}")
            show.fields((f"    {key}", _short(value)) for key, value in r.parameters.items())


def _short(value: object) -> str:
    """Numbers to four digits, however deep they lie."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_short, value)) + ")"
    return str(value)
