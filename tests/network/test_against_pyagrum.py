"""Answers equal pyAgrum's LazyPropagation on the exported network: 240 random questions, to 1e-9.

Observed, likelihood and intervention evidence are mixed; an intervention is made on pyAgrum's side
by cutting the arcs into its variable. Joint targets are asked as joint targets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyagrum as gum
import pytest

from cmocnet import Network
from cmocnet.typing import Evidence

GRAPHS, EACH, SEED = 24, 10, 82
TARGETS = (
    "dissolution",
    "synergy",
    "trust",
    "faith",
    "inertia",
    "performance",
    "conflict",
    "domination",
)


@dataclass(frozen=True)
class Asked:
    """One question: the evidence and the targets asked for together."""

    evidence: Evidence
    targets: tuple[str, ...]


@pytest.fixture(scope="module")
def exported(net: Network, tmp_path_factory: pytest.TempPathFactory) -> gum.BayesNet:
    """The saved XDSL as pyAgrum reads it, variables renamed and tables turned to the file's order.

    pyAgrum takes the first parent as the fastest; XDSL means the last one (see test_exchange).
    """
    path: Path = tmp_path_factory.mktemp("export") / "network.xdsl"
    net.save(path)
    bn = gum.loadBN(str(path))
    for name, variable in net.variables.items():
        bn.changeVariableName(variable.label, name)
    for name in net.variables:
        cpt = bn.cpt(name)
        own, *parents = cpt.names
        shape = [len(net.variables[p].states) for p in (*parents, own)]
        read = cpt.toarray().reshape(shape)
        turned = read.transpose([*range(len(parents) - 1, -1, -1), len(parents)])
        cpt[:] = np.ascontiguousarray(turned)
    return bn


def _questions(
    net: Network, rng: np.random.Generator
) -> Iterator[tuple[dict[str, str], list[Asked]]]:
    """Interventions and, for each set, questions that share them."""
    names = list(net.variables)
    for graph in range(GRAPHS):
        cut = rng.choice(names, size=graph % 4, replace=False)
        do = {str(n): str(rng.choice(net.variables[n].states)) for n in cut}
        yield do, [_question(net, do, rng) for _ in range(EACH)]


def _question(net: Network, do: dict[str, str], rng: np.random.Generator) -> Asked:
    targets = [t for t in rng.permutation(TARGETS) if t not in do][: rng.integers(1, 4)]
    free = [n for n in rng.permutation(list(net.variables)) if n not in do and n not in targets]
    seen = free[: rng.integers(0, 6)]
    vague = free[10 : 10 + rng.integers(0, 4)]
    if rng.random() < 0.3:
        vague = [*vague, targets[0]]
    return Asked(
        Evidence(
            observed={str(n): str(rng.choice(net.variables[n].states)) for n in seen},
            likelihood={
                str(n): tuple(rng.uniform(0.05, 1.0, len(net.variables[n].states)).tolist())
                for n in vague
            },
            do=do,
        ),
        tuple(map(str, targets)),
    )


def _cut(net: Network, bn: gum.BayesNet, do: dict[str, str]) -> gum.BayesNet:
    """The graph with the arcs into the variables of ``do`` erased and their states made certain."""
    mutilated = gum.BayesNet(bn)
    for name, state in do.items():
        for parent in net.discrete.tables[name].parents:
            mutilated.eraseArc(parent, name)
        states = net.variables[name].states
        mutilated.cpt(name)[:] = np.eye(len(states))[states.index(state)]
    return mutilated


def _joint(bn: gum.BayesNet, asked: Asked) -> np.ndarray:
    """pyAgrum's answer, one axis a target in the order asked."""
    lazy = gum.LazyPropagation(bn)
    evidence: dict[str, object] = {k: list(v) for k, v in asked.evidence.likelihood.items()}
    lazy.setEvidence({**evidence, **asked.evidence.observed})
    if len(asked.targets) == 1:
        lazy.setTargets(set(asked.targets))
        lazy.makeInference()
        return np.asarray(lazy.posterior(asked.targets[0]).toarray())
    lazy.addJointTarget(set(asked.targets))
    lazy.makeInference()
    found = lazy.jointPosterior(set(asked.targets))
    axes = list(reversed(found.names))
    return np.asarray(found.toarray()).transpose([axes.index(t) for t in asked.targets])


def test_tables_are_turned_rightly(net: Network, exported: gum.BayesNet) -> None:
    for name, table in net.discrete.tables.items():
        cpt = exported.cpt(name)
        axes = list(reversed(cpt.names))
        turned = cpt.toarray().transpose([axes.index(p) for p in (*table.parents, name)])
        np.testing.assert_array_equal(turned, table.values)


def test_random_questions(net: Network, exported: gum.BayesNet) -> None:
    rng = np.random.default_rng(SEED)
    kinds = {"observed": 0, "likelihood": 0, "do": 0, "all": 0}
    count = 0
    for do, questions in _questions(net, rng):
        bn = _cut(net, exported, do)
        for asked in questions:
            theirs = _joint(bn, asked)
            ours = net.program.joint(list(asked.targets), asked.evidence)
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9, err_msg=str(asked))
            state = {t: net.variables[t].states[-1] for t in asked.targets}
            event = net.program.event(state, asked.evidence)
            assert event == pytest.approx(float(theirs[(-1,) * theirs.ndim]), abs=1e-9)
            given = [k for k in ("observed", "likelihood", "do") if getattr(asked.evidence, k)]
            for kind in given:
                kinds[kind] += 1
            kinds["all"] += len(given) == 3
            count += 1
    assert count >= 200
    assert min(kinds.values()) > 20, kinds


def test_every_posterior_of_a_few_questions(net: Network, exported: gum.BayesNet) -> None:
    rng = np.random.default_rng(SEED + 1)
    for do, questions in list(_questions(net, rng))[:4]:
        bn = _cut(net, exported, do)
        evidence = questions[0].evidence
        lazy = gum.LazyPropagation(bn)
        hints: dict[str, object] = {k: list(v) for k, v in evidence.likelihood.items()}
        lazy.setEvidence({**hints, **evidence.observed})
        lazy.makeInference()
        ours = net.posteriors(given=evidence.observed, do=do, likelihood=evidence.likelihood)
        for name in net.variables:
            theirs = lazy.posterior(name).toarray()
            np.testing.assert_allclose(ours[name].array, theirs, rtol=0, atol=1e-9, err_msg=name)


def test_the_headline_question(net: Network, exported: gum.BayesNet) -> None:
    answer = net.query("P(dissolution | mandated, low cultural compatibility)")
    observed = {"mandate": "mandated", "cultural_compatibility": "low"}
    theirs = _joint(exported, Asked(Evidence(observed=observed), ("dissolution",)))
    assert answer.probability == pytest.approx(theirs[1], abs=1e-9)
    opposite = {"mandate": "voluntary", "cultural_compatibility": "high"}
    theirs = _joint(exported, Asked(Evidence(observed=opposite), ("dissolution",)))
    assert answer.opposite == pytest.approx(theirs[1], abs=1e-9)
    theirs = _joint(exported, Asked(Evidence(), ("dissolution",)))
    assert answer.baseline == pytest.approx(theirs[1], abs=1e-9)
