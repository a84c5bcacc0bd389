"""The networks measured on: the bundled one, public ones, generated ones; and questions to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cmocnet.engine import Program
from cmocnet.engine.source import discrete_network
from cmocnet.typing import DiscreteNetwork, Evidence, Table

PUBLIC = Path(__file__).parent.parent / "tests" / "networks"
NAMES = ("alarm", "hailfinder", "win95pts")


@dataclass(frozen=True)
class Question:
    """What is observed, in words and in codes, and what is asked: None for every variable."""

    observed: Mapping[str, str]
    codes: Mapping[str, int]
    target: str | None = None


def public(name: str) -> DiscreteNetwork:
    """One of the public networks, its rows made to sum to 1.

    The files round their numbers, and engines that leave a variable out where it cannot matter
    would differ by what its rows miss.
    """
    found = discrete_network(PUBLIC / f"{name}.bif")
    tables = {
        v: Table(v, table.parents, table.values / table.values.sum(axis=-1, keepdims=True))
        for v, table in found.tables.items()
    }
    return DiscreteNetwork(found.states, tables)


def grid(side: int, card: int, *, seed: int) -> DiscreteNetwork:
    """A square grid, each cell with the cells above and left of it as parents."""
    parents = [
        [*([i - side] if i >= side else []), *([i - 1] if i % side else [])]
        for i in range(side * side)
    ]
    return generated([card] * side**2, parents, seed=seed)


def sparse(n: int, most: int, reach: int, cards: Sequence[int], *, seed: int) -> DiscreteNetwork:
    """Up to ``most`` parents a variable, drawn from the ``reach`` variables before it."""
    rng = np.random.default_rng(seed)
    parents = []
    for i in range(n):
        near = np.arange(max(0, i - reach), i)
        parents.append(rng.permutation(near)[: rng.integers(0, most + 1)].tolist())
    return generated(rng.choice(cards, n).tolist(), parents, seed=seed)


def chain(n: int, card: int, *, seed: int) -> DiscreteNetwork:
    """A hidden Markov chain of n steps, each with what is seen of it."""
    parents = [[i - 2] if i % 2 == 0 and i else [i - 1] if i % 2 else [] for i in range(2 * n)]
    return generated([card] * (2 * n), parents, seed=seed)


def star(n: int, card: int, *, seed: int) -> DiscreteNetwork:
    """One cause of n effects."""
    return generated([card] * (n + 1), [[], *([0] for _ in range(n))], seed=seed)


def generated(
    cards: Sequence[int], parents: Sequence[Sequence[int]], *, seed: int
) -> DiscreteNetwork:
    """Random tables over the given arcs."""
    rng = np.random.default_rng([seed, len(cards)])
    states = {f"v{i}": tuple(f"s{k}" for k in range(card)) for i, card in enumerate(cards)}
    tables = {}
    for i, mine in enumerate(parents):
        values = rng.gamma(1.0, size=[*(cards[p] for p in mine), cards[i]]) + 1e-3
        values /= values.sum(axis=-1, keepdims=True)
        tables[f"v{i}"] = Table(f"v{i}", tuple(f"v{p}" for p in mine), values)
    return DiscreteNetwork(states, tables)


def ancestors(network: DiscreteNetwork, names: Sequence[str]) -> DiscreteNetwork:
    """The part of the network that these variables depend on: nothing else can matter to them."""
    wanted = set(names)
    for v in reversed(network.names):
        if v in wanted:
            wanted.update(network.tables[v].parents)
    kept = [v for v in network.names if v in wanted]
    return DiscreteNetwork(
        {v: network.states[v] for v in kept}, {v: network.tables[v] for v in kept}
    )


def world(network: DiscreteNetwork, rng: np.random.Generator) -> dict[str, int]:
    """A state of every variable drawn from the network, so that observing it is possible."""
    codes: dict[str, int] = {}
    for v, table in network.tables.items():
        row = table.values[tuple(codes[p] for p in table.parents)]
        codes[v] = int(rng.choice(len(row), p=row / row.sum()))
    return codes


def questions(
    program: Program, observed: Sequence[str], n: int, *, seed: int, target: str | None = None
) -> list[Question]:
    """The same variables observed in each, no two alike, in states that are possible together."""
    rng = np.random.default_rng(seed)
    cards = [program.network.cardinality(v) for v in observed]
    found: list[Question] = []
    while len(found) < n:
        codes = dict(zip(observed, rng.integers(cards).tolist(), strict=True))
        question = _question(program.network, codes, observed, target)
        if question in found:
            continue
        if program.log_probability(Evidence(observed=question.observed)) > -np.inf:
            found.append(question)
    return found


def unlike(
    network: DiscreteNetwork, n: int, *, observed: int, seed: int, targets: Sequence[str | None]
) -> Iterator[Question]:
    """Other variables observed in each, the targets taken in turn."""
    rng = np.random.default_rng(seed)
    for i in range(n):
        target = targets[i % len(targets)]
        order = rng.permutation([v for v in network.names if v != target])
        yield _question(network, world(network, rng), order[:observed].tolist(), target)


def shuffled(network: DiscreteNetwork, *, seed: int) -> list[str]:
    """The variables in random order."""
    names: list[str] = np.random.default_rng(seed).permutation(network.names).tolist()
    return names


def _question(
    network: DiscreteNetwork, codes: Mapping[str, int], names: Sequence[str], target: str | None
) -> Question:
    mine = {v: codes[v] for v in names}
    return Question({v: network.states[v][c] for v, c in mine.items()}, mine, target)
