"""The one object a user holds: a review's network, loaded, asked, exported.

>>> net = load()
>>> answer = net.query("P(dissolution | mandated, low cultural compatibility)")
>>> 0 < answer.probability < 1
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from cmocnet import engine, exchange
from cmocnet.answer import Answer
from cmocnet.elicitation import tables
from cmocnet.errors import EvidenceError, QueryError, nearest
from cmocnet.naming import Lexicon
from cmocnet.query import Query, parse, weights
from cmocnet.registry import Review, bundled, read
from cmocnet.registry.records import Cmoc, Situation, Variable
from cmocnet.rounds import unroll
from cmocnet.typing import DiscreteNetwork, Evidence

if TYPE_CHECKING:
    import pandas as pd
    from pgmpy.models import DiscreteBayesianNetwork

Given = Mapping[str, str] | Iterable[str]


def load(
    path: str | Path | None = None,
    *,
    priors: str | Path | None = None,
    readings: Mapping[str, str] | None = None,
    engine: str = "compiled",
) -> Network:
    """A review's network: the bundled one, or that in the folder ``path``.

    Parameters
    ----------
    path
        Folder of a review in this project's file format; None for the bundled review.
    priors
        A folder of prior files laid over it.
    readings
        id of a contested configuration -> rival reading to switch on, as ``{"T3-07": "table"}``.
    engine
        ``compiled``, or ``pgmpy`` for the slow reference.

    Raises
    ------
    FileError, ModelError
        What is wrong with the files, and where.

    >>> load().variables["mandate"].states
    ('voluntary', 'mandated')
    """
    folder = bundled() if path is None else Path(path)
    overlay = None if priors is None else Path(priors)
    return Network(read(folder, priors=overlay, readings=readings), engine=engine)


class Network:
    """A review's network of one round. Read-only: two visitors can share one."""

    def __init__(self, review: Review, *, engine: str = "compiled") -> None:
        self.review = review
        self.engine = engine

    def __repr__(self) -> str:
        return f"<Network of {len(self.variables)} variables: {self.review.about.title}>"

    # --- what it holds ------------------------------------------------------------------------

    @property
    def variables(self) -> Mapping[str, Variable]:
        """Every variable by name, parents before children."""
        return self.review.variables

    @property
    def cmocs(self) -> Sequence[Cmoc]:
        """Every configuration of the review, in the order of their ids."""
        return tuple(self.review.cmocs.values())

    @property
    def situations(self) -> Mapping[str, Situation]:
        """The review's named situations, each with its contrast."""
        return self.review.situations

    @cached_property
    def discrete(self) -> DiscreteNetwork:
        """States and tables, at the central judgements."""
        return tables.network(self.review)

    @cached_property
    def program(self) -> engine.Program:
        """The compiled network; made when first needed."""
        return engine.compile(self.discrete, engine=self.engine)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words of this review."""
        return Lexicon.build(self.variables, self.review.words)

    def resolve(self, phrase: str) -> tuple[str, str]:
        """The (variable, state) that a phrase names.

        Raises
        ------
        QueryError
            The phrase is unknown (the three nearest are named) or could mean several things.

        >>> load().resolve("improper cessation")
        ('cessation', 'improper')
        """
        return self.lexicon.resolve(phrase)

    # --- questions ----------------------------------------------------------------------------

    def query(self, question: str | Query) -> Answer:
        """The answer to a question in words, beside its opposite and the baseline.

        >>> net = load()
        >>> answer = net.query("P(high trust, no dissolution | do(strong legal agreements), merger)")
        >>> sorted(answer.query.targets)
        ['dissolution', 'trust']
        >>> answer.baseline < 1
        True
        """
        query = parse(question, self.lexicon) if isinstance(question, str) else question
        turned = {name: s for name, s in self._opposite(query.evidence).items()}
        opposite = None
        if turned and None not in query.targets.values():
            opposite = self._probability(query, _turned(query.evidence, turned))
        nothing = Evidence()
        return Answer(
            query=query,
            probability=self._probability(query, query.evidence),
            distribution=self._distribution(query),
            baseline=self._probability(query, nothing),
            opposite=opposite,
            opposite_given=turned,
        )

    def posteriors(
        self,
        given: Given = (),
        do: Given = (),
        likelihood: Mapping[str, Sequence[float]] | None = None,
        marginal: Mapping[str, Sequence[float]] | None = None,
    ) -> engine.Posteriors:
        """Every variable's posterior: ``result[variable][state]``, each a light mapping.

        Parameters
        ----------
        given
            What is observed: variable -> state, or phrases.
        do
            What is made so, arcs into it cut: variable -> state, or phrases.
        likelihood
            variable -> how well what was seen fits each state.
        marginal
            variable -> the posterior it shall have, whatever else is given.

        >>> result = load().posteriors(given=["mandated"], do={"legal_agreements": "strong"})
        >>> round(sum(result["trust"].values()), 9)
        1.0
        """
        return self.program.posteriors(self.evidence(given, do, likelihood, marginal))

    def evidence(
        self,
        given: Given = (),
        do: Given = (),
        likelihood: Mapping[str, Sequence[float]] | None = None,
        marginal: Mapping[str, Sequence[float]] | None = None,
    ) -> Evidence:
        """Evidence checked against this network's variables and states."""
        for kind, numbers in (("likelihood", likelihood or {}), ("marginal", marginal or {})):
            for name, values in numbers.items():
                states = self._variable(name).states
                weights(kind, values, states, f"{kind} of {name}")  # type: ignore[arg-type]
        return Evidence(
            observed=self._states(given),
            likelihood={k: tuple(v) for k, v in (likelihood or {}).items()},
            marginal={k: tuple(v) for k, v in (marginal or {}).items()},
            do=self._states(do),
        )

    def predict(
        self, frame: pd.DataFrame, targets: Iterable[str] = ("dissolution",)
    ) -> pd.DataFrame:
        """One row a scenario: columns are variables, cells their states, an empty cell not observed.

        A target naming a state ("dissolution", "high trust") gives one column of probabilities, one
        naming a variable ("trust") a column for each of its states.

        >>> import pandas as pd
        >>> net = load()
        >>> frame = pd.DataFrame({"mandate": ["mandated", "voluntary", None]})
        >>> list(net.predict(frame, targets=["dissolution"]).columns)
        ['dissolution=yes']
        """
        from cmocnet.scenarios import predict

        return predict(self, frame, targets)

    # --- in time and for others ---------------------------------------------------------------

    def unroll(self, rounds: int) -> DiscreteNetwork:
        """The explicit network over several rounds (few: its size grows quickly).

        >>> "trust@2" in load().unroll(2).states
        True
        """
        return unroll(self.review, self.discrete, rounds)

    def to_pgmpy(self) -> DiscreteBayesianNetwork:
        """The network as a pgmpy model."""
        return exchange.to_pgmpy(self.discrete)

    def save(self, path: str | Path) -> None:
        """Write the network as XDSL at full precision, whole or not at all."""
        labels = {name: v.label for name, v in self.variables.items()}
        text = exchange.xdsl(self.discrete, self.review.about.title, labels)
        exchange.write_whole(Path(path), text)

    # --- how -----------------------------------------------------------------------------------

    def _variable(self, name: str) -> Variable:
        if name not in self.variables:
            raise QueryError(f"no variable {name!r}", nearest=nearest(name, self.variables))
        return self.variables[name]

    def _states(self, given: Given) -> dict[str, str]:
        """Variable -> state, from a mapping or from phrases."""
        pairs = given.items() if isinstance(given, Mapping) else map(self.resolve, given)
        found: dict[str, str] = {}
        for name, state in pairs:
            states = self._variable(name).states
            if state not in states:
                raise QueryError(
                    f"no state {state!r}", where=name, nearest=nearest(state, states)
                )
            if found.setdefault(name, state) != state:
                raise EvidenceError(f"{name} is said to be {found[name]} and {state}")
        return found

    def _probability(self, query: Query, evidence: Evidence) -> float | None:
        states = {name: state for name, state in query.targets.items() if state is not None}
        if len(states) < len(query.targets):
            return None
        return self.program.event(states, evidence)

    def _distribution(self, query: Query) -> Mapping[object, float]:
        names = list(query.targets)
        joint = self.program.joint(names, query.evidence)
        labels = [self.variables[name].states for name in names]
        keys = labels[0] if len(names) == 1 else product(*labels)
        return dict(zip(keys, map(float, joint.ravel()), strict=True))

    def _opposite(self, evidence: Evidence) -> dict[str, str]:
        """Every observed or made state turned to the other end of its variable, where it has one."""
        turned = {}
        for name, state in (*evidence.observed.items(), *evidence.do.items()):
            variable = self.variables[name]
            ends = {variable.states[0]: variable.states[-1], variable.states[-1]: variable.states[0]}
            if variable.direction and state in ends:
                turned[name] = ends[state]
        return turned


def _turned(evidence: Evidence, states: Mapping[str, str]) -> Evidence:
    return Evidence(
        observed={k: states.get(k, v) for k, v in evidence.observed.items()},
        likelihood=evidence.likelihood,
        marginal=evidence.marginal,
        do={k: states.get(k, v) for k, v in evidence.do.items()},
    )
