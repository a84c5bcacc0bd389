"""Many bundles of levers evaluated at once, at the central judgements or over draws of them.

For a variable without parents, making a state and observing it come to the same (Pearl 2009,
*Causality*, rule 2: nothing runs into it). So bundles that set the same variables with parents by
intervention differ in observations alone and share one batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine import Program
from cmocnet.levers.bundles import Positions
from cmocnet.levers.candidates import Lever
from cmocnet.parts import certain
from cmocnet.typing import Array, Event, Evidence

Target = str | Event


def central(
    program: Program,
    levers: Sequence[Lever],
    bundles: Sequence[Positions],
    evidence: Evidence,
    targets: Sequence[Target],
) -> tuple[Array, ...]:
    """P(target | evidence, do(bundle)): one array a target, one row a bundle."""
    network = program.network
    names = list(dict.fromkeys(x.variable for x in levers))
    codes = _codes(program, levers, bundles, names)
    joined = [i for i, v in enumerate(names) if network.tables[v].parents]
    roots = [i for i in range(len(names)) if i not in joined]
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
        )
        answers = answers or [np.empty((len(bundles), *f.shape[1:])) for f in found]
        for answer, part in zip(answers, found, strict=True):
            answer[rows] = part
    return tuple(answers)


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


def drawn(
    program: Program,
    tables: Mapping[str, Array],
    levers: Sequence[Lever],
    bundles: Sequence[Positions],
    evidence: Evidence,
    targets: Sequence[Target],
) -> tuple[Array, ...]:
    """The same over draws of the tables: one array a target, (bundles, draws, ...).

    An intervention is a table in which every row makes the state; so the evidence is the same for
    all bundles, and so is the circuit.
    """
    n = len(next(iter(tables.values())))
    network = program.network
    found = []
    for bundle in bundles:
        put = dict(tables)
        for x in (levers[i] for i in bundle):
            code = network.states[x.variable].index(x.state)
            made = certain(network.tables[x.variable], code)
            put[x.variable] = np.broadcast_to(made, (n, *made.shape))
        found.append(program.predict_tables(put, evidence, targets))
    return tuple(np.stack(parts) for parts in zip(*found, strict=True))
