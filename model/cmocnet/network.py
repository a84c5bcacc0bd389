"""What a user holds: a network loaded, and a question asked of it; everything is a method of these.

>>> net = load()
>>> question = net.ask("P(dissolution | mandated, low cultural compatibility)")
>>> 0 < question.answer().probability < 1
True

The methods are a line each: what they return is worked out on the floor below, by functions of an
:class:`~cmocnet.asked.Asked` or a :class:`~cmocnet.model.Model`, imported when first called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cmocnet import exchange, shelf
from cmocnet.amounts import whole
from cmocnet.answer import Answer, answer
from cmocnet.arguments import path as path_of
from cmocnet.asked import Asked, ask
from cmocnet.contrast import Contrast, contrast
from cmocnet.evidence import Given
from cmocnet.model import EngineName, Model
from cmocnet.query import Query
from cmocnet.registry import Review, bundled
from cmocnet.registry.judged import Rule
from cmocnet.registry.solved import tell
from cmocnet.registry.texts import plain
from cmocnet.rounds import unroll
from cmocnet.typing import DiscreteNetwork

if TYPE_CHECKING:
    import pandas as pd
    from pgmpy.models import DiscreteBayesianNetwork

    from cmocnet.explain import Explanation
    from cmocnet.levers import Aim, Levers, Rounds, Stories, Wanted
    from cmocnet.sensitivity import Robustness, Sensitivity
    from cmocnet.solve import Progress, Solution
    from cmocnet.survey.hearing import Answered


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
    tell(review)
    return Network(review, engine=engine, priors=overlay, kept=kept)


class Network(Model):
    """A review's network of one round, with everything that can be asked of it."""

    def ask(self, question: str | Query) -> Question:
        """The question that a text asks, checked; a :class:`~cmocnet.query.Query` likewise.

        Raises
        ------
        QueryError, EvidenceError
            What is wrong with it, and the nearest valid thing.

        >>> question = load().ask("P(dissolution | mandated)")
        >>> print(question)
        P(dissolution=yes | mandate=mandated)
        """
        return Question(self, ask(self, question).query)

    def query(self, question: str | Query) -> Answer:
        """The answer to a question in words, beside its opposite and the baseline.

        >>> answer = load().query("P(high trust, no dissolution | do(legal agreements), merger)")
        >>> sorted(answer.query.targets), answer.baseline < 1
        (['dissolution', 'trust'], True)
        """
        return self.ask(question).answer()

    def compare(self, one: str | Query, other: str | Query, *, seed: int = 0) -> Contrast:
        """The difference of two questions' probabilities, over paired draws of the judgements.

        >>> load().compare("P(inertia | mandated)", "P(inertia | voluntary)").difference > 0
        True
        """
        return self.ask(one).contrast(other, seed=seed)

    def predict(
        self, frame: pd.DataFrame, targets: Iterable[str] | None = None, level: float | None = None
    ) -> pd.DataFrame:
        """One row a scenario: columns are variables, cells their states, empty ones not observed.

        A target naming a state ("dissolution", "high trust") gives one column of probabilities, one
        naming a variable ("trust") a column for each of its states. Without targets: the review's
        headline outcomes that are not among the columns. ``level`` adds credible intervals.

        >>> import pandas as pd
        >>> frame = pd.DataFrame({"mandate": ["mandated", "voluntary", None]})
        >>> list(load().predict(frame, targets=["dissolution"]).columns)
        ['dissolution=yes']
        """
        from cmocnet.scenarios import predict

        if targets is None:
            columns = getattr(frame, "columns", ())
            targets = [n for n in self.review.about.headline if n not in columns]
        return predict(self, frame, targets, level=level)

    def sensitivity(self, question: str | Query, *, top: int | None = None) -> Sensitivity:
        """Which judgement, and which context, the answer hangs on: exact bars, widest first.

        >>> found = load().sensitivity("P(dissolution | mandated)", top=3)
        >>> len(found.tornado.frame())
        3
        """
        return self.ask(question).sensitivity(top=top)

    def explain(self, question: str | Query, *, top: int = 10, seed: int = 0) -> Explanation:
        """Why the answer moved: what each item contributes, and which configurations carry it.

        >>> found = load().explain("P(inertia | mandated, no shared vision)")
        >>> len(found.contributions.items)
        2
        """
        return self.ask(question).explain(top=top, seed=seed)

    def levers(
        self,
        objective: Wanted,
        *,
        given: Given = (),
        do: Given = (),
        levers: Iterable[str] | None = None,
        when: str | Iterable[str] | None = None,
        costs: Mapping[str, float] | None = None,
        budget: float | None = None,
        k: int = 3,
        aim: Aim | None = None,
        n: int | None = None,
        seed: int = 0,
        rounds: Rounds = 1,
    ) -> Levers:
        """Which changes help most: see :func:`cmocnet.levers.best` for the options.

        ``objective`` is a question, or outcomes in words with what they are worth.

        >>> found = load().levers({"high synergy": 1, "dissolution": -2}, k=1, n=50)
        >>> len(found.best.levers)
        1
        """
        from cmocnet.levers import best

        return best(
            self,
            objective,
            given=given,
            do=do,
            levers=levers,
            when=when,
            costs=costs,
            budget=budget,
            k=k,
            aim=aim,
            n=n,
            seed=seed,
            rounds=rounds,
        )

    def stories(self, question: str | Query, *, given: Given = (), do: Given = ()) -> Stories:
        """The most probable story of success and of failure."""
        return self.ask(question).stories(given=given, do=do)

    def solve(
        self,
        *,
        answers: Answered | None = None,
        rule: Rule = "sum",
        progress: Progress | None = None,
    ) -> Solution:
        """The most probable numbers given everything that the review states.

        Always found from the numbers as they were judged, solved before or not. ``rule`` is how
        effects combine: their sum, or the rival, their product.

        Statements of size follow from the register's codes and the protocol's ``sizes``; see
        :mod:`cmocnet.solve`. ``answers`` has experts' workbooks, one each, as paths or as heard
        already (:func:`cmocnet.survey.hearing.hear`): effects that they answered have their size in
        place of the protocol's. ``progress`` is told after each step how many were taken. The same
        files give the same numbers.

        Raises
        ------
        CmocnetError
            The protocol has no sizes, or the numbers were solved already.
        FileError
            A workbook cannot be read: names file, sheet and row.
        """
        from cmocnet.solve import solved
        from cmocnet.survey.hearing import heard

        return solved(self, heard=heard(self.review, answers), rule=rule, progress=progress)

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


@dataclass(frozen=True, repr=False)
class Question(Asked):
    """A question put to a network, with what can be asked about its answer.

    ``evidence`` is what is given, ``event`` the target variables with their states, ``network``
    what it is asked of, ``text`` how it was put; ``str`` gives the technical wording. Two questions
    are equal when they ask the same of the same network.

    >>> net = load()
    >>> {net.ask("P(dissolution | mandated)"), net.ask("dissolution given mandated")}
    {<Question P(dissolution=yes | mandate=mandated)>}
    """

    network: Network

    def answer(self) -> Answer:
        """The answer, beside its opposite and the baseline.

        >>> load().ask("P(trust=? | mandated)").answer().frame().columns.tolist()
        ['trust', 'probability']
        """
        return answer(self)

    def contrast(self, other: str | Query | Asked, *, seed: int = 0) -> Contrast:
        """This probability less that of another question, over paired draws of the judgements."""
        return contrast(self, ask(self.network, other), seed=seed)

    def sensitivity(self, *, top: int | None = None) -> Sensitivity:
        """Which judgement, and which context, the answer hangs on: exact bars, widest first."""
        from cmocnet.sensitivity import analyse

        return analyse(self, top=top if top is None else whole(top, "top"))

    def robustness(self, other: str | Query | Asked, *, limit: float = 4.0) -> Robustness:
        """What it would take for the comparison with another question to come out the other way.

        >>> net = load()
        >>> found = net.ask("P(clash high | close)").robustness("P(clash high | distant)")
        >>> found.margin > 0
        True
        """
        from cmocnet.sensitivity import robustness

        return robustness(self, ask(self.network, other), limit=limit)

    def explain(self, *, top: int = 10, seed: int = 0) -> Explanation:
        """Why the answer moved: what each item contributes, and which configurations carry it."""
        from cmocnet.explain import explain

        return explain(self, top=whole(top, "top"), seed=whole(seed, "seed"))

    def levers(self, **options: Any) -> Levers:
        """Which changes help most: the options are those of :meth:`Network.levers`.

        >>> found = load().ask("P(dissolution | mandated)").levers(k=1, n=50)
        >>> found.objective.aim
        'lower'
        """
        return self.network.levers(self.query, **options)

    def stories(self, *, given: Given = (), do: Given = ()) -> Stories:
        """The most probable story of success and of failure."""
        from cmocnet.levers import tell

        return tell(self, given=given, do=do)
