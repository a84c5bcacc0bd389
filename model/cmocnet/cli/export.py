"""``cmocnet export``: the network for other programs, as a file by its ending, or CSV tables."""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

from cmocnet import formats, parts
from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.errors import CmocnetError, FileError
from cmocnet.formats.csv_tables import rows
from cmocnet.writing import is_standard, new_folder

if TYPE_CHECKING:
    from cmocnet.typing import DiscreteNetwork

HELP = "the network as BIF, XDSL, XMLBIF, NET or UAI, or its tables as CSV"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        type=Path,
        help="file to write: .bif, .xdsl, .xmlbif, .net or .uai",
    )
    parser.add_argument(
        "--identifiers",
        action="store_true",
        help="label nodes by their names (pyAgrum calls those of .xdsl by their labels)",
    )
    parser.add_argument(
        "--tables", metavar="DIR", type=Path, help="new folder for one CSV file a variable"
    )


def run(args: argparse.Namespace) -> int:
    """Write what was asked for."""
    path, folder = args.path, args.tables
    if path is None and folder is None:
        raise CmocnetError("nothing to export", expected="PATH, or --tables DIR")
    kind = formats.kind(path) if path is not None else None
    if folder is not None and os.path.lexists(folder):
        raise FileError("exists already", where=str(folder), expected="a new folder")
    net = network(args)
    if path is not None:
        net.save(path, labels=not args.identifiers)
    if folder is not None:
        write_tables(net.discrete, folder)
    if path is not None and is_standard(path):
        return 0  # the network is all that stands there
    written = [str(place) for place in (path, folder) if place is not None]
    if args.json:
        show.as_json({"written": written, "variables": len(net.variables)})
    else:
        show.lines(*(f"{len(net.variables)} variables written to {place}" for place in written))
        if kind == "UAI":
            show.lines("UAI holds no names: variables are v0, v1, ... in the network's order.")
    return 0


def write_tables(network: DiscreteNetwork, folder: Path) -> None:
    """One CSV a variable: a column a parent, then one a state; the folder appears whole or not.

    Raises
    ------
    FileError
        The folder cannot be made.
    """
    with new_folder(folder) as whole:
        network = parts.whole(network)
        for name, table in network.tables.items():
            with (whole / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(rows(network, table))
