"""Do intervals given the statements hold what they promise? Hidden numbers, and the coverage found.

Draw hidden judgements from their priors, the coder's tilt included; let a simulated review state
what it sees in that world; solve, draw and ask as anyone would; and count how often the 90 per
cent interval of an answer holds the answer that the hidden numbers give. This shows
self-consistency of the machinery, not that any real review is right.

    python scripts/calibration.py --replications 500 --out calibration.md
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import simulated_reviews
from scipy.special import ndtr

import cmocnet
from cmocnet.asked import Asked
from cmocnet.check.firmness import Drawn
from cmocnet.check.predictive import random_contexts
from cmocnet.cli.show import bar
from cmocnet.elicitation.draws import Draws, at_scores, everyone, tables
from cmocnet.errors import CmocnetError
from cmocnet.forks import kept
from cmocnet.sensitivity.judged import varies
from cmocnet.sensitivity.sweep import swept
from cmocnet.solve import Statement, statements
from cmocnet.solve.conditional import conditional
from cmocnet.solve.newton import search, stand
from cmocnet.solve.sensed import Unknowns
from cmocnet.typing import Array
from cmocnet.writing import write_whole

WORLDS = 4000
"""Hidden worlds that are drawn beforehand; each replication takes one."""
CONTEXTS = 8
"""Random contexts over which the share that they explain is found."""
LEVEL = 0.9
SURE = 1.28
"""Spreads that a cautious review stays below what it sees: it is right nine times of ten."""
READINGS = {
    "figures": "says how large each effect is, with an error as large as it says",
    "at least": "speaks where the effect reaches a size, less often where it falls short",
    "glimpsed": "speaks where the effect, seen with an error, reaches a size",
    "cautious": "sees the effect with an error, and says the size that it is nine tenths sure of",
}
"""What a simulated review states of an effect, as a reader of ``at least so much`` may take it."""


@dataclass(frozen=True, eq=False)
class Simulated:
    """A review whose numbers are hidden anew in each replication.

    reading
        one of :data:`READINGS`
    draws
        of each replication, from which intervals are made
    """

    net: cmocnet.Network
    reading: str
    draws: int
    seed: int

    @kept
    def unknowns(self) -> Unknowns:
        """The judgements that are hidden."""
        review = self.net.review
        return Unknowns(review, tuple(j for j in everyone(review) if varies(j)))

    @kept
    def stated(self) -> tuple[Statement, ...]:
        """What the review states, by its codes."""
        names, codes = random_contexts(self.net, CONTEXTS, self.seed)
        states = self.net.review.states
        contexts = [
            {n: states[n][code] for n, code in zip(names, row, strict=True)}
            for row in codes.tolist()
        ]
        return statements(self.net.review, contexts)

    @kept
    def asked(self) -> tuple[Asked, ...]:
        """The review's own questions."""
        return tuple(self.net.ask(q) for q in self.net.review.about.questions)

    @kept
    def worlds(self) -> tuple[Array, Array]:
        """Of each hidden world the answers (questions, worlds) and the stated quantities."""
        generator, known = np.random.default_rng(self.seed), self.unknowns.known
        points = generator.standard_normal((len(self.unknowns), WORLDS))
        hidden = at_scores(known, self.unknowns.scores(points))
        values = {j.address: np.ascontiguousarray(x) for j, x in zip(known, hidden, strict=True)}
        made = dict(tables(self.net.review, values))
        drawn = Drawn(self.net.review, self.net.discrete, Draws(self.net.review, WORLDS, 0, made))
        return self.answers(made), np.array([s.quantity(drawn) for s in self.stated])

    def answers(self, made: Mapping[str, Array]) -> Array:
        """Each question's probability with each set of tables: (questions, sets)."""
        program = self.net.program
        return np.concatenate(
            [program.predict_tables(made, q.evidence, [q.event]) for q in self.asked]
        )

    def __call__(self, rows: Array) -> Array:
        """Replications by number, (m, 1), to the ranks of their hidden answers as one number."""
        sizes = (self.draws + 1,) * len(self.asked)
        return np.array([np.ravel_multi_index(self.ranks(int(r)), sizes) for (r,) in rows], float)

    def ranks(self, number: int) -> tuple[int, ...]:
        """How many draws lie below the hidden answer to each question, in one replication."""
        generator = np.random.default_rng((self.seed, number))
        world, told = SAYS[self.reading](self, generator)
        unknowns = self.unknowns
        point, _ = search(unknowns, told, stand(unknowns, told, np.zeros(len(unknowns))))
        drawn = self.answers(conditional(unknowns, told, point, n=self.draws, seed=number).tables)
        hidden = self.worlds[0][:, world, None]
        return tuple((drawn < hidden).sum(axis=1).tolist())


# --- what a simulated review states ---------------------------------------------------------------

Told = tuple[int, list[Statement]]
"""A hidden world, and what is stated of it."""


def figures(of: Simulated, generator: np.random.Generator) -> Told:
    """Everything as a figure: the truth, and a normal error."""
    world = int(generator.integers(WORLDS))
    truths = of.worlds[1][:, world]
    sized = (
        _exactly(s, truth + s.spread * generator.standard_normal()) if _claims(s)
        else _placed(s, truth, generator)
        for s, truth in zip(of.stated, truths, strict=True)
    )  # fmt: skip
    return world, [*sized]


def cautious(of: Simulated, generator: np.random.Generator) -> Told:
    """At least so much: the truth with a normal error, less what makes the review sure."""
    world = int(generator.integers(WORLDS))
    truths = of.worlds[1][:, world]
    sized = (
        replace(s, low=truth + s.spread * (generator.standard_normal() - SURE)) if _claims(s)
        else _placed(s, truth, generator)
        for s, truth in zip(of.stated, truths, strict=True)
    )  # fmt: skip
    return world, [*sized]


def spoken(of: Simulated, generator: np.random.Generator, *, glimpsed: bool = False) -> Told:
    """At least so much, where the review would say so: worlds in which it does not are not its.

    The sizes are those of some other world, so that one claim is bold and the next is not. Of an
    effect that falls short by t spreads it still speaks with probability exp(-t^2 / 2), which is
    what the solver takes it for; or, if it glimpses effects with a normal error, by the normal
    distribution.
    """
    truths = of.worlds[1]
    sizes = truths[:, generator.integers(WORLDS)]
    told = [replace(s, low=x) if _claims(s) else s for s, x in zip(of.stated, sizes, strict=True)]
    speaks = np.zeros(WORLDS)
    for s, quantity in zip(told, truths, strict=True):
        if _claims(s):
            over = (quantity - s.low) / s.spread
            speaks += np.log(ndtr(over)) if glimpsed else -(np.minimum(over, 0.0) ** 2) / 2.0
    chances = np.exp(speaks - speaks.max())
    world = int(generator.choice(WORLDS, p=chances / chances.sum()))
    rest = (
        s if _claims(s) else _placed(s, x, generator)
        for s, x in zip(told, truths[:, world], strict=True)
    )
    return world, [*rest]


SAYS: Mapping[str, Any] = {
    "figures": figures,
    "at least": spoken,
    "glimpsed": partial(spoken, glimpsed=True),
    "cautious": cautious,
}


def _claims(stated: Statement) -> bool:
    """Is it of the kind "at least so much"?"""
    return stated.kind in ("effect", "mediation", "condition")


def _exactly(stated: Statement, size: float) -> Statement:
    return replace(stated, low=size, high=size)


def _placed(stated: Statement, truth: float, generator: np.random.Generator) -> Statement:
    """A case ends as it may; a range lies anywhere around the truth, or, by a normal error, off."""
    if stated.kind == "case":
        if generator.random() < truth:
            return stated
        return replace(stated, quantity=partial(_otherwise, stated.quantity))
    width = stated.high - stated.low
    off = generator.normal(0.0, stated.spread)
    inside = generator.random() < width / (width + stated.spread * sqrt(2.0 * np.pi))
    shift = generator.uniform(-0.5, 0.5) * width if inside else off + np.sign(off) * width / 2.0
    return replace(stated, low=truth + shift - width / 2.0, high=truth + shift + width / 2.0)


def _otherwise(quantity: Any, on: Any) -> Any:
    return 1.0 - quantity(on)


# --- what comes out -------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Coverage:
    """The ranks of hidden answers among the draws, (replications, questions)."""

    ranks: Array
    draws: int

    @property
    def below(self) -> Array:
        """Of each question, the share of hidden answers under the interval."""
        return np.asarray((self.ranks < (1.0 - LEVEL) / 2.0 * self.draws).mean(axis=0))

    @property
    def above(self) -> Array:
        """The share over the interval."""
        return np.asarray((self.ranks > (1.0 + LEVEL) / 2.0 * self.draws).mean(axis=0))

    @property
    def inside(self) -> Array:
        """The share within it."""
        return np.asarray(1.0 - self.below - self.above)


def coverage(
    simulated: Simulated,
    replications: int,
    *,
    scheduler: str | None = None,
    progress: Any = None,
) -> Coverage:
    """Hide, state, solve, draw and ask so many times, here or on a Dask scheduler's workers."""
    if not simulated.asked:
        raise CmocnetError("the review asks nothing", where="review.yaml", expected="questions")
    rows = np.arange(replications, dtype=float)[:, None]
    with swept(simulated, scheduler=scheduler, chunk=5, progress=progress) as run:
        codes = run(rows).astype(np.int64)
    sizes = (simulated.draws + 1,) * len(simulated.asked)
    return Coverage(np.stack(np.unravel_index(codes, sizes), axis=1), simulated.draws)


PAGE = """\
# Do intervals given the statements hold what they promise?

Hidden judgements are drawn from their priors, together with the coder's tendency to overstate; a
simulated review states what it sees in that world, and a case ends there as it may; the numbers
are solved from the statements, drawn given them, and put to three questions. Shown is how often
the 90 per cent interval held the hidden answer, over {n:,} replications with {draws} draws each
(`python scripts/calibration.py --replications {n} --draws {draws} --seed {seed}`), by question
and in all, and how often the hidden answer lay below and above. A share of 90% over {n:,}
replications has a standard error of {error:.1f} points. This is self-consistency of the machinery:
it does not show that any real review is right.

{table}

What a review means by "at least so much" can be read in several ways:

{readings}

{questions}
"""


def page(found: Mapping[tuple[str, str], Coverage], asked: Mapping[str, Sequence[str]],
         n: int, draws: int, seed: int) -> str:  # fmt: skip
    """The result as a page of the docs."""
    most = max(map(len, asked.values()))
    heads = ["review", "what it states", *(f"question {k + 1}" for k in range(most)), "all"]
    lines = [f"| {' | '.join([*heads, 'below', 'above'])} |"]
    lines.append("| --- | --- |" + " ---: |" * (most + 3))
    for (review, reading), one in found.items():
        shares = [*one.inside, *[np.nan] * (most - len(one.inside)), one.inside.mean()]
        cells = [f"{100 * x:.1f}%" for x in (*shares, one.below.mean(), one.above.mean())]
        lines.append(f"| {review} | {reading} | {' | '.join(cells)} |")
    readings = "\n".join(f"- *{name}*: the review {says}." for name, says in READINGS.items())
    told = ("; ".join(f"`{q}`" for q in questions) for questions in asked.values())
    questions = [f"The {name} is asked {q}." for name, q in zip(asked, told, strict=True)]
    return PAGE.format(
        n=n, draws=draws, seed=seed, error=100 * sqrt(LEVEL * (1 - LEVEL) / n),
        table="\n".join(lines), readings=readings, questions="\n".join(questions),
    )  # fmt: skip


def reviews(model: str | None) -> Iterator[tuple[str, cmocnet.Network]]:
    """The review in a folder, or the invented ones."""
    if model is not None:
        yield Path(model).name, cmocnet.load(model).unsolved
        return
    with tempfile.TemporaryDirectory() as folder:
        for shape in simulated_reviews.SHAPES:
            yield shape, cmocnet.load(simulated_reviews.write(shape, Path(folder) / shape))


def main() -> None:
    """Run all readings and print, or write, the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replications", type=int, default=500)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reading", action="append", choices=READINGS, help="default: all")
    parser.add_argument(
        "--model", metavar="PATH", help="a review's folder (default: invented ones)"
    )
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of Dask, as tcp://host:8786")
    parser.add_argument("--out", type=Path, help="write the page here instead of printing it")
    args = parser.parse_args()
    found, asked = {}, {}
    try:
        for name, net in reviews(args.model):
            asked[name] = net.review.about.questions
            for reading in args.reading or READINGS:
                simulated = Simulated(net, reading, args.draws, args.seed)
                with bar(f"{name}, {reading}") as progress:
                    found[name, reading] = coverage(
                        simulated, args.replications, scheduler=args.scheduler, progress=progress
                    )
    except CmocnetError as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        sys.exit(2)
    text = page(found, asked, args.replications, args.draws, args.seed)
    if args.out:
        write_whole(args.out, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
