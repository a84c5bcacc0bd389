"""How each contender is asked: with its engine kept, and everything prepared that can be."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.networks import Question
from benchmarks.timing import Contender
from cmocnet import exchange
from cmocnet.engine import Program
from cmocnet.typing import Array, DiscreteNetwork, Evidence

KINDS = ("LazyPropagation", "ShaferShenoyInference", "VariableElimination")
MESSAGES = KINDS[:2]
"""Those that compute every posterior together; the other eliminates anew for each."""
THREADS = (1, 2)
Ask = Callable[[Question], Any]


def ours(program: Program) -> Ask:
    """Asks the compiled engine, through its public methods."""

    def ask(question: Question) -> Any:
        evidence = Evidence(observed=question.observed)
        if question.target is None:
            return [row.tolist() for row in program.posteriors(evidence).values()]
        return program.posteriors(evidence, [question.target])[question.target].tolist()

    return ask


class Agrum:
    """One of pyAgrum's exact engines, kept; evidence is changed in place where it can be."""

    def __init__(self, network: DiscreteNetwork, kind: str, threads: int) -> None:
        import pyagrum

        self.model = agrum_model(network)
        self.ids = {v: self.model.idFromName(v) for v in network.names}
        self.inference = getattr(pyagrum, kind)(self.model)
        self.inference.setNumberOfThreads(threads)
        self.codes: Mapping[str, int] = {}
        self.target: str | None = None

    def ask(self, question: Question) -> Any:
        """The posterior of the target, or of every variable."""
        if question.target != self.target:
            self.aim(question.target)
        self.observe(question.codes)
        self.inference.makeInference()
        if question.target is not None:
            return self.inference.posterior(self.ids[question.target]).tolist()
        return [self.inference.posterior(i).tolist() for i in self.ids.values()]

    def aim(self, target: str | None) -> None:
        """Make this variable the only target."""
        self.inference.eraseAllTargets()
        if target is None:
            self.inference.addAllTargets()
        else:
            self.inference.addTarget(self.ids[target])
        self.target = target

    def observe(self, codes: Mapping[str, int]) -> None:
        """Change the states that differ, or begin anew when other variables are observed."""
        if codes.keys() == self.codes.keys():
            for v, code in codes.items():
                if self.codes[v] != code:
                    self.inference.chgEvidence(self.ids[v], code)
        else:
            self.renew(codes)
        self.codes = codes

    def renew(self, codes: Mapping[str, int]) -> None:
        """Take all evidence away and add this."""
        self.inference.eraseAllEvidence()
        for v, code in codes.items():
            self.inference.addEvidence(self.ids[v], code)


def agrums(network: DiscreteNetwork, kinds: Sequence[str] = KINDS) -> Iterator[tuple[str, Agrum]]:
    """Each of pyAgrum's engines at each number of threads, by name."""
    for kind in kinds:
        for threads in THREADS:
            yield f"pyAgrum {kind}, {threaded(threads)}", Agrum(network, kind, threads)


def threaded(threads: int) -> str:
    """A number of threads in words."""
    return f"{threads} thread{'s' if threads > 1 else ''}"


def agrum_model(network: DiscreteNetwork) -> Any:
    """The network in pyAgrum."""
    pyagrum: Any = import_module("pyagrum")  # which has no types
    model = pyagrum.BayesNet()
    for v, states in network.states.items():
        model.add(pyagrum.LabelizedVariable(v, v, list(states)))
    for parent, child in network.arcs:
        model.addArc(parent, child)
    for v, table in network.tables.items():
        cpt = model.cpt(v)
        cpt.fillWith(agrum_numbers(cpt, (*table.parents, v), table.values))
    return model


def agrum_numbers(cpt: Any, axes: Sequence[str], values: Array) -> list[float]:
    """A table's numbers in the order pyAgrum keeps them, its first variable fastest."""
    order = [axes.index(name) for name in reversed(cpt.names)]
    numbers: list[float] = np.ascontiguousarray(values.transpose(order)).ravel().tolist()
    return numbers


def pgmpy(network: DiscreteNetwork) -> Ask:
    """Asks pgmpy's VariableElimination, one variable at a time as it must be asked."""
    warnings.filterwarnings("ignore", module="pgmpy")
    from pgmpy.inference import VariableElimination

    engine = VariableElimination(exchange.to_pgmpy(network))

    def ask(question: Question) -> Any:
        names = network.names if question.target is None else [question.target]
        return [_pgmpy_one(engine, network, question, v) for v in names]

    return ask


def _pgmpy_one(engine: Any, network: DiscreteNetwork, question: Question, v: str) -> Any:
    if v in question.codes:  # it refuses to be asked what is observed
        return [float(k == question.codes[v]) for k in range(network.cardinality(v))]
    found = engine.query([v], evidence=dict(question.observed), show_progress=False)
    return found.values.tolist()


def each(name: str, ask: Ask, asked: Sequence[Question]) -> Contender:
    """The contender that answers all these questions in turn."""
    return Contender(name, lambda: [ask(question) for question in asked], len(asked))
