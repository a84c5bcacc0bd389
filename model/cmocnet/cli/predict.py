"""``cmocnet predict``: a probability for every row of a CSV or Parquet file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cmocnet.cli import show
from cmocnet.cli.options import network
from cmocnet.writing import is_standard

if TYPE_CHECKING:
    from cmocnet.network import Network
    from cmocnet.scenarios import Predicted

HELP = "probabilities for many scenarios, one a row of a CSV or Parquet file"
ROWS = 30
"""Rows shown on a terminal when nothing is written."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help="columns are variables, cells their states"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", type=Path, help="where to write, .csv or .parquet"
    )
    parser.add_argument(
        "--target",
        metavar="PHRASE",
        action="append",
        help="what to predict: 'high NAME', or 'NAME' for every state (repeatable; "
        "default: the review's main outcomes)",
    )
    parser.add_argument(
        "--interval",
        metavar="SHARE",
        type=float,
        help="also the ends of a credible interval over the judgements, as 0.9; slower",
    )
    parser.add_argument(
        "--only-targets", action="store_true", help="leave the columns of the input out"
    )


def run(args: argparse.Namespace) -> int:
    """Predict, then write or show."""
    from cmocnet.scenarios import predict_file

    net = network(args)
    targets = args.target or _headline(net, args.file)
    with show.bar(f"predicting {args.file.name}") as progress:
        predicted = predict_file(
            net,
            args.file,
            args.output,
            targets,
            progress=progress,
            carry=not args.only_targets,
            level=args.interval,
        )
    if args.output is not None and is_standard(args.output):
        return 0  # the answers are all that stands there
    if args.json:
        show.as_json(_record(predicted))
    else:
        _print(predicted)
    return 0


def _headline(net: Network, source: Path) -> list[str]:
    """The review's main outcomes, less those the file has as columns."""
    from cmocnet.scenarios.files import header

    names, _ = header(source)
    return [name for name in net.review.about.headline if name not in names]


def _record(predicted: Predicted) -> dict[str, object]:
    record: dict[str, object] = {"rows": predicted.rows, "columns": list(predicted.columns)}
    if predicted.frame is None:
        return {**record, "output": str(predicted.out)}
    return {**record, "predictions": predicted.frame.to_dict(orient="records")}


def _print(predicted: Predicted) -> None:
    if predicted.frame is None:
        show.lines(f"{predicted.rows:,} scenarios answered, written to {predicted.out}")
        return
    first = predicted.frame.head(ROWS)
    rows = [
        (str(number), *(f"{p:.3f}" for p in row))
        for number, row in enumerate(first.itertuples(index=False), 1)
    ]
    show.wide_table("Row", predicted.columns, rows)
    if predicted.rows > ROWS:
        show.lines(f"{ROWS} of {predicted.rows:,} rows; -o FILE writes all")
