"""What worlds do the priors hold possible? The spread of each outcome before anything is known.

A prior-predictive check (Gelman et al. 2020, "Bayesian workflow"): contexts are drawn from their
assumed prevalences and judgements from their spreads; what comes out should look like a world one
could live in. Outside base rates are marked beside it, not fitted to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cmocnet.amounts import affordable, whole
from cmocnet.model import Model
from cmocnet.registry.records import BaseRate
from cmocnet.typing import Array

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


def predictive(
    net: Model, *, contexts: int = 1000, n: int = 100, seed: int = 0
) -> tuple[Spread, ...]:
    """The spread of every headline outcome's last state (and of each state with a base rate).

    >>> from cmocnet import load
    >>> spread = predictive(load(), contexts=20, n=2)[-1]
    >>> spread.over_both[0.05] <= spread.over_both[0.95]
    True
    """
    each = 8 * (len(net.variables) + 1) + 8 * whole(n, "draws", least=1) // 10
    affordable(contexts, "contexts", each)
    review = net.review
    rates = review.about.base_rates
    wanted = dict.fromkeys(
        [(n, review.variables[n].states[-1]) for n in review.about.headline]
        + [(r.variable, r.state) for r in rates]
    )
    events = [{name: state} for name, state in wanted]
    names, codes = _contexts(net, contexts, seed)
    central = net.batches.predict(codes, names, events)
    drawn = net.draws(n=n, seed=seed).tables
    nothing = net.batches.predict_tables(drawn, targets=events)
    few = codes[: max(1, contexts // 10)]
    both = net.batches.predict(few, names, events, tables=drawn)
    return tuple(
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


def _contexts(net: Model, n: int, seed: int) -> tuple[list[str], NDArray[np.int64]]:
    """Random states of every setting variable, drawn from the network itself."""
    generator = np.random.default_rng(seed)
    names = [name for name, v in net.variables.items() if v.layer == "setting"]
    codes = np.empty((n, len(names)), dtype=np.int64)
    for k, name in enumerate(names):
        table = net.discrete.tables[name]
        rows = table.values[tuple(codes[:, names.index(p)] for p in table.parents)]
        below = np.broadcast_to(np.cumsum(rows, axis=-1), (n, table.values.shape[-1]))
        codes[:, k] = (generator.random(n)[:, None] >= below[:, :-1]).sum(axis=1)
    return names, codes


def _quantiles(values: Array) -> dict[float, float]:
    return {q: float(v) for q, v in zip(QUANTILES, np.quantile(values, QUANTILES), strict=True)}
