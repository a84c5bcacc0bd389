"""What worlds do the priors hold possible? The spread of each outcome before anything is known.

A prior-predictive check (Gelman et al. 2020, "Bayesian workflow"): contexts are drawn from their
assumed prevalences and judgements from their spreads; what comes out should look like a world one
could live in. Outside base rates are marked beside it, not fitted to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cmocnet.amounts import affordable, whole
from cmocnet.model import Model
from cmocnet.registry.records import BaseRate
from cmocnet.results import TOP, Part, Rows, Several, Strip, Table
from cmocnet.typing import Array

KINDS = ("over_contexts", "over_judgements", "over_both")
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Spread:
    """The probability of one outcome over worlds the priors hold possible.

    over_contexts
        quantiles over random contexts, judgements at their central values
    over_judgements
        quantiles over draws of the judgements, nothing known
    over_both
        quantiles over random contexts, each under draws of its own
    """

    variable: str
    state: str
    over_contexts: Mapping[float, float]
    over_judgements: Mapping[float, float]
    over_both: Mapping[float, float]
    base_rates: tuple[BaseRate, ...]

    def record(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "variable": self.variable,
            "state": self.state,
            **{kind: {str(q): p for q, p in getattr(self, kind).items()} for kind in KINDS},
            "base_rates": [{"low": r.low, "high": r.high, "says": r.says} for r in self.base_rates],
        }


@dataclass(frozen=True, eq=False, repr=False)
class Spreads(Several[Spread]):
    """The spread of each headline outcome."""

    items: tuple[Spread, ...]
    model: Model

    @property
    def finding(self) -> str:
        """The outcome that varies most over worlds."""
        widest = max(self, key=lambda s: s.over_both[0.95] - s.over_both[0.05])
        told = f"{widest.variable}={widest.state} from {_span(widest.over_both)}"
        return f"{len(self)} outcomes; the widest {told}"

    @property
    def caution(self) -> str:
        """What the review's numbers are, and are not."""
        return self.model.caution

    columns = ("variable", "state", "kind", "quantile", "probability")

    def rows(self) -> Rows:
        """One an outcome, a kind of spread and a quantile: its probability there."""
        for s in self:
            for kind in KINDS:
                for q, p in getattr(s, kind).items():
                    yield s.variable, s.state, kind, q, p

    def shown(self, top: int = TOP) -> Iterator[Part]:
        """One row an outcome, and the outside base rates beside it."""
        yield "What the priors hold possible: 5%, 50% and 95% of worlds"
        columns = ["Outcome", "Over contexts", "Over judgements", "Over both", "Seen elsewhere"]
        rows = [
            (
                self.model.in_words(s.variable, s.state),
                *(_span(kind) for kind in (s.over_contexts, s.over_judgements, s.over_both)),
                " ".join(f"{r.says} ({r.source})" for r in s.base_rates),
            )
            for s in self[:top]
        ]
        strips = [Strip(s.over_both[0.05], s.over_both[0.95]) for s in self[:top]]
        yield Table(columns, rows, (), strips, scale=(0.0, 1.0))


def _span(quantiles: Mapping[float, float]) -> str:
    return " - ".join(f"{quantiles[q]:.0%}" for q in (0.05, 0.5, 0.95))


def predictive(net: Model, *, contexts: int = 1000, n: int = 100, seed: int = 0) -> Spreads:
    """The spread of every headline outcome's last state (and of each state with a base rate).

    >>> from cmocnet import load
    >>> spread = predictive(load(), contexts=20, n=2)[-1]
    >>> spread.over_both[0.05] <= spread.over_both[0.95]
    True
    """
    net = net.unsolved
    each = 8 * (len(net.variables) + 1) + 8 * whole(n, "draws", least=1) // 10
    affordable(contexts, "contexts", each)
    review = net.review
    rates = review.about.base_rates
    wanted = dict.fromkeys(
        [(n, review.variables[n].states[-1]) for n in review.about.headline]
        + [(r.variable, r.state) for r in rates]
    )
    events = [{name: state} for name, state in wanted]
    names, codes = random_contexts(net, contexts, seed)
    central = net.batches.predict(codes, names, events)
    drawn = net.draws(n=n, seed=seed).tables
    nothing = net.batches.predict_tables(drawn, targets=events)
    few = codes[: max(1, contexts // 10)]
    both = net.batches.predict(few, names, events, tables=drawn)
    spreads = (
        Spread(
            name,
            state,
            _quantiles(central[k]),
            _quantiles(nothing[k]),
            _quantiles(both[k].ravel()),
            tuple(r for r in rates if (r.variable, r.state) == (name, state)),
        )
        for k, (name, state) in enumerate(wanted)
    )
    return Spreads(tuple(spreads), net)


def random_contexts(net: Model, n: int, seed: int) -> tuple[list[str], NDArray[np.int64]]:
    """Random states of every setting variable, drawn from the network itself."""
    generator = np.random.default_rng(seed)
    names = [name for name, v in net.variables.items() if v.layer == "setting"]
    codes = np.empty((n, len(names)), dtype=np.int64)
    for k, name in enumerate(names):
        table = net.discrete.tables[name]
        at = [names.index(p) for p in table.parents]
        if table.parts:
            (rows,) = net.batches.predict(codes[:, at], table.parents, [name])
        else:
            rows = table.values[tuple(codes[:, i] for i in at)]
        below = np.broadcast_to(np.cumsum(rows, axis=-1), (n, rows.shape[-1]))
        codes[:, k] = (generator.random(n)[:, None] >= below[:, :-1]).sum(axis=1)
    return names, codes


def _quantiles(values: Array) -> dict[float, float]:
    return {q: float(v) for q, v in zip(QUANTILES, np.quantile(values, QUANTILES), strict=True)}
