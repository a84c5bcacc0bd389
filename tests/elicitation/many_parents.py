"""Random tables of many parents: causes, weighted means, and cells of both."""

from __future__ import annotations

import msgspec
import numpy as np
from hypothesis import strategies as st

from cmocnet.registry.judged import (
    Anchor,
    Cause,
    Given,
    InterBeta,
    NoisyMax,
    Parent,
    Partition,
    Row,
    TableSpec,
)
from cmocnet.registry.variable import Variable

TWO = ("no", "yes")


def anchor(value: float) -> Anchor:
    return Anchor(value=value, strength=5.0)


def noisy(rng: np.random.Generator, parents: dict[str, int]) -> NoisyMax:
    """Causes of random strength; some states of a parent, never its first alone, are none."""
    causes = {}
    for name, card in parents.items():
        some = [s for s in range(card) if rng.random() < 0.7] or [card - 1]
        chances = {f"s{s}": anchor(float(rng.uniform())) for s in some}
        causes[name] = Cause(cites=("X",), probability=chances)
    return NoisyMax(leak=anchor(float(rng.choice([0.0, rng.uniform()]))), parents=causes)


def weighed(rng: np.random.Generator, parents: dict[str, int]) -> InterBeta:
    """Parents of random weight, some of none, that work either way or have scores of their own."""
    weights = {}
    for name, card in parents.items():
        scores = {f"s{s}": float(rng.uniform()) for s in range(card)}
        weights[name] = Parent(
            cites=("X",),
            weight=float(rng.choice([0.0, rng.uniform(0.1, 5)], p=[0.2, 0.8])),
            spread=0.3,
            effect="+" if rng.random() < 0.5 else "-",
            scores=scores if rng.random() < 0.5 else None,
        )
    weights[name] = msgspec.structs.replace(weights[name], weight=1.0)
    return InterBeta(
        lowest=anchor(0.1), highest=anchor(0.8), parents=weights, concentration=8.0, steepness=0.0
    )


def flat(share: float) -> Given:
    return Given(rows=(Row(row=(share, 1 - share), strength=4.0),), parents={})


def some(parents: dict[str, int], *names: str) -> dict[str, int]:
    return {name: parents[name] for name in names}


def tables(rng: np.random.Generator, parents: dict[str, int], kind: str) -> TableSpec:
    """A table over these parents; the first moderates, unless all are causes."""
    by, *rest = parents
    if kind in ("causes", "weighed"):
        return noisy(rng, parents) if kind == "causes" else weighed(rng, parents)
    cells: list[TableSpec] = [noisy(rng, some(parents, *rest)) for _ in range(parents[by])]
    if kind == "mixed":  # one cell weighs its parents, and one is cut further
        cells[0] = weighed(rng, some(parents, *rest[2:]))
        other, *left = rest
        inner = [flat(0.25), *(noisy(rng, some(parents, *left)) for _ in range(parents[other] - 1))]
        named = {f"s{i}": c for i, c in enumerate(inner)}
        cells[1] = Partition(by=other, cites=("X",), cells=named)
    return Partition(by=by, cites=("X",), cells={f"s{i}": c for i, c in enumerate(cells)})


@st.composite
def variables(draw: st.DrawFn) -> tuple[Variable, dict[str, tuple[str, ...]]]:
    cards = draw(st.lists(st.integers(2, 3), min_size=7, max_size=7))
    parents = {f"p{i}": card for i, card in enumerate(cards)}
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["causes", "weighed", "moderated", "mixed"]))
    child = Variable(name="y", label="Y", states=TWO, table=tables(rng, parents, kind))
    states = {p: tuple(f"s{s}" for s in range(card)) for p, card in parents.items()}
    return child, {**states, "y": TWO}
