"""The reference engine: the same questions put to pgmpy's variable elimination.

Slow and independent; selected by name where the compiled engine is to be checked. Interventions are
made by cutting the graph here, and all evidence weighs a joint that pgmpy answers. pgmpy, which
comes with the extra ``pgmpy``, is imported with the first question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cmocnet.engine.answers import Places, Posteriors
from cmocnet.engine.indicators import Codebook
from cmocnet.engine.marginals import MET, fit_joint
from cmocnet.errors import EvidenceError
from cmocnet.extras import require
from cmocnet.parts import whole
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence, Table

if TYPE_CHECKING:
    from pgmpy.models import DiscreteBayesianNetwork

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
        numbers = [p for v in asked for p in self.joint([v], evidence).tolist()]
        return Posteriors(Places({v: self.codebook.codes[v] for v in asked}), numbers)

    def joint(self, targets: Sequence[str], evidence: Evidence = NOTHING) -> Array:
        """P(targets | evidence), one axis a target in the order named."""
        self.codebook.apart(targets)
        fixed = tuple(evidence.marginal)
        names = (*(v for v in targets if v not in fixed), *fixed)
        table = self._unnormalised(names, evidence)
        if table.sum() <= 0:
            raise EvidenceError(f"impossible together: {', '.join(evidence.items())}")
        if fixed:
            wanted = [self.codebook.numbers(v, w, "marginal") for v, w in evidence.marginal.items()]
            others = tuple(range(len(names) - len(fixed)))
            logs, worst = fit_joint(table.sum(axis=others), wanted)
            if worst > MET:
                items = Evidence(marginal=evidence.marginal).items()
                raise EvidenceError(f"cannot meet together: {', '.join(items)}")
            for weights, behind in zip(logs, reversed(range(len(fixed))), strict=True):
                table = table * np.exp(weights).reshape(-1, *[1] * behind)
        kept = range(len(targets))
        table = np.moveaxis(table, [names.index(v) for v in targets], kept)
        found = table.sum(axis=tuple(range(len(kept), table.ndim)))
        return np.asarray(found / found.sum())

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
        for axis, v in enumerate(names):
            weights = np.ones(len(self.network.states[v]))
            for kind in (evidence.observed, evidence.do):
                if v in kind:
                    weights = weights * (np.arange(len(weights)) == self.codebook.code(v, kind[v]))
            if v in evidence.likelihood:
                weights = weights * self.codebook.numbers(v, evidence.likelihood[v], "likelihood")
            if v in evidence.do:
                weights = weights * len(weights)  # its table was replaced by a uniform one
            answer = answer * weights.reshape(-1, *[1] * (len(names) - 1 - axis))
        return np.asarray(answer.sum(axis=tuple(range(len(targets), len(names)))))

    def _query(self, names: Sequence[str], evidence: Evidence) -> Array:
        """P(names) in the network whose intervened variables have no parents and are uniform."""
        from pgmpy.inference import VariableElimination

        states, tables = self.network.states, dict(self.network.tables)
        for v in evidence.do:
            tables[v] = Table(v, (), np.full(len(states[v]), 1.0 / len(states[v])))
        model = to_pgmpy(DiscreteNetwork(states, tables))
        found = VariableElimination(model).query(list(names), show_progress=False)
        order = [found.variables.index(v) for v in names]
        return np.asarray(np.asarray(found.values, dtype=np.float64).transpose(order))


def to_pgmpy(network: DiscreteNetwork) -> DiscreteBayesianNetwork:
    """The network as a pgmpy ``DiscreteBayesianNetwork`` with named states.

    Hidden variables of tables that are not written out become plain ones (:func:`.parts.whole`).

    pgmpy's tables are (cardinality, product of the parents' cardinalities), parents in our order,
    the last one fastest.

    Raises
    ------
    CmocnetError
        pgmpy, which comes with the extra ``pgmpy``, is not installed.
    """
    require("pgmpy", "pgmpy")
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    network = whole(network)
    model: Any = DiscreteBayesianNetwork()
    model.add_nodes_from(network.names)
    model.add_edges_from(network.arcs)
    for name, table in network.tables.items():
        cards = [network.cardinality(p) for p in table.parents]
        own = network.cardinality(name)
        model.add_cpds(
            TabularCPD(
                name,
                own,
                np.moveaxis(table.values, -1, 0).reshape(own, -1),
                evidence=list(table.parents) or None,
                evidence_card=cards or None,
                state_names={n: list(network.states[n]) for n in (name, *table.parents)},
            )
        )
    return model
