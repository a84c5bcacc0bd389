"""A review made ready to be asked: its words, its tables, its program, its draws and its rivals.

Whoever answers questions takes a :class:`Model`; what people hold is its subclass
:class:`~cmocnet.network.Network`, which offers everything that can be asked as a method.

An answer moves in two ways. Draws of the judgements are uncertainty of numbers and give intervals;
rival readings of the review are uncertainty of structure, told beside them, never hidden in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Literal, Self, get_args

from cmocnet import engine, shelf
from cmocnet.amounts import seed as seeded
from cmocnet.amounts import whole
from cmocnet.arguments import share
from cmocnet.elicitation import tables
from cmocnet.elicitation.draws import Draws, draw
from cmocnet.errors import CmocnetError, QueryError
from cmocnet.evidence import Given, Numbers, evidence
from cmocnet.forks import kept, reopened
from cmocnet.intervals import LEVEL, Intervals, central
from cmocnet.items import Item
from cmocnet.lexicon import Lexicon
from cmocnet.registry import Review
from cmocnet.registry.records import Cmoc, Situation, Variable
from cmocnet.registry.solved import unsolved
from cmocnet.rivals import LABELS, Rivals, stacked
from cmocnet.rounds import unroll
from cmocnet.typing import Array, DiscreteNetwork, Event, Evidence, OneOf, States
from cmocnet.wording import flat, percents

EngineName = Literal["compiled", "pgmpy"]

DRAWS = 1000
"""Draws of the judgements behind an interval."""
KEPT = 4 * DRAWS
"""Draws that a model keeps for next time, all seeds together."""
_keeping = reopened(Lock())


class Model:
    """A review's model of one round. Read-only: two visitors can share one."""

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
    def unsolved(self) -> Self:
        """The same with every number as it was judged: what the codes alone say.

        Its draws are not conditional: each judgement by itself, also in worlds in which what the
        review states is false. The same network where nothing was solved.

        >>> from cmocnet import load
        >>> net = load()
        >>> net.unsolved.review.solved is None
        True
        """
        if self.review.solved is None:
            return self
        kept = self.kept and f"{self.kept}-unsolved"
        return type(self)(unsolved(self.review), engine=self.engine, priors=self.priors, kept=kept)

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

        >>> from cmocnet import load
        >>> load().resolve("improper cessation")
        ('cessation', 'improper')
        """
        return self.lexicon.resolve(phrase)

    def evidence(
        self,
        given: Given = (),
        do: Given = (),
        likelihood: Numbers | None = None,
        marginal: Numbers | None = None,
    ) -> Evidence:
        """Evidence in any of its forms, checked against this review's variables and states.

        ``given`` is observed: variable -> state, a row of a frame, phrases, text as it stands
        behind the bar of a question, or an :class:`~cmocnet.typing.Evidence`. ``do`` is made so,
        as variable -> state or phrases. ``likelihood`` says how well what was seen fits each state
        of a variable, ``marginal`` which posterior a variable shall have whatever else is given:
        numbers in the order of the states, or labelled with them in a mapping or Series. What is
        missing (None, NaN) is not given.

        Raises
        ------
        QueryError
            An unknown variable, state or phrase, or numbers that do not fit; names the nearest.
        EvidenceError
            Items that contradict each other.

        >>> from cmocnet import load
        >>> load().evidence("mandated, do(legal agreements = strong)").items()
        ('mandate=mandated', 'do(legal_agreements=strong)')
        """
        return evidence(self.lexicon, given, do, likelihood, marginal)

    # --- its words ----------------------------------------------------------------------------

    @property
    def caution(self) -> str:
        """What the review's numbers are, and are not, on one line."""
        return flat(self.review.about.caution)

    def in_words(self, name: str, states: str | States | None) -> str:
        """A variable and its state, or one of several; None for all.

        >>> from cmocnet import load
        >>> load().in_words("trust", ("low", "medium"))
        'Trust at the end of the round: Low or Medium'
        """
        variable = self.variables[name]
        return f"{variable.label}: every state" if states is None else variable.fact(states)

    def item_in_words(self, item: Item) -> str:
        """One item of evidence, and how it is known."""
        value, variable = item.value, self.variables[item.variable]
        if isinstance(value, (str, OneOf)):
            made = " (brought about)" if item.kind == "do" else ""
            some = value if isinstance(value, str) else value.some
            return self.in_words(item.variable, some) + made
        fixed = item.kind == "marginal"
        numbers = percents(value) if fixed else [f"{v:g}" for v in value]
        labels = map(variable.label_of, variable.states)
        told = ", ".join(f"{label} {n}" for label, n in zip(labels, numbers, strict=True))
        return f"{variable.label} {'fixed at' if fixed else 'seen with likelihood'} {told}"

    # --- what answers -------------------------------------------------------------------------

    @kept
    def program(self) -> engine.Program | engine.ReferenceEngine:
        """The engine asked for, compiled when first needed."""
        return engine.compile(self.discrete, engine=self.engine)

    @kept
    def batches(self) -> engine.Program:
        """The compiled engine, which alone answers many scenarios or draws at once."""
        ready = self.program
        return ready if isinstance(ready, engine.Program) else engine.compile(self.discrete)

    @property
    def compiled(self) -> engine.Program:
        """The compiled engine, for what no other is asked to do.

        Raises
        ------
        QueryError
            The network was loaded with the reference engine.
        """
        if not isinstance(self.program, engine.Program):
            what = "the pgmpy engine answers single questions only"
            raise QueryError(what, expected="--engine compiled")
        return self.program

    def over(self, rounds: int) -> engine.Program:
        """The compiled engine over several rounds unrolled; that asked for last is kept.

        >>> from cmocnet import load
        >>> "gone@2" in load().over(2).network.states
        True
        """
        found = self._unrolled.get(rounds)
        if found is None:
            found = engine.compile(unroll(self.review, self.discrete, rounds))
            self._unrolled.clear()
            self._unrolled[rounds] = found
        return found

    @kept
    def _unrolled(self) -> dict[int, engine.Program]:
        return {}

    def posteriors(
        self,
        given: Given = (),
        do: Given = (),
        likelihood: Numbers | None = None,
        marginal: Numbers | None = None,
    ) -> engine.Posteriors:
        """Every variable's posterior: ``result[variable][state]``, each a light mapping.

        Evidence is as for :meth:`evidence`.

        >>> from cmocnet import load
        >>> result = load().posteriors(given=["mandated"], do={"legal_agreements": "strong"})
        >>> round(sum(result["trust"].values()), 9)
        1.0
        """
        return self.program.posteriors(self.evidence(given, do, likelihood, marginal))

    def draws(self, *, n: int = DRAWS, seed: int = 0) -> Draws:
        """``n`` draws of every judgement, the same for the same seed; the last sets are kept.

        Where the numbers were solved, draws are given what the review states: they come from worlds
        in which its claims hold about as strongly as it puts them; :attr:`unsolved` has the others.
        A set of 1,000 takes about 17 MB for the bundled review, so that ``KEPT`` draws are some
        70 MB. One that is larger by itself is drawn anew each time.
        """
        n, seed = whole(n, "draws", least=1), seeded(seed)
        with _keeping:
            found = self._draws.pop((n, seed), None)
            if found is not None:
                self._draws[n, seed] = found
                return found
        found = self._drawn(n, seed)
        with _keeping:
            self._draws[n, seed] = found
            while sum(size for size, _ in self._draws) > KEPT:
                del self._draws[next(iter(self._draws))]
        return found

    def _drawn(self, n: int, seed: int) -> Draws:
        """Draws of every judgement; the tables of the usual ones are kept for next time."""
        found = draw(self.review, n=n, seed=seed)
        if (n, seed) != (DRAWS, 0):
            return found
        ready = shelf.arrays(self.kept, "draws", lambda: found.tables)
        return draw(self.review, n=n, seed=seed, ready=ready)

    def samples(self, event: Event, evidence: Evidence, *, n: int = DRAWS, seed: int = 0) -> Array:
        """P(event | evidence) under each draw of the judgements, shape (n,)."""
        (found,) = self.sampled([event], evidence, n=n, seed=seed)
        return found

    def sampled(
        self,
        targets: Sequence[Event | str],
        evidence: Evidence,
        *,
        n: int = DRAWS,
        seed: int = 0,
    ) -> tuple[Array, ...]:
        """The same of several events, which takes little longer than of one.

        Of a variable's name its posterior, shape (n, states).

        >>> from cmocnet import load
        >>> net = load()
        >>> some = [{"trust": "high"}, "faith"]
        >>> [found.shape for found in net.sampled(some, net.evidence("mandated"))]
        [(1000,), (1000, 3)]
        """
        drawn = self.draws(n=n, seed=seed).tables
        return self.batches.predict_tables(drawn, evidence, list(targets))

    def intervals(
        self, given: Given = (), *, level: float = LEVEL, n: int = DRAWS, seed: int = 0
    ) -> Intervals:
        """A credible interval for every state of every variable: ``result[variable][state]``."""
        level, known = share(level, "level"), self.evidence(given)
        sampled = self.sampled(list(self.variables), known, n=n, seed=seed)
        found = {
            name: {s: central(samples[:, k], level) for k, s in enumerate(variable.states)}
            for (name, variable), samples in zip(self.variables.items(), sampled, strict=True)
        }
        return Intervals(found, level, self.variables, self.caution)

    @kept
    def rivals(self) -> Rivals:
        """Every rival reading, and the rival rule of combination, as sets of tables."""

        def make() -> dict[str, Array]:
            return stacked(self.review, self.priors, self.discrete)

        found = shelf.arrays(self.kept, "rivals", make)
        return Rivals(tuple(map(str, found.pop(LABELS))), found)
