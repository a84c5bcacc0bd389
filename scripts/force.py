"""With how much force does the review speak: of one case and another, and round after round?

Every figure stands twice: with the numbers solved for what the review states, and with each number
as it was judged before.

    python scripts/force.py
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence

import figures
import numpy as np

from cmocnet import Network, engine
from cmocnet.check.predictive import random_contexts
from cmocnet.errors import CmocnetError
from cmocnet.registry.moment import at_round
from cmocnet.rounds import leading
from cmocnet.typing import Evidence

ROUNDS = 4
Row = tuple[str, list[str]]


def explained(net: Network, n: int, seed: int) -> Iterator[Row]:
    """The share of each headline outcome's variance that all contexts together explain."""
    names, codes = random_contexts(net, n, seed)
    known = net.posteriors()
    for name in net.review.about.headline:
        variable = net.variables[name]
        events = [{name: state} for state in variable.states]
        scores = variable.scores @ np.asarray(net.batches.predict(codes, names, events))
        p = np.array([known[name][state] for state in variable.states])
        whole = p @ variable.scores**2 - (p @ variable.scores) ** 2
        yield variable.label, [f"{scores.var() / whole:.0%}"]


def over_rounds(net: Network) -> Iterator[Row]:
    """The outcome with a horizon in each situation and in its contrast, first round and last."""
    end = net.review.about.rounds.horizon
    ends = [at_round(end.variable, r) for r in (1, ROUNDS)]
    network = leading(net.unroll(ROUNDS), ends)
    program = engine.compile(network)

    def seen(given: Mapping[str, str]) -> list[float]:
        there = {name: state for name, state in given.items() if name in network.states}
        found = program.posteriors(Evidence(observed=there))
        return [found[name][end.state] for name in ends]

    for situation in net.situations.values():
        first, last = zip(seen(situation.given), seen(situation.contrast), strict=True)
        yield situation.label, [f"{one:.0%} / {other:.0%}" for one, other in (first, last)]


def beside(head: str, columns: Sequence[str], solved: list[Row], judged: list[Row]) -> None:
    """Print rows of the same labels side by side."""
    titles = [f"{column}, {whose}" for whose in ("solved", "judged") for column in columns]
    wide = max(len(label) for label, _ in (*solved, (head, [])))
    print(head.ljust(wide), *(f"{title:>17}" for title in titles))
    for (label, one), (_, other) in zip(solved, judged, strict=True):
        print(label.ljust(wide), *(f"{cell:>17}" for cell in (*one, *other)))
    print()


def run(args: argparse.Namespace) -> None:
    """Print both tables."""
    net = figures.network(args)
    both = (net, net.unsolved)
    shares = [list(explained(one, args.contexts, args.seed)) for one in both]
    beside("Variance that contexts explain", ["share"], *shares)
    end = net.review.about.rounds.horizon
    cases = [list(over_rounds(one)) for one in both]
    columns = ["round 1", f"round {ROUNDS}"]
    beside(f"{net.in_words(end.variable, end.state)}, case / contrast", columns, *cases)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contexts", type=int, default=2000, help="drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the contexts (default: 0)")
    parser.add_argument("--model", metavar="PATH", help="folder of another review")
    args = parser.parse_args()
    args.question = ""
    try:
        run(args)
    except CmocnetError as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)
