"""Files of networks in each format: small random ones, written, spoilt, read and compiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import numpy as np

from cmocnet import engine, formats
from cmocnet.typing import DiscreteNetwork, Evidence, Table
from fuzz.drive import Case, Door, write
from fuzz.mutation import ODD, flipped, spoilt
from fuzz.questions import sane

NAMES = ("rain", "wet", "Wet", "tom_s", "x9", "_y", "sprinkler")
WORDS = (
    *ODD,
    *("variable", "probability", "table", "default", "property", "type discrete [ 2 ]", "network"),
    *("node", "potential", "states", "data", "BAYES", "MARKOV", "normal", "function", "model_data"),
    *(
        "<cpt id='q'>",
        "</cpt>",
        "<noisymax>",
        "<decision>",
        "<parents>",
        "<PROBABILITY>",
        "<GIVEN>",
    ),
    *("encoding='utf-7'", "<?xml", "<!--", "-->", "0.5 0.5", "0.3 0.3 0.3", *NAMES),
)


def small(rng: Random) -> DiscreteNetwork:
    """A network of one to four variables with two or three states each."""
    numbers = np.random.default_rng(rng.randrange(2**32))
    states: dict[str, tuple[str, ...]] = {}
    tables = {}
    for name in rng.sample(NAMES, rng.randint(1, 4)):
        parents = tuple(rng.sample(list(states), min(len(states), rng.randrange(3))))
        own = rng.choice((2, 2, 3))
        states[name] = tuple(f"s{i}" for i in range(own))
        shape = [len(states[p]) for p in parents]
        values = numbers.dirichlet(np.ones(own), size=shape)
        tables[name] = Table(name, parents, np.asarray(values).reshape(*shape, own))
    return DiscreteNetwork(states, tables)


def _maker(name: str) -> Callable[[Random], Case]:
    def make(rng: Random) -> Case:
        text = formats.text(small(rng), name)
        if rng.random() < 0.85:
            text = spoilt(rng, text, WORDS)
        content = text.encode(rng.choice((*("utf-8",) * 20, "utf-16")), "surrogatepass")
        return {name: flipped(rng, content) if rng.random() < 0.1 else content}

    return make


def _open(given: Case, place: Path) -> None:
    write(given, place)
    (name,) = given
    found = engine.compile(engine.read(place / name)).posteriors(Evidence())
    sane([p for states in found.values() for p in states.values()])


DOORS = tuple(
    Door(ending, _maker(f"n.{ending}"), _open) for ending in ("bif", "xdsl", "xmlbif", "net", "uai")
)
