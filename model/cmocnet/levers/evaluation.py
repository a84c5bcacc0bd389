"""Many bundles of levers evaluated at once, at the central judgements or over draws of them.

For a variable without parents, making a state and observing it come to the same (Pearl 2009,
*Causality*, rule 2: nothing runs into it), wherever it can be observed at all. So bundles that set
the same other variables by intervention differ in observations alone and share one batch, in which
whatever no lever bears upon is worked out once for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine import Program
from cmocnet.levers.bundles import Positions
from cmocnet.levers.candidates import Lever
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence

Target = str | Event


def central(
    program: Program,
    levers: Sequence[Lever],
    bundles: Sequence[Positions],
    evidence: Evidence,
    targets: Sequence[Target],
) -> tuple[Array, ...]:
    """P(target | evidence, do(bundle)): one array a target, one row a bundle."""
    return _answered(program, None, levers, bundles, evidence, targets)


def drawn(
    program: Program,
    tables: Mapping[str, Array],
    levers: Sequence[Lever],
    bundles: Sequence[Positions],
    evidence: Evidence,
    targets: Sequence[Target],
) -> tuple[Array, ...]:
    """The same over draws of the tables: one array a target, (bundles, draws, ...)."""
    return _answered(program, tables, levers, bundles, evidence, targets)


def _answered(
    program: Program,
    tables: Mapping[str, Array] | None,
    levers: Sequence[Lever],
    bundles: Sequence[Positions],
    evidence: Evidence,
    targets: Sequence[Target],
) -> tuple[Array, ...]:
    network = program.network
    names = list(dict.fromkeys(x.variable for x in levers))
    codes = _codes(program, levers, bundles, names)
    roots = [i for i, v in enumerate(names) if _observable(network, tables or {}, v)]
    joined = [i for i in range(len(names)) if i not in roots]
    patterns, which = np.unique(codes[:, joined], axis=0, return_inverse=True)
    answers: list[Array] = []
    for number, pattern in enumerate(patterns):
        rows = np.flatnonzero(which.ravel() == number)
        made = {
            names[i]: network.states[names[i]][c]
            for i, c in zip(joined, pattern, strict=True)
            if c >= 0
        }
        found = program.predict(
            codes[rows][:, roots],
            [names[i] for i in roots],
            list(targets),
            replace(evidence, do={**evidence.do, **made}),
            tables=tables,
        )
        if tables is not None:
            found = tuple(np.moveaxis(part, 1, 0) for part in found)
        answers = answers or [np.empty((len(bundles), *part.shape[1:])) for part in found]
        for answer, part in zip(answers, found, strict=True):
            answer[rows] = part
    return tuple(answers)


def _observable(network: DiscreteNetwork, tables: Mapping[str, Array], name: str) -> bool:
    """Whether to observe a state of a variable is as good as to make it, in every draw."""
    own = network.tables[name]
    return not own.parents and bool((tables.get(name, own.values) > 0.0).all())


def _codes(
    program: Program, levers: Sequence[Lever], bundles: Sequence[Positions], names: Sequence[str]
) -> NDArray[np.int64]:
    """One row a bundle, one column a variable: the code of the state it is set to, -1 if left."""
    column = {v: j for j, v in enumerate(names)}
    at = [(column[x.variable], program.network.states[x.variable].index(x.state)) for x in levers]
    codes = np.full((len(bundles), len(names)), -1, dtype=np.int64)
    for row, bundle in enumerate(bundles):
        for lever in bundle:
            j, code = at[lever]
            codes[row, j] = code
    return codes
