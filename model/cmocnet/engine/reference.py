"""The reference engine: the same questions put to pgmpy's variable elimination.

Slow and independent; selected by name where the compiled engine is to be checked. Interventions are
made by cutting the graph here, and likelihoods by pgmpy's virtual evidence. pgmpy, which comes with
the extra ``pgmpy``, is imported with the first question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cmocnet.engine.answers import Distribution, Posteriors
from cmocnet.engine.indicators import Codebook
from cmocnet.engine.marginals import fit_joint
from cmocnet.errors import EvidenceError, QueryError
from cmocnet.extras import require
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence

NOTHING = Evidence()


class ReferenceEngine:
    """Answers about one network by pgmpy ``VariableElimination``.

    It answers posteriors, joints, events and probabilities; derivatives, counts and explanations
    are the compiled engine's alone.
    """

    def __init__(self, network: DiscreteNetwork) -> None:
        require("pgmpy", "pgmpy")
        self.network = network
        self.codebook = Codebook(network)

    def posteriors(
        self, evidence: Evidence = NOTHING, variables: Sequence[str] | None = None
    ) -> Posteriors:
        """P(variable | evidence) of every variable, or of those named."""
        asked = self.network.names if variables is None else tuple(variables)
        return Posteriors.of(
            {
                v: Distribution.of(self.network.states[v], self.joint([v], evidence).tolist())
                for v in asked
            }
        )

    def joint(self, targets: Sequence[str], evidence: Evidence = NOTHING) -> Array:
        """P(targets | evidence), one axis a target in the order named."""
        self.codebook.apart(targets)
        fixed = [v for v in evidence.marginal if v not in targets]
        table = self._unnormalised((*targets, *fixed), evidence)
        if table.sum() <= 0:
            raise EvidenceError(f"impossible together: {', '.join(evidence.items())}")
        table = table / table.sum()
        axes = {v: i for i, v in enumerate((*targets, *fixed))}
        wanted = {v: self.codebook.numbers(v, w, "marginal") for v, w in evidence.marginal.items()}
        table = _with_marginals(table, axes, wanted)
        return np.asarray(table.sum(axis=tuple(range(len(targets), table.ndim))))

    def event(self, targets: Event, evidence: Evidence = NOTHING) -> float:
        """P(each target in its state, or in one of its several states | evidence)."""
        event = self.codebook.event(targets)
        at = np.ix_(*event.values())
        return float(self.joint(tuple(targets), evidence)[at].sum())

    def probability(self, evidence: Evidence) -> float:
        """P(evidence), fixed marginals left aside."""
        return float(self._unnormalised((), evidence).sum())

    def log_probability(self, evidence: Evidence) -> float:
        """The natural logarithm of P(evidence)."""
        with np.errstate(divide="ignore"):
            return float(np.log(self.probability(evidence)))

    def _unnormalised(self, targets: Sequence[str], evidence: Evidence) -> Array:
        """P(targets, evidence): the weights of every kind multiplied onto a joint of pgmpy."""
        self.codebook.indicators(evidence)
        touched = (*evidence.likelihood, *evidence.observed, *evidence.do)
        names = tuple(dict.fromkeys((*targets, *touched)))
        if not names:
            return np.ones(())
        answer = self._query(names, evidence)
        for i, v in enumerate(names):
            weights = np.ones(len(self.network.states[v]))
            for kind in (evidence.observed, evidence.do):
                if v in kind:
                    weights = weights * (np.arange(len(weights)) == self.codebook.code(v, kind[v]))
            if v in evidence.likelihood:
                weights = weights * self.codebook.numbers(v, evidence.likelihood[v], "likelihood")
            if v in evidence.do:
                weights = weights * len(weights)  # its table was replaced by a uniform one
            answer = answer * weights.reshape([-1 if j == i else 1 for j in range(len(names))])
        return np.asarray(answer.sum(axis=tuple(range(len(targets), len(names)))))

    def _query(self, names: Sequence[str], evidence: Evidence) -> Array:
        """P(names) in the network whose intervened variables have lost their parents."""
        from pgmpy.inference import VariableElimination

        model = to_pgmpy(self.network, cut=tuple(evidence.do))
        found = VariableElimination(model).query(list(names), show_progress=False)
        order = [found.variables.index(v) for v in names]
        return np.asarray(np.asarray(found.values, dtype=np.float64).transpose(order))


def _with_marginals(table: Array, axes: Mapping[str, int], marginal: Mapping[str, Array]) -> Array:
    if not marginal:
        return table
    order = [axes[v] for v in marginal]
    rest = tuple(i for i in range(table.ndim) if i not in order)
    start = table.sum(axis=rest)
    start = start.transpose(np.argsort(np.argsort(order)))
    weights, worst = fit_joint(start, list(marginal.values()))
    if worst > 1e-10:
        items = Evidence(marginal={v: w.tolist() for v, w in marginal.items()}).items()
        raise EvidenceError(f"cannot meet together: {', '.join(items)}")
    for axis, w in zip(order, weights, strict=True):
        table = table * w.reshape([-1 if i == axis else 1 for i in range(table.ndim)])
    return np.asarray(table / table.sum())


def to_pgmpy(network: DiscreteNetwork, cut: Sequence[str] = ()) -> Any:
    """The network as a pgmpy model; variables of ``cut`` lose their parents and become uniform."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    model = DiscreteBayesianNetwork()
    model.add_nodes_from(network.names)
    for v, table in network.tables.items():
        states = {u: list(network.states[u]) for u in (v, *table.parents)}
        card = len(network.states[v])
        if v in cut:
            uniform = np.full((card, 1), 1.0 / card)
            model.add_cpds(TabularCPD(v, card, uniform, state_names={v: states[v]}))
            continue
        model.add_edges_from((p, v) for p in table.parents)
        columns = np.moveaxis(table.values, -1, 0).reshape(card, -1)
        cards = [len(network.states[p]) for p in table.parents]
        model.add_cpds(TabularCPD(v, card, columns, list(table.parents), cards, states))
    return model


def unavailable(method: str) -> QueryError:
    """The error for a question the reference engine does not answer."""
    return QueryError(f"the pgmpy engine does not answer {method}", expected="--engine compiled")
