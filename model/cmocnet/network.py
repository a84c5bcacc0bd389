"""The one object a user holds: a review's network, loaded, asked, exported.

>>> net = load()
>>> answer = net.query("P(dissolution | mandated, low cultural compatibility)")
>>> 0 < answer.probability < 1
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from cmocnet import engine, exchange, opposite, shelf, uncertainty
from cmocnet.amounts import whole
from cmocnet.answer import LEVEL, Answer, Contrast, Interval
from cmocnet.arguments import path as path_of
from cmocnet.arguments import share
from cmocnet.elicitation import tables
from cmocnet.elicitation.draws import Draws
from cmocnet.errors import CmocnetError, EvidenceError
from cmocnet.forks import kept
from cmocnet.given import Given, Numbers, evidence
from cmocnet.joint import Joint
from cmocnet.naming import Lexicon
from cmocnet.query import Query, stated, understood
from cmocnet.registry import Review, bundled
from cmocnet.registry.records import Cmoc, Situation, Variable
from cmocnet.registry.texts import plain
from cmocnet.rounds import unroll
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence
from cmocnet.uncertainty import DRAWS

if TYPE_CHECKING:
    import pandas as pd
    from pgmpy.models import DiscreteBayesianNetwork

    from cmocnet.explain import Explanation
    from cmocnet.levers import Levers, Stories
    from cmocnet.sensitivity import Sensitivity

EngineName = Literal["compiled", "pgmpy"]


def load(
    path: str | Path | None = None,
    *,
    priors: str | Path | None = None,
    readings: Mapping[str, str] | None = None,
    engine: EngineName = "compiled",
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

    def make() -> Review:
        from cmocnet.registry import read  # a review that was kept needs no reader

        return read(folder, priors=overlay, readings=readings)

    # Only the review as it stands is worth keeping: overlays come and go.
    kept = shelf.key([folder], readings or {}) if overlay is None and plain(folder) else None
    review = shelf.review(kept, make) if kept else make()
    return Network(review, engine=engine, priors=overlay, kept=kept)


class Network:
    """A review's network of one round. Read-only: two visitors can share one."""

    def __init__(
        self,
        review: Review,
        *,
        engine: EngineName = "compiled",
        priors: Path | None = None,
        kept: str | None = None,
    ) -> None:
        if engine not in get_args(EngineName):
            raise CmocnetError(f"no engine {engine!r}", nearest=get_args(EngineName))
        self.review = review
        self.engine: EngineName = engine
        self.priors = priors
        self.kept = kept
        self._draws: dict[tuple[int, int], Draws] = {}

    def __reduce__(self) -> tuple[Any, ...]:  # what was worked out can be again
        parts: Any = {"engine": self.engine, "priors": self.priors, "kept": self.kept}
        return partial(type(self), self.review, **parts), ()

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

    @kept
    def discrete(self) -> DiscreteNetwork:
        """States and tables, at the central judgements."""
        found = shelf.arrays(self.kept, "tables", lambda: tables.values(self.review))
        return tables.network(self.review, found)

    @kept
    def program(self) -> engine.Program | engine.ReferenceEngine:
        """The engine asked for, compiled when first needed."""
        return engine.compile(self.discrete, engine=self.engine)

    @kept
    def batches(self) -> engine.Program:
        """The compiled engine, which alone answers many scenarios or draws at once."""
        ready = self.program
        return ready if isinstance(ready, engine.Program) else engine.compile(self.discrete)

    @kept
    def rivals(self) -> uncertainty.Rivals:
        """Every rival reading, and the rival rule of combination, as sets of tables."""
        return uncertainty.rivals_of(self)

    @kept
    def lexicon(self) -> Lexicon:
        """The words of this review."""
        return shelf.lexicon(self.kept, self.review)

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
        >>> answer = net.query("P(high trust, no dissolution | do(legal agreements), merger)")
        >>> sorted(answer.query.targets)
        ['dissolution', 'trust']
        >>> answer.baseline < 1
        True
        """
        query = understood(question, self.lexicon)
        turned = opposite.ends(query.evidence, self.variables)
        other = opposite.turned(query.evidence, turned)
        states = stated(query)
        known = {name: self.variables[name].states for name in query.targets}
        joint = Joint(self.program, known, query.evidence)
        if states is None:
            return Answer(query, None, dict(joint), None, None)
        return Answer(
            query=query,
            probability=joint.probability(states),
            distribution=joint.settled(),
            baseline=self.program.event(states, Evidence()),
            opposite=self._possible(states, other) if turned else None,
            opposite_given=turned,
            draw=partial(self.samples, states, query.evidence),
            draw_opposite=partial(self.samples, states, other),
            reread=partial(uncertainty.rivals, self, states, query.evidence),
        )

    def draws(self, n: int = DRAWS, seed: int = 0) -> Draws:
        """``n`` draws of every judgement, the same for the same seed; the last sets are kept."""
        return uncertainty.recent(self._draws, self, n, seed)

    def samples(
        self, targets: Event, evidence: Evidence, *, n: int = DRAWS, seed: int = 0
    ) -> Array:
        """P(targets | evidence) under each draw of the judgements, shape (n,)."""
        (found,) = uncertainty.samples(self, [targets], evidence, n=n, seed=seed)
        return found

    def compare(self, one: str | Query, other: str | Query, *, seed: int = 0) -> Contrast:
        """The difference of two questions' probabilities, over paired draws of the judgements.

        >>> net = load()
        >>> contrast = net.compare("P(inertia | mandated)", "P(inertia | voluntary)")
        >>> contrast.difference > 0
        True
        """
        return uncertainty.compare(self, one, other, seed=seed)

    def intervals(
        self, evidence: Evidence | None = None, *, level: float = LEVEL, seed: int = 0
    ) -> Mapping[str, Mapping[str, Interval]]:
        """A credible interval for every state of every variable: ``result[variable][state]``."""
        given = Evidence() if evidence is None else evidence
        return uncertainty.intervals(self, given, level=share(level, "level"), seed=seed)

    def posteriors(
        self,
        given: Given = (),
        do: Given = (),
        likelihood: Numbers | None = None,
        marginal: Numbers | None = None,
    ) -> engine.Posteriors:
        """Every variable's posterior: ``result[variable][state]``, each a light mapping.

        ``given`` is observed and ``do`` made so, each as variable -> state or as phrases;
        ``likelihood`` says how well what was seen fits each state of a variable, ``marginal`` which
        posterior a variable shall have whatever else is given: numbers in the order of the states,
        or labelled with them in a mapping or Series. What is missing (None, NaN) is not given.

        >>> result = load().posteriors(given=["mandated"], do={"legal_agreements": "strong"})
        >>> round(sum(result["trust"].values()), 9)
        1.0
        """
        return self.program.posteriors(self.evidence(given, do, likelihood, marginal))

    def evidence(
        self,
        given: Given = (),
        do: Given = (),
        likelihood: Numbers | None = None,
        marginal: Numbers | None = None,
    ) -> Evidence:
        """Evidence checked against this network's variables and states."""
        return evidence(self.lexicon, given, do, likelihood, marginal)

    def predict(
        self, frame: pd.DataFrame, targets: Iterable[str] | None = None, level: float | None = None
    ) -> pd.DataFrame:
        """One row a scenario: columns are variables, cells their states, empty ones not observed.

        A target naming a state ("dissolution", "high trust") gives one column of probabilities, one
        naming a variable ("trust") a column for each of its states. Without targets: the review's
        headline outcomes that are not among the columns. ``level`` adds credible intervals.

        >>> import pandas as pd
        >>> net = load()
        >>> frame = pd.DataFrame({"mandate": ["mandated", "voluntary", None]})
        >>> list(net.predict(frame, targets=["dissolution"]).columns)
        ['dissolution=yes']
        """
        from cmocnet.scenarios import predict

        if targets is None:
            columns = getattr(frame, "columns", ())
            targets = [n for n in self.review.about.headline if n not in columns]
        return predict(self, frame, targets, level=level)

    # --- worked out a floor above, which is imported when it is called --------------------------

    def sensitivity(self, question: str | Query, *, top: int | None = None) -> Sensitivity:
        """Which judgement, and which context, the answer hangs on: exact bars, widest first.

        >>> found = load().sensitivity("P(dissolution | mandated)", top=3)
        >>> len(found.tornado.frame())
        3
        """
        from cmocnet.sensitivity import analyse

        return analyse(self, question, top=top if top is None else whole(top, "top"))

    def explain(self, question: str | Query, *, top: int = 10, seed: int = 0) -> Explanation:
        """Why the answer moved: what each item contributes, and which configurations carry it.

        >>> found = load().explain("P(inertia | mandated, no shared vision)")
        >>> len(found.contributions.items)
        2
        """
        from cmocnet.explain import explain

        return explain(self, question, top=whole(top, "top"), seed=whole(seed, "seed"))

    def levers(self, objective: str | Query | Mapping[str, float], **options: Any) -> Levers:
        """Which changes help most: see :func:`cmocnet.levers.best` for the options.

        >>> found = load().levers("P(dissolution | mandated)", k=1, draws=50)
        >>> len(found.best.levers)
        1
        """
        from cmocnet.levers import best

        return best(self, objective, **options)

    def stories(self, question: str | Query, *, given: Given = (), do: Given = ()) -> Stories:
        """The most probable story of success and of failure."""
        from cmocnet.levers import tell

        return tell(self, question, given=given, do=do)

    # --- in time and for others ---------------------------------------------------------------

    def unroll(self, rounds: int) -> DiscreteNetwork:
        """The explicit network over several rounds (few: its size grows quickly).

        >>> "trust@2" in load().unroll(2).states
        True
        """
        return unroll(self.review, self.discrete, whole(rounds, "rounds", least=1))

    def to_pgmpy(self) -> DiscreteBayesianNetwork:
        """The network as a pgmpy model."""
        return exchange.to_pgmpy(self.discrete)

    def save(self, path: str | Path, *, labels: bool = True) -> None:
        """Write the network as its ending says (:func:`cmocnet.exchange.save`), labels or not."""
        shown = {name: v.label for name, v in self.variables.items()} if labels else None
        title = self.review.about.title
        exchange.save(self.discrete, path_of(path, "path"), title=title, labels=shown)

    def _possible(self, states: Event, evidence: Evidence) -> float | None:
        """P(states | evidence), or None where evidence nobody gave is impossible."""
        try:
            return self.program.event(states, evidence)
        except EvidenceError:
            return None
