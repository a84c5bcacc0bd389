"""A compiled network: every answer from one forward and one backward run.

Source of the method: Darwiche, A. (2003), A differential approach to inference in Bayesian
networks, Journal of the ACM 50:280-305.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from cmocnet.engine import conflict, logs, loops, marginals, predict, run
from cmocnet.engine.answers import Places, Posteriors, Shapes, Tables
from cmocnet.engine.circuit import ALL, SHARES, Circuit, Factors
from cmocnet.engine.indicators import JOINT, Codebook, Indicators
from cmocnet.engine.predict import Target
from cmocnet.engine.selection import Selection
from cmocnet.errors import QueryError
from cmocnet.forks import kept
from cmocnet.parts import written
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence

COLD_RUNS = 3
"""So many runs are made with NumPy before Numba is worth importing."""

COLD_COST = 2_000_000
"""Multiply-adds from which Numba is worth importing at once."""

FEW = 3
"""Variables up to which each is asked by itself."""

NOTHING = Evidence()


class Program:
    """Answers about one discrete network.

    Made by :func:`cmocnet.engine.compile`. Safe to share between threads.
    """

    def __init__(self, network: DiscreteNetwork) -> None:
        self.network = network
        self.codebook = Codebook(network)
        self.factors = Factors.of(network)
        self.selection = Selection(self.factors)
        self._places = Places(self.codebook.codes)
        self._runs = 0

    @kept
    def circuit(self) -> Circuit:
        """The whole network with nothing kept: the circuit of all posteriors."""
        return self.selection.whole(())

    @kept
    def _shapes(self) -> Shapes:
        return Shapes({v: table.values.shape for v, table in self.network.tables.items()})

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one forward run over the whole network."""
        return self.circuit.plan.cost

    def posteriors(
        self, evidence: Evidence = NOTHING, variables: Sequence[str] | None = None
    ) -> Posteriors:
        """P(variable | evidence) of every variable, or of those named.

        Answers ``result[variable][state]``, probabilities in [0, 1].

        Raises
        ------
        EvidenceError
            If the evidence is impossible or a fixed marginal cannot be met; it names the items.
        """
        indicators = self._prepared(evidence)
        if variables is None and len(self.codebook.names) > len(self.network.names):
            variables = self.network.names  # without the hidden ones
        if variables is None:
            return Posteriors(self._places, self._read(self.circuit, indicators, evidence, ALL))
        keep = {v: self.codebook.variable(v) for v in variables}
        if len(keep) > FEW:
            every = self._read(self.circuit, indicators, evidence, ALL)
            numbers = [x for i in keep.values() for x in every[self._places.spans[i]]]
        else:  # each by itself, which may need but a part of the network
            numbers = [x for i in keep.values() for x in self.shares((i,), evidence, indicators)]
        return Posteriors(Places({v: self.codebook.codes[v] for v in keep}), numbers)

    def probability(self, evidence: Evidence) -> float:
        """P(evidence): of the observations and likelihoods, after the interventions.

        Fixed marginals are constraints, not events, and leave it as it is. It may underflow to
        zero where :meth:`log_probability` does not.
        """
        return float(np.exp(self.log_probability(evidence)))

    def log_probability(self, evidence: Evidence) -> float:
        """The natural logarithm of P(evidence); minus infinity if impossible."""
        return self._log_probability(self.codebook.indicators(evidence))

    def joint(self, targets: Sequence[str], evidence: Evidence = NOTHING) -> Array:
        """P(targets | evidence), one axis a target in the order named, summing to 1."""
        keep = self.codebook.apart(targets)
        shares = self.shares(keep, evidence, self._prepared(evidence))
        return np.array(shares).reshape([self.codebook.cards[i] for i in keep])

    def event(self, targets: Event, evidence: Evidence = NOTHING) -> float:
        """P(each target in its state, or in one of its several states | evidence).

        Read from the joint distribution of few targets; of many, P(targets, evidence) is divided by
        P(evidence), which needs no joint.
        """
        event = self.codebook.event(targets)
        at, indicators = self.codebook.entries(event), self._prepared(evidence)
        if at is not None:
            shares = self.shares(tuple(event), evidence, indicators)
            return shares[at[0]] if len(at) == 1 else min(1.0, math.fsum(shares[k] for k in at))
        alone = self._log_probability(indicators)
        if alone == -np.inf:
            raise conflict.impossible(self, evidence)
        both = self._log_probability(indicators.tilted(self.codebook.logs(event)))
        return float(np.exp(min(0.0, both - alone)))

    def gradients(
        self, targets: Event, evidence: Evidence = NOTHING, *, covariation: bool = False
    ) -> Tables:
        """Derivatives of P(targets | evidence) to every table entry, each in its table's shape.

        The entries of a table that is not written out are those of its parts.

        Plain derivatives let one entry move alone. With ``covariation`` the other entries of its
        row shrink in proportion, so that the row keeps summing to 1 (Laskey 1995, IEEE SMC 25:901;
        Ballester-Ripoll and Leonelli 2022, PGM).

        Raises
        ------
        QueryError
            The targets have too many joint states for derivatives.
        """
        event = self.codebook.event(targets)
        at, indicators = self.codebook.entries(event), self._prepared(evidence)
        if at is None:
            states = math.prod(self.codebook.cards[i] for i in event)
            what = f"derivatives for {len(event)} targets at once, with {states:,} joint states"
            raise QueryError(what, expected=f"at most {JOINT:,}")
        keep = tuple(event)
        circuit = self.selection.differentiated(keep, indicators)
        total = np.zeros(len(self.factors.flat))
        for k in at if keep else (-1,):
            total += self._derivatives(circuit, int(k), evidence, indicators)
        if covariation:
            total = self.factors.covaried(total)
        return Tables(total, self._shapes)

    def log_gradients(self, evidence: Evidence) -> tuple[float, Tables]:
        """log P(evidence), and its derivatives to every table entry, each in its table's shape.

        One circuit serves whatever the evidence, so that thousands of settings are quick. Where the
        evidence is impossible the logarithm is minus infinity and all derivatives are 0.
        """
        indicators = self._prepared(evidence)
        found, log_p = run.derivatives(
            self.circuit, indicators, -1, compiled=self._warm(self.circuit)
        )
        if log_p == -np.inf:
            found = np.zeros_like(found)
        return log_p, Tables(found, self._shapes)

    def expected_counts(self, evidence: Evidence = NOTHING) -> Tables:
        """P(variable, parents | evidence) of every family, each in its table's shape.

        What expectation maximisation adds up over cases (Lauritzen 1995, CSDA 19:191).
        """
        indicators = self._prepared(evidence)
        counts = self._derivatives(self.circuit, -1, evidence, indicators, counts=True)
        return Tables(counts, self._shapes)

    def _derivatives(
        self,
        circuit: Circuit,
        chosen: int,
        evidence: Evidence,
        indicators: Indicators,
        *,
        counts: bool = False,
    ) -> Array:
        found, log_p = run.derivatives(
            circuit, indicators, chosen, counts=counts, compiled=self._warm(circuit)
        )
        if log_p == -np.inf:
            raise conflict.impossible(self, evidence)
        return found

    def mpe(self, evidence: Evidence = NOTHING) -> tuple[dict[str, str], float]:
        """The most probable states of all variables, and log P(those states | evidence).

        Raises
        ------
        ModelError
            If a table is not written out: what makes hidden variables most probable need not be
            most probable when they are summed over, which takes the whole table.
        """
        for table in self.network.tables.values():
            written(table, "the most probable explanation")
        indicators = self._prepared(evidence)
        codes, log_best = logs.most_probable(self.circuit, indicators)
        if log_best == -np.inf:
            raise conflict.impossible(self, evidence)
        states = self.network.states
        names = self.codebook.names
        best = {names[i]: states[names[i]][codes[i]] for i in range(len(names))}
        return best, log_best - self._log_probability(indicators)

    def predict(
        self,
        scenarios: NDArray[np.integer],
        variables: Sequence[str],
        targets: Sequence[Target],
        evidence: Evidence = NOTHING,
        *,
        tables: Mapping[str, Array] | None = None,
        threads: int | None = None,
        chunk: int | None = None,
    ) -> tuple[Array, ...]:
        """P(target | scenario) for many scenarios.

        Parameters
        ----------
        scenarios
            Integers of shape (n, k): the code of the state of each of ``variables``, -1 for not
            observed.
        targets
            Variables, each answered by an array (n, states), and events (variable -> state), each
            answered by an array (n,).
        evidence
            Holds in every scenario besides. Fixed marginals are solved scenario by scenario.
        tables
            Other tables for some variables, each with a leading axis of draws D; answers then have
            it too: (D, n, states).
        threads, chunk
            Threads, by default one a core, and scenarios held in memory at a time. Neither changes
            a bit of the result.

        Raises
        ------
        EvidenceError
            If a scenario is impossible; it names the row and the items.
        """
        lanes = predict.lanes(self, evidence, variables, scenarios, tables, threads, chunk)
        found = predict.answers(lanes, targets)
        return tuple(found) if tables is not None else tuple(one[0] for one in found)

    def predict_tables(
        self,
        tables: Mapping[str, Array],
        evidence: Evidence = NOTHING,
        targets: Sequence[Target] = (),
        *,
        threads: int | None = None,
        chunk: int | None = None,
    ) -> tuple[Array, ...]:
        """P(target | evidence) for D sets of tables.

        ``tables`` has, for some or all variables, an array (D, *shape of the table). Answers one
        array a target: (D, states) for a variable, (D,) for an event. Threads and chunk (draws
        held in memory at a time) do not change a bit of the result.
        """
        nothing = np.zeros((1, 0), dtype=int)
        lanes = predict.lanes(self, evidence, (), nothing, tables, threads, chunk)
        if evidence.marginal:
            raise QueryError("fixed marginals cannot be combined with table draws")
        return tuple(one[:, 0] for one in predict.answers(lanes, targets))

    def warm(self) -> None:
        """Expect many questions: compile at once, so that all are answered to the same last bit."""
        self._runs = COLD_RUNS
        loops.expect()

    def shares(
        self, keep: tuple[int, ...], evidence: Evidence, indicators: Indicators
    ) -> list[float]:
        """P(keep | evidence), flat."""
        circuit = self.selection.choose(keep, indicators)
        return self._read(
            circuit, indicators, evidence, SHARES if circuit.keep == keep else keep[0]
        )

    def log_shares(self, keep: tuple[int, ...], indicators: Indicators) -> Array:
        """Logarithms of P(keep | evidence), flat, however small; minus infinity if impossible."""
        return logs.answer(self.selection.whole(keep), indicators, SHARES)[0][0]

    def _read(
        self, circuit: Circuit, indicators: Indicators, evidence: Evidence, what: int
    ) -> list[float]:
        numbers, log_p = run.answer(circuit, indicators, what, compiled=self._warm(circuit))
        if log_p == -np.inf:
            raise conflict.impossible(self, evidence)
        return numbers

    def _log_probability(self, indicators: Indicators) -> float:
        circuit = self.selection.choose((), indicators)
        return run.answer(circuit, indicators, SHARES, compiled=self._warm(circuit))[1]

    def _prepared(self, evidence: Evidence) -> Indicators:
        indicators = self.codebook.indicators(evidence)
        if evidence.marginal:
            return marginals.fitted(self, evidence, indicators)
        return indicators

    def _warm(self, circuit: Circuit) -> bool:
        """Whether to run compiled: if all is ready, after a few runs, or for a large circuit."""
        self._runs += 1
        worth = self._runs > COLD_RUNS or loops.ready() or circuit.plan.cost > COLD_COST
        return worth and loops.compiling()

    def __reduce__(self) -> tuple[type[Program], tuple[DiscreteNetwork]]:
        """In another process, and in a copy, circuits are made anew: quicker than sending them."""
        return type(self), (self.network,)
